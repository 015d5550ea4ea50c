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
    ],
)
def test_the_organization_is_what_stands_below_the_registry(domain: str, organization: str) -> None:
    assert organizational_domain(domain) == organization


def test_two_firms_below_one_registry_are_not_aligned() -> None:
    assert aligned("mail.a.example", "a.example")
    assert not aligned("one.co.uk", "two.co.uk")
    assert not aligned("co.uk", "two.co.uk")
    assert not aligned("", "")
    assert is_public_suffix("co.uk")


@pytest.mark.parametrize("fake", ["pаypal.example", "paypaI.example".lower().replace("i", "1"), "раураl.example"])
def test_look_alikes_are_told(fake: str) -> None:
    assert looks_like(fake, "paypal.example")
    assert not looks_like("paypal.example", "paypal.example")
    assert not looks_like("paypals.example", "paypal.example")
