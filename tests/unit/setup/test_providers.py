"""Providers by address, mail exchanger and server, and servers as people write them."""

import pytest

from inbox_agent.checks.providers import (
    PROVIDERS,
    Server,
    provider_of_address,
    provider_of_exchanger,
    provider_of_server,
)
from inbox_agent.setup.accounts import parse_server


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("a@gmail.com", "Gmail"),
        ("a@GoogleMail.com", "Gmail"),
        ("a@outlook.com", "Microsoft 365 or outlook.com"),
        ("a@me.com", "iCloud"),
        ("a@yahoo.co.uk", "Yahoo"),
        ("a@fastmail.com", "Fastmail"),
        ("a@zoho.eu", "Zoho"),
        ("a@163.com", "NetEase 163"),
        ("a@gmx.net", "GMX"),
        ("a@web.de", "WEB.DE"),
        ("a@mailbox.org", "mailbox.org"),
        ("a@proton.me", "Proton Mail Bridge on this machine"),
        ("a@notgmail.com", None),
        ("gmail.com@own.example", None),
    ],
)
def test_a_provider_is_found_by_the_domain(address: str, name: str | None) -> None:
    found = provider_of_address(address)
    assert (found.name if found else None) == name


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("aspmx.l.google.com.", "Gmail"),
        ("own-example.mail.protection.outlook.com", "Microsoft 365 or outlook.com"),
        ("in1-smtp.messagingengine.com", "Fastmail"),
        ("mx.notgoogle.com", None),
        ("google.com.own.example", None),
    ],
)
def test_a_customers_domain_is_found_by_its_exchanger(host: str, name: str | None) -> None:
    found = provider_of_exchanger(host)
    assert (found.name if found else None) == name


@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda one: one.name)
def test_every_provider_says_where_to_get_a_password(provider: object) -> None:
    assert provider in PROVIDERS
    one = next(known for known in PROVIDERS if known is provider)
    assert len(one.password) > 30
    assert not one.password.endswith(".")
    assert provider_of_server(one.imap.host) in (one, None)


@pytest.mark.parametrize(
    ("text", "service", "server"),
    [
        ("imap.example.com", "IMAP", Server("imap.example.com", 993, "tls")),
        ("imap.example.com:143", "IMAP", Server("imap.example.com", 143, "starttls")),
        ("imap.example.com starttls", "IMAP", Server("imap.example.com", 143, "starttls")),
        ("imap.example.com:2143 starttls", "IMAP", Server("imap.example.com", 2143, "starttls")),
        ("smtp.example.com", "SMTP", Server("smtp.example.com", 465, "tls")),
        ("smtp.example.com:587", "SMTP", Server("smtp.example.com", 587, "starttls")),
        ("smtp.example.com:587, TLS", "SMTP", Server("smtp.example.com", 587, "tls")),
        ("localhost:1143 none", "IMAP", Server("localhost", 1143, "none")),
    ],
)
def test_a_server_as_people_write_it(text: str, service: str, server: Server) -> None:
    assert parse_server(text, service) == server
    assert parse_server(str(server), service) == server


@pytest.mark.parametrize(
    "text", ["", "a b c", "host:0", "host:99999", "host:x", "host:993 ssl", "mail.example.com none"]
)
def test_what_is_no_server(text: str) -> None:
    with pytest.raises(ValueError, match=r"write|port|clear"):
        parse_server(text, "IMAP")
