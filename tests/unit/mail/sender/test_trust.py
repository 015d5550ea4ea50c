"""Who is believed: aligned results of our own server, lists, and the tricks that a From field can hold."""

import pytest

from inbox_agent.mail.mime.parse import parse_message
from inbox_agent.mail.sender.trust import TrustPolicy, judge_sender
from inbox_agent.models import Trust, TrustDecision

POLICY = TrustPolicy(
    allow=("ann@a.example", "@partner.example"), block=("@spam.example",), authserv_id="mx.inbox.example"
)
PASS = "Authentication-Results: mx.inbox.example; dmarc=pass header.from=a.example\n"
ARRIVED = "Received: from out.a.example by mx.inbox.example; Mon, 2 Mar 2026 10:00:00 +0000\n"


def judge(header: str, sender: str = "Ann <ann@a.example>", policy: TrustPolicy = POLICY) -> Trust:
    raw = f"{header}From: {sender}\n\nHello\n".replace("\n", "\r\n").encode()
    return judge_sender(parse_message(raw), policy)


@pytest.mark.parametrize(
    "results",
    [
        "dmarc=pass header.from=a.example",
        "dkim=pass header.d=a.example",
        "dkim=pass header.i=@mail.a.example",
        "spf=pass smtp.mailfrom=bounce@a.example",
        "spf=pass smtp.mfrom=<bounce@a.example>",
        "auth=pass smtp.auth=Ann@A.example",
    ],
)
def test_an_aligned_pass_proves_the_sender(results: str) -> None:
    trust = judge(f"Authentication-Results: mx.inbox.example; {results}\n{ARRIVED}")
    assert (trust.decision, trust.identity) == (TrustDecision.ALLOWED, "ann@a.example")


@pytest.mark.parametrize(
    "results",
    [
        "none",
        "dmarc=fail header.from=a.example; spf=pass smtp.mailfrom=a.example",
        "dkim=pass header.d=b.example",
        "spf=pass smtp.helo=a.example",
        "spf=softfail smtp.mailfrom=a.example",
        "auth=pass smtp.auth=bob@a.example",
    ],
)
def test_without_an_aligned_pass_the_mail_is_quarantined(results: str) -> None:
    trust = judge(f"Authentication-Results: mx.inbox.example; {results}\n{ARRIVED}")
    assert (trust.decision, trust.identity) == (TrustDecision.QUARANTINED, "")


def test_results_from_upstream_with_our_name_are_forged() -> None:
    foreign = "Received: from evil.example by relay.evil.example\n"
    assert judge(ARRIVED + foreign + PASS).decision is TrustDecision.QUARANTINED


def test_a_forged_result_below_the_genuine_one_does_not_count() -> None:
    genuine = "Authentication-Results: mx.inbox.example; dmarc=fail header.from=a.example\n"
    assert judge(genuine + ARRIVED + PASS).decision is TrustDecision.QUARANTINED


def test_results_of_other_servers_do_not_count() -> None:
    assert judge(PASS.replace("mx.inbox", "mx.other")).decision is TrustDecision.QUARANTINED


def test_results_below_our_own_received_count_as_gmail_writes_them() -> None:
    assert judge(ARRIVED + PASS).decision is TrustDecision.ALLOWED


def test_lists_decide_after_the_proof() -> None:
    header = "Authentication-Results: mx.inbox.example; dkim=pass header.d={}\n"
    assert judge(header.format("new.example"), "x@new.example").decision is TrustDecision.CONFIRM
    assert judge(header.format("partner.example"), "x@partner.example").decision is TrustDecision.ALLOWED
    assert judge(header.format("partner.example"), "x@eu.partner.example").decision is TrustDecision.CONFIRM
    assert judge(header.format("spam.example"), "x@eu.spam.example").decision is TrustDecision.BLOCKED


def test_without_a_server_to_ask_from_is_taken_as_it_is() -> None:
    assert judge("", policy=TrustPolicy(allow=("*",))).identity == "ann@a.example"


@pytest.mark.parametrize(
    "sender",
    [
        "",
        "Ann <ann@a.example>, Bob <bob@a.example>",
        "friends: ann@a.example;",
        '"ann@a.example" <mallory@evil.example>',
        '"Ann (ann@a.example)" <mallory@evil.example>',
        "=?utf-8?q?Ann_=3Cann=40a.example=3E?= <mallory@evil.example>",
        "=?utf-8?q?ann=EF=BC=A0a.example?= <mallory@evil.example>",
        "mallory@evil.example (ann@a.example)",
        "Ann <ann@а.example>",  # a Cyrillic letter
        "Ann <ann@pаrtner.example>",
    ],
)
def test_tricks_in_the_from_field_are_quarantined(sender: str) -> None:
    trust = judge("", sender, TrustPolicy(allow=("ann@a.example", "@partner.example")))
    assert (trust.decision, trust.identity) == (TrustDecision.QUARANTINED, "")


def test_a_second_from_field_is_quarantined() -> None:
    assert judge(PASS + "From: mallory@evil.example\n").reason == "several From fields"


@pytest.mark.parametrize(
    ("results", "proven"),
    [
        (
            "spf=pass (x) client-ip=192.0.2.4; helo=m; dkim=pass header.i=@a.example; dmarc=pass header.from=a.example",
            True,
        ),
        ("dkim=pass header.i=@a.example; dmarc=pass (p=none dis=none) d=a.example", True),
        (
            "dkim=pass header.d=a.example x-bits=2048; dmarc=pass header.from=a.example; x-tls=pass version=TLSv1.2",
            True,
        ),
        ("dkim=pass header.d=a.example; dmarc=fail d=a.example", False),
        ("dmarc=pass d=a.example", False),
        ("auth=pass smtp.auth=ann@a.example d=a.example", False),
    ],
)
def test_a_result_that_cannot_be_read_whole_proves_nothing_and_hides_no_failure(results: str, proven: bool) -> None:
    trust = judge(f"Authentication-Results: mx.inbox.example; {results}\n{ARRIVED}")
    assert bool(trust.identity) is proven


@pytest.mark.parametrize(
    "sender", ['"Kim @ Work" <kim@new.example>', '"kim@new.example" <kim@new.example>', '"Kim@home" <kim@new.example>']
)
def test_a_name_that_shows_no_other_address_is_no_trick(sender: str) -> None:
    assert judge("", sender, TrustPolicy(allow=("ann@a.example",))).identity == "kim@new.example"


@pytest.mark.parametrize(
    ("entry", "sender"),
    [
        ("eve@evil.example", "eve+1@evil.example"),
        ("eve+1@evil.example", "Eve@evil.example"),
        ("eve+1@evil.example", "eve+2@evil.example"),
        ("eve@evil.example", '"eve"@evil.example'),
        ("eve.adams@gmail.com", "eveadams@gmail.com"),
        ("eveadams@gmail.com", "e.v.e.adams+x@googlemail.com"),
        ("eveadams@googlemail.com", "Eve.Adams@GMAIL.com"),
    ],
)
def test_a_block_holds_for_every_way_to_write_the_mailbox(entry: str, sender: str) -> None:
    policy = TrustPolicy(allow=("*",), block=(entry,))
    assert judge("", sender, policy).decision is TrustDecision.BLOCKED


def test_a_block_holds_for_the_listed_mailbox_alone() -> None:
    policy = TrustPolicy(allow=("*",), block=("eve.adams@a.example",))
    assert judge("", "eveadams@a.example", policy).decision is TrustDecision.ALLOWED


@pytest.mark.parametrize("sender", ["ann+x@a.example", '"ann+x"@a.example'])
def test_an_allowed_address_allows_no_other_way_to_write_it(sender: str) -> None:
    policy = TrustPolicy(allow=("ann@a.example",))
    assert judge("", sender, policy).decision is TrustDecision.CONFIRM
