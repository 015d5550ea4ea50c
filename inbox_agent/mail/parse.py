"""Bytes to ``Message``: everything that real clients send, in bounded time and memory. Interprets nothing."""

from inbox_agent.models import Message


def parse_message(raw: bytes) -> Message:
    """Parse one message (RFC 5322, MIME).

    Raises:
        MalformedMessageError: nothing in it can be read as a message.
    """
    raise NotImplementedError
