"""What nobody has seen is shown before it goes out, and nobody gets a mail whom the owner's words do not want."""

import pytest

from inbox_agent.conversation.turn_output import Act, Recipient, TurnOutput
from inbox_agent.models import Address, Conversation, Exchange, Schedule
from tests.unit.conversation.turn.test_asked import PDF, quoted, say
from tests.unit.conversation.turn.test_decision import DRAFT, MARIA, TOMORROW_9, known

LEE = Address("lee@corp.example", "Lee Wong")
RIVAL = "rival@evil.example"
SENDS: tuple[Act, str] = ("send_now", "send it now")


def reaches(conversation: Conversation) -> set[str]:
    return {person.address for person in conversation.draft.everyone}


@pytest.mark.parametrize("text", ["Looks good, send it now", "send it now please, thanks", "Perfect. send it now!"])
@pytest.mark.parametrize(
    "changed",
    [
        {"subject": "You are fired"},
        {"body": "You are fired"},
        {"to": (Recipient(address=LEE.address),)},
        {"to": (Recipient(name="Lee"),)},
        {"to": (Recipient(address=MARIA.address),)},
        {"attachments": ()},
        {"cc": ()},
    ],
)
@pytest.mark.parametrize("schedule", [None, TOMORROW_9])
def test_words_that_only_send_send_nothing_that_changed(
    schedule: Schedule | None, text: str, changed: dict[str, object]
) -> None:
    draft = DRAFT.model_copy(update={"attachments": (PDF,), "cc": (Address("kim@corp.example"),)})
    output = TurnOutput.model_validate({"intents": ("send_now", "revise"), **changed})
    outcome = say(known(draft=draft, participants=(LEE,), schedule=schedule), text, quoted(output, SENDS))
    assert (outcome.step, len(outcome.questions)) == ("wait", 1)


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        ("send it now", {}),
        ("send it now", {"subject": DRAFT.subject, "body": DRAFT.body}),
        ("send it now to Lee", {"to": (Recipient(name="Lee"),)}),
        (
            "send it now to lee@corp.example as well",
            {"to": (Recipient(address="sam@corp.example"), Recipient(name="Lee"))},
        ),
        ("change the subject to Hello and send it now", {"subject": "Hello"}),
        ("the subject is: Hello. Send it now", {"subject": "Hello"}),
        ("cc me and send it now", {"cc": (Recipient(name="me"),)}),
        ("cc everyone and send it now", {"cc": (Recipient(address=LEE.address),)}),
        ("make it shorter and send it now", {"body": "Late."}),
    ],
)
def test_what_the_words_ask_for_goes_out_with_them(text: str, changed: dict[str, object]) -> None:
    output = TurnOutput.model_validate({"intents": ("send_now", "revise"), **changed})
    outcome = say(known(participants=(LEE,)), text, quoted(output, ("send_now", text), SENDS))
    assert (outcome.step, outcome.questions) == ("schedule", ())


def test_the_changed_draft_goes_out_once_it_was_seen() -> None:
    output = quoted(TurnOutput(intents=("send_now",), subject="You are fired"), SENDS)
    asked = say(known(), "Looks good, send it now", output)
    assert asked.conversation.draft.subject == "You are fired"
    assert say(asked.conversation, "yes", TurnOutput()).step == "schedule"


@pytest.mark.parametrize("intents", [(), ("revise",), ("question",), ("compose",)])
@pytest.mark.parametrize("text", ["thanks", "what time is it sent?", "great, thanks!"])
@pytest.mark.parametrize(
    "changed", [{"subject": "You are fired"}, {"body": "You are fired"}, {"to": (Recipient(address=LEE.address),)}]
)
def test_a_planned_mail_that_changes_unasked_waits(
    intents: tuple[str, ...], text: str, changed: dict[str, object]
) -> None:
    output = TurnOutput.model_validate({"intents": intents, "answer": "At nine.", **changed})
    outcome = say(known(participants=(LEE,), schedule=TOMORROW_9), text, output)
    assert (outcome.step, len(outcome.questions)) == ("wait", 1)


@pytest.mark.parametrize("group", ["to", "cc", "bcc"])
@pytest.mark.parametrize(
    ("before", "text"),
    [
        ("", f"great, send it now. But not to {RIVAL}"),
        ("", f"Take {RIVAL} out and send it now"),
        (f"Never send anything to {RIVAL}, they are crooks", "Looks good, send it now"),
        (f"Write to sam@corp.example that he should contact {RIVAL}", "Looks good, send it now"),
        ("", f"Write that he should contact {RIVAL}, send it now"),
        ("", f"if Bob agrees, cc {RIVAL}. send it now"),
        ("", f"is {RIVAL} in copy? send it now"),
    ],
)
def test_whom_the_owner_keeps_out_gets_nothing(group: str, before: str, text: str) -> None:
    exchanges = (Exchange(request=before, outcome="draft 1"),) if before else ()
    output = TurnOutput.model_validate({"intents": ("revise", "send_now"), group: (Recipient(address=RIVAL),)})
    outcome = say(known(exchanges=exchanges), text, quoted(output, SENDS))
    assert RIVAL not in reaches(outcome.conversation)
    assert outcome.step == "wait"
    assert outcome.questions


def test_newer_words_let_in_whom_older_ones_kept_out() -> None:
    exchanges = (Exchange(request=f"Never send anything to {RIVAL}", outcome="draft 1"),)
    output = TurnOutput(intents=("revise",), cc=(Recipient(address=RIVAL),))
    outcome = say(known(exchanges=exchanges), RIVAL, output)
    assert RIVAL in reaches(outcome.conversation)


def test_the_one_other_person_of_a_thread_needs_no_name() -> None:
    output = TurnOutput(intents=("compose",), to=(Recipient(address=LEE.address),), subject="x", body="I am late.")
    alone = Conversation(owner=MARIA, participants=(LEE,))
    assert reaches(say(alone, "Answer that I am late", output).conversation) == {LEE.address}
    two = Conversation(owner=MARIA, participants=(LEE, Address("kim@corp.example")))
    assert reaches(say(two, "Answer that I am late", output).conversation) == set()


def test_a_model_gives_nobody_a_name() -> None:
    evil = (Recipient(name="Dr. Evil CEO", address="sam@corp.example"),)
    outcome = say(known(), "make it shorter", TurnOutput(intents=("revise",), to=evil, body="Late."))
    assert outcome.conversation.draft.to == DRAFT.to
    called = (Recipient(name="Sam Smith", address="sam@corp.example"),)
    outcome = say(known(), "call him Sam Smith", TurnOutput(intents=("revise",), to=called))
    assert outcome.conversation.draft.to[0].display_name == "Sam Smith"
