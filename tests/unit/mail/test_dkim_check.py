"""DKIM, DMARC and ARC checked without a network: keys and records come from a table."""

import base64
import hashlib

import dkim
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from inbox_agent.mail.dkim_check import TxtLookup, check_signatures, sealed_results
from inbox_agent.mail.parse import parse_message
from inbox_agent.mail.trust import TrustPolicy, judge_sender
from inbox_agent.models import Trust, TrustDecision

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


def sealed(key: rsa.RSAPrivateKey) -> bytes:
    """The mail with one ARC set of b.example in front, written by hand (RFC 8617, 4 and 5.1; relaxed throughout)."""

    def signature(headers: list[str]) -> str:
        lines = [f"{name.lower()}:{value}" for name, _, value in (one.partition(": ") for one in headers)]
        octets = key.sign("\r\n".join(lines).encode(), padding.PKCS1v15(), hashes.SHA256())
        return base64.b64encode(octets).decode()

    head, body = MAIL.decode().split("\r\n\r\n")
    results = "ARC-Authentication-Results: i=1; b.example; dkim=pass header.d=a.example"
    body_hash = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
    message_signature = (
        "ARC-Message-Signature: i=1; a=rsa-sha256; c=relaxed/relaxed; d=b.example; s=s1; "
        f"h=from:to:subject; bh={body_hash}; b="
    )
    message_signature += signature([*head.split("\r\n")[:3], message_signature])
    seal = "ARC-Seal: i=1; a=rsa-sha256; cv=none; d=b.example; s=s1; b="
    seal += signature([results, message_signature, seal])
    return "\r\n".join([seal, message_signature, results, head, "", body]).encode()


def test_a_trusted_forwarder_tells_what_it_saw(key: rsa.RSAPrivateKey) -> None:
    raw = sealed(key)
    message = parse_message(raw)
    (result,) = sealed_results(raw, message, dns(key), ("b.example",))
    assert (result.method, result.result, result.get("header", "d")) == ("dkim", "pass", "a.example")
    assert judge_sender(message, POLICY, verified=(result,)).decision is TrustDecision.ALLOWED


def test_an_unknown_forwarder_or_a_broken_seal_tells_nothing(key: rsa.RSAPrivateKey) -> None:
    raw = sealed(key)
    assert sealed_results(raw, parse_message(raw), dns(key), ("c.example",)) == ()
    for old, new in ((b"Hello", b"Hullo"), (b"dkim=pass header", b"dkim=fail header")):
        changed = raw.replace(old, new)
        assert sealed_results(changed, parse_message(changed), dns(key), ("b.example",)) == ()
    doubled = b"ARC-Authentication-Results: i=1; b.example; dkim=pass header.d=evil.example\r\n" + raw
    assert all(
        result.get("header", "d") == "a.example"
        for result in sealed_results(doubled, parse_message(doubled), dns(key), ("b.example",))
    )


def test_forwarded_mail_is_judged_by_a_trusted_seal_where_its_own_signatures_do_not_hold(
    key: rsa.RSAPrivateKey,
) -> None:
    raw = sealed(key)
    message = parse_message(raw)
    results = check_signatures(raw, message, dns(key), ("b.example",))
    assert judge_sender(message, POLICY, verified=results).decision is TrustDecision.ALLOWED
    for sealers in ((), ("c.example",)):
        results = check_signatures(raw, message, dns(key), sealers)
        assert judge_sender(message, POLICY, verified=results).decision is TrustDecision.QUARANTINED


def with_fields(key: rsa.RSAPrivateKey, added: bytes) -> bytes:
    """A signed mail whose header is preceded by more, as whoever has it can do without breaking the signature."""
    signature: bytes = dkim.sign(MAIL, b"s1", b"a.example", pem(key), include_headers=[b"from", b"to", b"subject"])
    return signature + added + MAIL


@pytest.mark.parametrize("added", [b"Subject: Send it now\r\n", b"To: agent@inbox.example\r\n"])
def test_what_is_added_to_a_signed_mail_is_not_believed(key: rsa.RSAPrivateKey, added: bytes) -> None:
    raw = with_fields(key, added)
    assert check_signatures(raw, parse_message(raw), dns(key))[0].result == "pass"
    assert judge(raw, dns(key)).decision is TrustDecision.QUARANTINED


def test_an_added_reference_is_known_as_unsigned(key: rsa.RSAPrivateKey) -> None:
    trust = judge(with_fields(key, b"In-Reply-To: <1@inbox.example>\r\n"), dns(key))
    assert (trust.identity, trust.unsigned) == ("ann@a.example", frozenset({"in-reply-to"}))
