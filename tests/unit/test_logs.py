"""Nobody outside writes a log line: whatever foreign text is logged, one record is one line."""

import io
import logging
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox_agent.logs import FORMAT, OneLineFormatter, configure_logging

FORGED = "2026-01-01 10:00:00,000 INFO inbox_agent: sent"


def logged(*arguments: object, error: BaseException | None = None) -> list[str]:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(OneLineFormatter(FORMAT))
    logger = logging.Logger("test")
    logger.addHandler(handler)
    logger.error(*arguments, exc_info=error)
    return stream.getvalue().removesuffix("\n").split("\n")


@pytest.mark.parametrize("separator", ["\n", "\r\n", "\r", "\v", "\f", "\x1c", "\x85", "\u2028", "\u2029"])
def test_a_line_break_in_foreign_words_starts_no_line(separator: str) -> None:
    (line,) = logged("d=%s", f"evil.example{separator}{FORGED}")
    assert line.splitlines() == [line]
    assert "evil.example\\" in line


@pytest.mark.parametrize("control", ["\x1b[2J", "\x9b2J", "\x08", "\u202e", "\u2066", "\u200b", "\ud800", "\x7f"])
def test_what_a_terminal_would_obey_or_hide_is_written_out(control: str) -> None:
    (line,) = logged("d=%s", f"evil{control}.example")
    assert control[0] not in line
    assert "evil\\" in line


def test_the_lines_of_a_traceback_look_like_no_record() -> None:
    try:
        raise ValueError(f"bad\n{FORGED}\n\x1b[2J")
    except ValueError as error:
        first, *rest = logged("failed", error=error)
    assert first.endswith("ERROR test: failed")
    assert rest
    assert all(line.startswith("  | ") for line in rest)
    assert not any("\x1b" in line for line in rest)


@given(st.text())
def test_any_text_is_one_line_of_what_can_be_encoded(text: str) -> None:
    (line,) = logged("%s", text)
    assert len(line.splitlines()) == 1
    line.encode()


@pytest.fixture
def levels() -> Iterator[None]:
    """What the test changes of the process's logging is put back."""
    names = (None, "inbox_agent", "workflows")
    handlers = list(logging.root.handlers)
    before = {name: logging.getLogger(name).level for name in names}
    yield
    logging.root.handlers[:] = handlers
    for name, level in before.items():
        logging.getLogger(name).setLevel(level)


@pytest.mark.usefixtures("levels")
@pytest.mark.parametrize("level", ["DEBUG", "INFO"])
@pytest.mark.parametrize(
    "library", ["httpx", "httpx2", "httpcore", "httpcore2", "openai", "openai.agents", "imapclient", "iwf", "httpx9"]
)
def test_a_library_may_only_warn(level: str, library: str) -> None:
    configure_logging(level)
    assert logging.getLogger(library).getEffectiveLevel() == logging.WARNING


@pytest.mark.usefixtures("levels")
@pytest.mark.parametrize("level", ["DEBUG", "INFO", "WARNING", "ERROR"])
def test_the_level_of_the_settings_is_that_of_our_own_modules(level: str) -> None:
    configure_logging(level)
    for ours in ("inbox_agent.poller", "workflows.registry"):
        assert logging.getLevelName(logging.getLogger(ours).getEffectiveLevel()) == level
    assert logging.getLogger("httpx2").getEffectiveLevel() >= logging.getLogger("inbox_agent").getEffectiveLevel()
