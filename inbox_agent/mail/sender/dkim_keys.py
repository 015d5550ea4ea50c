"""Which public keys a check of DKIM or ARC takes (RFC 6376, 3.6.1; RFC 8301, 3.2), decided before a key is used.

Keys come out of DNS, where a stranger writes what they like: one of 16,384 bits with a huge exponent costs minutes.
"""

from collections.abc import Callable
from typing import Any

import dkim
from dkim.util import InvalidTagValueList, parse_tag_value

# The TXT record of a name, its strings joined; None when there is none. Raises TransientError when DNS cannot be asked.
TxtLookup = Callable[[str], bytes | None]


class _Silent:
    """A logger for dkimpy: what it logs repeats the words of a stranger's mail, and a result carries its reason."""

    def debug(self, message: str) -> None:
        pass

    error = debug


SILENT = _Silent()

MIN_KEY_BITS = 1024
MAX_KEY_BITS = 4096
MAX_EXPONENT = 2**32
MAX_RECORD_BYTES = 4096


def asked_of(lookup: TxtLookup) -> Callable[..., bytes | None]:
    """The lookup as dkimpy calls it. A record that must not be used raises DKIMException."""

    def ask(name: bytes | str, timeout: int = 5) -> bytes | None:
        text = name.decode("ascii", errors="replace") if isinstance(name, bytes) else name
        record = lookup(text.rstrip("."))
        if record:
            _refuse_record(record)
        return record

    return ask


def _refuse_record(record: bytes) -> None:
    if len(record) > MAX_RECORD_BYTES:
        raise dkim.KeyFormatError(f"the key record is longer than {MAX_RECORD_BYTES} bytes")
    try:
        tags = {name.lower(): value for name, value in parse_tag_value(record).items()}
    except InvalidTagValueList as error:
        raise dkim.KeyFormatError("the key record cannot be read") from error
    if b"y" in _listed(tags.get(b"t", b"")):
        # Mail signed by it must not be treated differently from unsigned mail (RFC 6376, 3.6.1).
        raise dkim.ValidationError("the key is for testing only (t=y)")
    if not {b"*", b"email"} & _listed(tags.get(b"s", b"*")):
        raise dkim.ValidationError("the key is not for mail")
    if b"sha256" not in _listed(tags.get(b"h", b"sha256")):
        raise dkim.ValidationError("the key is not for SHA-256")


def _listed(value: bytes) -> set[bytes]:
    return {one.strip().lower() for one in value.split(b":")}


def refuse_key(kind: bytes, key: Any, algorithm: bytes) -> None:
    """Raise for a key that is too small, too large or not of the algorithm, before anything is calculated with it.

    Args:
        kind: k= of the record, as dkimpy read it. key: dkimpy's own form of it. algorithm: a= of the signature.

    Raises:
        dkim.KeyFormatError: it must not be used.
    """
    if not algorithm.startswith(kind + b"-"):
        raise dkim.KeyFormatError("the key is of another kind than the signature")
    if kind != b"rsa":
        return
    modulus, exponent = key["modulus"], key["publicExponent"]
    bits = modulus.bit_length()
    if not MIN_KEY_BITS <= bits <= MAX_KEY_BITS:
        raise dkim.KeyFormatError(f"the key has {bits} bits, and {MIN_KEY_BITS} to {MAX_KEY_BITS} are taken")
    if not (3 <= exponent < MAX_EXPONENT and exponent % 2 and modulus % 2):
        raise dkim.KeyFormatError("the key's exponent is none that a sound key has")
