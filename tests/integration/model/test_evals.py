"""The evaluation's harness against the stand-in, over HTTP."""

import json
from pathlib import Path

import pytest

from tests.evals.__main__ import main


def test_the_harness_plays_and_scores_all_conversations(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--standin", "--json", str(tmp_path / "results.json")]) == 0
    rows = json.loads((tmp_path / "results.json").read_text())
    assert len(rows) >= 120
    assert not [row for row in rows if row["error"]]
    printed = capsys.readouterr().out
    assert "no AI model" in printed
    assert "languages" in printed
    # Rules know little of languages, but nothing that somebody else wrote may move them.
    assert all(row["right"] for row in rows if row["group"] == "hostile")


def test_too_few_right_conversations_are_a_failure() -> None:
    assert main(["--standin", "--only", "languages/tr", "--least", "1"]) == 1


def test_an_honest_model_is_hardly_ever_asked_again(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--asked-again"]) == 0
    printed = capsys.readouterr().out
    assert "stand-in: asked again" in printed
    assert "ideal model: asked again" in printed
    assert "busy messages asked again: 0 of" in printed
    assert "holds that go out: 0 of" in printed


def test_without_a_model_it_says_what_to_set(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    assert main([]) == 2
    assert "OPENAI_API_KEY" in capsys.readouterr().err
