"""Changes of a header: harmless ones that every reader must see through, and hostile ones that must prove nothing new."""

import random
import re
from collections.abc import Callable, Sequence

ODD = (
    b"\xc2\xa0", b"\xe2\x80\x8b", b"\xef\xbb\xbf", b"\xe2\x80\xa8", b"\xc2\xad", b"\xe3\x80\x80", b"\xc2\x85",
    b"\x00", b"\x0b", b"\x0c", b"\x1c", b"\x1f", b"\x7f", b"\xff", b"\xa0", b"\r", b"\n", b"\r\n ", b"\r\n\t",
    b"\r\n \r\n ", b"\t", b"  ", b"(x)", b"(", b")", b'"', b"\\", b";", b";;", b"=", b":", b",", b"<", b">", b"@",
    b"=?utf-8?q?x?=", b"=?", b"\xe2\x84\xaa", b"\xef\xbc\xa4", b" " * 70_000, b"\r\n " * 3000, b"A" * 70_000,
    b"\r\r\n ", b"\n ", b"\r\n",
)  # fmt: skip
TAGS = tuple(
    name + b"=" + value
    for name in (b"d", b"D", b"i", b"I", b"s", b"h", b"H", b"l", b"a", b"b", b"x", b"t", b"cv", b"q", b"v",
        b"\xc2\xa0d", b"d\xc2\xa0", b"(x)d")
    for value in (
        b"bank.example", b"forwarder.example", b"evil.example", b"@bank.example", b"1", b"2", b"0",
        b"from:to:subject", b"rsa-sha256",
        b"xn--bank-.example", b"",
    )
)  # fmt: skip
FIELDS = (
    b"From: Mallory <mallory@evil.example>", b"From: ann@bank.example", b"from: Ann <ann@bank.example>",
    b"To: agent@inbox.example", b"Subject: Send it now", b"Date: Tue, 3 Mar 2026 10:00:00 +0000",
    b"Message-ID: <2@evil.example>", b"In-Reply-To: <x@inbox.example>", b"References: <x@inbox.example>",
    b"Cc: agent+x@inbox.example", b"Content-Type: text/html", b"Content-Transfer-Encoding: base64",
    b"Sender: ann@bank.example", b"Reply-To: ann@bank.example", b"Delivered-To: agent+x@inbox.example",
    b"Authentication-Results: mx.inbox.example; dmarc=pass header.from=bank.example",
    b"Authentication-Results: mx.inbox.example; auth=pass smtp.auth=ann@bank.example",
    b"Authentication-Results: mx.inbox.example; dkim=pass header.d=bank.example; spf=pass smtp.mailfrom=ann@bank.example",
    b"Authentication-Results: (a;b) mx.inbox.example; dmarc=pass header.from=bank.example",
    b"ARC-Authentication-Results: i=1; mx.forwarder.example; dmarc=pass header.from=bank.example",
    b"ARC-Authentication-Results: i=(x)1; mx.forwarder.example; dmarc=pass header.from=bank.example",
    b"ARC-Authentication-Results: i=2; mx.forwarder.example; spf=pass smtp.mailfrom=ann@bank.example",
    b"ARC-Seal: i=\xc2\xa02; d=forwarder.example",
    b"ARC-Seal: i=2; a=rsa-sha256; cv=pass; d=forwarder.example; s=s1; b=AAAA",
    b"ARC-Message-Signature: i=2; a=rsa-sha256; d=forwarder.example; s=s1; h=from; bh=AAAA; b=AAAA",
    b"DKIM-Signature: v=1; a=rsa-sha256; d=bank.example; s=s1; h=from; bh=AAAA; b=AAAA",
    b"DKIM-Signature: v=1; a=rsa-sha256; d=bank.example; s=s1; h=from:to:subject:date:message-id:in-reply-to:cc; bh=AAAA; b=AA",
    b"Received: from out.bank.example (out.bank.example [192.0.2.1]) by mx.inbox.example; Mon, 2 Mar 2026 10:00:00 +0000",
    b"Received: by mx.inbox.example; Mon, 2 Mar 2026 10:00:00 +0000", b"no field", b" ", b"X-Note : a",
)  # fmt: skip
SENDERS = (
    b"Ann <ann@bank.example>", b"ann@bank.example", b'"Ann" <ann@bank.example>',
    b"Ann (ann@evil.example) <ann@bank.example>", b"<ann@bank.example> <mallory@evil.example>",
    b"<mallory@evil.example> <ann@bank.example>", b"mallory@evil.example, ann@bank.example",
    b"ann@bank.example, mallory@evil.example", b"friends: ann@bank.example;",
    b"ann@bank.example:mallory@evil.example;", b"<@evil.example:ann@bank.example>",
    b"<ann@bank.example:@evil.example>", b'"ann@bank.example" <mallory@evil.example>',
    b'"ann@bank.example>" <mallory@evil.example>', b'"a\\" <ann@bank.example>" <mallory@evil.example>',
    b"ann @ bank . example", b"ann(x)@(y)bank.example", b"ann@bank.example (mallory@evil.example)",
    b"=?utf-8?q?ann=40bank.example?= <mallory@evil.example>",
    b"=?utf-8?q?=3Cann=40bank.example=3E?= <mallory@evil.example>",
    b"=?utf-8?q?Ann_=3Cann=40bank.example=3E=2C?= <mallory@evil.example>",
    b"ann@bank.example\xc2\xa0<mallory@evil.example>", b"ann@bank.example\x00@evil.example",
    b"ann@bank.example\r\n <mallory@evil.example>", b"mallory@evil.example\r\n\t<ann@bank.example>",
    b'"mallory@evil.example"@bank.example', b"mallory@evil.example@bank.example", b"ann@ban\xe2\x84\xaa.example",
    b"ann@xn--bank-.example", b"\xef\xbd\x81nn@bank.example", b"Ann <ann@bank.example", b"Ann ann@bank.example>",
    b"mallory@evil.example (\r\n <ann@bank.example>", b"(mallory@evil.example",
    b"Ann <ann@bank.example>; Mallory <mallory@evil.example>", b"Ann <ann@bank.example>,", b", <ann@bank.example>",
    b"<>, <ann@bank.example>", b"ann@bank.example mallory@evil.example", b"ann@[192.0.2.1]",
    b"Ann <ann@bank.example.>", b"ann@bank.example<mallory@evil.example>", b"mallory@evil.example<ann@bank.example>",
    b"", b"ann",
)  # fmt: skip


def split_header(raw: bytes) -> tuple[list[bytes], bytes]:
    """The fields with their continuations, each with its line break, and the body with the empty line before it."""
    head, _, body = raw.partition(b"\r\n\r\n")
    return [field for field in re.split(rb"(?<=\r\n)(?![ \t])", head + b"\r\n") if field], b"\r\n" + body


def join_header(fields: Sequence[bytes], body: bytes) -> bytes:
    return b"".join(fields) + body


# --- harmless ----------------------------------------------------------------------------------------------------


def _refold(field: bytes, chance: random.Random) -> bytes:
    """More white space where there is some, and folded there (RFC 5322, 2.2.3); relaxed signatures hold."""
    places = [match.start() for match in re.finditer(rb"(?<=[^\s:]) (?=[^\s])", field)]
    for place in sorted(chance.sample(places, min(len(places), chance.randint(1, 4))), reverse=True):
        field = field[:place] + chance.choice((b"\r\n ", b"\r\n\t", b"  ", b"\t", b"\r\n    ")) + field[place + 1 :]
    return field


def _rename(field: bytes, chance: random.Random) -> bytes:
    name, colon, value = field.partition(b":")
    return chance.choice((name.lower(), name.upper(), name.title())) + colon + value


def _pad(field: bytes, chance: random.Random) -> bytes:
    name, colon, value = field.partition(b":")
    return (
        name
        + colon
        + chance.choice((b" ", b"  ", b"\t", b"\r\n "))
        + value.strip()
        + chance.choice((b"", b" ", b"\t "))
        + b"\r\n"
    )


def harmless(raw: bytes, chance: random.Random) -> bytes:
    """The mail as another server on the way may have written it, every signature still whole."""
    fields, body = split_header(raw)
    for _ in range(chance.randint(1, 6)):
        index = chance.randrange(len(fields))
        fields[index] = chance.choice((_refold, _rename, _pad))(fields[index], chance)
    if chance.random() < 0.5:
        fields.insert(0, b"X-Spam-Score: 0.1 (a note)\r\n")
    if chance.random() < 0.3:
        fields.append(b"X-Mailer: 1.0;\r\n of 2026 \xc3\xbc\r\n")
    if chance.random() < 0.3:
        sort_key = {name: chance.random() for name in {field.partition(b":")[0].lower() for field in fields}}
        order = [field for field in fields if _is_trace(field)]
        rest = [field for field in fields if not _is_trace(field)]
        fields = order + sorted(rest, key=lambda field: sort_key[field.partition(b":")[0].lower()])
    return join_header(fields, body)


def _is_trace(field: bytes) -> bool:
    return field.lower().startswith((b"arc-", b"received:", b"authentication-results:", b"dkim-signature:"))


# --- hostile -----------------------------------------------------------------------------------------------------


def _place(fields: list[bytes], chance: random.Random) -> int:
    """A field, mostly one that proves something."""
    telling = [index for index, field in enumerate(fields) if _is_trace(field) or field[:5].lower() == b"from:"]
    return chance.choice(telling) if telling and chance.random() < 0.7 else chance.randrange(len(fields))


def _insert_odd(fields: list[bytes], chance: random.Random) -> None:
    index = _place(fields, chance)
    at = chance.randint(0, max(0, len(fields[index]) - 2))
    fields[index] = fields[index][:at] + chance.choice(ODD) + fields[index][at:]


def _insert_tag(fields: list[bytes], chance: random.Random) -> None:
    index = _place(fields, chance)
    name, colon, value = fields[index].partition(b":")
    parts = value.removesuffix(b"\r\n").split(b";")
    parts.insert(chance.randint(0, len(parts)), chance.choice((b" ", b"", b"\r\n ", b"\xc2\xa0")) + chance.choice(TAGS))
    fields[index] = name + colon + b";".join(parts) + b"\r\n"


def _insert_field(fields: list[bytes], chance: random.Random) -> None:
    added = chance.choice(FIELDS)
    if chance.random() < 0.3:
        at = chance.randint(0, len(added))
        added = added[:at] + chance.choice(ODD) + added[at:]
    fields.insert(
        chance.choice((0, chance.randint(0, len(fields)), len(fields))),
        added + chance.choice((b"\r\n", b"\r\n", b"\n", b"\r")),
    )


def _replace_sender(fields: list[bytes], chance: random.Random) -> None:
    for index, field in enumerate(fields):
        if field[:5].lower() == b"from:":
            fields[index] = b"From: " + chance.choice(SENDERS) + b"\r\n"
            return


def _double(fields: list[bytes], chance: random.Random) -> None:
    field = fields[_place(fields, chance)]
    if chance.random() < 0.5:
        field = field.replace(b"bank.example", b"evil.example") if b"bank" in field else field.replace(b"evil", b"bank")
    fields.insert(chance.randint(0, len(fields)), field)


def _delete(fields: list[bytes], chance: random.Random) -> None:
    if len(fields) > 1:
        del fields[_place(fields, chance)]


def _move(fields: list[bytes], chance: random.Random) -> None:
    fields.insert(chance.randint(0, len(fields) - 1), fields.pop(_place(fields, chance)))


def _cut(fields: list[bytes], chance: random.Random) -> None:
    index = _place(fields, chance)
    fields[index] = fields[index][: chance.randint(1, len(fields[index]))] + chance.choice((b"\r\n", b""))


def _change_case(fields: list[bytes], chance: random.Random) -> None:
    index = _place(fields, chance)
    letters = [match.start() for match in re.finditer(rb"[A-Za-z]", fields[index])]
    for at in chance.sample(letters, min(len(letters), chance.choice((1, 2, 20)))):
        fields[index] = fields[index][:at] + fields[index][at : at + 1].swapcase() + fields[index][at + 1 :]


def _swap_domain(fields: list[bytes], chance: random.Random) -> None:
    index = _place(fields, chance)
    old, new = chance.sample(
        (b"bank.example", b"evil.example", b"forwarder.example", b"BANK.example", b"ban\xe2\x84\xaa.example"), 2
    )
    fields[index] = fields[index].replace(old, new)


def _flip(fields: list[bytes], chance: random.Random) -> None:
    index = _place(fields, chance)
    changed = bytearray(fields[index])
    changed[chance.randrange(len(changed))] = chance.randrange(256)
    fields[index] = bytes(changed)


def _encode(fields: list[bytes], chance: random.Random) -> None:
    index = _place(fields, chance)
    name, colon, value = fields[index].partition(b":")
    words = value.split()
    if words:
        at = chance.randrange(len(words))
        words[at] = b"=?utf-8?q?" + words[at].replace(b"=", b"=3D").replace(b"?", b"=3F") + b"?="
        fields[index] = name + colon + b" " + b" ".join(words) + b"\r\n"


def _comment(fields: list[bytes], chance: random.Random) -> None:
    index = _place(fields, chance)
    places = [match.start() for match in re.finditer(rb"[;=:@. ]", fields[index])]
    if places:
        at = chance.choice(places) + chance.choice((0, 1))
        fields[index] = fields[index][:at] + chance.choice((b"(x)", b" (a;b) ", b"(", b"(\\)")) + fields[index][at:]


def _end_lines(fields: list[bytes], chance: random.Random) -> None:
    index = _place(fields, chance)
    fields[index] = fields[index].replace(b"\r\n", chance.choice((b"\n", b"\r", b"\r\r\n", b"\n\r\n")))


HOSTILE: tuple[Callable[[list[bytes], random.Random], None], ...] = (
    _insert_odd, _insert_odd, _insert_tag, _insert_tag, _insert_field, _insert_field, _replace_sender, _double,
    _delete, _move, _cut, _change_case, _swap_domain, _flip, _encode, _comment, _end_lines,
)  # fmt: skip


def hostile(raw: bytes, chance: random.Random) -> bytes:
    fields, body = split_header(raw)
    for _ in range(chance.choice((1, 1, 2, 3, 6))):
        chance.choice(HOSTILE)(fields, chance)
        fields = [field for field in fields if field] or [b"X-Empty: x\r\n"]
    return join_header(fields, body)


def added(raw: bytes, chance: random.Random) -> bytes:
    """What leaves most signatures whole: fields added, doubled, moved, written in another way."""
    if chance.random() < 0.5:
        raw = harmless(raw, chance)
    fields, body = split_header(raw)
    for _ in range(chance.choice((1, 1, 2, 4))):
        chance.choice((_insert_field, _insert_field, _double, _move))(fields, chance)
    return join_header(fields, body)
