"""Which styles hide text from the eye: such text is no words of the person, and a common carrier of injected instructions."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

_RULE: Final = re.compile(r"\.([\w-]{1,60})\s{0,5}\{([^{}]{0,500})\}")
_DECLARATION: Final = re.compile(r"(?<![a-z-])([a-z-]{2,40}+)\s{0,5}:\s{0,5}([^;]{1,200})")
_ZERO: Final = re.compile(r"0+(?:\.0+)?(?:px|pt|em|rem|%|in|cm|mm)?$")
_TINY: Final = re.compile(r"(?:0?\.\d+|1)(?:px|pt)$")
_WHITE: Final = frozenset(("white", "#fff", "#ffffff", "rgb(255,255,255)", "rgba(255,255,255,1)"))
_INVISIBLE_INK: Final = frozenset(("transparent", "rgba(0,0,0,0)", "#0000", "#00000000", "#ffffff00", "#fff0"))
_OFF_PAGE: Final = re.compile(r"-\d{3,}")


@dataclass(frozen=True, slots=True)
class Ink:
    """The colours in force: ``background`` is "" where none was set (then a page is white)."""

    color: str = ""
    background: str = ""

    @property
    def unseen(self) -> bool:
        return self.color in _INVISIBLE_INK or (bool(self.color) and self.color == (self.background or "white"))


def declarations(style: str) -> dict[str, str]:
    """The declarations of a style attribute, lower case, the last one of a property wins."""
    return {
        match[1]: match[2].replace("!important", "").strip() for match in _DECLARATION.finditer(style[:2000].lower())
    }


def hiding_classes(sheet: str) -> frozenset[str]:
    """Classes that a style sheet hides on every screen; rules for some screens only (``@media``) do not count."""
    always = sheet.split("@media", maxsplit=1)[0]
    return frozenset(match[1].lower() for match in _RULE.finditer(always) if hides(declarations(match[2])))


def hides(style: Mapping[str, str]) -> bool:
    """Whether an element with these declarations, and all that is in it, cannot be seen."""
    if style.get("display") == "none" or style.get("visibility") in ("hidden", "collapse"):
        return True
    if style.get("mso-hide") == "all" or _ZERO.match(style.get("opacity", "1")):
        return True
    size = style.get("font-size", "")
    if _ZERO.match(size) or _TINY.match(size):
        return True
    if _OFF_PAGE.match(style.get("text-indent", "")) or _is_off_page(style):
        return True
    shut = any(_ZERO.match(style.get(side, "auto")) for side in ("max-height", "height", "max-width", "width"))
    return shut and style.get("overflow", "") == "hidden"


def _is_off_page(style: Mapping[str, str]) -> bool:
    placed = style.get("position") in ("absolute", "fixed")
    return placed and any(_OFF_PAGE.match(style.get(side, "")) for side in ("left", "top", "right", "bottom"))


def ink(parent: Ink, style: Mapping[str, str], attributes: Mapping[str, str]) -> Ink:
    """The colours inside an element."""
    color = _colour(style.get("color") or attributes.get("color", ""))
    background = style.get("background-color") or style.get("background") or attributes.get("bgcolor", "")
    # A picture as background may have any colour: such text is never taken for hidden.
    painted = _colour(background.split("url(")[0].strip() or "url") if background else ""
    if painted in _INVISIBLE_INK or painted in ("none", "inherit", "initial"):
        painted = ""
    return Ink(color or parent.color, painted or parent.background) if color or painted else parent


def _colour(value: str) -> str:
    value = re.sub(r"\s+", "", value.lower()[:100])
    return "white" if value in _WHITE else value
