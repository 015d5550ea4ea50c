"""Mail that is made to look proven: what a stranger can sign, seal or add must never make somebody else its sender."""

import base64
import re

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from inbox_agent.mail.mime.parse import parse_message
from inbox_agent.mail.sender.dkim_check import check_signatures
from inbox_agent.mail.sender.trust import TrustPolicy, judge_sender
from inbox_agent.models import Trust, TrustDecision
from tests.signed_mail import BODY, NAMES, Field, arc_set, as_bytes, dkim_signature, key_record, own_fields, rsa_key

OWNER = "ann@bank.example"
SEALERS = ("forwarder.example",)
OURS = "v=1; a=rsa-sha256; c=relaxed/relaxed; d=bank.example; s=s1"
THEIRS = "v=1; a=rsa-sha256; c=relaxed/relaxed; d=evil.example; s=s1"
DOMAINS = ("bank.example", "evil.example", "forwarder.example", "xn--bank-.example")
DNS = {f"s1._domainkey.{domain}": key_record() for domain in DOMAINS}


def judge(raw: bytes, *, server: str = "", dns: dict[str, bytes] = DNS, sealers: tuple[str, ...] = SEALERS) -> Trust:
    message = parse_message(raw)
    verified = check_signatures(raw, message, dns.get, sealers)
    return judge_sender(message, TrustPolicy(allow=(OWNER,), authserv_id=server), verified=verified)


def is_proven(raw: bytes, **more: object) -> bool:
    return bool(judge(raw, **more).identity)  # type: ignore[arg-type]


def test_what_the_tests_change_is_proven_before() -> None:
    fields = own_fields()
    trust = judge(as_bytes([dkim_signature(fields), *fields]))
    assert (trust.identity, trust.decision, trust.unsigned) == (OWNER, TrustDecision.ALLOWED, frozenset())
    signed = [dkim_signature(fields), *fields]
    forwarded = [*arc_set(signed), *signed]
    trust = judge(as_bytes(forwarded).replace(b"Subject: Report", b"Subject:  Report"))
    assert trust.reason.endswith("dkim=pass for bank.example")
    broken = [dkim_signature(fields, BODY + b"without a footer\r\n"), *fields]
    trust = judge(as_bytes([*arc_set(broken), *broken]))
    assert trust.reason.endswith("as forwarder.example saw and sealed it (ARC)")
    assert (trust.identity, set(trust.unsigned)) == (OWNER, {"envelope"})


@pytest.mark.parametrize(
    "before", [b"\xef\xbb\xbf", b"\xef\xbb\xbf\r\n", b"\xef\xbb\xbfX-A: b\r\n", b"From x\r\n", b"\r\n"]
)
def test_what_stands_before_the_first_field_makes_a_mail_readable_in_two_ways(before: bytes) -> None:
    fields = own_fields()
    signed = as_bytes([dkim_signature(fields), *fields])
    server = b"Authentication-Results: mx.inbox.example; dkim=pass header.d=bank.example; dmarc=pass\r\n"
    for raw in (before + signed, before + signed.replace(b"\r\n", b"\n")):
        assert "programs read differently" in judge(raw).reason
    assert not is_proven(before + server + signed, server="mx.inbox.example")
    assert is_proven(server + signed, server="mx.inbox.example")
    assert "programs read differently" in judge(signed.replace(b"\r\n", b"\r")).reason, "lines that end with CR alone"


# --- signatures checked here -------------------------------------------------------------------------------------

NBSP = "\u00a0".encode()
ZERO_WIDTH = "\u200b".encode()


@pytest.mark.parametrize(
    "more",
    [
        b"D=bank.example;",
        b"d=bank.example;",
        b"d =bank.example;",
        b"\td\t=\tbank.example;",
        NBSP + b"d=bank.example;",
        b"d" + NBSP + b"=bank.example;",
        ZERO_WIDTH + b"d=bank.example;",
        b"\xef\xbb\xbfd=bank.example;",
        b"\xa0d=bank.example;",
        b"\x0bd=bank.example;",
        b"\x1cd=bank.example;",
        b"d\x00=bank.example;",
        b"(x)d=bank.example;",
        b"d(x)=bank.example;",
        b'"d"=bank.example;',
        b"\r\n d=bank.example;",
        b"x=1; D=bank.example; I=@bank.example;",
        b"i=@bank.example;",
        b"I=ann@bank.example;",
        b"z=From:ann@bank.example; D=bank.example;",
        b"=?us-ascii?q?d?=bank.example;",
    ],
)
def test_a_strangers_signature_names_no_other_domain(more: bytes) -> None:
    fields = own_fields()
    raw = as_bytes([dkim_signature(fields, tags=THEIRS, more=more), *fields])
    assert not is_proven(raw)
    before = b"DKIM-Signature: " + more + b" v=1"
    assert not is_proven(raw.replace(b"DKIM-Signature: v=1", before))


@pytest.mark.parametrize(
    "tags",
    [
        THEIRS.replace("d=evil.example", "d=evil.example\u00a0bank.example"),
        THEIRS.replace("d=evil.example", "d=bank.example.evil.example"),
        THEIRS.replace("s=s1", "s=s1._domainkey.bank.example"),
        THEIRS.replace("d=evil.example", "d=xn--bank-.example"),
        THEIRS.replace("d=evil.example", "d=ban\u212a.example"),
        THEIRS.replace("d=evil.example", "d=example"),
        OURS.replace("d=bank", "d= bank"),
        OURS.replace("d=bank.example", "d=bank .example"),
        OURS.replace("rsa-sha256", "rsa-sha1"),
        OURS.replace("rsa-sha256", "RSA-SHA256"),
        OURS.replace("rsa-sha256", "ed25519-sha256"),
        OURS.replace("v=1", "v=2"),
        OURS + "; l=10",
        OURS + "; L=10",
        OURS + "; x=1",
        OURS + "; t=99999999999",
        OURS + "; q=dns/other",
        OURS + f"; n={' ' * 70_000}; l=0",
    ],
)
def test_a_signature_that_is_odd_or_counts_no_more_proves_nothing(tags: str) -> None:
    fields = own_fields()
    proven = is_proven(as_bytes([dkim_signature(fields, tags=tags), *fields]))
    assert proven is (tags == OURS.replace("d=bank", "d= bank")), (
        "white space before a value is folding (RFC 6376, 3.2)"
    )


@pytest.mark.parametrize(
    "names",
    ["to:subject:date", "from:to:", "from::to", "from to", "from:t\u00f6", "from:to=", ":".join(["from"] * 300)],
)
def test_a_list_of_signed_fields_without_from_or_that_cannot_be_read_proves_nothing(names: str) -> None:
    fields = own_fields()
    field: Field = dkim_signature(fields, names=names.encode("utf-8").decode("latin-1"))
    assert not is_proven(as_bytes([field, *fields]))


@pytest.mark.parametrize("count", [6, 40])
def test_many_signatures_hide_nothing(count: int) -> None:
    fields = own_fields()
    genuine = dkim_signature(fields)
    bogus = ("DKIM-Signature", re.sub(rb"b=[^;]*$", b"b=AAAA", genuine[1]))
    theirs = dkim_signature(fields, tags=THEIRS)
    asked: list[str] = []

    def lookup(name: str) -> bytes | None:
        asked.append(name)
        return DNS.get(name)

    raw = as_bytes([*[bogus] * count, genuine, *fields])
    message = parse_message(raw)
    assert not any(one.result == "pass" for one in check_signatures(raw, message, lookup))
    assert asked == [], "nobody is asked for more keys than a sender needs"
    assert is_proven(as_bytes([*[theirs] * count, genuine, *fields])), "those of other domains do not count"


@pytest.mark.parametrize(
    "record",
    [
        key_record(tags="v=DKIM1; k=rsa; t=y"),
        key_record(tags="v=DKIM1; t=s : y"),
        key_record(tags="v=DKIM1; T=y"),
        key_record(tags="v=DKIM1; s=other"),
        key_record(tags="v=DKIM1; s=tlsrpt"),
        key_record(tags="v=DKIM1; h=sha1"),
        key_record(tags="v=DKIM1; k=ed25519"),
        key_record(tags="v=DKIM2"),
        key_record(tags="v=DKIM1; n=" + "x" * 5000),
        b"v=DKIM1; p=",
        b"v=DKIM1; p=AAAA",
        b"\xff\xfe",
    ],
    ids=lambda record: record[:24].decode("latin-1"),
)
def test_a_key_that_is_not_for_this_proves_nothing(record: bytes) -> None:
    fields = own_fields()
    raw = as_bytes([dkim_signature(fields), *fields])
    assert not is_proven(raw, dns={"s1._domainkey.bank.example": record})
    for tags in ("v=DKIM1; t=s", "v=DKIM1; s=email; h=sha1:sha256", "k=rsa", "v=DKIM1; n=a note"):
        assert is_proven(raw, dns={"s1._domainkey.bank.example": key_record(tags=tags)})


@pytest.mark.parametrize(("bits", "exponent"), [(16384, 65537), (4104, 65537), (1024, 2**32 + 1), (1024, 1), (1024, 4)])
def test_a_key_that_costs_too_much_or_is_unsound_is_not_calculated_with(bits: int, exponent: int) -> None:
    public = rsa_key().public_key().public_numbers()
    modulus = public.n if bits == 1024 else (1 << (bits - 1)) + 1
    fields = own_fields()
    raw = as_bytes([dkim_signature(fields), *fields])
    results = check_signatures(raw, parse_message(raw), {"s1._domainkey.bank.example": _record(modulus, exponent)}.get)
    assert [one.result for one in results] == ["permerror"]
    assert re.search("bits|exponent|longer", results[0].reason)


def _record(modulus: int, exponent: int) -> bytes:
    def integer(value: int) -> bytes:
        octets = value.to_bytes(value.bit_length() // 8 + 1, "big")
        return b"\x02" + _length(len(octets)) + octets

    content = integer(modulus) + integer(exponent)
    return b"v=DKIM1; p=" + base64.b64encode(b"\x30" + _length(len(content)) + content)


def _length(count: int) -> bytes:
    return bytes([count]) if count < 128 else b"\x82" + count.to_bytes(2, "big")


def test_the_smallest_and_the_largest_key_that_are_taken_prove_the_sender() -> None:
    fields = own_fields()
    for bits in (1024, 4096):
        key: rsa.RSAPrivateKey = rsa_key(bits)
        raw = as_bytes([dkim_signature(fields, key=key), *fields])
        assert is_proven(raw, dns={"s1._domainkey.bank.example": key_record(key)})


def test_blanks_that_would_take_minutes_are_not_checked() -> None:
    fields = own_fields()
    body = b" " * 300_000 + b"x\r\n"
    raw = as_bytes([dkim_signature(fields, b"x\r\n"), *fields], body)
    results = check_signatures(raw, parse_message(raw), DNS.get)
    assert [(one.result, one.reason) for one in results] == [("permerror", "it would take long to verify")]


# --- seals of forwarders -----------------------------------------------------------------------------------------


def forwarded(*, by: str = "evil.example", **more: object) -> list[Field]:
    """A mail that a stranger wrote in the owner's name and sealed."""
    fields = own_fields()
    return [*arc_set(fields, domain=by, **more), *fields]  # type: ignore[arg-type]


def test_a_seal_counts_from_a_trusted_forwarder_alone() -> None:
    assert not is_proven(as_bytes(forwarded()))
    assert is_proven(as_bytes(forwarded(by="forwarder.example")))
    assert is_proven(as_bytes(forwarded(by="forwarder.example")), sealers=("Forwarder.EXAMPLE.",))


@pytest.mark.parametrize(
    "added",
    [
        b"ARC-Seal: i=" + NBSP + b"2; d=forwarder.example",
        b"ARC-Seal: i=2; d=forwarder.example",
        b"ARC-Seal: I=2; d=forwarder.example",
        b"ARC-Seal: i=\xd9\xa2; d=forwarder.example",
        b"ARC-Seal: i=02; d=forwarder.example",
        b"ARC-Seal: i=+2; d=forwarder.example",
        b"ARC-Seal: i=99; d=forwarder.example",
        b"ARC-Seal: d=forwarder.example",
        b"ARC-Seal: i=1; d=forwarder.example",
        b"arc-seal: i=1; d=forwarder.example",
        b"ARC-Message-Signature: i=(x)1; d=forwarder.example",
        b"ARC-Authentication-Results: i=(x)1; mx.forwarder.example; dmarc=pass header.from=bank.example",
        b"ARC-Authentication-Results: i=2; mx.forwarder.example; dmarc=pass header.from=bank.example",
        b"ARC-Authentication-Results: mx.forwarder.example; dmarc=pass header.from=bank.example",
        b"ARC-Seal:",
    ],
)
def test_what_is_added_to_a_chain_makes_it_prove_nothing(added: bytes) -> None:
    for fields in (forwarded(), forwarded(by="forwarder.example")):
        raw = as_bytes(fields)
        assert not is_proven(added + b"\r\n" + raw)
        assert not is_proven(raw.replace(b"From:", added + b"\r\nFrom:", 1))


@pytest.mark.parametrize("tag", [b" D=forwarder.example;", NBSP + b"d=forwarder.example;", b" d=forwarder.example;"])
def test_a_strangers_seal_names_no_other_forwarder(tag: bytes) -> None:
    fields = own_fields()
    for domain in (
        "evil.example; D=forwarder.example",
        "evil.example; d=forwarder.example",
        "evil.example;\u00a0d=forwarder.example",
    ):
        assert not is_proven(as_bytes([*arc_set(fields, seal_domain=domain), *fields]))
        assert not is_proven(as_bytes([*arc_set(fields, domain="evil.example", seal_domain=domain), *fields]))
    raw = as_bytes(forwarded())
    assert not is_proven(raw.replace(b"ARC-Seal: i=1;", b"ARC-Seal: i=1;" + tag))


def test_a_chain_in_a_trusted_forwarders_name_asks_for_no_keys_but_theirs() -> None:
    fields = own_fields()
    sets = arc_set(fields, domain="a1.evil.example")
    for instance in range(2, 10):
        sets = [*arc_set(fields, domain=f"a{instance}.evil.example", instance=instance, earlier=sets), *sets]
    newest = arc_set(fields, instance=10, earlier=sets, key=rsa_key(1032))
    raw = as_bytes([*newest, *sets, *fields])
    asked: list[str] = []

    def lookup(name: str) -> bytes | None:
        asked.append(name)
        return DNS.get(name)

    assert not any(one.result == "pass" for one in check_signatures(raw, parse_message(raw), lookup, SEALERS))
    assert set(asked) == {"s1._domainkey.forwarder.example"}


def test_what_a_stranger_wrote_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    fields = own_fields()
    broken = [dkim_signature(fields, b"another\r\n"), *fields]
    assert not is_proven(as_bytes([*arc_set(fields, b"another\r\n"), *broken]))
    assert caplog.records == []


def test_the_newest_seal_alone_speaks() -> None:
    fields = own_fields()
    first = arc_set(fields, domain="forwarder.example", results="dkim=fail header.d=bank.example")
    stranger = arc_set(fields, domain="evil.example", instance=2, earlier=first)
    assert not is_proven(as_bytes([*stranger, *first, *fields]))
    claims = arc_set(fields, domain="evil.example", results="dkim=pass header.d=bank.example")
    trusted = arc_set(fields, instance=2, earlier=claims, results="dkim=fail header.d=bank.example; arc=pass")
    assert not is_proven(as_bytes([*trusted, *claims, *fields])), (
        "what an untrusted one stated is not the newest's word"
    )
    again = arc_set(fields, instance=2, earlier=claims)
    assert is_proven(as_bytes([*again, *claims, *fields]))


@pytest.mark.parametrize(
    "results",
    [
        'dkim=pass header.d=bank.example; spf=fail smtp.mailfrom="=?x"@evil.example; dmarc=fail',
        "dkim=pass header.d=bank.example; spf=fail smtp.mailfrom=\u200bx@evil.example",
        'dkim=pass header.d=bank.example; spf=fail smtp.mailfrom="x@evil.example; dmarc=fail',
        "dkim=pass header.d=bank.example header.d=evil.example",
        "dkim=pass header.a=rsa-sha1 header.d=bank.example",
        "dkim=pass header.d=bank.example; dmarc=fail header.from=bank.example",
    ],
)
def test_results_in_a_seal_that_cannot_be_read_prove_nothing(results: str) -> None:
    assert not is_proven(as_bytes(forwarded(by="forwarder.example", results=results)))


@pytest.mark.parametrize(
    ("names", "unsigned"),
    [
        (NAMES + ":dkim-signature", {"envelope"}),
        (NAMES.replace(":to", "") + ":dkim-signature", {"envelope", "to"}),
        (NAMES, {"envelope", "to", "subject", "date", "message-id", "in-reply-to", "references"}),
        ("subject:to:date:message-id", None),
    ],
    ids=["all", "To not sealed", "signature not sealed", "From not sealed"],
)
def test_a_forwarded_mail_is_the_owners_as_far_as_they_signed_and_the_forwarder_sealed(
    names: str, unsigned: set[str] | None
) -> None:
    fields = own_fields()
    mail = [dkim_signature(fields, BODY + b"without a footer\r\n"), *fields]
    trust = judge(as_bytes([*arc_set(mail, names=names), *mail]))
    assert (trust.identity, set(trust.unsigned)) == ((OWNER, unsigned) if unsigned is not None else ("", set()))


def test_what_the_owner_did_not_sign_is_not_theirs_by_a_seal() -> None:
    fields = own_fields(In_Reply_To="<1@inbox.example>")
    narrow = dkim_signature(fields, BODY + b"without a footer\r\n", names="from:to:subject:date:message-id")
    mail = [narrow, *fields]
    assert judge(as_bytes([*arc_set(mail), *mail])).unsigned == {"envelope", "in-reply-to", "references"}
    straight = "spf=pass smtp.mailfrom=ann@bank.example; dkim=pass header.d=bank.example"
    assert judge(as_bytes([*arc_set(mail, results=straight), *mail])).unsigned == {"envelope"}


# --- results of our own server, and the check that stands in for it ----------------------------------------------

FAILED = "Authentication-Results: mx.inbox.example; spf=fail smtp.mailfrom={}; dmarc=fail header.from=bank.example\r\n"
FORGED = b"Authentication-Results: mx.inbox.example; dmarc=pass header.from=bank.example\r\n"


@pytest.mark.parametrize(
    "said",
    ['"=?x"@evil.example', "\u200bx@evil.example", "\ufeffx@evil.example", "\u00a0x@evil.example", '"x@evil.example'],
)
def test_an_unreadable_field_of_our_server_is_replaced_by_no_other_check(said: str) -> None:
    fields = own_fields()
    signed = as_bytes([dkim_signature(fields), *fields])
    sealed = as_bytes(forwarded(by="forwarder.example"))
    for mail in (signed, sealed, as_bytes(fields)):
        assert not is_proven(FAILED.format(said).encode() + mail, server="mx.inbox.example")
        assert not is_proven(FAILED.format(said).encode() + FORGED + mail, server="mx.inbox.example")
    assert is_proven(signed, server="mx.inbox.example"), "a silent server's place is taken by our own check"


# --- names that look like others ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "domain",
    [
        "xn--bank-.example",
        "ban\u212a.example",
        "\uff42ank.example",
        "bank.example\u00a0",
        "bank..example",
        "b\u00adank.example",
    ],
)
def test_a_domain_that_is_no_name_is_nobodys(domain: str) -> None:
    policy = TrustPolicy(allow=("@bank.example", OWNER))
    message = parse_message(as_bytes(own_fields(f"Ann <ann@{domain}>")))
    trust = judge_sender(message, policy)
    assert (trust.decision, trust.identity) == (TrustDecision.QUARANTINED, "")


def test_a_kelvin_sign_is_no_letter_k_in_a_name_either() -> None:
    message = parse_message(as_bytes(own_fields("\u212aim <\u212aim@bank.example>")))
    assert judge_sender(message, TrustPolicy(allow=("kim@bank.example",))).decision is not TrustDecision.ALLOWED


# --- From fields that readers take apart differently -------------------------------------------------------------


@pytest.mark.parametrize(
    "sender",
    [
        "Ann <ann@bank.example>; v=1",
        "Ann <ann@bank.example>; Mallory <mallory@evil.example>",
        "<@evil.example:ann@bank.example>",
        "mallory@evil.example <ann@bank.example>",
        "mallory@evil.example\u00a0<ann@bank.example>",
        "(mallory@evil.example <ann@bank.example>",
        "mallory@evil.example (\\) <ann@bank.example>",
        "Ann <ann@bank.example",
        "Ann ann@bank.example",
        "ann @bank.example",
        "ann@(x)bank.example",
        "<mallory@evil.example> <ann@bank.example>",
        "ann@bank.example, ,",
        "[x] <ann@bank.example>",
    ],
)
def test_a_from_field_that_can_be_read_in_two_ways_is_proven_by_no_signature(sender: str) -> None:
    fields = own_fields(sender)
    assert not is_proven(as_bytes([dkim_signature(fields), *fields]))
    assert not is_proven(FORGED + as_bytes(fields), server="mx.inbox.example")


@pytest.mark.parametrize(
    "sender",
    [
        "Ann <ann@bank.example>",
        "ann@bank.example",
        "<ann@bank.example>",
        "ann@bank.example <ann@bank.example>",
        "ann@bank.example (Ann, of Sales)",
        "Ann (Sales) <ann@bank.example> (x)",
        '"Ann @ Work; \\"x\\" <a@b>" <ann@bank.example>',
        "M\u00fcller, Ann <ann@bank.example>",
        "=?utf-8?q?M=C3=BCller=2C_Ann?= <ann@bank.example>",
        "=?utf-8?b?TcO8bGxlcg==?= =?utf-8?q?_=28Ann=29?= <ann@bank.example>",
        "Dr. A. M. O'Neil <ann@bank.example>",
        '"Ann, Dr."\r\n\t<ann@bank.example>',
    ],
)
def test_the_ways_in_which_people_and_programs_write_their_name_are_proven(sender: str) -> None:
    fields = own_fields(sender)
    assert is_proven(as_bytes([dkim_signature(fields), *fields]))
