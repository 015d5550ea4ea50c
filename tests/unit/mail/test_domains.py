"""Domains as identities."""

import pytest

from inbox_agent.mail.domains import (
    aligned,
    canonical_domain,
    is_below,
    is_public_suffix,
    looks_like,
    organizational_domain,
    same_domain,
)


@pytest.mark.parametrize(
    ("domain", "organization"),
    [
        ("mail.a.example", "a.example"),
        ("a.b.firm.co.uk", "firm.co.uk"),
        ("firm.com.au", "firm.com.au"),
        ("x.werk.de", "werk.de"),
        ("XN--BCHER-KVA.example.", "bücher.example"),
        ("mail.ann.github.io", "ann.github.io"),
        ("mail.shop.any.ck", "shop.any.ck"),
        ("mail.www.ck", "www.ck"),
        ("a.b.city.kawasaki.jp", "city.kawasaki.jp"),
        ("mail.食狮.公司.cn", "食狮.公司.cn"),
        ("mail.xn--85x722f.xn--55qx5d.cn", "食狮.公司.cn"),
        ("host.intranet", "host.intranet"),
        ("co.uk", "co.uk"),
        ("a..b", ""),
        ("", ""),
    ],
)
def test_the_organization_is_what_stands_below_the_registry(domain: str, organization: str) -> None:
    assert organizational_domain(domain) == organization


def test_two_firms_below_one_registry_are_not_aligned() -> None:
    assert aligned("mail.a.example", "a.example")
    assert not aligned("one.co.uk", "two.co.uk")
    assert not aligned("co.uk", "two.co.uk")
    assert not aligned("", "")
    assert not aligned("ann.github.io", "bob.github.io")
    assert not aligned("github.io", "bob.github.io")
    assert not aligned("one.any.ck", "two.any.ck")
    assert aligned("mail.www.ck", "www.ck")
    assert not aligned("食狮.公司.cn", "狮.公司.cn")
    assert aligned("mail.xn--85x722f.xn--55qx5d.cn", "食狮.公司.cn")


@pytest.mark.parametrize("domain", ["co.uk", "github.io", "any.ck", "公司.cn", "xn--55qx5d.cn", "com", "", "a..b"])
def test_a_registrys_own_name_identifies_nobody(domain: str) -> None:
    assert is_public_suffix(domain)


@pytest.mark.parametrize("domain", ["firm.co.uk", "ann.github.io", "www.ck", "食狮.公司.cn", "host.intranet"])
def test_a_name_below_a_registry_identifies_its_holder(domain: str) -> None:
    assert not is_public_suffix(domain)


@pytest.mark.parametrize("fake", ["pаypal.example", "paypaI.example".lower().replace("i", "1"), "раураl.example"])
def test_look_alikes_are_told(fake: str) -> None:
    assert looks_like(fake, "paypal.example")
    assert not looks_like("paypal.example", "paypal.example")
    assert not looks_like("paypals.example", "paypal.example")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Bank.EXAMPLE", "bank.example"),
        ("bank.example.", "bank.example"),
        ("XN--BCHER-KVA.example", "bücher.example"),
        ("xn--strae-oqa.example", "straße.example"),
        ("a_b.example", "A_B.example"),
    ],
)
def test_ways_to_write_one_name_are_the_same(one: str, other: str) -> None:
    assert same_domain(one, other)
    assert canonical_domain(one) == canonical_domain(other) == canonical_domain(canonical_domain(one))
    assert is_below(f"mail.{one}", other)
    assert not is_below(other, f"mail.{one}")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("xn--bank-.example", "bank.example"),
        ("ban\u212a.example", "bank.example"),
        ("\uff42\uff41\uff4e\uff4b.example", "bank.example"),
        ("straße.example", "strasse.example"),
        ("bank\u3002example", "bank.example"),
        ("bank.example\u00a0", "bank.example"),
        ("ba\u00adnk.example", "bank.example"),
        ("bank\u200b.example", "bank.example"),
        ("bank..example", "bank.example"),
        ("bank.example..", "bank.example"),
        (".bank.example", "bank.example"),
        ("bücher.example", "bu\u0308cher.example"),
        ("BÜCHER.example", "bücher.example"),
    ],
)
def test_a_name_that_is_mapped_or_broken_is_not_the_other(one: str, other: str) -> None:
    assert not same_domain(one, other)
    assert not aligned(f"mail.{one}", other)
    assert not is_below(one, other)


@pytest.mark.parametrize(
    "text", ["xn--bank-", "xn--", "a..b", "", "-a", "a-", "a b", "[192.0.2.1]", "a" * 64, "ab.\u212a"]
)
def test_what_is_no_name_equals_nothing(text: str) -> None:
    assert canonical_domain(text) == ""
    assert not same_domain(text, text)
    assert not aligned(text, text)
