"""DKIM, DMARC and ARC checked without a network: keys and records come from a table."""

import base64

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from inbox_agent.mail.mime.parse import parse_message
from inbox_agent.mail.sender.arc_check import sealed_results
from inbox_agent.mail.sender.check_cost import Meter
from inbox_agent.mail.sender.dkim_check import check_signatures
from inbox_agent.mail.sender.dkim_keys import TxtLookup
from inbox_agent.mail.sender.trust import TrustPolicy, judge_sender
from inbox_agent.models import Trust, TrustDecision
from tests.signed_mail import arc_set, as_bytes, key_record, own_fields

MAIL = (
    b"From: Ann <ann@a.example>\r\nTo: agent@inbox.example\r\nSubject: hi\r\nMessage-ID: <1@a.example>\r\n\r\nHello\r\n"
)
POLICY = TrustPolicy(allow=("ann@a.example",))


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=1024)


def pem(key: rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )


def dns(key: rsa.RSAPrivateKey, **records: bytes) -> TxtLookup:
    public = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)

    table = {"s1._domainkey.a.example": b"v=DKIM1; k=rsa; p=" + base64.b64encode(public)}
    table["s1._domainkey.mail.a.example"] = table["s1._domainkey.b.example"] = table["s1._domainkey.a.example"]
    table |= {name.replace("__", "."): value for name, value in records.items()}
    return table.get


def signed(key: rsa.RSAPrivateKey, domain: bytes = b"a.example", **options: bool) -> bytes:
    signature: bytes = dkim.sign(MAIL, b"s1", domain, pem(key), **options)
    return signature + MAIL


def judge(raw: bytes, lookup: TxtLookup) -> Trust:
    message = parse_message(raw)
    return judge_sender(message, POLICY, verified=check_signatures(raw, message, lookup))


def test_an_aligned_signature_proves_the_sender(key: rsa.RSAPrivateKey) -> None:
    assert judge(signed(key), dns(key)).decision is TrustDecision.ALLOWED


@pytest.mark.parametrize("change", [(b"Hello", b"Hullo"), (b"ann@a", b"amy@a"), (b"Subject: hi", b"Subject: ho")])
def test_a_changed_mail_is_not_proven(key: rsa.RSAPrivateKey, change: tuple[bytes, bytes]) -> None:
    assert judge(signed(key).replace(*change), dns(key)).decision is TrustDecision.QUARANTINED


def test_without_signature_or_key_nothing_is_proven(key: rsa.RSAPrivateKey) -> None:
    assert judge(MAIL, dns(key)).decision is TrustDecision.QUARANTINED
    assert judge(signed(key), lambda name: None).decision is TrustDecision.QUARANTINED
    assert judge(signed(key), lambda name: b"v=DKIM1; k=rsa; p=????").decision is TrustDecision.QUARANTINED


def test_anothers_signature_and_a_partial_one_prove_nothing(key: rsa.RSAPrivateKey) -> None:
    assert judge(signed(key, b"b.example"), dns(key)).decision is TrustDecision.QUARANTINED
    assert judge(signed(key, length=True), dns(key)).decision is TrustDecision.QUARANTINED


def test_dmarc_may_demand_strict_alignment(key: rsa.RSAPrivateKey) -> None:
    raw = signed(key, b"mail.a.example")
    relaxed = dns(key, _dmarc__a__example=b"v=DMARC1; p=reject")
    strict = dns(key, _dmarc__a__example=b"v=DMARC1; p=reject; adkim=s")
    assert judge(raw, relaxed).decision is TrustDecision.ALLOWED
    assert judge(raw, strict).decision is TrustDecision.QUARANTINED


def sealed() -> bytes:
    """A mail with one ARC set of b.example in front."""
    fields = own_fields("Ann <ann@a.example>")
    return as_bytes([*arc_set(fields, domain="b.example", results="dkim=pass header.d=a.example"), *fields])


def keys() -> TxtLookup:
    return {
        f"s1._domainkey.{domain}": key_record() for domain in ("a.example", "b.example", "bank.example", "evil.example")
    }.get


def test_a_trusted_forwarder_tells_what_it_saw() -> None:
    raw = sealed()
    message = parse_message(raw)
    results = sealed_results(raw, keys(), ("b.example",), Meter(at_length=True))
    assert [(one.method, one.get("header", "d")) for one in results] == [("dkim", "a.example"), ("arc", "b.example")]
    assert results[1].covers is not None
    assert results[1].covers >= {"from", "to", "subject"}
    assert judge_sender(message, POLICY, verified=results).decision is TrustDecision.ALLOWED


def test_an_unknown_forwarder_or_a_broken_seal_tells_nothing() -> None:
    raw = sealed()
    assert sealed_results(raw, keys(), ("c.example",), Meter(at_length=True)) == ()
    for old, new in ((b"Write", b"Wrote"), (b"dkim=pass header", b"dkim=fail header")):
        changed = raw.replace(old, new)
        assert sealed_results(changed, keys(), ("b.example",), Meter(at_length=True)) == ()
    doubled = b"ARC-Authentication-Results: i=1; b.example; dkim=pass header.d=evil.example\r\n" + raw
    assert sealed_results(doubled, keys(), ("b.example",), Meter(at_length=True)) == ()


def test_forwarded_mail_is_judged_by_a_trusted_seal_where_its_own_signatures_do_not_hold() -> None:
    raw = sealed()
    message = parse_message(raw)
    results = check_signatures(raw, message, keys(), ("b.example",))
    assert judge_sender(message, POLICY, verified=results).decision is TrustDecision.ALLOWED
    for sealers in ((), ("c.example",)):
        results = check_signatures(raw, message, keys(), sealers)
        assert judge_sender(message, POLICY, verified=results).decision is TrustDecision.QUARANTINED


def with_fields(key: rsa.RSAPrivateKey, added: bytes) -> bytes:
    """A signed mail whose header is preceded by more, as whoever has it can do without breaking the signature."""
    signature: bytes = dkim.sign(
        MAIL, b"s1", b"a.example", pem(key), include_headers=[b"from", b"to", b"subject", b"message-id", b"date"]
    )
    return signature + added + MAIL


@pytest.mark.parametrize("added", [b"Subject: Send it now\r\n", b"To: agent@inbox.example\r\n"])
def test_what_is_added_to_a_signed_mail_is_not_believed(key: rsa.RSAPrivateKey, added: bytes) -> None:
    raw = with_fields(key, added)
    assert check_signatures(raw, parse_message(raw), dns(key))[0].result == "policy"
    assert judge(raw, dns(key)).decision is TrustDecision.QUARANTINED


def test_an_added_reference_is_known_as_unsigned(key: rsa.RSAPrivateKey) -> None:
    trust = judge(with_fields(key, b"In-Reply-To: <1@inbox.example>\r\n"), dns(key))
    assert (trust.identity, trust.unsigned) == ("ann@a.example", frozenset({"in-reply-to", "references"}))
