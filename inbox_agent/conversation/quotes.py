"""Whose words the lines of a message are. What somebody quotes between their answers is kept with a quote mark (RFC 3676, 4.5);
it is material, never the words of the one who quotes it.
"""


def is_quoted(line: str) -> bool:
    """Whether a line of new text repeats somebody else's."""
    return line.lstrip().startswith(">")


def without_quotes(text: str) -> str:
    """Only the lines that the writer did not quote."""
    return "\n".join(line for line in text.split("\n") if not is_quoted(line))
