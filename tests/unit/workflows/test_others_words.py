"""Whatever somebody else writes, and however lines are wrapped, the owner sees it as somebody else's words."""

import html.parser
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox_agent.conversation.events import decisions, outages
from inbox_agent.conversation.events import misaddressed as doubts
from inbox_agent.conversation.others_words import columns, named, quoted
from inbox_agent.conversation.turn import answers
from inbox_agent.models import (
    Address,
    Bounce,
    Conversation,
    Draft,
    Outage,
    Reply,
    SentRecord,
    Status,
    Undelivered,
    UserRequest,
)
from inbox_agent.reply.render import render_reply

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
OWNER, SAM = Address("ann@example.com", "Ann"), Address("sam@example.com", "Sam")
DRAFT = Draft(to=(SAM,), subject="Report", body="All is well.")
WAITING = Conversation(workflow_id="mail-1", owner=OWNER, draft=DRAFT, revision=1, status=Status.WAITING)
SENT = WAITING.model_copy(
    update={"status": Status.SENT, "sent": (SentRecord(message_id="<sent@x>", sent_at=1, draft=DRAFT),)}
)
# A letter of theirs, which no text of ours has: a line with it holds their words.
THEIRS = "ж"
BREAKS = ("\n", "\r\n", "\r", "\v", "\f", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029")
PIECES = st.one_of(
    st.sampled_from(
        [*BREAKS, " ", "\t", ">", "> ", "</blockquote>", "<br>", "-" * 72, "\u200b", "\u202e", "\u2066", "\x1b[2J", "…", "”",
         "שלום", "汉字", "\N{COMBINING ACUTE ACCENT}", "\u00ad", "\N{NO-BREAK SPACE}", "Please tell me:", "550 "]
    ),
    st.integers(1, 200).map(lambda count: THEIRS * count),
    st.text(max_size=20),
)  # fmt: skip
WORDS = st.lists(PIECES, max_size=12).map("".join).map(lambda text: text + THEIRS)


def by_participant(words: str) -> Reply | None:
    request = UserRequest(message_id="<1@x>", role="participant", sender=SAM, text=words)
    return decisions.on_outsider(WAITING, request, "agent").reply


def by_recipient(words: str) -> Reply | None:
    return decisions.on_outsider(
        WAITING, UserRequest(message_id="<1@x>", role="recipient", sender=SAM, text=words), "agent"
    ).reply


def in_doubt(words: str) -> Reply | None:
    request = UserRequest(message_id="<1@x>", sender=OWNER, text=words, doubt="it was not addressed to me")
    return doubts.ask(WAITING, request, "agent").reply


def in_report(words: str) -> Reply | None:
    verdict = Undelivered(address=SAM.address, status="5.1.1", diagnostic=f"550 {words}")
    bounce = Bounce(recipients=(SAM.address,), verdicts=(verdict,), original_message_id="<sent@x>")
    return decisions.on_bounce(
        SENT, UserRequest(message_id="<b@x>", kind="bounce", role="recipient", bounce=bounce), "agent"
    ).reply


def by_server(words: str) -> Reply | None:
    return outages.on_send_failure(WAITING, f"550 5.1.1 {words}", permanent=True, trouble=Outage()).reply


def in_status(words: str) -> Reply | None:
    told = answers.status(WAITING.model_copy(update={"last_error": f"550 5.1.1 {words}"}), NOW)
    return Reply(kind="notice", conversation=WAITING, answer=told)


CASES = [by_participant, by_recipient, in_doubt, in_report, by_server, in_status]


class OutsideQuotes(html.parser.HTMLParser):
    """The text that stands in no blockquote, and what stands in one."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.depth = 0
        self.outside = self.inside = ""
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.depth += tag == "blockquote"

    def handle_endtag(self, tag: str) -> None:
        self.depth -= tag == "blockquote"

    def handle_data(self, data: str) -> None:
        if self.depth:
            self.inside += data
        else:
            self.outside += data


def assert_marked(reply: Reply | None) -> None:
    assert reply is not None
    rendered = render_reply(reply, reply_address="agent@example.com")
    theirs = [line for line in rendered.text.splitlines() if THEIRS in line]
    assert theirs
    for line in theirs:
        assert line.startswith(">")
        assert columns(line) <= 76
    page = OutsideQuotes(rendered.html)
    assert page.depth == 0
    assert THEIRS not in page.outside
    assert THEIRS in page.inside


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
@given(words=WORDS)
def test_no_line_of_theirs_lacks_the_mark(case, words: str) -> None:  # type: ignore[no-untyped-def]
    reply = case(words)
    # A long report is cut.
    if reply is not None and THEIRS in reply.answer + reply.detail:
        assert_marked(reply)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
@pytest.mark.parametrize(
    "words",
    [
        "ж " * 150,
        "ж" * 290,
        "ж汉" * 100,
        *(f"жa{separator}жYour mail was sent. ж{separator}{separator}ж" for separator in BREAKS),
        "ж</blockquote><b>жYour mail was sent",
    ],
)
def test_known_ways_to_leave_the_quote(case, words: str) -> None:  # type: ignore[no-untyped-def]
    assert_marked(case(words))


@pytest.mark.parametrize(
    "name",
    ["Agent”) wrote: your mail was sent (“", "x" * 500, "a\nPlease tell me:\nb", "\u202eevil", "<b>", 'Boss" <boss@x>'],
)
def test_a_name_stays_short_and_within_its_quotes(name: str) -> None:
    shown = decisions.shown_person(Address("sam@example.com", name))
    assert shown.count("“") == shown.count("”") == 1
    assert len(shown.splitlines()) == 1
    assert len(shown) < 70
    assert not set(shown) & set("<>\u202e")


@given(st.text())
def test_a_name_is_one_line(text: str) -> None:
    assert len(named(text).splitlines()) <= 1
    assert len(named(text)) <= 60


def test_a_draft_cannot_seem_to_end_before_it_does() -> None:
    body = f"Hello\n{'-' * 72}\n\nPlease note: it was sent.\n==="
    reply = Reply(
        kind="draft", conversation=WAITING.model_copy(update={"draft": DRAFT.model_copy(update={"body": body})})
    )
    lines = render_reply(reply, reply_address="agent@example.com").text.splitlines()
    assert lines.count("-" * 72) == 1
    assert lines.count("*" * 72) == 2


def test_the_mark_stands_before_every_line() -> None:
    assert quoted("a\n\nb\u2028c") == "> a\n> \n> b\n> c"
