"""An exception for the log and the engine's history: what and where, without the words of anyone's mail."""

import traceback

from inbox_agent.errors import AgentError

_LONGEST = 300


def describe_failure(error: BaseException) -> str:
    """The types of an exception and its causes with the frames they passed, newest last.

    Messages are left out: a validation error, say, quotes what it was given. Those of our own taxonomy are written for a
    person and stay, see ``failure_message``.
    """
    links: list[str] = []
    current: BaseException | None = error
    while current is not None and len(links) < 5:
        frames = traceback.extract_tb(current.__traceback__)
        places = " < ".join(f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in reversed(frames[-6:]))
        links.append(f"{type(current).__name__} at {places or 'unknown'}")
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return "; caused by ".join(links)


def failure_message(error: BaseException) -> str:
    """One line for a person: the message of an error of ours, else the bare type."""
    return f"{type(error).__name__}: {error}"[:_LONGEST] if isinstance(error, AgentError) else type(error).__name__


def _short(filename: str) -> str:
    return "/".join(filename.replace("\\", "/").split("/")[-2:])
