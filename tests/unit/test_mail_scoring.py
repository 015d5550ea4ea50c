"""The scoring command, on corpora of a few lines laid out as the real ones."""

import json
from pathlib import Path

import pytest

from tests.mail_scoring import new_text
from tests.mail_scoring.table import Row, render_table


@pytest.fixture
def corpora(tmp_path: Path) -> Path:
    for folder in ("email_reply_trimmer/emails", "email_reply_trimmer/trimmed", "github_zapier/github"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "email_reply_trimmer/emails/right.txt").write_text("Yes.\n\n> quoted\n")
    (tmp_path / "email_reply_trimmer/trimmed/right.txt").write_text("Yes.")
    (tmp_path / "email_reply_trimmer/emails/wrong.txt").write_text("Yes.\n\n> quoted\n")
    (tmp_path / "email_reply_trimmer/trimmed/wrong.txt").write_text("No.")
    (tmp_path / "github_zapier/github/mail.txt").write_text("Yes.\n\n> quoted\n")
    expected = {"github/mail.txt": {"contains": ["Yes"], "not_contains": ["quoted"]}}
    (tmp_path / "github_zapier/expected.json").write_text(json.dumps(expected))
    return tmp_path


def test_each_corpus_has_a_row_and_both_together_one(corpora: Path) -> None:
    rows = new_text.score(corpora)
    assert [(row.name, row.right, row.total) for row in rows] == [
        ("email_reply_trimmer", 1, 2),
        ("github_zapier", 1, 1),
        ("trimmer + github_zapier", 2, 3),
    ]
    assert rows[0].failures[0].startswith("wrong: 'Yes.'")


def test_table_has_a_line_for_each_row() -> None:
    table = render_table([Row("new text", "some corpus", 1, 4, best_known="2 of 4")])
    assert table.splitlines()[2].split("  ")[:2] == ["new text", "some corpus"]
    assert "25.0" in table
