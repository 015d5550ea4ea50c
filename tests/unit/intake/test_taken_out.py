"""The owner's signed mail with fields taken out: that one is missing is their word only if the signature says so."""

import itertools
from datetime import UTC, datetime

import pytest

from inbox_agent.intake.intake import Intake, IntakePolicy, Reading, admit, read_message, with_checked_signatures
from inbox_agent.mail.sender.dkim_check import check_signatures
from inbox_agent.mail.sender.trust import TrustPolicy
from inbox_agent.mail.threads import make_message_id, make_reply_address
from inbox_agent.models import FetchedMessage, Folder
from tests.signed_mail import Field, as_bytes, dkim_signature, key_record, own_fields

AGENT, OWNER, SECRET = "agent@inbox.example", "ann@bank.example", b"k" * 32
OUR_ID = make_message_id("mail-conversation", "n", secret=SECRET, domain="inbox.example", owner=OWNER, revision=1)
TOKEN = make_reply_address("mail-conversation", secret=SECRET, mailbox=AGENT, owner=OWNER)
THEIRS = "<x@elsewhere.example>"
# What the check here finds, and what a receiving server states that says nothing of SPF, or that somebody else handed it over.
STATED = {
    "checked here": "",
    "stated": "Authentication-Results: mx.inbox.example; dkim=pass header.d=bank.example header.s=s1; dmarc=pass\r\n",
    "handed on": (
        "Authentication-Results: mx.inbox.example; spf=pass smtp.mailfrom=eve@evil.example; "
        "dkim=pass header.d=bank.example header.s=s1; dmarc=pass\r\n"
    ),
}
EVERY_WAY = pytest.mark.parametrize("stated", STATED.values(), ids=STATED)
STRAIGHT = "Authentication-Results: mx.inbox.example; spf=pass smtp.mailfrom=ann@bank.example; dmarc=pass\r\n"


def read(raw: bytes) -> Reading:
    keys = {"s1._domainkey.bank.example": key_record()}
    policy = IntakePolicy(
        AGENT,
        SECRET,
        TrustPolicy(allow=(OWNER,), authserv_id="mx.inbox.example" if raw.startswith(b"Auth") else ""),
        check=lambda octets, message: check_signatures(octets, message, keys.get),
        now=lambda: datetime(2026, 3, 3, tzinfo=UTC),
    )
    return with_checked_signatures(read_message(FetchedMessage(1, 1, len(raw), raw, raw), policy), policy)


def verdict(raw: bytes) -> Intake:
    return admit(read(raw), IntakePolicy(AGENT, SECRET, now=lambda: datetime(2026, 3, 3, tzinfo=UTC)), owner="")


def doubt(fields: list[Field], signature: Field, stated: str) -> str:
    intake = verdict(stated.encode() + as_bytes([signature, *fields]))
    assert intake.folder is Folder.PROCESSED
    assert intake.request is not None
    return intake.request.doubt


def without(fields: list[Field], *names: str) -> list[Field]:
    return [field for field in fields if field[0] not in names]


# How the systems of owners sign: the fields that h= names of a first mail and of an answer.
SYSTEMS = {
    "Gmail": (
        "to:subject:message-id:date:from:mime-version:from:to:cc:subject:date:message-id:reply-to",
        "to:subject:message-id:date:from:in-reply-to:references:mime-version:from:to:cc:subject:date:message-id:reply-to",
    ),
    "Fastmail": (
        "cc:content-type:date:date:from:from:in-reply-to:in-reply-to:message-id:mime-version:reply-to:subject:subject:to:to"
        ":references",
    )
    * 2,
    "iCloud": ("from:content-type:mime-version:subject:date:message-id:to",) * 2,
    "Microsoft": ("from:date:subject:message-id:content-type:mime-version",) * 2,
    "Amazon SES": ("from:to:subject:date:message-id:mime-version:content-type",) * 2,
}


@pytest.mark.parametrize(("first", "answer"), SYSTEMS.values(), ids=SYSTEMS)
def test_what_the_systems_of_owners_sign_is_carried_out(first: str, answer: str) -> None:
    fields = own_fields()
    assert doubt(fields, dkim_signature(fields, names=first), "") == ""
    fields = own_fields(Subject="Fwd: Report")
    assert doubt(fields, dkim_signature(fields, names=first), "") == ""
    fields = own_fields(to=TOKEN, Subject="Re: Report", In_Reply_To=OUR_ID, References=OUR_ID)
    assert doubt(fields, dkim_signature(fields, names=answer), "") == ""


TAKEN_OUT = {
    "Message-ID": ("from:to:subject:date", ["Message-ID"]),
    "Date": ("from:to:subject:message-id", ["Date"]),
    "both": ("from:to:subject", ["Message-ID", "Date"]),
    "Message-ID and Subject": ("from:to:date", ["Message-ID", "Subject"]),
    "Subject of a mail that says it has no Message-ID": ("from:to:date:message-id", ["Message-ID", "Subject"]),
}


@EVERY_WAY
@pytest.mark.parametrize(("names", "gone"), TAKEN_OUT.values(), ids=TAKEN_OUT)
@pytest.mark.parametrize("added", [[], [("Foo", b" 1")], [("X-Foo", b" 1"), ("Received", b" by x")]])
def test_a_mail_without_what_makes_it_one_order_is_asked_about(
    names: str, gone: list[str], added: list[Field], stated: str
) -> None:
    whole = own_fields() if "message-id" not in names or "Date" in gone else without(own_fields(), "Message-ID")
    signature = dkim_signature(whole, names=names)
    assert doubt([*added, *without(whole, *gone)], signature, stated)
    straight = verdict(STRAIGHT.encode() + as_bytes([signature, *without(whole, *gone)])).request
    assert straight is not None
    assert straight.doubt == "", "it came straight from the owner's system"


@EVERY_WAY
def test_what_cannot_be_read_is_missing(stated: str) -> None:
    fields = own_fields()
    for name, value in (("Message-ID", b" <>"), ("Date", b" some day")):
        changed = [(key, value if key == name else text) for key, text in fields]
        names = "from:to:subject:date:message-id".replace(f":{name.lower()}", "")
        assert doubt(changed, dkim_signature(fields, names=names), stated)


@EVERY_WAY
def test_a_signature_that_says_that_a_field_is_missing_is_believed(stated: str) -> None:
    fields = without(own_fields(), "Message-ID")
    signature = dkim_signature(fields, names="from:to:subject:date:message-id:in-reply-to:references")
    assert doubt(fields, signature, stated) == ""
    fields = without(own_fields(), "Message-ID", "Date")
    signature = dkim_signature(fields, names="from:to:subject:date:message-id:in-reply-to:references")
    assert doubt(fields, signature, stated), "with neither nothing tells it from the next equal one"


def test_no_unsigned_field_and_no_white_space_gives_a_mail_without_id_another_one() -> None:
    fields = without(own_fields(Subject="Weekly report"), "Message-ID")
    names = "from:to:subject:date:message-id"
    signature = dkim_signature(fields, names=names)
    raw = as_bytes([signature, *fields])
    versions = [
        raw,
        *(b"Foo: %d\r\n" % number + raw for number in range(3)),
        b"Cc: Sam <sam@corp.example>\r\n" + raw,
        b"Content-Type: text/plain; charset=utf-8\r\nMIME-Version: 1.0\r\n" + raw,
        raw.replace(b"Weekly report", b"Weekly\r\n \t report"),
        raw.replace(b"Subject:", b"SUBJECT:"),
        raw.replace(b"I am late.", b"I \t am   late.  "),
        raw.replace(b"late.\r\n", b"late.\r\n\r\n \r\n"),
        *(as_bytes([signature, *order]) for order in itertools.permutations(fields)),
    ]
    readings = [read(version) for version in versions]
    assert all(one.trust is not None and one.trust.identity == OWNER for one in readings), "all of them are signed"
    assert len({one.workflow_id for one in readings}) == 1
    assert len({one.message.message_id for one in readings if one.message}) == 1
    other = without(own_fields(Subject="Weekly report", Date="Mon, 2 Mar 2026 10:00:01 +0000"), "Message-ID")
    assert read(as_bytes([dkim_signature(other, names=names), *other])).workflow_id != readings[0].workflow_id


NARROW = "from:to:subject:date:message-id"


@EVERY_WAY
@pytest.mark.parametrize("subject", ["Re: Report", "AW: Report", "[EXT] Re[2]: Report", "回复：Report"])
@pytest.mark.parametrize("named", [OUR_ID, THEIRS])
def test_an_answer_without_its_thread_is_asked_about(subject: str, named: str, stated: str) -> None:
    fields = own_fields(Subject=subject, In_Reply_To=named, References=named)
    signature = dkim_signature(fields, names=NARROW)
    stripped = without(fields, "In-Reply-To", "References")
    assert "which conversation" in doubt(stripped, signature, stated)
    wide = dkim_signature(stripped, names=f"{NARROW}:in-reply-to:references")
    assert doubt(stripped, wide, stated) == "", "the signature says that it had none"


@EVERY_WAY
@pytest.mark.parametrize(("kept", "gone"), [("In-Reply-To", "References"), ("References", "In-Reply-To")])
def test_an_answer_without_one_field_of_its_thread_is_asked_about(kept: str, gone: str, stated: str) -> None:
    fields = own_fields(In_Reply_To=THEIRS, References=f"<root@elsewhere.example> {THEIRS}")
    signature = dkim_signature(fields, names=f"{NARROW}:{kept.lower()}")
    assert "which conversation" in doubt(without(fields, gone), signature, stated)


@EVERY_WAY
def test_a_signed_address_or_id_of_ours_says_which_conversation_is_meant(stated: str) -> None:
    fields = own_fields(to=TOKEN, Subject="Re: Report", In_Reply_To=OUR_ID, References=OUR_ID)
    stripped = without(fields, "In-Reply-To", "References")
    assert read(as_bytes([dkim_signature(fields, names=NARROW), *stripped])).workflow_id == "mail-conversation"
    assert doubt(stripped, dkim_signature(fields, names=NARROW), stated) == ""
    fields = own_fields(Subject="Re: Report", In_Reply_To=OUR_ID, References=f"{THEIRS} {OUR_ID}")
    signature = dkim_signature(fields, names=f"{NARROW}:in-reply-to")
    assert doubt(without(fields, "References"), signature, stated) == "", "the nearest one counts"
