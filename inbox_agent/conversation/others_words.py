"""Others' words in our mail: they look like others' words in text and HTML, however lines are wrapped, whatever they hold.

``quoted`` marks them where a text of ours is put together; the renderers find them by ``blocks`` and mark again what they
wrap. One line of others (a name, an address) goes through ``named``.
"""

import re
import unicodedata

from inbox_agent.mail.charset.clean_text import one_line, shown
from inbox_agent.models import Address

MARK = "> "
MAX_NAMED = 60
MAX_ADDRESS = 254
_QUOTATION_MARKS = re.compile('["“”„‟«»‹›<>❝❞〝〞＂]')
_WORDS = re.compile(r"\S+|\s+")


def quoted(words: str) -> str:
    """The words with the mark (RFC 3676, 4.5) before every line, whatever a reader's program takes for a line break."""
    return "\n".join(MARK + line for line in shown(words).strip("\n").split("\n"))


def named(words: str, limit: int = MAX_NAMED) -> str:
    """A name that others gave, for a sentence of ours that puts it in quotes: one line, cut, unable to close the quotes."""
    line = " ".join(_QUOTATION_MARKS.sub("", one_line(words)).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def named_address(address: str) -> str:
    """An address that others gave: without spaces, so that it cannot be read as a sentence."""
    return named(address, MAX_ADDRESS).replace(" ", "_")


def describe_person(person: Address) -> str:
    """``Sam Lee <sam@x.example>``, for a field that is labelled. A name that looks like an address is left out: it could be
    taken for another one."""
    name = named(person.display_name)
    address = named_address(person.address)
    return f"{name} <{address}>" if name and "@" not in name else address


def blocks(text: str) -> list[tuple[bool, list[str]]]:
    """The lines of a text of ours in runs: whether they are others' words, and the lines, without the mark where they are."""
    found: list[tuple[bool, list[str]]] = []
    for line in shown(text).split("\n"):
        marked = line.startswith(">")
        if not found or found[-1][0] != marked:
            found.append((marked, []))
        found[-1][1].append(line[1:].removeprefix(" ") if marked else line)
    return found


def columns(text: str) -> int:
    """How many columns of a terminal the text takes (UAX 11): wide characters two, combining ones none."""
    return sum(_columns_of(char) for char in text)


def _columns_of(char: str) -> int:
    if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def wrap_marked(line: str, width: int) -> list[str]:
    """A line of others in pieces of at most ``width`` columns, the mark before each included; long words are broken."""
    room, pieces, used = width - len(MARK), [""], 0
    for word in _WORDS.findall(line.expandtabs(4)):
        taken = columns(word)
        if used and used + taken > room:
            pieces.append("")
            used = 0
            if word.isspace():
                continue
        if taken <= room:
            pieces[-1] += word
            used += taken
            continue
        for char in word:
            if used + _columns_of(char) > room:
                pieces.append("")
                used = 0
            pieces[-1] += char
            used += _columns_of(char)
    return [(MARK + piece).rstrip() for piece in pieces]
