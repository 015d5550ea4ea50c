import email
import email.policy
import re
from datetime import UTC, datetime
from email.message import EmailMessage, MIMEPart

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox_agent.errors import SendRejected
from inbox_agent.mail.charset.clean_text import shown
from inbox_agent.mail.outgoing.compose import (
    NEWEST_REFERENCES,
    answered_by,
    compose_outgoing,
    compose_reply,
    on_behalf_of,
    reply_subject,
)
from inbox_agent.models import Address, AttachmentRef, Draft, FileContent, OutgoingMail, ThreadHeaders

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
AGENT = Address("agent@example.com", "Inbox Agent")
OWNER = Address("ann@corp.example", "Ann Lee")
ANY_TEXT = st.text(st.characters(), max_size=400)


def parsed(message: EmailMessage) -> EmailMessage:
    """The message as a receiver reads it from its bytes."""
    received = email.message_from_bytes(message.as_bytes(), policy=email.policy.default)
    assert isinstance(received, EmailMessage)
    return received


def content_of(part: MIMEPart | None) -> str:
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def reply(**changes: object) -> OutgoingMail:
    values: dict[str, object] = {
        "message_id": "<w1.r2.abc@example.com>",
        "to": OWNER,
        "subject": "Re: report",
        "text": "Draft 1\n",
        "html": "<p>Draft 1</p>",
        "in_reply_to": "<q2@corp.example>",
        "references": ("<q1@corp.example>", "<q2@corp.example>"),
        "reply_to": "agent+TOKEN@example.com",
    }
    return OutgoingMail.model_validate(values | changes)


def as_lines(text: str) -> str:
    """Text as mail keeps it: CRLF, CR and LF are all line ends, NUL and lone surrogates do not travel."""
    clean = text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
    return re.sub(r"\r\n|\r", "\n", clean).rstrip("\n")


def test_a_reply_is_threaded_marked_as_automatic_and_answers_go_to_the_token() -> None:
    received = parsed(compose_reply(reply(), sender=AGENT, now=NOW))
    assert received["Message-ID"] == "<w1.r2.abc@example.com>"
    assert received["In-Reply-To"] == "<q2@corp.example>"
    assert received["References"] == "<q1@corp.example> <q2@corp.example>"
    assert received["Auto-Submitted"] == "auto-replied"
    assert received["X-Auto-Response-Suppress"] == "All"
    assert received["Reply-To"] == "agent+TOKEN@example.com"
    assert received["From"] == "Inbox Agent <agent@example.com>"
    assert received["Date"].datetime == NOW
    assert received.get_content_type() == "multipart/alternative"
    assert content_of(received.get_body(("plain",))) == "Draft 1\n"
    assert content_of(received.get_body(("html",))).strip() == "<p>Draft 1</p>"


def test_references_keep_the_first_and_the_newest() -> None:
    ids = tuple(f"<{number}@corp.example>" for number in range(100))
    received = parsed(compose_reply(reply(references=ids, in_reply_to="<99@corp.example>"), sender=AGENT, now=NOW))
    found = received["References"].split()
    assert found[0] == ids[0]
    assert found[1:] == list(ids[-NEWEST_REFERENCES:])


def test_the_answered_message_is_the_last_reference_even_when_named_before() -> None:
    mail = reply(references=("<q1@corp.example>", "<q2@corp.example>", "<q3@corp.example>"))
    received = parsed(compose_reply(mail, sender=AGENT, now=NOW))
    assert received["References"].split()[-1] == "<q2@corp.example>"
    assert received["References"].split()[0] == "<q1@corp.example>"


def test_the_same_values_give_the_same_bytes() -> None:
    assert (
        compose_reply(reply(), sender=AGENT, now=NOW).as_bytes()
        == compose_reply(reply(), sender=AGENT, now=NOW).as_bytes()
    )


@pytest.mark.parametrize(
    "text",
    [
        "Grüße aus Köln",
        "שלום, מה שלומך?",
        "مرحبا 👋🏽",
        "こんにちは世界",
        "नमस्ते",
        "👩‍👩‍👧‍👦 family",
        "a" * 3000,
        "x\n" * 3000 + ".",
    ],
)
def test_any_script_arrives_intact_in_subject_and_both_bodies(text: str) -> None:
    subject = text if len(text) < 100 else text[:100].partition("\n")[0]
    received = parsed(compose_reply(reply(subject=subject, text=text, html=f"<p>{text}</p>"), sender=AGENT, now=NOW))
    assert received["Subject"] == subject
    assert content_of(received.get_body(("plain",))).rstrip("\n") == text.rstrip("\n")
    assert content_of(received.get_body(("html",))).rstrip("\n") == f"<p>{text}</p>"
    assert all(
        len(line) <= 998 for line in compose_reply(reply(text=text), sender=AGENT, now=NOW).as_bytes().split(b"\r\n")
    )


@given(ANY_TEXT, ANY_TEXT, ANY_TEXT)
def test_whatever_the_text_a_reply_has_our_headers_and_that_body(subject: str, text: str, name: str) -> None:
    mail = reply(subject=subject, text=text, to=Address("ann@corp.example", name), html="")
    message = compose_reply(mail, sender=Address("agent@example.com", name), now=NOW)
    wire = message.as_bytes()
    assert wire.isascii()
    received = parsed(message)
    assert sorted(received.keys()) == sorted(message.keys())
    assert as_lines(content_of(received)) == as_lines(shown(text))


@given(ANY_TEXT, ANY_TEXT, st.binary(max_size=200), ANY_TEXT, ANY_TEXT)
def test_whatever_the_draft_its_attachment_and_body_arrive(
    subject: str, body: str, content: bytes, name: str, content_type: str
) -> None:
    ref = AttachmentRef(message_id="<m@x>", part="2", name=name, content_type=content_type, size=len(content))
    draft = Draft(to=(Address("sam@corp.example"),), subject=subject, body=body, attachments=(ref,))
    message = compose_outgoing(
        draft, message_id="<a@b.example>", sender=AGENT, reply_to=OWNER, now=NOW, files=[FileContent(content)]
    )
    received = parsed(message)
    assert {key.lower() for key in received.keys()} == {key.lower() for key in message.keys()}  # noqa: SIM118 - no dict
    (file,) = list(received.iter_attachments())
    assert file.get_payload(decode=True) == content
    assert as_lines(content_of(received.get_body(("plain",)))) == as_lines(shown(body))


def test_an_outgoing_mail_hides_bcc_answers_to_the_owner_and_is_no_automatic_mail() -> None:
    draft = Draft(
        to=(Address("sam@corp.example", "Sam"),),
        cc=(Address("lee@corp.example"),),
        bcc=(Address("boss@corp.example"),),
        subject="The report",
        body="I am late.",
        language="en",
    )
    sender = on_behalf_of(OWNER, AGENT)
    message = compose_outgoing(draft, message_id="<a@b.example>", sender=sender, reply_to=OWNER, now=NOW)
    received = parsed(message)
    assert received["From"].addresses[0].display_name == "Ann Lee via Inbox Agent"
    assert received["Reply-To"] == "Ann Lee <ann@corp.example>"
    assert received["To"] == "Sam <sam@corp.example>"
    assert received["Cc"] == "lee@corp.example"
    assert received["Bcc"] is None
    assert received["Auto-Submitted"] is None
    assert b"boss" not in message.as_bytes()


def test_a_mail_to_hidden_recipients_only_still_has_a_to_header() -> None:
    draft = Draft(bcc=(Address("boss@corp.example"),), subject="x", body="y")
    message = compose_outgoing(draft, message_id="<a@b.example>", sender=AGENT, reply_to=None, now=NOW)
    assert parsed(message)["To"] == "undisclosed-recipients:;"


@pytest.mark.parametrize(
    ("content_type", "expected"),
    [
        ("application/pdf", "application/pdf"),
        ("message/rfc822", "application/octet-stream"),
        ("nonsense", "application/octet-stream"),
    ],
)
def test_attachments_keep_name_type_and_every_byte(content_type: str, expected: str) -> None:
    ref = AttachmentRef(message_id="<m@x>", part="2", name="Übersicht 日本.pdf", content_type=content_type, size=3)
    draft = Draft(to=(OWNER,), subject="x", body="y", attachments=(ref,))
    content = bytes(range(256)) + b"\r\n.\r\nFrom x"
    message = compose_outgoing(
        draft, message_id="<a@b.example>", sender=AGENT, reply_to=None, now=NOW, files=[FileContent(content)]
    )
    (file,) = list(parsed(message).iter_attachments())
    assert file.get_filename() == "Übersicht 日本.pdf"
    assert file.get_content_type() == expected
    assert file.get_payload(decode=True) == content


def test_an_international_address_is_kept_and_its_domain_made_ascii() -> None:
    draft = Draft(to=(Address("jörg@bücher.example", "Jörg"),), subject="x", body="y")
    wire = compose_outgoing(draft, message_id="<a@b.example>", sender=AGENT, reply_to=None, now=NOW).as_bytes()
    assert "<jörg@xn--bcher-kva.example>".encode() in wire


def test_an_address_that_cannot_be_written_is_refused_with_its_name() -> None:
    draft = Draft(to=(Address("no address"),), subject="x", body="y")
    with pytest.raises(SendRejected) as refusal:
        compose_outgoing(draft, message_id="<a@b.example>", sender=AGENT, reply_to=None, now=NOW)
    assert "no address" in refusal.value.recipients


def test_a_missing_file_is_an_error_and_not_a_mail_without_it() -> None:
    ref = AttachmentRef(message_id="<m@x>", part="2", name="a.pdf", content_type="application/pdf", size=3)
    draft = Draft(to=(OWNER,), subject="x", body="y", attachments=(ref,))
    with pytest.raises(ValueError, match="zip"):
        compose_outgoing(draft, message_id="<a@b.example>", sender=AGENT, reply_to=None, now=NOW)


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("Report", "Re: Report"),
        ("Re: Report", "Re: Report"),
        ("RE: re[2]: AW: Report", "Re: Report"),
        ("Fwd: Report", "Re: Fwd: Report"),
        ("回复：报告", "Re: 报告"),
        ("Reunion", "Re: Reunion"),
        ("", "Re:"),
        ("a\r\nBcc: x@evil.example", "Re: a Bcc: x@evil.example"),
    ],
)
def test_the_subject_has_one_re_before_the_threads_own(subject: str, expected: str) -> None:
    assert reply_subject(ThreadHeaders(subject=subject)) == expected


def test_an_attached_text_keeps_what_its_reader_needs_and_nothing_that_breaks_a_header() -> None:
    ref = AttachmentRef(message_id="<m@x>", part="2", name="a.txt", content_type="text/plain", size=3)
    draft = Draft(to=(OWNER,), subject="x", body="y", attachments=(ref,))
    parameters = (("charset", "iso-8859-1"), ("name", "other"), ("boundary", "b"), ("method", "x\r\nBcc: y@z"))
    content = FileContent("Größe".encode("latin-1"), parameters)
    message = compose_outgoing(draft, message_id="<a@b.example>", sender=AGENT, reply_to=None, now=NOW, files=[content])
    (file,) = list(parsed(message).iter_attachments())
    assert file["Content-Type"] == 'text/plain; charset="iso-8859-1"'
    assert file.get_content() == "Größe"


HOSTILE = "pay\u202e 100\u2066 now\x1b[2J\u200b\x9b\u2028then"


@pytest.mark.parametrize("char", "\u202e\u2066\x1b\u200b\x9b\u2028")
def test_no_control_or_bidi_character_goes_out(char: str) -> None:
    draft = Draft(to=(Address("sam@x.example", HOSTILE),), subject=HOSTILE, body=HOSTILE)
    sender = Address("agent@x.example", HOSTILE)
    received = parsed(compose_outgoing(draft, message_id="<1@x>", sender=sender, reply_to=None, now=NOW))
    told = [*(str(received[name]) for name in ("Subject", "To", "From")), content_of(received)]
    assert all("pay 100 now" in text and char not in text for text in told)


@pytest.mark.parametrize(
    ("name", "address", "called"),
    [
        ("Ann Lee", "ann@corp.example", "Ann Lee"),
        ("Ann Lee", "a.lee+x@corp.example", "Ann Lee"),
        ("Jürgen Müller-Lüdenscheid", "j.mueller@corp.example", "Jürgen Müller-Lüdenscheid"),
        ("Seán O'Neill", "oneill@corp.example", "Seán O'Neill"),
        ("Maria Garcia", "mg@corp.example", "Maria Garcia"),
        ("Li", "li@corp.example", "Li"),
        ("", "ann@corp.example", "ann"),
        ("Boss, CEO", "ann@corp.example", "ann"),
        ("Boss", "ann@corp.example", "ann"),
        ("Ann Lee CEO", "ann@corp.example", "ann"),
        ("Ann - IT Support", "ann@corp.example", "ann"),
        ("Carol Boss via Email agent", "carol@corp.example", "carol"),
        ("Carol King", "ann@corp.example", "ann"),
        ("boss@corp.example", "ann@corp.example", "ann"),
        ("Ann <boss@corp.example>", "ann@corp.example", "ann"),
        ("Ann (Payroll)", "ann@corp.example", "ann"),
        ("Ann\u202e eeL", "ann@corp.example", "Ann eeL"),
        ("Ann {agent}", "ann@corp.example", "ann"),
        ("Ann " * 30, "ann@corp.example", "ann"),
    ],
)
def test_no_owner_is_called_what_their_address_does_not_bear_out(name: str, address: str, called: str) -> None:
    owner = Address(address, name)
    assert on_behalf_of(owner, AGENT) == Address(AGENT.address, f"{called} via Inbox Agent")
    assert answered_by(owner) == Address(address, called if name else "")
