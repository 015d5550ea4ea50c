"""What changed, word by word."""

import time

from hypothesis import given
from hypothesis import strategies as st

from inbox_agent.conversation.revisions import word_diff


def shown(old: str, new: str) -> str:
    marks = {"same": "{}", "gone": "[-{}-]", "new": "{{+{}+}}"}
    return "".join(marks[kind].format(text) for kind, text in word_diff(old, new))


def test_words_that_changed_are_told_apart_and_joined_over_blanks() -> None:
    diff = shown("I am late with the report.", "I am very late with two reports.")
    assert diff == "I am{+ very+} late with [-the report-]{+two reports+}."


def test_scripts_without_spaces_are_compared_by_character() -> None:
    assert shown("明日の会議", "明後日の会議") == "明{+後+}日の会議"


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
    began = time.process_time()
    word_diff("a\nb\n" * 8000, "b\na\n" * 8000)
    word_diff("one two " * 1400, "two one " * 1400)
    assert time.process_time() - began < 5
