"""Whose Authentication-Results count: those of our own server, and nothing that a sender brings along."""

import pytest

from inbox_agent.mail.mime.parse import parse_message
from inbox_agent.mail.sender.own_results import trusted_results

SERVER = "mx.google.com"
ARRIVED = "Received: from evil.test (evil.test. [93.184.216.34]) by mx.google.com with ESMTP id abc; Tue, 2 Jun 2026\n"
FORGED = "Authentication-Results: mx.google.com; auth=pass smtp.auth=ann@corp.example\n"
FAILED = (
    "Authentication-Results: mx.google.com; spf=pass smtp.mailfrom=m@evil.test; dmarc=fail header.from=corp.example\n"
)


def results(header: str | bytes, server: str = SERVER) -> list[str]:
    raw = header if isinstance(header, bytes) else header.encode()
    message = parse_message(raw.replace(b"\n", b"\r\n") + b"From: Ann <ann@corp.example>\r\n\r\ncancel\r\n")
    return [f"{one.method}={one.result}" for one in trusted_results(message, server).results]


@pytest.mark.parametrize(
    "forged",
    [
        FORGED,
        FORGED.replace("auth=pass smtp.auth=ann@corp.example", "dkim=pass header.d=corp.example"),
        FORGED.replace("auth=pass smtp.auth=ann@corp.example", "dmarc=pass header.from=corp.example"),
    ],
)
def test_a_field_right_below_the_genuine_one_adds_nothing(forged: str) -> None:
    assert results(ARRIVED + FAILED + forged) == ["spf=pass", "dmarc=fail"]
    unsigned = "Authentication-Results: mx.google.com; dkim=none\n"
    for method in ("auth=pass", "dkim=pass"):
        assert results(ARRIVED + unsigned + f"Authentication-Results: mx.google.com; {method} header.d=x.test\n") == [
            "dkim=none"
        ]
    for nothing in ("none", "cannot be read", "dkim=pass (not closed"):
        assert results(f"{ARRIVED}Authentication-Results: mx.google.com; {nothing}\n{forged}") == []


def test_programs_of_one_server_may_write_a_field_for_each_method() -> None:
    fields = [
        f"Authentication-Results: {one}.icloud.com; {one}=pass header.d=x.test\n" for one in ("dmarc", "dkim", "spf")
    ]
    assert results("".join(fields), "*.icloud.com") == ["dmarc=pass", "dkim=pass", "spf=pass"]
    again = "Authentication-Results: x.icloud.com; dkim=pass header.d=corp.example\n"
    assert results("".join(fields) + again, "*.icloud.com") == ["dmarc=pass", "dkim=pass", "spf=pass"]


@pytest.mark.parametrize(
    "disguised",
    [
        b"Authentication-Results: =?utf-8?q?mx.google.com;_auth=3Dpass_smtp.auth=3Dann=40corp.example?=\n",
        b"Authentication-Results: (a;b) mx.google.com; auth=pass\n",
        b"Authentication-Results: mx.google.com(;); auth=pass\n",
        b'Authentication-Results: "mx.google.com"; auth=pass\n',
        b'Authentication-Results: "mx.goo\\gle.com"; auth=pass\n',
        b"Authentication-Results: \xef\xbb\xbfmx.google.com; auth=pass\n",
        b"Authentication-Results: \x01mx.google.com; auth=pass\n",
        b"Authentication-Results: mx.google.com\r; auth=pass\n",
        b"Authentication-Results : mx.google.com; auth=pass\n",
        b"Authentication-Results:\nmx.google.com; auth=pass\n",
        b"X-Note: a\nno field\nAuthentication-Results: mx.google.com; auth=pass\n",
        b"Authentication-Results: mx.google.com; auth=pass (\xff)\n",
    ],
)
def test_what_a_server_may_not_recognize_as_its_own_name_is_not_taken_for_it(disguised: bytes) -> None:
    assert results(disguised) == []
    assert results(ARRIVED.encode() + disguised) == []


@pytest.mark.parametrize(
    "plain", ["mx.google.com;", "MX.google.com 1 ;", "mx.google.com (a filter-2.1);", "\n mx.google.com;"]
)
def test_the_ways_in_which_servers_write_their_name_are_read(plain: str) -> None:
    assert results(f"Authentication-Results: {plain} dkim=pass header.d=x.test\n") == ["dkim=pass"]


INWARD = "Received: from {} by relay.google.com with ESMTP; Tue, 2 Jun 2026\n"


def test_a_received_that_the_sender_wrote_in_our_name_ends_the_search() -> None:
    posing = "Received: by relay.google.com with SMTP; Tue, 2 Jun 2026\n"
    for taken_in in (
        ARRIVED,
        ARRIVED.replace("from evil.test", "from mx.google.com"),
        ARRIVED.replace("(evil.test. ", "(evil "),
        ARRIVED.replace("(evil.test. [93.184.216.34])", ""),
        ARRIVED.replace("from evil.test (evil.test. ", "from [93.184.216.34] ("),
        ARRIVED.replace("(evil.test. ", "(helo=mx.google.com "),
        ARRIVED.replace("from evil.test (evil.test. ", "from mx.google.com (unknown "),
    ):
        assert results(taken_in + posing + FORGED) == []
        assert results(taken_in + FORGED) == ["auth=pass"], "nothing stands between: this server must take them away"


@pytest.mark.parametrize(
    "inside",
    [
        "mx.google.com",
        "mx.google.com (mx.google.com [93.184.216.34])",
        "mx.google.com ([93.184.216.34])",
        "filter (localhost [127.0.0.1])",
        "localhost.localdomain (unknown [10.0.0.7])",
        "[10.0.0.7]",
        "mx.google.com (2603:10a6:208:1::1)",
    ],
)
def test_the_way_within_our_own_system_is_followed(inside: str) -> None:
    assert results(INWARD.format(inside) + ARRIVED + FAILED) == ["spf=pass", "dmarc=fail"]


@pytest.mark.parametrize("stated", ["spf=fail smtp.mailfrom=m@evil.test", "dkim=pass header.d=evil.test", "dkim=none"])
def test_a_pass_of_dmarc_below_counts_by_what_it_rests_on_alone(stated: str) -> None:
    field = "Authentication-Results: mx.google.com; {}\n"
    method = stated.partition(" ")[0]
    assert results(ARRIVED + field.format(stated) + field.format("dmarc=pass header.from=corp.example")) == [method]
    assert results(ARRIVED + field.format(stated) + field.format("dmarc=fail")) == [method, "dmarc=fail"]
    genuine = field.format("dkim=pass header.d=corp.example") + field.format("dmarc=pass header.from=corp.example")
    assert results(ARRIVED + genuine) == ["dkim=pass", "dmarc=pass"]
    assert results(ARRIVED + field.format("dmarc=pass") + field.format(stated)) == ["dmarc=pass", method]


UNREADABLE = {
    "an encoded word": FAILED.replace("m@evil.test", '"=?x"@evil.test'),
    "a zero-width space": FAILED.replace("m@evil.test", '"m\u200b"@evil.test'),
    "a byte order mark": FAILED.replace("m@evil.test", '"\ufeffm"@evil.test'),
    "a no-break space": FAILED.replace("m@evil.test", '"m\u00a0"@evil.test'),
    "a control character": FAILED.replace("m@evil.test", '"m\x01"@evil.test'),
    "a line separator": FAILED.replace("m@evil.test", '"m\u2028"@evil.test'),
    "more than is read of a field": FAILED.replace("m@evil.test", "m" * 70_000 + "@evil.test"),
    "a quote that is not closed": FAILED.replace("m@evil.test", '"m@evil.test'),
    "a comment that is not closed": FAILED.replace("m@evil.test", "(m@evil.test"),
    "no name of a server": "Authentication-Results: \n",
    "bytes that are no UTF-8": "",
}


@pytest.mark.parametrize("case", UNREADABLE)
def test_a_field_of_ours_that_cannot_be_read_ends_the_search(case: str) -> None:
    genuine = UNREADABLE[case].encode() or FAILED.encode().replace(b"m@evil", b"m\xff@evil")
    for forged in (b"", FORGED.encode(), FORGED.replace("auth=pass smtp.auth", "dkim=pass header.d").encode()):
        raw = (ARRIVED.encode() + genuine + forged).replace(
            b"\n", b"\r\n"
        ) + b"From: Ann <ann@corp.example>\r\n\r\nx\r\n"
        found = trusted_results(parse_message(raw), SERVER)
        assert (found.results, found.readable, found.silent) == ((), False, False)


NAMED = {
    "quoted": '"{name}"',
    "quoted, escaped": '"mx.goo\\gle.com"',
    "a comment before it": "(x) {name}",
    "a comment with a semicolon before it": "(a; b) {name}",
    "a comment with a semicolon": "{name} (a; b)",
    "a comment within a comment": "{name} (a (b))",
    "a comment within the name": "mx.(x)google.com",
    "the root's dot": "{name}.",
    "blanks around a dot": "mx . google.com",
    "a port": "{name}:25",
    "a slash": "{name}/filter",
    "a backslash": "\\{name}",
    "a word before it": "by {name}",
    "a word behind it": "{name} x",
    "two names": "other.test {name}",
    "full width": "\uff4dx.google\uff0ecom",
    "an ideographic full stop": "mx\u3002google.com",
    "a comment that is not closed": "(x {name}",
    "a quote that is not closed": '"{name}',
}
FOREIGN = ["mx.google.com.evil.test", "x-mx.google.com", "relay.mx.google.com", "google.com", "other.test (for {name})"]


@pytest.mark.parametrize("form", NAMED.values(), ids=NAMED)
def test_a_field_that_names_our_server_in_another_form_ends_the_search(form: str) -> None:
    for stated in ("spf=pass smtp.mailfrom=m@evil.test; dmarc=fail", "dmarc=pass"):
        field = f"Authentication-Results: {form.format(name=SERVER)}; {stated} header.from=corp.example\n"
        for header in (ARRIVED + field + FORGED, field + ARRIVED + FORGED, field + FORGED):
            raw = header.replace("\n", "\r\n") + "From: Ann <ann@corp.example>\r\n\r\nx\r\n"
            found = trusted_results(parse_message(raw.encode()), SERVER)
            assert (found.results, found.readable) == ((), False)


@pytest.mark.parametrize("name", FOREIGN)
def test_a_field_of_another_server_is_left_out(name: str) -> None:
    field = f"Authentication-Results: {name.format(name=SERVER)}; dmarc=pass header.from=corp.example\n"
    raw = (ARRIVED + field).replace("\n", "\r\n") + "From: Ann <ann@corp.example>\r\n\r\nx\r\n"
    assert trusted_results(parse_message(raw.encode()), SERVER).silent
    assert results(ARRIVED + FAILED + field) == ["spf=pass", "dmarc=fail"]


@pytest.mark.parametrize("form", ['"mx.icloud.com"', "(x) mx.icloud.com", "mx.icloud.com.", "x (;) mx.icloud.com"])
def test_the_same_holds_for_every_server_below_a_name(form: str) -> None:
    header = f"Authentication-Results: {form}; dmarc=fail\nAuthentication-Results: mx.icloud.com; dmarc=pass\n"
    assert results(header, "*.icloud.com") == []
    assert results("Authentication-Results: icloud.com; dmarc=pass\n", "*.icloud.com") == []


def test_a_letter_that_only_becomes_one_of_our_name_is_another() -> None:
    forged = "Authentication-Results: {}; dmarc=pass header.from=corp.example\n"
    assert results(ARRIVED + forged.format("mx.\u212aite.test"), "mx.kite.test") == [], "the Kelvin sign"
    assert results(ARRIVED + forged.format("MX.Kite.test"), "mx.kite.test") == ["dmarc=pass"]


def test_a_comment_before_the_results_of_exchange_online_ends_the_search() -> None:
    received = "Received: from a.outlook.com by b.outlook.com with HTTPS; Tue, 2 Jun 2026\n"
    genuine = "Authentication-Results: spf=fail smtp.mailfrom=evil.test; dmarc=fail header.from=corp.example\n"
    forged = genuine.replace("fail", "pass")
    assert results(received + genuine + forged, "outlook.com") == ["spf=fail", "dmarc=fail"]
    assert results(received + genuine.replace(": spf", ": (x;) spf") + forged, "outlook.com") == []


def test_a_second_field_of_ours_that_cannot_be_read_takes_the_first_with_it() -> None:
    first = "Authentication-Results: mx.google.com; spf=pass smtp.mailfrom=ann@corp.example\n"
    second = 'Authentication-Results: mx.google.com; dmarc=fail header.from="=?x"\n'
    raw = (ARRIVED + first + second).replace("\n", "\r\n") + "From: Ann <ann@corp.example>\r\n\r\nx\r\n"
    assert not trusted_results(parse_message(raw.encode()), SERVER).readable


def test_a_server_that_evaluated_nothing_is_silent() -> None:
    for header in (
        "",
        "Authentication-Results: mx.google.com; none\n",
        "Authentication-Results: other.test; dkim=pass\n",
    ):
        raw = (ARRIVED + header).replace("\n", "\r\n") + "From: Ann <ann@corp.example>\r\n\r\nx\r\n"
        assert trusted_results(parse_message(raw.encode()), SERVER).silent


@pytest.mark.parametrize("server", ["*.com", "*.co.uk", "*.github.io", "*.COM"])
def test_a_pattern_below_which_anybody_has_a_name_counts_for_nobody(server: str) -> None:
    host = f"mx.evil.{server[2:].lower()}"
    forged = f"Authentication-Results: {host}; dmarc=pass header.from=corp.example\n"
    assert results(f"Received: from x by {host} with ESMTP id 1\n{forged}", host) == ["dmarc=pass"]
    assert results(f"Received: from x by {host} with ESMTP id 1\n{forged}", server) == []
    assert results(forged, server) == []
