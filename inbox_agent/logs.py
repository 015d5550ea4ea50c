"""Log lines: one record is one line, whatever foreign words it carries, so that nobody outside writes a line of their own."""

import logging
from typing import Any

from inbox_agent.mail.charset.clean_text import escape_invisible

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
_OURS = ("inbox_agent", "workflows")


class OneLineFormatter(logging.Formatter):
    """Writes out what would break a line or move the cursor of a terminal. The lines of a traceback are indented: none of them
    looks like a record."""

    def formatMessage(self, record: logging.LogRecord) -> str:
        return escape_invisible(super().formatMessage(record))

    def formatException(self, ei: Any) -> str:
        return _indented(super().formatException(ei))

    def formatStack(self, stack_info: str) -> str:
        return _indented(super().formatStack(stack_info))


def _indented(text: str) -> str:
    return "\n".join(f"  | {escape_invisible(line)}" for line in text.split("\n"))


def configure_logging(level: str) -> None:
    """Log lines to standard error: time, level, part, message. Neither bodies nor addresses are logged at INFO.

    Libraries may warn and no more, whatever the level is: below that they write out what they are called with, among it URLs
    with the credentials in them.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(OneLineFormatter(FORMAT))
    logging.basicConfig(
        level=max(logging.WARNING, logging.getLevelNamesMapping()[level]), handlers=[handler], force=True
    )
    for package in _OURS:
        logging.getLogger(package).setLevel(level)
