"""Colours and lengths of HTML and CSS as numbers, so that they can be compared whatever notation they are written in."""

import colorsys
import re
from typing import Final

# Red, green, blue (0 to 255), alpha (0 to 1).
Colour = tuple[float, float, float, float]
WHITE: Final[Colour] = (255, 255, 255, 1)
BLACK: Final[Colour] = (0, 0, 0, 1)

_NAMES: Final = {
    name: tuple(bytes.fromhex(digits))
    for name, digits in (
        entry.split("=")
        for entry in """
    white=ffffff black=000000 red=ff0000 lime=00ff00 blue=0000ff green=008000 yellow=ffff00 aqua=00ffff cyan=00ffff
    fuchsia=ff00ff magenta=ff00ff gray=808080 grey=808080 silver=c0c0c0 maroon=800000 navy=000080 olive=808000
    purple=800080 teal=008080 orange=ffa500 pink=ffc0cb brown=a52a2a gold=ffd700 darkgray=a9a9a9 darkgrey=a9a9a9
    dimgray=696969 dimgrey=696969 darkblue=00008b darkred=8b0000 darkgreen=006400 lightblue=add8e6 lightgreen=90ee90
    snow=fffafa ivory=fffff0 ghostwhite=f8f8ff whitesmoke=f5f5f5 floralwhite=fffaf0 azure=f0ffff mintcream=f5fffa
    seashell=fff5ee aliceblue=f0f8ff honeydew=f0fff0 lavenderblush=fff0f5 oldlace=fdf5e6 linen=faf0e6 beige=f5f5dc
    lightyellow=ffffe0 lightcyan=e0ffff cornsilk=fff8dc lavender=e6e6fa gainsboro=dcdcdc lightgray=d3d3d3
    lightgrey=d3d3d3 indigo=4b0082 violet=ee82ee crimson=dc143c tomato=ff6347 salmon=fa8072 khaki=f0e68c
    """.split()
    )
}
_FUNCTION: Final = re.compile(r"(rgb|hsl)a?\(([^()]{1,100})\)")
_LENGTH: Final = re.compile(
    r"([+-]?(?:\d{1,9}(?:\.\d{0,9})?|\.\d{1,9}))(px|pt|em|rem|ex|ch|%|in|cm|mm|pc|vw|vh)?(?![\w.])"
)
_PIXELS: Final = {
    "px": 1,
    "pt": 4 / 3,
    "ex": 8,
    "ch": 8,
    "in": 96,
    "cm": 38,
    "mm": 3.8,
    "pc": 16,
    "vw": 10,
    "vh": 8,
    "rem": 16,
}


def read_colour(value: str) -> Colour | None:
    """The colour that begins a value, None when it is none, not known, or left to others (``inherit``)."""
    value = value.strip().lower()[:200]
    word = value.split(maxsplit=1)[0] if value else ""
    if word == "transparent":
        return (0, 0, 0, 0)
    if word in _NAMES:
        red, green, blue = _NAMES[word]
        return (red, green, blue, 1)
    if word.startswith("#"):
        return _hex(word[1:])
    match = _FUNCTION.match(value)
    return _function(match[1], match[2]) if match else None


def _hex(digits: str) -> Colour | None:
    if len(digits) in (3, 4):
        digits = "".join(digit * 2 for digit in digits)
    if len(digits) not in (6, 8) or not all(digit in "0123456789abcdef" for digit in digits):
        return None
    red, green, blue, *alpha = bytes.fromhex(digits)
    return (red, green, blue, alpha[0] / 255 if alpha else 1)


def _function(name: str, arguments: str) -> Colour | None:
    parts = arguments.replace(",", " ").replace("/", " ").split()
    try:
        numbers = [float(part.removesuffix("%").removesuffix("deg")) for part in parts]
    except ValueError:
        return None
    if len(numbers) not in (3, 4):
        return None
    alpha = numbers[3] / (100 if parts[3].endswith("%") else 1) if len(numbers) == 4 else 1.0
    if name == "hsl":
        red, green, blue = colorsys.hls_to_rgb(numbers[0] % 360 / 360, numbers[2] / 100, numbers[1] / 100)
        return (red * 255, green * 255, blue * 255, alpha)
    scale = [2.55 if part.endswith("%") else 1 for part in parts]
    return (numbers[0] * scale[0], numbers[1] * scale[1], numbers[2] * scale[2], alpha)


def is_unseen(colour: Colour, background: Colour) -> bool:
    """Whether nobody can tell letters of this colour from what is behind them."""
    alpha = colour[3]
    if alpha < 0.1:
        return True
    return all(abs(mine - behind) * alpha <= 12 for mine, behind in zip(colour[:3], background[:3], strict=True))


def read_pixels(value: str, *, of: float = 16) -> float | None:
    """The length that begins a value, in pixels; ``of`` is what em and percent are of. None when it is none."""
    match = _LENGTH.match(value.strip().lower()[:100])
    if match is None:
        return None
    number, unit = float(match[1]), match[2] or "px"
    if unit == "%":
        return number * of / 100
    return number * (of if unit == "em" else _PIXELS[unit])
