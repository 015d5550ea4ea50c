"""Delivery failures in the forms that mail systems write them, and people's mails that only speak of one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox_agent.mail.kind.classify import classify
from inbox_agent.mail.kind.smtp_status import is_final, status_of
from inbox_agent.mail.mime.parse import parse_message
from inbox_agent.models import Bounce, Classification, MessageKind
from tests.unit.mail.fixtures import raw_mail

OWN = "agent@sender.example"


def read(name: str) -> Classification:
    return classify(parse_message(raw_mail(name)), OWN)


def failure(name: str) -> Bounce:
    verdict = read(name)
    assert verdict.kind is MessageKind.BOUNCE
    assert verdict.bounce is not None
    return verdict.bounce


@pytest.mark.parametrize(
    ("name", "recipients", "status", "permanent"),
    [
        ("bounce_dsn", ["pat@goal.example"], "5.1.1", True),
        ("bounce_dsn_delayed", ["pat@goal.example"], "4.2.2", False),
        ("bounce_text_two_recipients", ["pat@goal.example", "kim@goal.example"], "5.2.2", True),
        ("bounce_text_indented_recipient", ["pat@goal.example"], "5.0.0", True),
        ("bounce_text_japanese", ["pat@goal.example"], "5.1.1", True),
        ("bounce_text_german_without_code", ["pat@goal.example"], "5.2.2", True),
        ("bounce_transcript_only", ["pat@goal.example"], "5.1.2", True),
        ("bounce_json_notification", ["pat@goal.example"], "5.1.1", True),
    ],
)
def test_a_bounce_tells_whom_why_and_how_lasting(
    name: str, recipients: list[str], status: str, permanent: bool
) -> None:
    bounce = failure(name)
    assert list(bounce.recipients) == recipients
    assert (bounce.status, bounce.permanent) == (status, permanent)


@pytest.mark.parametrize(
    "name",
    [
        "bounce_dsn",
        "bounce_text_two_recipients",
        "bounce_text_indented_recipient",
        "bounce_text_german_without_code",
        "bounce_transcript_only",
        "bounce_json_notification",
    ],
)
def test_the_mail_that_came_back_is_known_by_its_id(name: str) -> None:
    assert failure(name).original_message_id == "<report-17@sender.example>"


def verdicts(bounce: Bounce) -> list[tuple[str, str, bool, bool]]:
    return [(one.address, one.status, one.final, one.refused) for one in bounce.each]


def test_what_was_given_up_after_days_of_trying_is_final_though_its_status_is_temporary() -> None:
    bounce = failure("bounce_given_up_with_class_4")
    assert verdicts(bounce) == [("pat@goal.example", "4.4.1", True, False)]
    assert not bounce.permanent


def test_each_recipient_of_a_report_has_a_verdict_of_its_own() -> None:
    assert verdicts(failure("bounce_one_delayed_one_failed")) == [
        ("pat@goal.example", "4.2.2", False, False),
        ("kim@goal.example", "5.1.1", True, True),
    ]
    assert [one[2:] for one in verdicts(failure("bounce_text_two_recipients"))] == [(True, True)] * 2
    assert [one[2:] for one in verdicts(failure("bounce_dsn_delayed"))] == [(False, False)]
    assert [one[2:] for one in verdicts(failure("bounce_json_notification"))] == [(True, True)]


@pytest.mark.parametrize(
    ("status", "action", "words", "final"),
    [
        ("5.1.1", "", "", True),
        ("4.4.1", "failed", "", True),
        ("5.0.0", "delayed", "", False),
        ("4.4.7", "expired", "", True),
        ("4.4.1", "", "It has been in the queue for 5 days and I am giving up.", True),
        ("4.4.1", "", "I'm not going to try again; this message has been in the queue too long.", True),
        ("4.4.1", "", "Not delivered for 4 hours. We will keep trying and give up after 5 days.", False),
        ("4.2.2", "", "451 the mailbox is full, delivery was delayed", False),
        ("4.4.1", "", "Connection timed out. Your message is returned.", True),
    ],
)
def test_whether_it_is_tried_again_is_told_by_the_action_else_by_class_and_words(
    status: str, action: str, words: str, final: bool
) -> None:
    assert is_final(status, words, action=action) is final


def test_the_servers_words_are_kept_unfolded() -> None:
    assert failure("bounce_dsn").diagnostic == "550 5.1.1 no mailbox of that name"


@pytest.mark.parametrize("name", ["person_forwards_a_bounce", "person_attaches_a_bounce"])
def test_a_person_who_passes_a_bounce_on_is_a_person(name: str) -> None:
    assert read(name).kind is MessageKind.REQUEST


def test_a_report_of_success_is_automatic_and_no_bounce() -> None:
    assert read("delivered_dsn_is_no_bounce").kind is MessageKind.AUTO_REPLY


def test_an_abuse_report_is_feedback() -> None:
    assert read("feedback_report").kind is MessageKind.FEEDBACK


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("550 5.7.1 denied", "5.7.1"),
        ("554 5.0.0 failed, the server said 550 5.1.1 unknown", "5.1.1"),
        ("451 the mailbox is full, try again later", "4.2.2"),
        ("550 User unknown", "5.1.1"),
        ("no mailbox here by that name (#5.1.1)", "5.1.1"),
        ("550 computer says no", "5.0.0"),
        ("version 5.1.1.2 of 192.5.1.1", ""),
        ("Hello there", ""),
    ],
)
def test_the_status_is_what_the_words_state_or_mean(words: str, status: str) -> None:
    assert status_of(words) == status


@given(st.binary(max_size=300))
def test_any_words_of_a_mail_system_are_read(noise: bytes) -> None:
    raw = (
        b"From: MAILER-DAEMON\r\nSubject: Undeliverable\r\n\r\n" + noise + b"\r\nReceived: x\r\nTo: a@b\r\nDate: y\r\n"
    )
    assert classify(parse_message(raw), OWN).kind is MessageKind.BOUNCE


def test_a_passed_on_mail_is_told_by_the_address_it_was_sent_to() -> None:
    raw = raw_mail("bounce_dsn").replace(
        b"Final-Recipient: rfc822; pat@goal", b"Final-Recipient: rfc822; pat@inner.goal"
    )
    bounce = classify(parse_message(raw), OWN).bounce
    assert bounce is not None
    assert bounce.recipients == ("pat@goal.example",)
