"""Zones as people name them, and which counts for an owner."""

import pytest

from inbox_agent.conversation.when.zones import ZoneChoice, choose_zone, find_zone, tzinfo_of, zone_notice
from inbox_agent.models import Conversation, UserRequest


@pytest.mark.parametrize(
    ("said", "zone"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        ("europe/berlin", "Europe/Berlin"),
        ("New York", "America/New_York"),
        ("New York time", "America/New_York"),
        ("Tokyo", "Asia/Tokyo"),
        ("UTC", "UTC"),
        ("Z", "UTC"),
        ("PST", "America/Los_Angeles"),
        ("CET", "CET"),
        ("+2", "+02:00"),
        ("UTC-3:30", "-03:30"),
        ("GMT +0530", "+05:30"),
        ("−01:00", "-01:00"),
        ("-00:00", "+00:00"),
        ("+14:00", "+14:00"),
        ("+14:30", None),
        ("CST", None),
        ("Middle Earth", None),
        ("../etc/localtime", None),
        ("Europe", None),
        ("", None),
        ("\x00", None),
    ],
)
def test_a_name_is_found_or_not(said: str, zone: str | None) -> None:
    assert find_zone(said) == zone
    if zone is not None:
        tzinfo_of(zone)


def conversation(zone: str = "", source: str = "") -> Conversation:
    return Conversation(zone=zone, zone_source=source)


@pytest.mark.parametrize(
    ("known", "sent_at", "choice"),
    [
        (conversation("Asia/Tokyo", "words"), "2026-11-21T10:00:00+01:00", ZoneChoice("Asia/Tokyo", "words")),
        (conversation("Asia/Tokyo", "profile"), "", ZoneChoice("Asia/Tokyo", "words")),
        (conversation(), "2026-11-21T10:00:00+09:00", ZoneChoice("+09:00", "date")),
        (conversation("+09:00", "date"), "2026-11-21T10:00:00-05:00", ZoneChoice("-05:00", "date")),
        (conversation("+09:00", "date"), "", ZoneChoice("+09:00", "date")),
        (conversation(), "2026-11-21T10:00:00+01:00", ZoneChoice("Europe/Berlin", "date")),
        (conversation(), "2026-07-21T10:00:00+01:00", ZoneChoice("+01:00", "date")),
        (conversation(), "", ZoneChoice("Europe/Berlin", "default")),
        (conversation(), "2026-11-21T10:00:00", ZoneChoice("Europe/Berlin", "default")),
        (conversation(), "no date", ZoneChoice("Europe/Berlin", "default")),
    ],
)
def test_the_zone_is_chosen_in_the_stated_order(known: Conversation, sent_at: str, choice: ZoneChoice) -> None:
    assert choose_zone(known, UserRequest(message_id="<1@x>", sent_at=sent_at), "Europe/Berlin") == choice


def test_the_notice_says_which_why_and_how_to_change_it() -> None:
    told = zone_notice(ZoneChoice("+09:00", "date"))
    assert "UTC+09:00" in told
    assert "date of your mail" in told
    assert "Europe/Madrid" in told
