"""Which names a check of signatures asks for, how many, and what a message may cost."""

import base64
import time

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from inbox_agent.adapters.dns_txt import TxtRecords
from inbox_agent.adapters.signature_check import MAX_NAMES, SignatureChecker
from inbox_agent.errors import CheckTakesLong, LookUpFailed, LookUpPending, TransientError
from inbox_agent.mail.mime.parse import parse_message
from inbox_agent.mail.sender.body_last import BodyLast
from inbox_agent.mail.sender.check_cost import MAX_SECONDS, Meter
from inbox_agent.mail.sender.dkim_check import check_signatures

MAIL = (
    b"From: Ann <ann@a.example>\r\nTo: agent@inbox.example\r\nSubject: hi\r\nMessage-ID: <1@a.example>\r\n\r\nHello\r\n"
)
SECONDS = 10.0


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=1024)


def record_of(key: rsa.RSAPrivateKey) -> bytes:
    public = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return b"v=DKIM1; k=rsa; p=" + base64.b64encode(public)


def signed(key: rsa.RSAPrivateKey, selector: bytes = b"s1", mail: bytes = MAIL) -> bytes:
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    signature: bytes = dkim.sign(mail, selector, b"a.example", pem)
    return signature + mail


class Zone:
    """Answers at once: the record in the table, None for other names; names with "silent" are answered by nobody."""

    def __init__(self, **records: bytes) -> None:
        self.records = {name.replace("__", "."): record for name, record in records.items()}
        self.asked: list[str] = []

    async def ask(self, name: str, seconds: float) -> tuple[bytes | None, float]:
        self.asked.append(name)
        if "silent" in name:
            raise TransientError("no answer")
        return self.records.get(name), 300.0


def check(zone: Zone, raw: bytes, *, wait_seconds: float = SECONDS) -> list[str]:
    checker = SignatureChecker(TxtRecords(zone.ask), wait_seconds=wait_seconds)
    return [f"{one.method}={one.result}" for one in checker(raw, parse_message(raw))]


def test_a_check_that_may_wait_gets_every_answer(key: rsa.RSAPrivateKey) -> None:
    zone = Zone(s1___domainkey__a__example=record_of(key), _dmarc__a__example=b"v=DMARC1; p=reject")
    assert check(zone, signed(key)) == ["dkim=pass", "dmarc=pass"]


def test_a_check_that_may_not_wait_names_all_that_it_needs_at_once(key: rsa.RSAPrivateKey) -> None:
    raw = signed(key, b"s2", signed(key))
    with pytest.raises(LookUpPending) as pending:
        check(Zone(), raw, wait_seconds=0)
    assert {"s1._domainkey.a.example", "s2._domainkey.a.example"} <= pending.value.names


def test_a_signature_whose_key_nobody_tells_takes_nothing_from_one_that_holds(key: rsa.RSAPrivateKey) -> None:
    raw = signed(key, b"silent", signed(key))
    results = check(Zone(s1___domainkey__a__example=record_of(key)), raw)
    assert "dkim=pass" in results


@pytest.mark.parametrize("selector", [b"s1", b"silent"])
def test_without_the_policy_of_the_domain_or_any_key_nothing_is_decided(
    key: rsa.RSAPrivateKey, selector: bytes
) -> None:
    class NoPolicy(Zone):
        async def ask(self, name: str, seconds: float) -> tuple[bytes | None, float]:
            if name.startswith("_dmarc."):
                raise TransientError("no answer")
            return await super().ask(name, seconds)

    with pytest.raises(LookUpFailed):
        check(NoPolicy(s1___domainkey__a__example=record_of(key)), signed(key, selector))


def test_the_names_of_one_message_are_bounded(key: rsa.RSAPrivateKey) -> None:
    raw = MAIL
    for number in range(60):
        raw = signed(key, f"s{number}".encode(), raw)
    zone = Zone()
    check(zone, raw)
    assert len(zone.asked) <= MAX_NAMES


def costly() -> dict[str, bytes]:
    """Messages on which dkimpy would work for a minute and more, or nearly."""
    fields, _, body = MAIL.partition(b"\r\n\r\n")
    megabyte = 1_000_000
    return {
        "a run of blanks in the body": MAIL + b" " * megabyte + b"x\r\n",
        "many long runs of blanks": MAIL + (b" " * 5000 + b"x\r\n") * 400,
        "blanks and tabs by turns": MAIL + b" \t" * (megabyte // 2) + b"x\r\n",
        "a body of single blanks": MAIL + b"a " * (12 * megabyte),
        "blanks in h=": fields.replace(b"h=", b"h=" + b" " * 70_000, 1) + b"\r\n\r\n" + body,
        "a signature of many lines": b"DKIM-Signature: v=1; b=" + b"A\r\n " * 20_000 + b"\r\n" + MAIL,
        "an enormous signature": b"DKIM-Signature: v=1; b=" + b"A" * 200_000 + b"\r\n" + MAIL,
        "thousands of fields": b"X-Field: y\r\n" * 20_000 + MAIL,
        "a field of many lines": b"X-Field: y" + b"\r\n y" * 100_000 + b"\r\n" + MAIL,
        "no end of the header": b"X-Field: y\r\n" * 200_000 + fields,
    }


@pytest.mark.parametrize("kind", costly())
def test_a_message_that_is_made_to_be_costly_is_not_verified(key: rsa.RSAPrivateKey, kind: str) -> None:
    zone = Zone(s1___domainkey__a__example=record_of(key))
    signature = signed(key)[: -len(MAIL)]
    if kind == "blanks in h=":
        signature = signature.replace(b"h=", b"h=" + b" " * 70_000, 1)
        raw = signature + MAIL
    else:
        raw = signature + costly()[kind]
    message = parse_message(signed(key))
    began = time.process_time()
    results = SignatureChecker(TxtRecords(zone.ask), wait_seconds=SECONDS)(raw, message)
    assert not any(one.result == "pass" for one in results)
    assert time.process_time() - began < 5
    assert len(zone.asked) <= 1


@pytest.mark.parametrize(
    "body",
    [
        b"Words and words.\r\n" * 5_000,
        b"QUJD" * 19 + b"\r\n" * 20_000,
        b"> \r\n" * 20_000,
        b"a" + b" " * 900 + b"b\r\n",
        b"| cell   | cell   |\r\n" * 5_000,
    ],
    ids=["text", "lines", "quoted", "one wide gap", "table"],
)
def test_ordinary_mail_is_verified(key: rsa.RSAPrivateKey, body: bytes) -> None:
    zone = Zone(s1___domainkey__a__example=record_of(key))
    assert check(zone, signed(key, mail=MAIL + body)) == ["dkim=pass"]


class CountedMeter(Meter):
    """Remembers what was worked through."""

    def __init__(self, *, at_length: bool = True) -> None:
        super().__init__(at_length=at_length)
        self.steps: list[float] = []

    def spend(self, seconds: float) -> None:
        self.steps.append(seconds)
        super().spend(seconds)

    @property
    def bodies(self) -> int:
        return sum(seconds > 0.01 for seconds in self.steps)


class Verifier(BodyLast, dkim.DKIM):  # type: ignore[misc]
    pass


LARGE = b"QUJD" * 19 + b"\r\n"


def bodies_read(key: rsa.RSAPrivateKey, raw: bytes, count: int) -> tuple[list[bool], int]:
    """Whether each signature holds, and how often the body was worked through for all."""
    meter = CountedMeter()
    verifier = Verifier(raw, meter)
    record = record_of(key)
    held = [verifier.verify(idx=index, dnsfunc=lambda name, timeout=5: record) for index in range(count)]
    return held, meter.bodies


def many_signatures(key: rsa.RSAPrivateKey, mail: bytes) -> bytes:
    return b"".join(signed(key, f"s{number}".encode(), mail)[: -len(mail)] for number in range(5)) + mail


def test_a_forged_signature_costs_nothing_of_the_body(key: rsa.RSAPrivateKey) -> None:
    mail = MAIL + LARGE * 50_000
    other = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    held, bodies = bodies_read(key, many_signatures(other, mail), 5)
    assert (held, bodies) == ([False] * 5, 0)


def test_the_signed_header_of_another_mail_costs_one_pass_through_the_body(key: rsa.RSAPrivateKey) -> None:
    raw = many_signatures(key, MAIL) + LARGE * 50_000
    held, bodies = bodies_read(key, raw, 5)
    assert (held, bodies) == ([False] * 5, 1)


def test_five_signatures_that_hold_cost_one_pass_through_the_body(key: rsa.RSAPrivateKey) -> None:
    held, bodies = bodies_read(key, many_signatures(key, MAIL + LARGE * 50_000), 5)
    assert (held, bodies) == ([True] * 5, 1)


@pytest.mark.parametrize("line", [LARGE, b"Words and words, and some more.\r\n"], ids=["a file", "text"])
def test_a_mail_of_25_mb_is_verified_when_it_has_its_turn(key: rsa.RSAPrivateKey, line: bytes) -> None:
    raw = signed(key, mail=MAIL + line * (25_000_000 // len(line)))
    message = parse_message(raw)
    lookup = {"s1._domainkey.a.example": record_of(key)}.get
    with pytest.raises(CheckTakesLong) as told:
        check_signatures(raw, message, lookup, at_length=False)
    assert 0.1 < told.value.seconds < MAX_SECONDS
    assert [one.result for one in check_signatures(raw, message, lookup)] == ["pass"]


@pytest.mark.parametrize("length", [100, 20_000], ids=["a line", "pages"])
def test_an_ordinary_mail_is_verified_at_once(key: rsa.RSAPrivateKey, length: int) -> None:
    raw = signed(key, mail=MAIL + b"Words and words.\r\n" * (length // 18))
    lookup = {"s1._domainkey.a.example": record_of(key)}.get
    assert [one.result for one in check_signatures(raw, parse_message(raw), lookup, at_length=False)] == ["pass"]


def test_a_header_that_takes_long_waits_for_its_turn_too(key: rsa.RSAPrivateKey) -> None:
    raw = b"X-Field: " + b"a " * 30_000 + b"\r\n" + signed(key)
    with pytest.raises(CheckTakesLong):
        check_signatures(raw, parse_message(raw), lambda name: record_of(key), at_length=False)
