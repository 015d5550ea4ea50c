import html.parser
import re
from datetime import UTC, datetime
from typing import Literal, get_args
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inbox_agent.conversation.turn import answers
from inbox_agent.conversation.turn.decision import decide
from inbox_agent.conversation.turn_output import TurnOutput
from inbox_agent.models import Address, Draft, PlannedMail, Reply, ReplyKind, Revision, SentRecord, UserRequest
from inbox_agent.reply.render import render_reply
from tests.unit.mail.replies import (
    FAILED,
    FIRST,
    FRIDAY,
    REPLY_ADDRESS,
    SCHEDULED,
    SECOND,
    SENT,
    THURSDAY,
    conversation,
)

KINDS: tuple[ReplyKind, ...] = get_args(ReplyKind)
HOSTILE = st.sampled_from(
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "</style><b>",
        "' onclick='x",
        "javascript:alert(1)",
        "\u202e",
        "\x00",
    ]
)
TEXT = st.one_of(HOSTILE, st.text(max_size=60), st.tuples(HOSTILE, st.text(max_size=20)).map("".join))
OUR_TAGS = {
    "html",
    "head",
    "meta",
    "title",
    "style",
    "body",
    "div",
    "h1",
    "h2",
    "p",
    "span",
    "bdi",
    "br",
    "del",
    "ins",
    "a",
    "blockquote",
}
OUR_ATTRIBUTES = {"lang", "charset", "name", "content", "style", "class", "dir", "href"}


class Tags(html.parser.HTMLParser):
    """Collects tags, attributes, links and the visible text of a document."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.links: list[str] = []
        self.text = ""
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name == "href"]
        if tag in ("div", "p", "br", "h1", "h2"):
            self.text += "\n"

    def handle_data(self, data: str) -> None:
        self.text += data


def visible(source: str) -> str:
    return Tags(source).text.replace("\u00a0", " ")


def test_both_alternatives_hold_the_whole_draft_and_its_time() -> None:
    rendered = render_reply(SCHEDULED, reply_address=REPLY_ADDRESS)
    for text in (rendered.text, visible(rendered.html)):
        assert "Friday 6 March 2026, 15:00 (Europe/Berlin, UTC+01:00)" in re.sub(r"\s+", " ", text)
        assert "Sam Carter <sam@corp.example>" in text
        assert "Lee <lee@corp.example>" in text
        assert "Late report" in text
        assert "plan.pdf (PDF document, 183 KB)" in text
        assert "You will have the report by Friday noon, sorry for the delay." in text
        assert "I used the zone Europe/Berlin." in text
        assert "Written by nobody in particular." in text
        assert "make it Monday & 9:00" in text


def test_what_changed_is_told_word_by_word_and_value_by_value() -> None:
    rendered = render_reply(SCHEDULED, reply_address=REPLY_ADDRESS)
    assert "[-Thursday evening-] {+Friday noon+}" in rendered.text
    assert "(was: nobody)" in rendered.text
    assert "(was: Thursday 5 March 2026, 09:00 (Europe/Berlin, UTC+01:00))" in re.sub(r"\s+", " ", rendered.text)
    assert re.search(r"<del[^>]*>Thursday evening</del> <ins[^>]*>Friday noon</ins>", rendered.html)
    assert "Changed since draft 1" in visible(rendered.html)


def test_nothing_is_said_to_have_changed_when_nothing_did() -> None:
    unchanged = Revision(number=2, draft=SCHEDULED.conversation.draft, schedule=SCHEDULED.conversation.schedule)
    rendered = render_reply(SCHEDULED.model_copy(update={"seen": unchanged}), reply_address=REPLY_ADDRESS)
    assert "Changed" not in rendered.text


def test_a_receipt_tells_message_id_and_time_of_sending() -> None:
    rendered = render_reply(SENT, reply_address=REPLY_ADDRESS)
    for text in (rendered.text, visible(rendered.html)):
        assert "<out@example.com>" in text
        assert "Sent on Friday 6 March 2026, 15:00:03 (Europe/Berlin, UTC+01:00)." in re.sub(r"\s+", " ", text)


def test_a_failure_is_told_in_plain_words_beside_the_servers() -> None:
    rendered = render_reply(FAILED, reply_address=REPLY_ADDRESS)
    for text in (rendered.text, visible(rendered.html)):
        assert "There is no mailbox with this address." in text
        assert "550 5.1.1 <sam@corp.example>: User unknown" in re.sub(r"\s+", " ", text)
        assert "You will have the report by Friday noon" in text


def test_a_tap_starts_a_reply_with_those_words_and_the_draft_that_was_shown_to_the_token() -> None:
    links = Tags(render_reply(SCHEDULED, reply_address=REPLY_ADDRESS).html).links
    assert len(links) == 3
    found = urlsplit(links[1])
    assert found.scheme == "mailto"
    assert unquote(found.path) == REPLY_ADDRESS
    assert "+" not in links[1]
    fields = parse_qs(found.query)
    assert fields == {"subject": ["Re: A mail to Sam & co"], "body": ["make it Monday & 9:00 (draft 2)"]}
    assert "make it Monday & 9:00</a>" in render_reply(SCHEDULED, reply_address=REPLY_ADDRESS).html.replace(
        "&amp;", "&"
    )


def test_a_tap_on_cancel_names_no_draft_so_that_it_works_from_every_mail() -> None:
    links = Tags(render_reply(SCHEDULED, reply_address=REPLY_ADDRESS).html).links
    assert links[-1].endswith("body=cancel")


def test_nothing_in_the_html_is_fetched_or_run() -> None:
    source = render_reply(SCHEDULED, reply_address=REPLY_ADDRESS).html
    assert not re.search(r"<(img|script|link|iframe|object|form)|https?://|url\(|@import|@font-face", source)


def test_lines_and_spaces_of_the_body_are_kept() -> None:
    body = "Hi,\n\n  1.  one\n  2.  two\n\nאב גד\n"
    reply = Reply(kind="draft", conversation=conversation(draft=FIRST.model_copy(update={"body": body})))
    rendered = render_reply(reply, reply_address=REPLY_ADDRESS)
    assert "Hi,\n\n  1.  one\n  2.  two\n\nאב גד\n" in rendered.text
    assert "Hi,\n\n\n  1.  one\n  2.  two\n\n\nאב גד" in visible(rendered.html)
    assert '<div dir="auto">אב גד</div>' in rendered.html


def test_a_question_without_a_draft_shows_no_empty_draft() -> None:
    reply = Reply(
        kind="draft", conversation=conversation(draft=Draft(), revision=0, schedule=None), questions=("To whom?",)
    )
    rendered = render_reply(reply, reply_address=REPLY_ADDRESS)
    assert "To whom?" in rendered.text
    assert "Subject" not in rendered.text
    assert "Subject" not in rendered.html


def test_a_draft_without_a_subject_says_how_to_give_it_one() -> None:
    bare = SECOND.model_copy(update={"subject": ""})
    rendered = render_reply(
        SCHEDULED.model_copy(update={"conversation": conversation(draft=bare)}), reply_address=REPLY_ADDRESS
    )
    for text in (rendered.text, visible(rendered.html)):
        assert "Subject: (none: reply “subject: …” to give it one)" in re.sub(r"\s+", " ", text)
    record = SentRecord(message_id="<out@example.com>", sent_at=1772805603, draft=bare)
    receipt = render_reply(Reply(kind="sent", conversation=conversation(sent=(record,))), reply_address=REPLY_ADDRESS)
    assert re.search(r"Subject: +\(none\)\n", receipt.text)


def test_a_remark_is_labelled_in_both_alternatives() -> None:
    rendered = render_reply(SCHEDULED, reply_address=REPLY_ADDRESS)
    for text in (rendered.text, visible(rendered.html)):
        assert "Note on how this was written: Written by nobody in particular." in text


def test_the_list_of_drafts_shows_each_as_it_would_go_out_and_the_current_one_once() -> None:
    hidden = FIRST.model_copy(update={"bcc": (Address("eve@corp.example"),), "body": FIRST.body + "\n" + "x" * 2000})
    known = conversation(revisions=(Revision(number=1, draft=hidden, schedule=THURSDAY),))
    reply = Reply(kind="scheduled", conversation=known, lists_drafts=True)
    rendered = render_reply(reply, reply_address=REPLY_ADDRESS)
    for source in (rendered.text, visible(rendered.html)):
        text = re.sub(r"\s+", " ", source)
        assert text.index("Draft 2 (the current one)") < text.index("Draft 1")
        assert "Bcc: eve@corp.example" in text
        assert "Attached: plan.pdf" in text
        assert "Time: Thursday 5 March 2026, 09:00" in text
        assert text.count("Friday noon") == 1
        assert "[… the rest is not shown here]" in text
    told = Reply(kind="notice", conversation=known, lists_drafts=True)
    assert render_reply(told, reply_address=REPLY_ADDRESS).text.startswith("YOUR DRAFTS\n")


def test_an_answer_comes_without_the_draft() -> None:
    reply = Reply(kind="notice", conversation=conversation(), answer="It is about the report.")
    rendered = render_reply(reply, reply_address=REPLY_ADDRESS)
    assert "It is about the report." in rendered.text
    assert "sam@corp.example" not in rendered.text


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_title_even_for_an_empty_conversation(kind: ReplyKind) -> None:
    reply = Reply(kind=kind, conversation=conversation(draft=Draft(), revision=0, schedule=None))
    rendered = render_reply(reply, reply_address=REPLY_ADDRESS)
    assert rendered.text.strip()
    assert "<h1" in rendered.html


Field = Literal[
    "name", "subject", "body", "answer", "notice", "question", "remark", "back", "detail", "hint", "old", "thread"
]
FIELDS: tuple[Field, ...] = get_args(Field)


@settings(deadline=None)
@given(st.sampled_from(KINDS), st.fixed_dictionaries(dict.fromkeys(FIELDS, TEXT)))
def test_no_text_of_anyone_becomes_markup(kind: ReplyKind, texts: dict[Field, str]) -> None:
    draft = Draft(to=(Address("sam@corp.example", texts["name"]),), subject=texts["subject"], body=texts["body"])
    thread = {"root": "<r@x>", "subject": texts["thread"]}
    reply = Reply(
        kind=kind,
        conversation=conversation(draft=draft, thread=thread),
        seen=Revision(number=1, draft=draft.model_copy(update={"body": texts["old"], "subject": texts["old"]})),
        answer=texts["answer"],
        notices=(texts["notice"],),
        questions=(texts["question"],),
        remark=texts["remark"],
        back_translation=texts["back"],
        detail=texts["detail"],
        hints=(texts["hint"],),
    )
    found = Tags(render_reply(reply, reply_address=REPLY_ADDRESS).html)
    assert found.tags <= OUR_TAGS
    assert found.attributes <= OUR_ATTRIBUTES
    assert all(re.fullmatch(r"mailto:[\x21-\x7e]+", link) for link in found.links)
    assert "\x00" not in found.text


def pending(*mails: PlannedMail) -> Reply:
    """The list as a turn numbers it."""
    outcome = decide(
        conversation(planned=mails, owner=Address("ann@corp.example")),
        UserRequest(message_id="<1@x>"),
        TurnOutput(intents=("show_pending",)),
        now=datetime.fromtimestamp(1772600000, UTC),
        default_zone="UTC",
    )
    return Reply(kind="notice", conversation=outcome.conversation, planned=outcome.planned)


LUNCH = PlannedMail(
    workflow_id="other",
    subject="<b>Lunch</b>",
    to=tuple(Address(f"p{number}@corp.example") for number in range(7)),
    schedule=THURSDAY,
)


def test_planned_mails_are_listed_with_time_recipients_number_and_a_tap_that_cancels() -> None:
    rendered = render_reply(pending(LUNCH), reply_address=REPLY_ADDRESS)
    for text in (re.sub(r"\s+", " ", source) for source in (rendered.text, visible(rendered.html))):
        assert "2 mails are planned".upper() in text.upper()
        assert "<b>Lunch</b>" in text
        assert "p4@corp.example and 2 more" in text
        assert "Thursday 5 March 2026, 09:00 (Europe/Berlin, UTC+01:00)" in text
        assert re.search(r"2\. Late report \(this conversation\)", text)
        assert text.index("Lunch") < text.index("Late report")
    assert 'reply with its number: "cancel 1"' in rendered.text
    assert [parse_qs(urlsplit(link).query)["body"] for link in Tags(rendered.html).links] == [
        ["cancel 1"],
        ["cancel 2"],
    ]


def test_an_empty_list_says_that_nothing_is_planned() -> None:
    reply = Reply(kind="notice", conversation=conversation(schedule=None), planned=())
    rendered = render_reply(reply, reply_address=REPLY_ADDRESS)
    assert "NOTHING IS PLANNED" in rendered.text
    assert "Nothing is planned" in visible(rendered.html)


BEFORE = datetime.fromtimestamp(FRIDAY.instant - 3600, UTC)


def test_the_status_does_not_tell_the_time_twice() -> None:
    when = "Friday 6 March 2026, 15:00 (Europe/Berlin, UTC+01:00)"
    answer = answers.status(SCHEDULED.conversation, BEFORE)
    told = render_reply(
        Reply(kind="scheduled", conversation=conversation(), answer=answer), reply_address=REPLY_ADDRESS
    )
    assert re.sub(r"\s+", " ", told.text).count(when) == 1
    unplanned = conversation(schedule=None)
    answer = answers.status(unplanned, BEFORE)
    told = render_reply(Reply(kind="draft", conversation=unplanned, answer=answer), reply_address=REPLY_ADDRESS)
    assert told.text.count("not scheduled") == 1
