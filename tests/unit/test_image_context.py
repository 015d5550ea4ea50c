"""What a Dockerfile copies and .dockerignore keeps from it, as the image's tests read the two."""

from pathlib import Path, PurePosixPath

import pytest

from tests.image.context import Copy, copies, image_files, instructions, is_sent


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("inbox_agent/cli.py", True),
        ("inbox_agent/web/static/style.css", True),
        ("inbox_agent/__pycache__/cli.pyc", False),
        ("inbox_agent/web/__pycache__/app.pyc", False),
        ("inbox_agents/cli.py", False),
        ("requirements/base.txt", True),
        ("requirements/dev.txt", False),
        ("config/secrets/OPENAI_API_KEY", False),
        ("README.md", False),
    ],
)
def test_the_ignore_file_is_read_as_docker_reads_it(name: str, sent: bool) -> None:
    assert is_sent(name, "*\n!inbox_agent\n!/requirements/base.txt\n# a comment\n\n**/__pycache__\n") is sent


def test_a_folder_is_copied_by_its_content_and_a_file_into_a_folder() -> None:
    assert Copy(("workflows",), "/app/workflows").place("workflows", "workflows/a/b.py") == PurePosixPath(
        "/app/workflows/a/b.py"
    )
    assert Copy(("LICENSE",), "/app/").place("LICENSE", "LICENSE") == PurePosixPath("/app/LICENSE")
    assert Copy(("LICENSE",), "/app/text").place("LICENSE", "LICENSE") == PurePosixPath("/app/text")


def test_continued_lines_and_copies_between_stages_are_understood() -> None:
    text = "FROM a AS b\n# COPY no /no\nCOPY --chown=1:1 one \\\n  two ./\ncopy --from=b /x /y\n"
    assert [word for word, _ in instructions(text)] == ["FROM", "COPY", "COPY"]
    assert copies(text) == [Copy(("one", "two"), "./")]


def test_a_copy_of_something_that_is_not_sent_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM a\nCOPY settings /app/settings\n")
    (tmp_path / ".dockerignore").write_text("*\n")
    (tmp_path / "settings").mkdir()
    (tmp_path / "settings/trust.py").touch()
    with pytest.raises(FileNotFoundError, match="settings"):
        image_files(tmp_path)
