"""Which styles hide text from the eye: such text is no words of the person, and a common carrier of injected instructions."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from inbox_agent.mail.html.colours import WHITE, Colour, is_unseen, read_colour, read_pixels

_STYLE_LIMIT: Final = 4_000
_MOST_RULES: Final = 2_000
# Smaller letters, and boxes less high, cannot be read.
_READABLE: Final = 3.0
_OFF_PAGE: Final = -300.0
_ESCAPE: Final = re.compile(r"\\([0-9a-f]{1,6})\s?|\\(.)")
# One element by name, class and id. What depends on its place or on the reader is not told here.
_SELECTOR: Final = re.compile(r"(?P<tag>[a-z][\w-]{0,60})?(?P<marks>(?:[.#][\w-]{1,60}){0,6})$")
_MARK: Final = re.compile(r"[.#][\w-]{1,60}")
_EVERY_SCREEN: Final = frozenset(("@media all", "@media screen", "@media only screen", "@media"))
_SHRUNK: Final = re.compile(r"(?:scale(?:3d|x|y)?|matrix)\(\s?[+-]?(?:0?\.0\d*|0)(?![\d.])")
_MOVED: Final = re.compile(r"translate(?:3d|x|y)?\([^()]{0,40}?[+-]?(?:\d{3,}px|\d{2,}(?:em|rem|vw|vh)|[1-9]\d{2,}%)")


@dataclass(frozen=True, slots=True)
class Ink:
    """What letters look like: their colour, None for black, what is behind them, and their height in pixels.

    ``background`` is None where it is a picture: then no colour is taken for hidden.
    """

    colour: Colour | None = None
    background: Colour | None = WHITE
    size: float = 16

    @property
    def unseen(self) -> bool:
        if self.size < _READABLE:
            return True
        if self.colour is None:
            return False
        return self.colour[3] < 0.1 or (self.background is not None and is_unseen(self.colour, self.background))


def declarations(style: str) -> dict[str, str]:
    """The declarations of a style attribute, lower case, the last one of a property wins."""
    found: dict[str, str] = {}
    for declaration in _plain(style[:_STYLE_LIMIT]).split(";"):
        name, colon, value = declaration.partition(":")
        if colon:
            found[name.strip()] = value.replace("!important", "").strip()[:300]
    return found


def _plain(style: str) -> str:
    """Lower case, without comments and escapes."""
    pieces = []
    position = 0
    while True:
        start = style.find("/*", position)
        end = style.find("*/", start + 2) if start >= 0 else -1
        pieces.append(style[position:start] if start >= 0 else style[position:])
        if end < 0:
            break
        position = end + 2
    return _ESCAPE.sub(_unescaped, "".join(pieces).lower())


def _unescaped(match: re.Match[str]) -> str:
    if not match[1]:
        return match[2]
    code = int(match[1], 16)
    return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"


@dataclass(slots=True)
class Sheet:
    """The rules of a page's style sheets for single elements, by the rarest thing that each asks for."""

    rules: dict[str, dict[tuple[str, frozenset[str]], dict[str, str]]] = field(default_factory=dict)
    count: int = 0

    def add(self, source: str) -> None:
        """Take in a style sheet. Rules for some screens only (``@media``) do not count."""
        for selectors, body in _rules(_plain(source)):
            style = declarations(body)
            for selector in selectors.split(",")[:50]:
                match = _SELECTOR.match(selector.strip())
                if match and match[0] and self.count < _MOST_RULES:
                    marks = frozenset(_MARK.findall(match["marks"]))
                    key = max(marks, default=match["tag"] or "")
                    same_key = self.rules.setdefault(key, {})
                    same_key.setdefault((match["tag"] or "", marks), {}).update(style)
                    self.count += 1

    def style_of(self, tag: str, attributes: Mapping[str, str]) -> dict[str, str]:
        """What the sheets say of an element: by its name, then its classes, then its id."""
        if not self.rules:
            return {}
        classes = [f".{name.lower()}" for name in attributes.get("class", "").split()[:20]]
        marks = [*classes, *([f"#{attributes['id'].lower()}"] if attributes.get("id") else [])]
        found: dict[str, str] = {}
        for key in (tag, *marks):
            for (name, needed), style in islice(self.rules.get(key, {}).items(), 20):
                if name in ("", tag) and needed.issubset(marks):
                    found.update(style)
        return found


def _rules(sheet: str) -> Iterator[tuple[str, str]]:
    position = 0
    while (opening := sheet.find("{", position)) >= 0:
        prelude = sheet[position:opening].rpartition("}")[2].rpartition(";")[2].strip()
        if prelude.startswith("@"):
            every = " ".join(prelude.split()) in _EVERY_SCREEN
            position = opening + 1 if every else _after_block(sheet, opening)
            continue
        closing = sheet.find("}", opening)
        closing = closing if closing >= 0 else len(sheet)
        yield prelude.removeprefix("<!--").strip(), sheet[opening + 1 : closing]
        position = closing + 1


def _after_block(sheet: str, opening: int) -> int:
    depth = 0
    for match in re.compile(r"[{}]").finditer(sheet, opening):
        depth += 1 if match[0] == "{" else -1
        if depth == 0:
            return match.end()
    return len(sheet)


def hides(style: Mapping[str, str]) -> bool:
    """Whether an element with these declarations, and all that is in it, cannot be seen."""
    if not style:
        return False
    if style.get("display") == "none" or style.get("visibility") in ("hidden", "collapse"):
        return True
    if style.get("mso-hide") == "all" or style.get("content-visibility") == "hidden":
        return True
    opacity = read_pixels(style.get("opacity", ""), of=1)
    if opacity is not None and opacity < 0.1:
        return True
    return _is_clipped(style) or _is_off_page(style) or _is_shut(style)


def _is_clipped(style: Mapping[str, str]) -> bool:
    """Cut or transformed away. What else these properties draw is rare in mail, and told when it is left out."""
    clipped = style.get("clip-path", "none").split("(")[0] not in ("none", "inherit", "initial", "unset", "border-box")
    transform = style.get("transform", "")
    return (
        clipped
        or style.get("clip", "").startswith("rect(")
        or bool(_SHRUNK.search(transform) or _MOVED.search(transform))
    )


def _is_off_page(style: Mapping[str, str]) -> bool:
    placed = style.get("position") in ("absolute", "fixed", "relative")
    sides = ("left", "top", "right", "bottom") if placed else ()
    return any(_is_below(style.get(name), _OFF_PAGE) for name in (*sides, "text-indent", "margin-left", "margin-top"))


def _is_shut(style: Mapping[str, str]) -> bool:
    overflow = " ".join(style.get(name, "") for name in ("overflow", "overflow-x", "overflow-y"))
    if "hidden" not in overflow and "clip" not in overflow:
        return False
    sides = ("max-height", "height", "max-width", "width", "line-height")
    return any(_is_below(style.get(side), _READABLE if side != "line-height" else 0.1) for side in sides)


def _is_below(value: str | None, limit: float) -> bool:
    length = read_pixels(value) if value else None
    return length is not None and length < limit


def ink(parent: Ink, style: Mapping[str, str], attributes: Mapping[str, str]) -> Ink:
    """What letters look like inside an element."""
    colour = read_colour(style.get("color") or attributes.get("color") or attributes.get("text") or "")
    size = _size(style, parent.size)
    background = _background(parent.background, style, attributes)
    if colour is None and size == parent.size and background == parent.background:
        return parent
    return Ink(colour or parent.colour, background, size)


def _size(style: Mapping[str, str], parent: float) -> float:
    if "font-size" in style:
        size = read_pixels(style["font-size"], of=parent)
        return max(size, 0.0) if size is not None else _named_size(style["font-size"], parent)
    for word in style.get("font", "").split("/")[0].split():
        size = read_pixels(word, of=parent)
        if size is not None and not re.match(r"[1-9]00$", word):
            return size
    return parent


def _named_size(value: str, parent: float) -> float:
    """``small``, ``large``, … set it; unknown values leave it."""
    return 13.0 if value.endswith(("small", "medium", "large")) else parent


def _background(parent: Colour | None, style: Mapping[str, str], attributes: Mapping[str, str]) -> Colour | None:
    painted = style.get("background-color") or style.get("background") or attributes.get("bgcolor", "")
    picture = f"{style.get('background', '')} {style.get('background-image', '')}"
    if "url(" in picture or "gradient(" in picture or attributes.get("background"):
        return None
    colour = read_colour(painted)
    return parent if colour is None or colour[3] < 0.1 else colour
