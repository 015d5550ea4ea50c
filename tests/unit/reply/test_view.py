import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox_agent.conversation.files import describe_size
from inbox_agent.conversation.revisions import word_diff
from inbox_agent.conversation.when.times import at_instant, describe_time
from inbox_agent.models import Conversation, Draft, Revision
from inbox_agent.reply.changes import Change, changes_since
from inbox_agent.reply.view import view_reply
from tests.unit.mail.replies import FIRST, REPLY_ADDRESS, SCHEDULED, conversation

WORDS = st.lists(st.sampled_from(["one", "two", "three", " ", "  ", "\n", "größer", ",", "שלום"]), max_size=30).map(
    "".join
)


@given(WORDS, WORDS)
def test_a_diff_gives_back_both_texts(old: str, new: str) -> None:
    segments = word_diff(old, new)
    assert "".join(text for kind, text in segments if kind != "new") == old
    assert "".join(text for kind, text in segments if kind != "gone") == new


@given(WORDS, WORDS)
def test_every_changed_word_is_shown(old: str, new: str) -> None:
    seen = Revision(number=1, draft=Draft(body=old))
    reply = SCHEDULED.model_copy(update={"conversation": conversation(draft=Draft(body=new)), "seen": seen})
    changes = [change for change in view_reply(reply, reply_address=REPLY_ADDRESS).changes if change.label == "Text"]
    assert bool(changes) == (old != new)
    for change in changes:
        for kind, expected in (("gone", word_diff(old, new)), ("new", word_diff(old, new))):
            wanted = [word for tag, text in expected if tag == kind for word in text.split()]
            shown = " ".join(text for tag, text in change.segments if tag == kind).split()
            assert not change.segments or all(word in shown for word in wanted)


def test_long_unchanged_stretches_give_way_to_an_ellipsis() -> None:
    old = " ".join(f"w{number}" for number in range(100))
    seen = Revision(number=1, draft=FIRST.model_copy(update={"body": old}))
    draft = FIRST.model_copy(update={"body": old.replace("w50", "changed")})
    reply = SCHEDULED.model_copy(update={"conversation": conversation(draft=draft), "seen": seen})
    (change,) = [change for change in view_reply(reply, reply_address=REPLY_ADDRESS).changes if change.label == "Text"]
    text = "".join(piece for _, piece in change.segments)
    assert text.startswith(" … w44 ")
    assert text.endswith(" w56 … ")
    assert "w10 " not in text


def test_a_new_text_is_called_rewritten_and_not_compared_word_by_word() -> None:
    seen = Revision(number=1, draft=FIRST)
    draft = FIRST.model_copy(update={"body": "Estimado Sam: el informe se retrasa."})
    reply = SCHEDULED.model_copy(update={"conversation": conversation(draft=draft), "seen": seen})
    (change,) = [change for change in view_reply(reply, reply_address=REPLY_ADDRESS).changes if change.label == "Text"]
    assert (change.segments, change.note) == ((), "rewritten")


def text_change(old: str, new: str) -> Change:
    seen = Revision(number=1, draft=FIRST.model_copy(update={"body": old}))
    draft = FIRST.model_copy(update={"body": new})
    reply = SCHEDULED.model_copy(update={"conversation": conversation(draft=draft), "seen": seen})
    changes = view_reply(reply, reply_address=REPLY_ADDRESS).changes
    (change,) = [change for change in changes if change.label == "Text"]
    return change


def test_changed_line_breaks_alone_are_called_that() -> None:
    assert (
        text_change("Hi Sam, all is well.", "Hi Sam,\n\nall is well.").note == "only spaces or line breaks were changed"
    )


def test_what_went_from_a_shortened_text_is_shown() -> None:
    kept, gone = "The report is ready.", "Also, " + "the weather in the mountains was fine, " * 5 + "was it not? "
    change = text_change(f"{kept} {gone}See you on Monday.", f"{kept} See you on Monday.")
    assert [text.strip() for kind, text in change.segments if kind == "gone"] == [gone.strip()]
    added = text_change(f"{kept} See you on Monday.", f"{kept} {gone}See you on Monday.")
    assert [text.strip() for kind, text in added.segments if kind == "new"] == [gone.strip()]


def test_a_first_text_is_no_comparison() -> None:
    assert text_change("", "Hello Sam").note == "written"
    assert text_change("Hello Sam", "").note == "removed"


@pytest.mark.parametrize(
    ("octets", "expected"),
    [
        (0, "empty"),
        (1, "1 byte"),
        (999_960, "1.0 MB"),
        (999, "999 bytes"),
        (1400, "1.4 KB"),
        (183_422, "183 KB"),
        (23_000_000, "23 MB"),
        (10**13, "10000 GB"),
    ],
)
def test_sizes_are_told_in_round_numbers(octets: int, expected: str) -> None:
    assert describe_size(octets) == expected


def test_a_time_that_was_put_off_while_a_message_was_worked_on_is_told_as_it_was_planned() -> None:
    planned = at_instant(1_800_000_000, "UTC")
    put_off = at_instant(1_800_000_042, "UTC").model_copy(update={"due": planned.instant})
    seen = Revision(number=1, draft=Draft(body="x"), schedule=put_off)
    [change] = changes_since(seen, Conversation(draft=Draft(body="x"), revision=2))
    assert change.was == describe_time(planned)
