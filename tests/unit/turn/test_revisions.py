"""What changed, word by word."""

import time

from hypothesis import given
from hypothesis import strategies as st

from inbox_agent.models import Address, Draft
from inbox_agent.turn.revisions import changes, mark, word_diff
from inbox_agent.turn.times import at_instant


def test_words_that_changed_are_marked_and_joined_over_blanks() -> None:
    diff = word_diff("I am late with the report.", "I am very late with two reports.")
    assert mark(diff) == "I am{+ very+} late with [-the report-]{+two reports+}."


def test_scripts_without_spaces_are_compared_by_character() -> None:
    assert mark(word_diff("明日の会議", "明後日の会議")) == "明{+後+}日の会議"


def test_long_unchanged_text_is_shortened() -> None:
    shown = mark(word_diff("word " * 200 + "end", "word " * 200 + "finish"))
    assert "[…]" in shown
    assert len(shown) < 250
    assert shown.endswith("[-end-]{+finish+}")


def test_all_that_changed_is_named() -> None:
    old = Draft(to=(Address("sam@x.example"),), subject="A", body="one")
    new = old.model_copy(update={"cc": (Address("lee@x.example", "Lee"),), "subject": "B", "body": "two"})
    lines = changes(old, new, None, at_instant(0, "UTC"))
    assert lines == [
        "Cc: nobody → Lee <lee@x.example>",
        "Subject: A → B",
        "Time: not scheduled → Thursday 1 January 1970, 00:00 (UTC+00:00)",
        "Text: [-one-]{+two+}",
    ]
    assert changes(old, old) == []


@given(old=st.text(max_size=200), new=st.text(max_size=200))
def test_a_diff_gives_back_both_texts(old: str, new: str) -> None:
    diff = word_diff(old, new)
    assert "".join(text for kind, text in diff if kind != "new") == old
    assert "".join(text for kind, text in diff if kind != "gone") == new
    assert all(text for _, text in diff)


def test_huge_texts_are_compared_by_line_in_little_time() -> None:
    old = "\n".join(f"line {number}" for number in range(4000))
    diff = word_diff(old, old.replace("line 7\n", "row 7\n"))
    assert [text for kind, text in diff if kind == "new"] == ["row 7\n"]


def test_repetitive_texts_are_compared_in_little_time() -> None:
    began = time.monotonic()
    word_diff("a\nb\n" * 8000, "b\na\n" * 8000)
    word_diff("one two " * 1400, "two one " * 1400)
    assert time.monotonic() - began < 5
