"""Mail with DKIM signatures and ARC sets that are made here, odd ones included: whatever text a signer wrote is signed.

Written after RFC 6376, 3.4.2 and 3.4.4, and RFC 8617, 5.1, in relaxed form, without dkimpy, which is what is tested.
"""

import base64
import hashlib
import re
from collections.abc import Sequence
from functools import cache

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

# A header field: its name, and its value as it stands behind the colon, without the last line break.
Field = tuple[str, bytes]

NAMES = "from:to:subject:date:message-id:in-reply-to:references:content-type"
BODY = b"Write to sam@corp.example that I am late.\r\n"


@cache
def rsa_key(bits: int = 1024) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def key_record(key: rsa.RSAPrivateKey | None = None, tags: str = "v=DKIM1; k=rsa") -> bytes:
    public = (key or rsa_key()).public_key()
    der = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return tags.encode() + b"; p=" + base64.b64encode(der)


def own_fields(sender: str = "Ann <ann@bank.example>", to: str = "agent@inbox.example", **more: str) -> list[Field]:
    """The fields that a mail program writes."""
    fields = {
        "From": sender,
        "To": to,
        "Subject": "Report",
        "Date": "Mon, 2 Mar 2026 10:00:00 +0000",
        "Message-ID": "<1@bank.example>",
    }
    fields |= {name.replace("_", "-"): value for name, value in more.items()}
    return [(name, f" {value}".encode()) for name, value in fields.items()]


def as_bytes(fields: Sequence[Field], body: bytes = BODY) -> bytes:
    return b"".join(name.encode() + b":" + value + b"\r\n" for name, value in fields) + b"\r\n" + body


def relaxed(field: Field) -> bytes:
    name, value = field
    return name.lower().encode() + b":" + re.sub(rb"[ \t]+", b" ", value.replace(b"\r\n", b"")).strip(b" \t\r\n")


def _body_hash(body: bytes) -> bytes:
    text = re.sub(rb"[ \t]+", b" ", re.sub(rb"[ \t]+\r\n", b"\r\n", body)).rstrip(b"\r\n")
    return base64.b64encode(hashlib.sha256(text + b"\r\n" if text else b"").digest())


def _signed(fields: Sequence[Field], unsigned: Field, key: rsa.RSAPrivateKey) -> Field:
    octets = b"".join(relaxed(field) + b"\r\n" for field in fields) + relaxed(unsigned)
    value = base64.b64encode(key.sign(octets, padding.PKCS1v15(), hashes.SHA256()))
    return unsigned[0], unsigned[1] + value


def _chosen(fields: Sequence[Field], names: str) -> list[Field]:
    """The fields that h= names, the lowest first (RFC 6376, 5.4.2); From once more, so that none can be added."""
    left = list(fields)
    chosen = []
    for name in [*re.split(r"\s*:\s*", names.lower())]:
        for index in range(len(left) - 1, -1, -1):
            if left[index][0].lower() == name:
                chosen.append(left.pop(index))
                break
    return chosen


def dkim_signature(
    fields: Sequence[Field],
    body: bytes = BODY,
    *,
    tags: str = "v=1; a=rsa-sha256; c=relaxed/relaxed; d=bank.example; s=s1",
    names: str = NAMES,
    more: bytes = b"",
    key: rsa.RSAPrivateKey | None = None,
) -> Field:
    """A DKIM-Signature field over the fields.

    Args:
        more: further tags, with a semicolon behind each, as they are.
    """
    head = f" {tags}; h={names}; bh=".encode() + _body_hash(body) + b"; " + more + b" b="
    return _signed(_chosen(fields, names), ("DKIM-Signature", head), key or rsa_key())


def arc_set(
    fields: Sequence[Field],
    body: bytes = BODY,
    *,
    instance: int = 1,
    domain: str = "forwarder.example",
    results: str = "dkim=pass header.d=bank.example",
    names: str = NAMES + ":dkim-signature",
    earlier: Sequence[Field] = (),
    seal_domain: str = "",
    key: rsa.RSAPrivateKey | None = None,
) -> list[Field]:
    """ARC-Seal, ARC-Message-Signature and ARC-Authentication-Results, the seal on top.

    Args:
        earlier: the sets that are there already, the newest on top.
    """
    key = key or rsa_key()
    stated = ("ARC-Authentication-Results", f" i={instance}; mx.{domain}; {results}".encode())
    tags = f" i={instance}; a=rsa-sha256; c=relaxed/relaxed; d={domain}; s=s1; h={names}; bh="
    signature = _signed(
        _chosen(fields, names), ("ARC-Message-Signature", tags.encode() + _body_hash(body) + b"; b="), key
    )
    validity = "none" if instance == 1 else "pass"
    tags = f" i={instance}; a=rsa-sha256; cv={validity}; d={seal_domain or domain}; s=s1; b="
    chain = [*reversed(earlier), stated, signature]
    seal = _signed(chain, ("ARC-Seal", tags.encode()), key)
    return [seal, signature, stated]
