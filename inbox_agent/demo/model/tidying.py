"""The owner's words without what mail adds to them: wrapped lines, thanks and a name at the end."""

import re

WRAPPED_AT = 45
THANKS = re.compile(
    r"(?:\n|(?<=[.!?]))\s*(?:(?:many |kind |best |warm )?(?:thanks|thank you|thx|cheers|regards|best|danke|gracias|merci)"
    r"(?: you)?(?: in advance| very much| so much| a lot)?|(?:mit freundlichen|viele|beste) grüßen?|un saludo|cordialement)"
    r"[\s,.!]*(?:\n\s*[^\W\d_][\w .'’-]{0,40})?\s*$",
    re.IGNORECASE,
)


def tidy(text: str, owner_name: str) -> str:
    """One line a paragraph, no closing; a list or a letter that stands in the text keeps its lines."""
    # Runs of blanks say nothing and make patterns slow.
    text = _unwrap(re.sub(r"\n{3,}", "\n\n", re.sub(r"[^\S\n]+", " ", text.strip())))
    for name in filter(None, (owner_name, owner_name.partition(" ")[0])):
        text = re.sub(rf"\n\s*[-–—]?\s*{re.escape(name)}\s*$", "", text, flags=re.IGNORECASE)
    return THANKS.sub("", text).strip() or text


def _unwrap(text: str) -> str:
    """Join a line to the one before when that one is as long as a client's wrapping makes it."""
    joined: list[str] = []
    for line in text.split("\n"):
        if joined and line.strip() and len(joined[-1].rpartition("\n")[2]) >= WRAPPED_AT and not line[0].isspace():
            joined[-1] = f"{joined[-1].rstrip()} {line}"
        else:
            joined.append(line)
    return "\n".join(joined)
