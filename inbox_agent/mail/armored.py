"""Text that wraps other things: PGP clear-signed text, PGP messages, uuencoded files. Unwrapped, and said so."""

import re

_SIGNED = "-----BEGIN PGP SIGNED MESSAGE-----"
_SIGNATURE = "-----BEGIN PGP SIGNATURE-----"
_SIGNATURE_END = "-----END PGP SIGNATURE-----"
_ENCRYPTED = "-----BEGIN PGP MESSAGE-----"
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
    for line in text.split("\n"):
        bare = line.rstrip()
        if bare == _SIGNED:
            state = "armor header"
        elif state == "armor header":
            state = "signed" if not bare else state
        elif state == "signed" and bare == _SIGNATURE:
            state = "signature"
        elif state == "signature":
            state = "outside" if bare == _SIGNATURE_END else state
        else:
            kept.append(line.removeprefix("- ") if state == "signed" else line)
    return "\n".join(kept)


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
