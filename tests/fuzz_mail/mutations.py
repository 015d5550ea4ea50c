"""Mutated mails from real ones. Reproducible: a mail is a function of the seeds, the run's number and its own number."""

import random
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

SEED_LIMIT = 200_000
MAIL_LIMIT = 1_000_000

# What parsers trip over: syntax of headers, MIME, HTML and quotes, in and out of place.
TOKENS: tuple[bytes, ...] = (
    b"\r\n", b"\n", b"\r", b"\n\n", b"\0", b"\t", b" ", b":", b";", b'"', b"<", b">", b"(", b")", b",", b"@", b"=", b"\\", b"%",
    b"=?utf-8?b?", b"=?utf-8?q?=FF=FE?=", b"=?x-unknown?b?////?=", b"?=", b"=?", b"=\n", b"=0D=0A", b"=E2=80", b"\xff\xfe",
    b"\xf0\x9f\x98", b"\xe2\x80\xae", b"\xf3\xa0\x81\x81" * 40, b"Content-Type: multipart/mixed; boundary=\"\"\n",
    b"Content-Type: multipart/mixed; boundary=b\n\n--b\n", b"Content-Type: message/rfc822\n\n", b"--b--\n", b"--", b"-- \n",
    b"Content-Transfer-Encoding: base64\n", b"Content-Transfer-Encoding: uuencode\n", b"begin 644 a\n", b"charset=utf-7",
    b"charset=\"idna\"", b"charset=unicode_escape", b"charset=rot13", b"; name*0*=utf-8''%", b"; name*999999999=", b"From: ",
    b"From a@b Thu Jan  1 00:00:00 1970\n", b"Date: 99 Foo 99999 99:99:99 +9999\n", b"Message-ID: <<<>>>\n", b"References: ",
    b"<a@b>" * 200, b"To: a:b:c;;;,,<\n", b"Subject: =?", b"Authentication-Results: x;;;=(((\n", b"Auto-Submitted: ;\n",
    b"On Mon, 1 Jan 2024 at 10:00 A <a@b.example> wrote:\n", b"> " * 50, b"-----Original Message-----\n", b"<blockquote>" * 30,
    b"<div style='display:none'>", b"<!--", b"<style>", b"&#x110000;", b"&#0;", b"<a href=\"", b"format=flowed; delsp=yes",
    b"Content-Type: application/ms-tnef\n\n\x78\x9f\x3e\x22", b"Status: 5.1.1\n",
    b"Final-Recipient: rfc822;\n", b"X: " + b"a" * 3000,
)  # fmt: skip


def read_seeds(folder: Path) -> list[bytes]:
    """Every file below the folder as a mail; what has no header section is wrapped as the body of one."""
    seeds = []
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix != ".json":
            content = path.read_bytes()[:SEED_LIMIT]
            seeds.append(
                content if path.suffix in (".eml", ".mbox") else _wrapped(content, html=path.suffix == ".html")
            )
    return seeds


def _wrapped(body: bytes, *, html: bool) -> bytes:
    kind = b"text/html" if html else b"text/plain"
    header = (
        b"From: Ada <ada@lace.example>\nTo: agent@corp.example\nSubject: Re: Report\nMessage-ID: <1@lace.example>\n"
    )
    return header + b"MIME-Version: 1.0\nContent-Type: " + kind + b"; charset=utf-8\n\n" + body


def mutants(seeds: Sequence[bytes], run: int, numbers: Sequence[int] | range) -> Iterator[tuple[int, bytes]]:
    for number in numbers:
        yield number, mutant(seeds, run, number)


def mutant(seeds: Sequence[bytes], run: int, number: int) -> bytes:
    """The mail of this number in this run."""
    chance = random.Random(f"{run}:{number}")
    mail = chance.choice(seeds)
    for _ in range(chance.choice((1, 1, 2, 3, 5, 12))):
        mail = chance.choice(_MUTATIONS)(mail, seeds, chance)[:MAIL_LIMIT]
    return mail


def _span(mail: bytes, chance: random.Random, most: int = 2000) -> tuple[int, int]:
    # Half of the time in the header section, where most of the syntax is.
    limit = min(len(mail), 3000) if chance.random() < 0.5 else len(mail)
    start = chance.randint(0, limit)
    return start, min(len(mail), start + chance.choice((1, 2, 8, 60, chance.randint(1, most))))


def _flip(mail: bytes, seeds: Sequence[bytes], chance: random.Random) -> bytes:
    changed = bytearray(mail)
    for _ in range(chance.choice((1, 4, 30)) if changed else 0):
        changed[_span(mail, chance)[0] % len(changed)] = chance.randrange(256)
    return bytes(changed)


def _delete(mail: bytes, seeds: Sequence[bytes], chance: random.Random) -> bytes:
    start, end = _span(mail, chance)
    return mail[:start] + mail[end:]


def _insert(mail: bytes, seeds: Sequence[bytes], chance: random.Random) -> bytes:
    start, _ = _span(mail, chance)
    return mail[:start] + chance.choice(TOKENS) + mail[start:]


def _replace(mail: bytes, seeds: Sequence[bytes], chance: random.Random) -> bytes:
    start, end = _span(mail, chance)
    return mail[:start] + chance.choice(TOKENS) + mail[end:]


def _repeat(mail: bytes, seeds: Sequence[bytes], chance: random.Random) -> bytes:
    start, end = _span(mail, chance, 200)
    return mail[:end] + mail[start:end] * chance.choice((1, 10, 300, 3000)) + mail[end:]


def _repeat_token(mail: bytes, seeds: Sequence[bytes], chance: random.Random) -> bytes:
    start, _ = _span(mail, chance)
    return mail[:start] + chance.choice(TOKENS) * chance.choice((10, 200, 4000)) + mail[start:]


def _splice(mail: bytes, seeds: Sequence[bytes], chance: random.Random) -> bytes:
    other = chance.choice(seeds)
    start, end = _span(other, chance, 20_000)
    at, _ = _span(mail, chance)
    return mail[:at] + other[start:end] + mail[at:]


def _truncate(mail: bytes, seeds: Sequence[bytes], chance: random.Random) -> bytes:
    return mail[: _span(mail, chance)[0]]


def _shuffle_lines(mail: bytes, seeds: Sequence[bytes], chance: random.Random) -> bytes:
    lines = mail.splitlines(keepends=True)
    start = chance.randint(0, len(lines))
    part = lines[start : start + 20]
    chance.shuffle(part)
    return b"".join([*lines[:start], *part, *lines[start + 20 :]])


def _line_ends(mail: bytes, seeds: Sequence[bytes], chance: random.Random) -> bytes:
    return mail.replace(b"\r\n", b"\n").replace(b"\n", chance.choice((b"\r\n", b"\r", b"\n\n", b"\r\r\n")))


def _nest(mail: bytes, seeds: Sequence[bytes], chance: random.Random) -> bytes:
    for _ in range(chance.choice((1, 3, 40))):
        mail = b"From: a@b.example\nContent-Type: message/rfc822\n\n" + mail
    return mail


_MUTATIONS: tuple[Callable[[bytes, Sequence[bytes], random.Random], bytes], ...] = (
    _flip, _flip, _delete, _insert, _insert, _replace, _replace, _repeat, _repeat_token, _splice, _truncate, _shuffle_lines,
    _line_ends, _nest,
)  # fmt: skip
