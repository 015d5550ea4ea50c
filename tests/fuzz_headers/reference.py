"""What other readers make of a mail: dkimpy on its bytes, the standard library on its From, and a strict reading of the fields.

Shares no code with what is tested. All three have to agree before a proof is given, so this is what at most may be proven.
"""

import re
from collections.abc import Callable, Mapping
from email.parser import BytesHeaderParser
from email.policy import compat32
from email.utils import getaddresses

import dkim

_ERRORS = (dkim.DKIMException, ValueError, KeyError, IndexError, TypeError, ArithmeticError)
_TAG_LIST = re.compile(rb"[ \t]*[a-z]+[ \t]*=[^;]*(?:;[ \t]*[a-z]+[ \t]*=[^;]*)*;?[ \t]*")
DECIDING = ("to", "cc", "subject", "date", "message-id", "in-reply-to", "references")

Lookup = Callable[[str], bytes | None]


def asked(lookup: Lookup) -> Callable[..., bytes | None]:
    def ask(name: bytes | str, timeout: int = 5) -> bytes | None:
        text = name.decode("latin-1") if isinstance(name, bytes) else name
        return lookup(text.rstrip("."))

    return ask


def sender_of(raw: bytes) -> str:
    """The one From address as the standard library reads it, ASCII in lower case; "" when there is none or several."""
    fields = BytesHeaderParser(policy=compat32).parsebytes(raw).get_all("From", [])
    if len(fields) != 1:
        return ""
    found = [address for _, address in getaddresses([re.sub(r"\r?\n", "", str(fields[0]))]) if address]
    if len(found) != 1 or not re.fullmatch(r"[!-~]+@[A-Za-z0-9.-]+", found[0]):
        return ""
    return found[0].lower().removesuffix(".")


def organization_of(domain: str) -> str:
    """All names of the fuzz lie directly below ``.example``."""
    labels = domain.lower().strip(".").split(".")
    return ".".join(labels[-2:]) if len(labels) > 1 else ""


def strict_tags(value: bytes) -> dict[bytes, bytes] | None:
    """The tags of a signature field that no reader can read differently, else None."""
    if re.search(rb"[^\x20-\x7e\t\r\n]|\r(?!\n[ \t])|(?<!\r)\n", value.removesuffix(b"\r\n")):
        return None
    text = value.replace(b"\r\n", b"").strip(b" \t")
    if not _TAG_LIST.fullmatch(text):
        return None
    pairs = [part.partition(b"=") for part in text.split(b";") if part.strip()]
    names = [name.strip() for name, _, _ in pairs]
    if len(names) != len(set(names)):
        return None
    return {name.strip(): re.sub(rb"[ \t]+", b"", content) for name, _, content in pairs}


def passing(raw: bytes, lookup: Lookup, *, strict: bool = True) -> list[dict[bytes, bytes]]:
    """The tags of every signature that dkimpy accepts and, with ``strict``, that can be read in one way."""
    found = []
    try:
        verifier = dkim.DKIM(raw)
    except _ERRORS:
        return []
    fields = [value for name, value in verifier.headers if name.lower() == b"dkim-signature"]
    for index, value in enumerate(fields):
        try:
            passed = verifier.verify(idx=index, dnsfunc=asked(lookup))
        except _ERRORS:
            continue
        if passed and not strict:
            found.append(verifier.signature_fields)
            continue
        tags = strict_tags(value) if passed else None
        if tags and b"l" not in tags and tags[b"a"] == b"rsa-sha256" and b"from" in tags[b"h"].lower().split(b":"):
            found.append(tags)
    return found


def proven_by_signature(raw: bytes, lookup: Lookup, *, strict: bool = True) -> str:
    """The sender whom a signature of their own domain proves, or "". A server of ours need not be ``strict``."""
    sender = sender_of(raw)
    organization = organization_of(sender.rpartition("@")[2])
    signers = {organization_of(tags[b"d"].decode("latin-1")) for tags in passing(raw, lookup, strict=strict)}
    return sender if organization and organization in signers else ""


def proven_by_seal(raw: bytes, lookup: Lookup, sealer: str, stated: Mapping[bytes, str]) -> str:
    """The sender whom the newest seal proves, or "".

    Args:
        stated: the results that the trusted sealer really wrote, without white space, and whom they prove ("" nobody).
    """
    try:
        verdict, chain, _ = dkim.arc_verify(raw, dnsfunc=asked(lookup))
    except _ERRORS:
        return ""
    if verdict != dkim.CV_Pass or chain[0]["as-domain"].decode("latin-1") != sealer:
        return ""
    sender = sender_of(raw)
    return sender if sender and stated.get(re.sub(rb"\s", b"", chain[0]["aar-value"])) == sender else ""


def changeable_fields(raw: bytes, still_proven: Callable[[bytes], str]) -> set[str]:
    """The deciding fields that anybody can change while the proof goes on to hold: found by changing each of them."""
    sender = still_proven(raw)
    changeable = set()
    for name in DECIDING:
        pattern = re.compile(rb"(?im)^(" + name.encode() + rb":[^\r\n]*)")
        changed, count = pattern.subn(rb"\1x", raw[: raw.find(b"\r\n\r\n")], count=1)
        if count and sender and still_proven(changed + raw[raw.find(b"\r\n\r\n") :]) == sender:
            changeable.add(name)
    return changeable
