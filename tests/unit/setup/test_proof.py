"""What proves a sender is taken from the mailbox; where it shows nothing, setup says so and asks for one mail."""

from collections.abc import Sequence
from email import policy
from email.message import EmailMessage

import pytest

from inbox_agent.errors import MailboxUnavailable
from inbox_agent.setup.proof import choose_proof

NOTHING = {"authserv_id": "", "check_signatures": "", "trust_from": ""}


def mail(*, checked_by: str = "", signed: bool = False) -> bytes:
    """The header of a received mail."""
    message = EmailMessage(policy.SMTP)
    if checked_by:
        message["Authentication-Results"] = (
            f"{checked_by}; dkim=pass header.d=corp.example; spf=pass smtp.mailfrom=corp.example"
        )
    message["Received"] = "from out.corp.example by mx.post.example with ESMTPS; Thu, 26 Nov 2026 10:00:00 +0000"
    if signed:
        message["DKIM-Signature"] = "v=1; a=rsa-sha256; d=corp.example; s=k; h=from; bh=eA==; b=eA=="
    message["From"] = "ann@corp.example"
    message["Message-ID"] = "<1@corp.example>"
    return message.as_bytes()


CHECKED = mail(checked_by="mx.post.example")


class Answers:
    """A dialog that gives these answers in turn; "" is Enter, and no more of them is the end of the input."""

    def __init__(self, *answers: str) -> None:
        self._answers = list(answers)
        self.said: list[str] = []
        self.asked: list[str] = []

    def _next(self, question: str) -> str | None:
        self.asked.append(question)
        return self._answers.pop(0) if self._answers else None

    def say(self, text: str) -> None:
        self.said.append(text)

    def ask(self, question: str, default: str = "") -> str:
        raise AssertionError(question)

    def ask_secret(self, question: str, *, keep: bool = False) -> str:
        raise AssertionError(question)

    def confirm(self, question: str, *, default: bool = True, ended: bool | None = None) -> bool:
        answer = self._next(question)
        if answer is None:
            assert ended is not None, question
            return ended
        return answer != "n" if default else answer == "y"

    def pause(self, question: str) -> bool:
        return self._next(question) not in (None, "-")


class Mailbox:
    """Shows one state after the other, each time it is read; the last one stays."""

    def __init__(self, *states: Sequence[bytes] | MailboxUnavailable) -> None:
        self._states = list(states)
        self.reads = 0

    def __call__(self) -> Sequence[bytes]:
        self.reads += 1
        state = self._states.pop(0) if len(self._states) > 1 else self._states[0]
        if isinstance(state, MailboxUnavailable):
            raise state
        return state


@pytest.mark.parametrize("looks", [1, 2, 5])
def test_an_empty_mailbox_is_told_and_read_again_after_one_mail(looks: int) -> None:
    dialog, mailbox = Answers(*[""] * looks, "y"), Mailbox(*[()] * looks, [CHECKED])
    assert choose_proof(dialog, NOTHING, mailbox) == {"authserv_id": "mx.post.example"}
    assert mailbox.reads == looks + 1
    assert "The mailbox is empty" in dialog.said[0]
    assert "mail the agent now" in dialog.said[0]


@pytest.mark.parametrize("answers", [["-"], ["", "-"], [], ["", ""]])
def test_a_guess_is_called_one(answers: list[str]) -> None:
    dialog = Answers(*answers)
    assert choose_proof(dialog, NOTHING, Mailbox(())) == {"check_signatures": "true"}
    assert "This is a guess" in dialog.said[-1]
    assert "run inbox-agent setup again" in dialog.said[-1]


def test_a_mailbox_that_cannot_be_read_is_a_guess_as_well() -> None:
    dialog = Answers()
    assert choose_proof(dialog, NOTHING, Mailbox(MailboxUnavailable("gone"))) == {"check_signatures": "true"}
    assert dialog.asked == []
    assert "gone" in dialog.said[0]
    assert "This is a guess" in dialog.said[-1]


@pytest.mark.parametrize(
    ("headers", "told"), [([mail(signed=True)], False), ([mail()], True), ([mail(), mail(signed=True)], False)]
)
def test_mail_that_nothing_proves_is_told(headers: list[bytes], told: bool) -> None:
    dialog = Answers()
    assert choose_proof(dialog, NOTHING, Mailbox(headers)) == {"check_signatures": "true"}
    assert any("is signed, and senders of such mail get no answer" in line for line in dialog.said) is told


PRESENT = [
    {"check_signatures": "true"},
    {"check_signatures": "YES"},
    {"authserv_id": "mx.former.example"},
    {"trust_from": "yes"},
    {"trust_from": "1", "check_signatures": "off"},
]


@pytest.mark.parametrize("present", PRESENT)
def test_on_a_rerun_results_that_are_not_taken_are_offered(present: dict[str, str]) -> None:
    dialog = Answers("")
    changed = choose_proof(dialog, {**NOTHING, **present}, Mailbox([CHECKED]))
    assert changed == {"authserv_id": "mx.post.example", "trust_from": ""}
    assert len(dialog.asked) == 1


@pytest.mark.parametrize("answers", [["n"], []])
@pytest.mark.parametrize("present", PRESENT)
def test_who_declines_or_says_nothing_keeps_what_is_there(present: dict[str, str], answers: list[str]) -> None:
    dialog = Answers(*answers)
    assert choose_proof(dialog, {**NOTHING, **present}, Mailbox([CHECKED])) == {}
    assert "stays as it is" in dialog.said[-1]


@pytest.mark.parametrize("known", ["mx.post.example", "*.post.example"])
def test_on_a_rerun_results_that_count_already_are_not_asked_about(known: str) -> None:
    dialog = Answers()
    assert choose_proof(dialog, {**NOTHING, "authserv_id": known}, Mailbox([CHECKED, mail()])) == {}
    assert dialog.asked == []


def test_on_a_rerun_an_empty_mailbox_is_told() -> None:
    dialog = Answers()
    assert choose_proof(dialog, {**NOTHING, "check_signatures": "true"}, Mailbox(())) == {}
    assert dialog.asked == []
    assert "The mailbox is empty" in dialog.said[-1]


@pytest.mark.parametrize("off", ["", "false", "no", "0", "off"])
def test_a_setting_that_is_off_is_no_answer(off: str) -> None:
    assert choose_proof(Answers("y"), {**NOTHING, "check_signatures": off}, Mailbox([CHECKED])) == {
        "authserv_id": "mx.post.example"
    }
