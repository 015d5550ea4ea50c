"""format=flowed text to paragraphs (RFC 3676): soft line breaks joined, space-stuffing undone. Pure text in, text out."""


def _split(line: str) -> tuple[int, str]:
    """The quote depth of a line, and its content without the one stuffed space."""
    stripped = line.lstrip(">")
    return len(line) - len(stripped), stripped.removeprefix(" ")


def unflow(text: str, *, delete_space: bool = False) -> str:
    """Join the lines that end in a space with the next one of the same quote depth.

    Args:
        delete_space: the DelSp parameter; for languages without spaces between words.
    """
    paragraphs: list[tuple[int, list[str], bool]] = []
    for line in text.split("\n"):
        depth, content = _split(line)
        # 4.3: the signature separator ends in a space and is never flowed.
        soft = content.endswith(" ") and content != "-- "
        piece = content[:-1] if soft and delete_space else content
        if paragraphs and paragraphs[-1][2] and paragraphs[-1][0] == depth and content != "-- ":
            last_depth, pieces, _ = paragraphs[-1]
            pieces.append(piece)
            paragraphs[-1] = (last_depth, pieces, soft)
        else:
            paragraphs.append((depth, [piece], soft))
    return "\n".join(_render(depth, "".join(pieces)) for depth, pieces, _ in paragraphs)


def _render(depth: int, content: str) -> str:
    kept = content if content == "-- " else content.rstrip(" ")
    return f"{'>' * depth} {kept}".rstrip(" ") if depth else kept
