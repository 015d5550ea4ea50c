"""Labels that tell files of one name apart, what is left out, and how files are described."""

from datetime import UTC, datetime

import pytest

from inbox_agent.conversation.files import describe_files, describe_type, known_files, labelled, labels_of, left_out
from inbox_agent.conversation.turn.prompt import build_input, read_input
from inbox_agent.models import AttachmentRef, Conversation, Draft, UserRequest

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def file(
    name: str, part: str = "2", size: int = 1_400, content_type: str = "application/pdf", mail: str = "<1@x>"
) -> AttachmentRef:
    return AttachmentRef(message_id=mail, part=part, name=name, content_type=content_type, size=size)


OLD, NEW = file("report.pdf"), file("Report.pdf", mail="<2@x>")


def test_files_of_one_name_have_labels_of_their_own_also_beside_a_file_that_is_called_like_a_label() -> None:
    taken = file("report.pdf (2)", part="3")
    assert labelled([OLD, taken, NEW]) == {"report.pdf": OLD, "report.pdf (2)": taken, "Report.pdf (3)": NEW}


def test_every_file_is_known_once_the_oldest_first() -> None:
    conversation = Conversation(files=(OLD, NEW), draft=Draft(attachments=(NEW,)))
    assert known_files(conversation, UserRequest(message_id="<2@x>", attachments=(NEW,))) == (OLD, NEW)


def test_the_model_is_told_the_same_label_in_the_draft_and_among_the_files() -> None:
    conversation = Conversation(files=(OLD, NEW), draft=Draft(body="x", attachments=(NEW,)), revision=1)
    request = UserRequest(message_id="<3@x>", text="attach it", attachments=(file("a.eml", "2", 9, "message/rfc822", "<3@x>"),
                          file("in.pdf", "2.1", mail="<3@x>")))  # fmt: skip
    given = read_input(build_input(conversation, request, NOW, default_zone="UTC", replay=False))
    assert given.draft["attachments"] == ["Report.pdf (2)"]
    assert given.sections["Files of the owner's earlier mails"].splitlines() == [
        "report.pdf (application/pdf, 1400 bytes)",
        "Report.pdf (2) (application/pdf, 1400 bytes)",
    ]
    assert given.sections["Files on the owner's mail"].splitlines() == [
        "a.eml (message/rfc822, 9 bytes)",
        "in.pdf (application/pdf, 1400 bytes, inside a forwarded mail)",
    ]


def test_the_owner_reads_labels_only_where_names_are_equal() -> None:
    conversation = Conversation(files=(OLD, NEW))
    assert describe_files((NEW,), conversation) == "Report.pdf (PDF document, 1.4 KB)"
    assert describe_files((OLD, NEW), conversation).splitlines() == [
        "report.pdf (PDF document, 1.4 KB)",
        "Report.pdf (2) (PDF document, 1.4 KB)",
    ]
    assert labels_of((NEW,), {}) == ["Report.pdf"]


@pytest.mark.parametrize(
    ("name", "content_type", "expected"),
    [
        ("a.pdf", "application/pdf", "PDF document"),
        ("a.pdf", "application/octet-stream", "PDF document"),
        ("a.bin", "application/octet-stream", "file"),
        ("a", "image/png", "picture"),
        ("a.ics", "text/calendar", "calendar invitation"),
        ("a.csv", "text/plain", "CSV table"),
        ("a.txt", "text/plain", "text"),
    ],
)
def test_the_type_is_told_in_words(name: str, content_type: str, expected: str) -> None:
    assert describe_type(file(name, content_type=content_type)) == expected


def test_what_belongs_to_a_signature_or_lies_in_another_file_is_not_missed() -> None:
    logo, card = file("logo.png", "3", 900, "image/png"), file("ann.vcf", "4", 300, "text/vcard")
    photo = file("photo.jpg", "5", 2_000_000, "image/jpeg")
    mail, inside = file("a.eml", "6", 5_000, "message/rfc822"), file("in.pdf", "6.2")
    request = UserRequest(message_id="<1@x>", attachments=(OLD, logo, card, photo, mail, inside))
    assert left_out(request, ()) == [OLD, photo, mail]
    assert left_out(request, (OLD, inside)) == [photo]
