"""HTML as a flat run of tags and texts: linear time whatever the input, no tree, nothing fetched or executed.

The standard library's parser has had quadratic cases with hostile input; mail needs only tags, attributes and text.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape
from typing import Final

# A page with more tags than this is cut: what a person writes stands at its beginning.
MAX_TOKENS: Final = 8_000
MAX_CHARACTERS: Final = 4_000_000

_ATTRIBUTE_LIMIT: Final = 4_000
_TAG_NAME: Final = re.compile(r"</?([a-zA-Z][^\s/>]{0,40})")
_ATTRIBUTE: Final = re.compile(
    r"([a-zA-Z_:][\w:.-]{0,60})(?:\s{0,20}=\s{0,20}(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]{1,2000})))?"
)
_RAW: Final = {
    name: re.compile(rf"</{name}\b", re.IGNORECASE)
    for name in ("script", "style", "title", "template", "noscript", "svg", "xml")
}


@dataclass(frozen=True, slots=True)
class Tag:
    """``<name attributes>``, or ``</name>`` when ``closing``. Names are lower case, values unescaped."""

    name: str
    closing: bool = False
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Text:
    """Character data, entities resolved. ``style`` holds the content of a style sheet instead of text to read."""

    text: str
    style: bool = False


@dataclass(frozen=True, slots=True)
class Cut:
    """The page goes on, but is not read further."""


def tokenize(html: str) -> Iterator[Tag | Text | Cut]:
    """Tags and texts in order. Comments, declarations and scripts are left out; a lone ``<`` is text."""
    page = html[:MAX_CHARACTERS]
    position = count = 0
    while position < len(page):
        count += 1
        if count > MAX_TOKENS:
            break
        opening = page.find("<", position)
        if opening != position:
            stop = opening if opening >= 0 else len(page)
            yield Text(unescape(page[position:stop]))
            position = stop
            continue
        token, position = _markup(page, position)
        if token is not None:
            yield token
        if isinstance(token, Tag) and not token.closing and token.name in _RAW:
            end = _RAW[token.name].search(page, position)
            stop = end.start() if end else len(page)
            if token.name == "style":
                yield Text(page[position:stop][:50_000], style=True)
            position = stop
    if position < len(html):
        yield Cut()


def _markup(page: str, position: int) -> tuple[Tag | Text | None, int]:
    """The token that begins with the ``<`` at ``position``, and where the next one begins."""
    if page.startswith("<!--", position):
        end = page.find("-->", position + 2)
        return None, end + 3 if end >= 0 else len(page)
    name = _TAG_NAME.match(page, position)
    if name is None and page[position + 1 : position + 2] not in ("!", "?", "/"):
        return Text("<"), position + 1
    end = _tag_end(page, position)
    if end < 0:
        return Text(unescape(page[position:])), len(page)
    if name is None:
        return None, end + 1
    closing = page[position + 1] == "/"
    attributes = {} if closing else _attributes(page[name.end() : end])
    return Tag(name[1].lower(), closing, attributes), end + 1


def _tag_end(page: str, position: int) -> int:
    """The closing ``>``; one inside a quoted attribute value is skipped, a few times at most."""
    end = page.find(">", position)
    for _ in range(3):
        inside = page[position : min(end, position + _ATTRIBUTE_LIMIT)]
        if end < 0 or not inside.count('"') % 2 or "<" in inside[1:]:
            return end
        further = page.find(">", end + 1, end + _ATTRIBUTE_LIMIT)
        if further < 0:
            return end
        end = further
    return end


def _attributes(source: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for match in _ATTRIBUTE.finditer(source[:_ATTRIBUTE_LIMIT]):
        found.setdefault(match[1].lower(), unescape(match[2] or match[3] or match[4] or ""))
    return found
