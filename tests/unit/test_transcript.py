"""The document of the transcript: its index, what it shows of a mail, and that what lies in docs is whole."""

import json
import re
from email.message import EmailMessage
from pathlib import Path

from tests.transcript.model import asked
from tests.transcript.recording import RECEIVED_HEADERS, Recorder, as_markdown
from tests.transcript.recording import shown as shown_mail

DOCS = Path(__file__).parents[2] / "docs"


def anchors(document: str) -> tuple[list[str], set[str]]:
    """Where the index leads, and where the headings are."""
    headings = re.findall(r"^#{2,3} (.+)$", document, re.MULTILINE)
    there = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
    return re.findall(r"\]\(#([^)]+)\)", document), there


def a_mail(text: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"], mail["Reply-To"] = "a@x.test", "b@x.test", "Hi", "c@x.test"
    mail.set_content(text)
    mail.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="report.pdf")
    return mail


def test_the_index_leads_to_every_part_and_chapter() -> None:
    recorder = Recorder("Files, and more")
    recorder.chapter("“Attach the PDF”", "It is attached.")
    recorder.tell("Ann receives", a_mail("Hello"), scripted=True)
    document = as_markdown("# Title", [recorder], "\n## The HTML mails\n")
    leads, there = anchors(document)
    assert len(leads) == 3
    assert set(leads) == there
    assert "scripted" in document


def test_a_mail_is_shown_with_the_headers_asked_for_its_text_and_its_files() -> None:
    text = shown_mail(a_mail("Hello\n\nBye  "), RECEIVED_HEADERS)
    assert text == (
        "From: a@x.test\nTo: b@x.test\nReply-To: c@x.test\nSubject: Hi\n\nHello\n\nBye\n\n[with the file report.pdf]"
    )


def test_the_owners_words_are_found_in_a_request_of_either_form() -> None:
    text = "The owner writes:\nOWNER| undo"
    for given in (text, [{"role": "user", "content": text}], [{"role": "user", "content": [{"text": text}]}]):
        assert asked(json.dumps({"input": given}).encode()).owner_text == "undo"


def test_the_document_in_docs_has_all_that_it_links_to() -> None:
    document = (DOCS / "transcript.md").read_text(encoding="utf-8")
    leads, there = anchors(document)
    assert leads
    assert set(leads) <= there
    pictures = set(re.findall(r"\]\((pictures/[^)]+)\)", document))
    assert pictures == {f"pictures/{path.name}" for path in (DOCS / "pictures").glob("*.png")}


def test_the_pictures_are_small() -> None:
    assert sum(path.stat().st_size for path in (DOCS / "pictures").iterdir()) < 2_000_000
