"""Text that wraps other things: PGP clear-signed text, PGP messages, uuencoded files. Unwrapped, and said so."""

import re

_SIGNED = "-----BEGIN PGP SIGNED MESSAGE-----"
_SIGNATURE = "-----BEGIN PGP SIGNATURE-----"
_SIGNATURE_END = "-----END PGP SIGNATURE-----"
_ENCRYPTED = "-----BEGIN PGP MESSAGE-----"
_ARMOR_HEADER = re.compile(
    r"(?:Hash|Version|Comment|MessageID|Charset|NotDashEscaped|X-[\w-]{1,40}):(?: |$)", re.IGNORECASE
)
_BASE64 = re.compile(r"[A-Za-z0-9+/]{16,100}={0,2}$|[A-Za-z0-9+/]{2,20}={1,2}$|=[A-Za-z0-9+/]{4}$")
_UU_BEGIN = re.compile(r"begin(?:-base64)? [0-7]{3,4} (\S.{0,200})$")
_UU_LINE = re.compile(r"[\x20-\x60]{1,90}\s*$")


def unwrap(text: str) -> tuple[str, tuple[str, ...]]:
    """The text without its armor, and a sentence on each thing that was taken off.

    Clear-signed text (RFC 9580, 7) is what stands between the armor lines, with dash-escapes undone; nothing checks the
    signature, so it proves nothing. A uuencoded file is cut out from ``begin`` to ``end``.
    """
    notes: list[str] = []
    if _SIGNED in text:
        text = _clear_signed(text)
        notes.append("PGP clear-signed: the text was read, the signature was not checked")
    if _ENCRYPTED in text:
        notes.append("PGP-encrypted: what is encrypted cannot be read")
    if "begin " in text or "begin-base64 " in text:
        text, names = _without_uuencoded(text)
        notes += [f"a uuencoded file in the text was left out: {name}" for name in names]
    return text, tuple(notes)


def _clear_signed(text: str) -> str:
    kept: list[str] = []
    state = "outside"
    seen = False
    lines = text.split("\n")
    closed = _closed_later(lines)
    for index, line in enumerate(lines):
        bare = line.rstrip()
        if bare == _SIGNED:
            state = "armor header"
            continue
        if state == "armor header":
            # The blank line that ends the header may be lost.
            state = "armor header" if _ARMOR_HEADER.match(bare) else "signed"
            if not bare or state == "armor header":
                continue
        if state == "signed" and bare == _SIGNATURE:
            state, seen = "signature", False
        elif state == "signature":
            seen = seen or bool(_BASE64.match(bare))
            if bare == _SIGNATURE_END:
                state = "outside"
            elif not closed[index] and not (
                _BASE64.match(bare) or (not seen and (not bare or _ARMOR_HEADER.match(bare)))
            ):
                # The end line is missing: what is no base64 is the person's again.
                state = "outside"
                kept.append(line)
        else:
            kept.append(line.removeprefix("- ") if state == "signed" else line)
    return "\n".join(kept)


def _closed_later(lines: list[str]) -> list[bool]:
    """Of each line, whether an end of a signature follows before another signed text begins."""
    found: list[bool] = []
    closed = False
    for line in reversed(lines):
        bare = line.rstrip()
        closed = bare == _SIGNATURE_END or (closed and bare != _SIGNED)
        found.append(closed)
    return found[::-1]


def _without_uuencoded(text: str) -> tuple[str, list[str]]:
    """A block counts only when it is closed by ``end``: a sentence may begin with "begin"."""
    kept: list[str] = []
    block: list[str] = []
    names: list[str] = []
    name = ""
    for line in text.split("\n"):
        match = None if name else _UU_BEGIN.match(line)
        if match:
            name, block = match[1], [line]
        elif name and line.strip() in {"end", "===="}:
            names.append(name)
            name, block = "", []
        elif name and (_UU_LINE.match(line) or re.fullmatch(r"[A-Za-z0-9+/=]{1,80}\s*", line)):
            block.append(line)
        else:
            kept += [*block, line]
            name, block = "", []
    return "\n".join([*kept, *block]), names
