"""Authentication-Results values: what is read, what is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox_agent.mail.sender.authres import parse_authentication_results


def test_results_with_comments_versions_and_properties() -> None:
    value = (
        'mx.host.example (a (nested) note) 1 ; dkim / 1 = PASS (good key) header.d = a.example header.b="x;y";'
        ' spf=fail reason="not (listed)" smtp.mailfrom=ann@b.example ;'
    )
    results = parse_authentication_results(value)
    assert results is not None
    assert (results.authserv_id, results.version, results.instance) == ("mx.host.example", 1, None)
    dkim, spf = results.results
    assert (dkim.method, dkim.version, dkim.result, dkim.get("header", "d")) == ("dkim", 1, "pass", "a.example")
    assert dkim.get("header", "b") == "x;y"
    assert (spf.result, spf.reason, spf.get("smtp", "mailfrom")) == ("fail", "not (listed)", "ann@b.example")


def test_none_and_a_bare_server_hold_no_results() -> None:
    for value in ("mx.example; none", "mx.example 1;", "mx.example", '"mx example"; none;'):
        results = parse_authentication_results(value)
        assert results is not None
        assert results.results == ()


def test_the_arc_form_has_an_instance() -> None:
    results = parse_authentication_results("i=3; mx.example; arc=pass")
    assert results is not None
    assert (results.instance, results.authserv_id) == (3, "mx.example")


def test_exchange_onlines_form_has_no_server() -> None:
    value = (
        "spf=pass (sender IP is 192.0.2.7) smtp.mailfrom=a.example; in.example; dkim=none (not signed)"
        " header.d=none;in.example; dmarc=none action=none header.from=;compauth=fail reason=001"
    )
    results = parse_authentication_results(value)
    assert results is not None
    assert results.authserv_id is None
    assert [one.method for one in results.results] == ["spf", "dkim", "dmarc", "compauth"]


@pytest.mark.parametrize(
    "value",
    [
        "",
        ";",
        "mx.example two",
        "mx.example; dkim",
        "mx.example; dkim=",
        "mx.example; dkim=pass header",
        "mx.example; dkim=pass header.d",
        "mx.example; dkim=pass header.d=",
        "mx.example; dkim=pass header.d=a.example (not closed",
        'mx.example; dkim=pass reason="not closed',
        "mx.example; none; dkim=pass",
        "mx.example; dkim=pass; none",
        "mx.example; dkim/x=pass",
        "mx.example; dkim=pass; in.example; spf=pass",
        "i=one; mx.example; dkim=pass",
        "i=1",
    ],
)
def test_what_breaks_the_grammar_is_refused(value: str) -> None:
    assert parse_authentication_results(value) is None


@given(st.text(alphabet='ai1=;./()"\\ @-', max_size=60))
def test_any_text_is_read_or_refused(value: str) -> None:
    parse_authentication_results(value)


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (
            "mx6.messagingengine.com; dkim=pass header.d=a.example x-bits=2048 x-keytype=rsa; dmarc=pass (p=none)"
            " header.from=a.example; x-tls=pass version=TLSv1.2 bits=128/128; spf=pass smtp.mailfrom=b@a.example",
            ["(dkim=pass)", "dmarc=pass", "(x-tls=pass)", "spf=pass"],
        ),
        (
            "amazonses.com; spf=pass (domain of a.example; it may) client-ip=192.0.2.4; envelope-from=ann@a.example;"
            " helo=m.a.example; dkim=pass header.i=@a.example; dmarc=fail d=a.example;",
            ["(spf=pass)", "(envelope-from=ann)", "(helo=m)", "dkim=pass", "(dmarc=fail)"],
        ),
        ('mx.example; spf=pass x="a; dkim=pass" (b; (c;) dkim=pass); dkim=fail', ["(spf=pass)", "dkim=fail"]),
        ("mx.example; spf=pass x (not closed; dkim=pass header.d=a.example", ["(spf=pass)"]),
        ('mx.example; spf=pass x="not closed; dkim=pass header.d=a.example', ["(spf=pass)"]),
        ("mx.example; ; =; dkim=pass", ["dkim=pass"]),
    ],
)
def test_a_result_that_breaks_the_grammar_is_set_aside_alone(value: str, found: list[str]) -> None:
    assert parse_authentication_results(value) is None
    results = parse_authentication_results(value, strict=False)
    assert results is not None
    shown = [f"{one.method}={one.result}" if one.whole else f"({one.method}={one.result})" for one in results.results]
    assert shown == found


@given(st.text(alphabet='ai1=;./()"\\ @-', max_size=60))
def test_reading_in_parts_ends_and_agrees_where_all_is_well(value: str) -> None:
    strict = parse_authentication_results(value)
    lenient = parse_authentication_results(value, strict=False)
    assert strict is None or lenient == strict
