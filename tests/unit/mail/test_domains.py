"""Domains as identities."""

import pytest

from inbox_agent.mail.domains import aligned, is_public_suffix, looks_like, organizational_domain


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
        ("a..b", "a..b"),
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
