"""The mails of the fuzz. Reproducible: a case is a function of the run's number and its own number.

Three ways in which a sender can be proven, each with three writers: the owner (harmless changes on the way), somebody who has
a mail of the owner's (hostile changes), and a stranger, who signs and seals what they like with keys of their own.
"""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import dkim

from tests.fuzz_headers.keys import key_of
from tests.fuzz_headers.mutations import TAGS, added, harmless, hostile, split_header
from tests.fuzz_headers.reference import asked, organization_of, proven_by_signature, sender_of
from tests.signed_mail import BODY, NAMES, Field, arc_set, as_bytes, dkim_signature, key_record, own_fields

OWNER = "ann@bank.example"
SERVER = "mx.inbox.example"
SEALER = "forwarder.example"
_DOMAINS = ("bank.example", "evil.example", SEALER)
_DNS = {f"s1._domainkey.{domain}": key_record(key_of(domain)) for domain in _DOMAINS}
_DNS["s1._domainkey.mail.bank.example"] = _DNS["s1._domainkey.bank.example"]
lookup = _DNS.get

MODES = ("own", "results", "arc")
WRITERS = ("owner", "holder", "stranger")
_SENDERS = (
    "Ann <ann@bank.example>", "ann@bank.example", '"Ann, Dr." <ann@bank.example>',
    "=?utf-8?q?Ann_M=C3=BCller?= <ann@bank.example>", "Ann (Sales) <ann@bank.example>",
    "Ann M\u00fcller <ann@bank.example>", "ann@bank.example (Ann)", "Ann <Ann@BANK.example>",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Case:
    """One mail as the agent finds it.

    Attributes:
        harmless: nothing was changed that anybody but the owner could gain by: it has to stay proven.
        delivered: what our server took in, below what it wrote itself; the whole mail in the other modes.
        stated: results that the trusted sealer really wrote, without white space, and whom they prove.
    """

    number: int
    mode: str
    writer: str
    harmless: bool
    raw: bytes
    delivered: bytes
    stated: dict[bytes, str] = field(default_factory=dict)


def cases(run: int, numbers: Sequence[int] | range) -> Iterator[Case]:
    for number in numbers:
        yield case(run, number)


def case(run: int, number: int) -> Case:
    """The mail of this number in this run."""
    chance = random.Random(f"{run}:{number}")
    mode, writer = chance.choice(MODES), chance.choice(WRITERS)
    sent = _strangers(chance) if writer == "stranger" else _owners(chance)
    change = {"owner": harmless, "holder": added if chance.random() < 0.6 else hostile, "stranger": hostile}[writer]
    if mode == "arc":
        stated: dict[bytes, str] = {}
        raw = change(_sealed(sent, chance, stated, stranger=writer == "stranger"), chance)
        return Case(number, mode, writer, writer == "owner", raw, raw, stated)
    delivered = change(sent, chance)
    raw = _received(delivered, chance, plain=writer == "owner") if mode == "results" else delivered
    return Case(number, mode, writer, writer == "owner", raw, delivered)


def _owners(chance: random.Random) -> bytes:
    """A mail that the owner's system signed, in one of the many ways in which systems do."""
    more = {}
    if chance.random() < 0.5:
        more["In_Reply_To"] = "<r1@inbox.example>"
    if chance.random() < 0.3:
        more["References"] = "<r0@inbox.example> <r1@inbox.example>"
    if chance.random() < 0.3:
        more["Cc"] = "Lee <lee@corp.example>"
    fields = own_fields(chance.choice(_SENDERS), **more)
    names = (NAMES + ":cc").split(":")
    chance.shuffle(names)
    if chance.random() < 0.3:
        names += ["from", "to", "subject"]
    listed = chance.choice((":", " : ", ":\r\n ")).join(one.title() if chance.random() < 0.3 else one for one in names)
    signed = [_genuine(fields, listed, chance), *fields]
    if chance.random() < 0.3:
        other = "v=1; a=rsa-sha256; c=relaxed/relaxed; d=evil.example; s=s1"
        signed.insert(chance.choice((0, 1)), dkim_signature(fields, tags=other, key=key_of("evil.example")))
    return as_bytes(signed)


def _genuine(fields: list[Field], names: str, chance: random.Random) -> Field:
    tags = [
        "v=1",
        "a=rsa-sha256",
        "c=relaxed/relaxed",
        chance.choice(("d=bank.example", "d=mail.bank.example")),
        "s=s1",
    ]
    if chance.random() < 0.4:
        tags += [chance.choice(("t=1700000000", "q=dns/txt", "n=a note", "i=@" + tags[3][2:]))]
    chance.shuffle(tags)
    joined = chance.choice(("; ", ";", ";\r\n\t", " ; ")).join(tags)
    return dkim_signature(fields, tags=joined, names=names, key=key_of("bank.example"))


def _strangers(chance: random.Random) -> bytes:
    """A mail in the owner's name that a stranger signed with their own key, whatever the field says."""
    fields = own_fields(chance.choice(_SENDERS) if chance.random() < 0.8 else "Mallory <mallory@evil.example>")
    if chance.random() < 0.4:
        fields_only, _ = split_header(hostile(as_bytes(fields), chance))
        fields = [_as_field(one) for one in fields_only if b":" in one and one.endswith(b"\r\n")] or fields
    tags = ["v=1", "a=rsa-sha256", "c=relaxed/relaxed", "d=evil.example", "s=s1"]
    more = b"".join(
        chance.choice((b" ", b"\r\n ", b"")) + chance.choice(TAGS) + b";" for _ in range(chance.randint(0, 2))
    )
    at = chance.randint(0, len(tags))
    if chance.random() < 0.4:
        tags.insert(at, chance.choice(TAGS).decode("latin-1"))
    signature = dkim_signature(fields, tags="; ".join(tags), more=more, key=key_of("evil.example"))
    return as_bytes([signature, *fields])


def _as_field(octets: bytes) -> Field:
    name, _, value = octets.partition(b":")
    return name.decode("latin-1"), value.removesuffix(b"\r\n")


# --- a forwarder -------------------------------------------------------------------------------------------------


def _sealed(sent: bytes, chance: random.Random, stated: dict[bytes, str], *, stranger: bool) -> bytes:
    """The mail with a footer, so that its own signature holds no longer, sealed by the trusted forwarder or a stranger."""
    header, _ = split_header(sent)
    fields = [_as_field(one) for one in header if b":" in one and one.endswith(b"\r\n")]
    body = BODY + b"-- \r\nA list\r\n"
    lies = stranger and chance.random() < 0.7
    proven = proven_by_signature(sent, lookup)
    signer = "mail.bank.example" if b"=mail.bank.example" in sent else "bank.example"
    result = f"dkim=pass header.d={signer}" if lies or proven == OWNER else f"dkim=fail header.d={signer}; dmarc=fail"
    if chance.random() < 0.3 and not lies:
        result += "; spf=fail smtp.mailfrom=list@forwarder.example; arc=none"
    domain = SEALER
    if lies:
        domain = "evil.example" + chance.choice(
            ("", "", "; d=forwarder.example", "; D=forwarder.example", "; i=2", "; I=2")
        )
    names = NAMES + ":cc:dkim-signature" + (":dkim-signature" if chance.random() < 0.5 else "")
    try:
        first = arc_set(
            fields, body, domain=domain, results=result, names=names, key=key_of("evil.example" if lies else SEALER)
        )
    except UnicodeEncodeError:
        return sent
    _note(first, stated, "" if lies else proven)
    sets = first
    if chance.random() < 0.2:
        result = f"arc=pass; {'dkim=fail header.d=bank.example' if lies else result}"
        second = arc_set(fields, body, results=result, names=names, instance=2, earlier=first, key=key_of(SEALER))
        _note(second, stated, "" if lies else proven)
        sets = [*second, *first]
    return as_bytes([*sets, *fields], body)


def _note(sealed: list[Field], stated: dict[bytes, str], proven: str) -> None:
    stated[re.sub(rb"\s", b"", sealed[2][1])] = proven if proven == OWNER else ""


# --- our own server ----------------------------------------------------------------------------------------------

_ECHOED = (
    "ann@evil.example", '"=?x"@evil.example', '"ann\u200b"@evil.example', "\ufeffann@evil.example", '"a;b"@evil.example',
    '"a\\" ; dmarc=pass"@evil.example', "list@bank.example.evil.example", "\u212aim@evil.example",
)  # fmt: skip


def _received(delivered: bytes, chance: random.Random, *, plain: bool) -> bytes:
    """The mail with what our server writes above it: the truth, and words of the sender's in it."""
    echoed = "list@relay.example" if plain or chance.random() < 0.5 else chance.choice(_ECHOED)
    results = [*_dkim_results(delivered, chance), f"spf=fail smtp.mailfrom={echoed}"]
    sender = sender_of(delivered)
    if chance.random() < 0.5:
        verdict = "pass" if proven_by_signature(delivered, lookup, strict=False) else "fail"
        domain = sender.rpartition("@")[2] or "none.example"
        results.append(f"dmarc={verdict} (p=none; x) header.from={domain}")
    chance.shuffle(results)
    joined = chance.choice(("; ", ";\r\n\t", ";\r\n  ", " ; ")).join(results or ["none"])
    server = chance.choice((SERVER, SERVER, f"{SERVER} 1", f"{SERVER} (a filter)", f"\r\n\t{SERVER}"))
    received = (
        f"Received: from relay.example (relay.example [93.184.216.34])\r\n\tby {SERVER} with ESMTPS; Mon, 2 Mar 2026"
    )
    written = [f"Authentication-Results: {server}; {joined}\r\n", f"{received} 10:00:01 +0000\r\n"]
    if chance.random() < 0.5:
        written.reverse()
    return "".join(written).encode() + delivered


def _dkim_results(delivered: bytes, chance: random.Random) -> Iterator[str]:
    """What a server that uses dkimpy, and reads tags as leniently, states of each signature."""
    try:
        verifier = dkim.DKIM(delivered)
    except (dkim.DKIMException, IndexError):
        return
    count = sum(name.lower() == b"dkim-signature" for name, _ in verifier.headers)
    for index in range(count):
        try:
            passed = verifier.verify(idx=index, dnsfunc=asked(lookup))
            tags = {name.decode(): value.decode() for name, value in verifier.signature_fields.items()}
        except (dkim.DKIMException, UnicodeError, ValueError, KeyError, IndexError, TypeError, ArithmeticError):
            continue
        if not re.fullmatch(r"[A-Za-z0-9.-]+", tags["d"]) or not organization_of(tags["d"]):
            continue
        stated = [
            f"header.d={tags['d']}",
            "header.s=" + tags["s"],
            f'header.b="{re.sub(chr(92) + "s", "", tags["b"])[:8]}"',
        ]
        shown = chance.choice((stated, stated[:2], [f"header.i=@{tags['d']}", *stated[1:]]))
        yield f"dkim={'pass' if passed else 'fail'} {chance.choice(('', '(good; x) '))}{' '.join(shown)}"
