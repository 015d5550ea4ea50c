"""Files on the owner's mail go out with the mail when asked, byte by byte; limits and what is gone are told."""

from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import make_msgid

import pytest
from imapclient import IMAPClient

from tests.e2e.test_machines_and_strangers import count_in
from tests.e2e.world import Person, World, body_of, wait_until

PDF = b"%PDF-1.7\n\x00\xff\r\n.\r\nFrom the start\r" + bytes(range(256))
JPEG = b"\xff\xd8\xff\xe0" + bytes(200_000)


def mail_with(ann: Person, world: World, subject: str, text: str, answers: EmailMessage | None = None) -> EmailMessage:
    """A mail of ann to the agent, to which a test adds files."""
    message = EmailMessage()
    message["From"] = f"Ann <{ann.address}>"
    message["To"] = str(answers["Reply-To"]) if answers else world.address
    message["Subject"] = subject
    message["Message-ID"] = make_msgid(domain="world.test")
    if answers is not None:
        message["In-Reply-To"] = str(answers["Message-ID"])
        message["References"] = f"{answers['References'] or ''} {answers['Message-ID']}".strip()
    message.set_content(text)
    return message


def pdf(message: EmailMessage, name: str = "report.pdf", content: bytes = PDF) -> EmailMessage:
    message.add_attachment(content, maintype="application", subtype="pdf", filename=name)
    return message


def files_of(message: EmailMessage) -> list[tuple[str, str, bytes]]:
    """Name, type and octets of each file of a received mail."""
    return [
        (str(part.get_filename()), part.get_content_type(), bytes(part.get_payload(decode=True)))
        for part in message.iter_attachments()
    ]


def received(person: Person, number: int = 1) -> EmailMessage:
    wait_until(lambda: len(person.messages()) >= number, f"mail {number} to {person.name}")
    return person.messages()[number - 1]


def plain(message: EmailMessage) -> str:
    return " ".join(body_of(message).split())


class Thread:
    """A conversation about files: what ann writes, and the answer."""

    def __init__(self, world: World, subject: str) -> None:
        self.world, self.subject = world, subject
        self.ann, self.sam = world.person("ann"), world.person("sam")
        self.first: EmailMessage | None = None
        self.answer: EmailMessage | None = None
        self.answers = 0

    def mail(self, text: str) -> EmailMessage:
        subject = f"Re: {self.subject}" if self.answer else self.subject
        return mail_with(self.ann, self.world, subject, text, self.answer)

    def submit(self, message: EmailMessage | bytes) -> EmailMessage:
        """Send it and wait for the next mail of the agent."""
        if isinstance(message, bytes):
            self.ann.submit(message, self.world.address)
            message = message_from_bytes(message, policy=policy.default)
        else:
            self.ann.submit(message, str(message["To"]).rpartition("<")[2].rstrip(">"))
        self.first = self.first or message
        return self.wait()

    def say(self, text: str) -> EmailMessage:
        return self.submit(self.mail(text))

    def wait(self) -> EmailMessage:
        assert self.first is not None
        self.answers += 1
        self.answer = self.ann.reply_number(self.answers, self.first)
        return self.answer

    @property
    def opening(self) -> str:
        return f"Write to {self.sam.address} that the report is ready"


def test_the_pdf_of_the_first_mail_is_listed_and_sent_as_it_is(shared_world: World) -> None:
    thread = Thread(shared_world, "First")
    shown = thread.submit(pdf(thread.mail(f"{thread.opening} and attach the PDF.")))
    assert f"report.pdf (PDF document, {len(PDF)} bytes)" in plain(shown)
    html = shown.get_body(("html",))
    assert html is not None
    assert "report.pdf (PDF document" in html.get_content()
    thread.say("send it now")
    assert files_of(received(thread.sam)) == [("report.pdf", "application/pdf", PDF)]


def test_a_file_that_was_not_asked_for_stays_behind_and_that_is_told(shared_world: World) -> None:
    thread = Thread(shared_world, "Later")
    assert "“report.pdf”; it is not attached" in plain(thread.submit(pdf(thread.mail(thread.opening))))
    assert "report.pdf (PDF document" in plain(thread.say("attach the PDF"))


def test_a_file_of_a_later_reply_is_attached_beside_another_of_the_same_name(shared_world: World) -> None:
    thread = Thread(shared_world, "Two")
    thread.submit(pdf(thread.mail(f"{thread.opening} and attach the PDF.")))
    shown = thread.submit(pdf(thread.mail("attach it"), content=b"%PDF the second"))
    assert f"report.pdf (PDF document, {len(PDF)} bytes) report.pdf (2) (PDF document, 15 bytes)" in plain(shown)
    thread.say("send it now")
    assert [content for _, _, content in files_of(received(thread.sam))] == [PDF, b"%PDF the second"]


def test_one_of_two_equal_names_can_be_removed_and_undo_walks_back(shared_world: World) -> None:
    thread = Thread(shared_world, "Undo")
    mail = pdf(pdf(thread.mail(f"{thread.opening} and attach both files.")), content=b"%PDF the second")
    thread.submit(mail)
    thread.say("remove report.pdf (2)")
    assert "Attached" not in plain(thread.say("remove the file")).partition("Changed since")[0]
    thread.say("undo")
    thread.say("undo")
    thread.say("send it now")
    assert [content for _, _, content in files_of(received(thread.sam))] == [PDF, b"%PDF the second"]


def test_send_it_without_the_attachment(shared_world: World) -> None:
    thread = Thread(shared_world, "Without")
    thread.submit(pdf(thread.mail(f"{thread.opening} and attach the PDF.")))
    thread.say("send it now without the attachment")
    assert files_of(received(thread.sam)) == []


def test_the_same_to_somebody_else_carries_the_files_and_bcc_stays_hidden(shared_world: World) -> None:
    thread = Thread(shared_world, "Same")
    lee, boss = shared_world.person("lee"), shared_world.person("boss")
    thread.submit(pdf(thread.mail(f"{thread.opening} and attach the PDF.")))
    thread.say("send it now")
    thread.wait()
    thread.say(f"send the same to {lee.address}")
    thread.say(f"bcc {boss.address}")
    thread.say("send it now")
    for person in (lee, boss):
        mail = received(person)
        assert files_of(mail) == [("report.pdf", "application/pdf", PDF)]
        assert boss.address not in str(mail["To"]) + str(mail["Cc"]) + str(mail["Bcc"])


ODD_NAMES = [
    ("Übersicht – 日本語 💶.pdf", "Übersicht – 日本語 💶.pdf"),
    ("../../etc/secret.pdf", "secret.pdf"),
    ("C:\\Users\\ann\\plan.pdf", "plan.pdf"),
    ("invoice\u202efdp.exe", "invoicefdp.exe"),
]


def test_names_arrive_as_they_are_but_for_paths_and_tricks(shared_world: World) -> None:
    thread = Thread(shared_world, "Names")
    mail = thread.mail(f"{thread.opening} and attach all files.")
    for name, _ in ODD_NAMES:
        pdf(mail, name)
    pdf(mail, "長" * 150 + ".pdf")
    thread.submit(mail)
    thread.say("send it now")
    names = [name for name, _, _ in files_of(received(thread.sam))]
    assert names[:-1] == [name for _, name in ODD_NAMES]
    assert names[-1].startswith("長" * 60)
    assert names[-1].endswith("….pdf")


def test_line_breaks_in_names_and_parts_without_a_name_or_content(shared_world: World) -> None:
    thread = Thread(shared_world, "Nameless")
    head = "".join(f"{name}: {value}\r\n" for name, value in thread.mail("x").items() if name in
                   ("From", "To", "Subject", "Message-ID"))  # fmt: skip
    raw = (
        f"{head}MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
        f"--b\r\nContent-Type: text/plain\r\n\r\n{thread.opening} and attach all files.\r\n"
        "--b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment\r\n"
        "Content-Transfer-Encoding: base64\r\n\r\nJVBERg==\r\n"
        "--b\r\nContent-Type: application/pdf\r\n"
        "Content-Disposition: attachment; filename*=utf-8''a%0D%0ABcc:%20x%40evil.test%0D%0A.pdf\r\n\r\nplain\r\n"
        '--b\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; filename="empty.txt"\r\n\r\n'
        "\r\n--b--\r\n"
    )
    shown = plain(thread.submit(raw.encode()))
    assert "unnamed.pdf (PDF document, 4 bytes)" in shown
    assert "empty.txt (text, empty)" in shown
    thread.say("send it now")
    mail = received(thread.sam)
    assert mail["Bcc"] is None
    assert files_of(mail) == [
        ("unnamed.pdf", "application/pdf", b"%PDF"),
        ("a Bcc: x@evil.test .pdf", "application/pdf", b"plain"),
        ("empty.txt", "text/plain", b""),
    ]


def test_text_in_any_charset_calendar_and_contacts_keep_type_charset_and_octets(shared_world: World) -> None:
    thread = Thread(shared_world, "Kinds")
    contents = {
        "latin.txt": ("text", "plain", "Größe\r\nFrom x\r\n.\r\n".encode("latin-1"), {"charset": "iso-8859-1"}),
        "lines.txt": ("text", "plain", b"unix\nlines\nno end", {"charset": "utf-8"}),
        "invite.ics": ("text", "calendar", b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", {"method": "REQUEST"}),
        "lee.vcf": ("text", "vcard", "BEGIN:VCARD\r\nFN:Lé\r\nEND:VCARD\r\n".encode(), {"charset": "utf-8"}),
        "photo.jpg": ("image", "jpeg", JPEG, {}),
    }
    mail = thread.mail(f"{thread.opening} and attach all files.")
    for name, (main, sub, content, parameters) in contents.items():
        mail.add_attachment(content, maintype=main, subtype=sub, filename=name, params=parameters)
    thread.submit(mail)
    thread.say("send it now")
    parts = {str(part.get_filename()): part for part in received(thread.sam).iter_attachments()}
    for name, (main, sub, content, parameters) in contents.items():
        assert parts[name].get_content_type() == f"{main}/{sub}"
        assert parts[name].get_payload(decode=True) == content
        assert {key: parts[name].get_param(key) for key in parameters} == parameters


def test_files_sent_as_eight_bit_text_arrive_with_every_octet(shared_world: World) -> None:
    thread = Thread(shared_world, "Eight")
    text = "Zażółć\r\ngęślą jaźń\r\n\r\n".encode()
    head = "".join(f"{name}: {value}\r\n" for name, value in thread.mail("x").items() if name in
                   ("From", "To", "Subject", "Message-ID"))  # fmt: skip
    raw = (
        f"{head}MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
        f"--b\r\nContent-Type: text/plain\r\n\r\n{thread.opening} and attach the file.\r\n"
        "--b\r\nContent-Type: text/plain; charset=utf-8; name=notes.txt\r\nContent-Transfer-Encoding: 8bit\r\n"
        "Content-Disposition: attachment; filename=notes.txt\r\n\r\n"
    )
    thread.submit(raw.encode() + text + b"\r\n--b--\r\n")
    thread.say("send it now")
    assert files_of(received(thread.sam)) == [("notes.txt", "text/plain", text)]


def forwarded() -> EmailMessage:
    inner = EmailMessage()
    inner["From"], inner["Subject"], inner["Message-ID"] = "lee@corp.example", "Numbers", "<inner@corp.example>"
    inner.set_content("Here they are.\n")
    inner.add_alternative("<p>Here they are.</p>", subtype="html")
    return pdf(inner, "numbers.pdf")


def test_a_file_inside_a_forwarded_mail_and_the_mail_itself(shared_world: World) -> None:
    thread = Thread(shared_world, "Forwarded")
    mail = thread.mail(f"{thread.opening} and attach the PDF.")
    mail.add_attachment(forwarded())
    assert "numbers.pdf (PDF document" in plain(thread.submit(mail))
    thread.say("attach Numbers.eml")
    thread.say("send it now")
    inside, whole = files_of(received(thread.sam))
    assert inside == ("numbers.pdf", "application/pdf", PDF)
    assert whole[0] == "Numbers.eml"
    original = forwarded()
    again = message_from_bytes(whole[2], policy=policy.default)
    assert again["Message-ID"] == original["Message-ID"]
    assert files_of(again) == files_of(original)
    assert any(whole[2] in raw for raw in shared_world.agent_mailbox().folder("Agent/Processed"))


def test_a_picture_inside_the_text_is_no_file(shared_world: World) -> None:
    thread = Thread(shared_world, "Inline")
    mail = thread.mail(thread.opening)
    mail.add_alternative(f'<p>{thread.opening}</p><img src="cid:logo">', subtype="html")
    html = mail.get_payload()[1]  # type: ignore[index]
    html.add_related(JPEG, maintype="image", subtype="jpeg", cid="<logo>")  # type: ignore[union-attr]
    assert "not attached" not in plain(thread.submit(mail))
    assert "I see no file “the picture” on your mail" in plain(thread.say("attach the picture"))


def test_a_mail_with_nothing_but_a_file_is_asked_about_and_the_file_remembered(shared_world: World) -> None:
    thread = Thread(shared_world, "Report")
    assert "only attachments (report.pdf)" in plain(thread.submit(pdf(thread.mail("\n"))))
    thread.say(f"{thread.opening} and attach it.")
    thread.say("send it now")
    assert files_of(received(thread.sam)) == [("report.pdf", "application/pdf", PDF)]


# --- limits, and files that are gone -----------------------------------------------------------------------------


def move_in_agents_mailbox(world: World, mail: EmailMessage, folder: str) -> None:
    """As an admin moves the mail that brought the files; to "" it is deleted."""
    agent = world.agent_mailbox()
    with IMAPClient("127.0.0.1", agent.imap_port, ssl=False, timeout=30) as imap:
        imap.login(agent.address, agent.password)
        imap.select_folder("Agent/Processed")
        uids = imap.search(["HEADER", "Message-ID", str(mail["Message-ID"])])
        assert len(uids) == 1
        if folder:
            imap.create_folder(folder)
            imap.move(uids, folder)
        else:
            imap.delete_messages(uids)
            imap.expunge()


def test_a_file_is_found_where_its_mail_was_moved_to(shared_world: World) -> None:
    thread = Thread(shared_world, "Moved")
    thread.submit(pdf(thread.mail(f"{thread.opening} and attach the PDF.")))
    assert thread.first is not None
    move_in_agents_mailbox(shared_world, thread.first, "Archive 2026")
    thread.say("send it now")
    assert files_of(received(thread.sam)) == [("report.pdf", "application/pdf", PDF)]


def test_a_file_whose_mail_was_deleted_is_told_the_draft_stays_and_a_new_one_takes_its_place(
    shared_world: World,
) -> None:
    thread = Thread(shared_world, "Deleted")
    thread.submit(pdf(thread.mail(f"{thread.opening} and attach the PDF.")))
    assert thread.first is not None
    move_in_agents_mailbox(shared_world, thread.first, "")
    thread.say("send it now")
    told = plain(thread.wait())
    assert "“report.pdf” is no longer in my mailbox" in told
    assert "the report is ready" in told.lower()
    assert thread.sam.messages() == []
    thread.submit(pdf(thread.mail("replace the file"), content=b"%PDF again"))
    thread.say("send it now")
    assert files_of(received(thread.sam)) == [("report.pdf", "application/pdf", b"%PDF again")]


def test_a_colleague_in_cc_cannot_swap_the_file_by_a_mail_with_the_owners_message_id(shared_world: World) -> None:
    thread = Thread(shared_world, "Contract")
    lee = shared_world.person("lee")
    thread.say(thread.opening)
    mail = pdf(thread.mail("attach contract.pdf"), "contract.pdf", b"%PDF genuine")
    mail["Cc"] = lee.address
    shown = thread.submit(mail)
    forged = pdf(mail_with(lee, shared_world, "Re: Contract", "nothing", shown), "contract.pdf", b"%PDF another")
    forged.replace_header("Message-ID", mail["Message-ID"])
    quarantined = count_in(shared_world.agent_mailbox(), "Agent/Quarantine")
    lee.submit(forged, shared_world.address)
    wait_until(
        lambda: count_in(shared_world.agent_mailbox(), "Agent/Quarantine") == quarantined + 1, "the forged mail filed"
    )
    thread.say("send it now")
    assert [content for _, _, content in files_of(received(thread.sam))] == [b"%PDF genuine"]


@pytest.fixture(scope="module")
def small_files() -> dict[str, str]:
    return {
        "INBOX_AGENT_MAX_FILE_BYTES": "1000",
        "INBOX_AGENT_MAX_FILES_BYTES": "1500",
        "INBOX_AGENT_MAX_FILES": "3",
    }


def test_too_large_or_too_many_files_are_told_with_the_draft_and_hold_it(fresh_world, small_files) -> None:  # type: ignore[no-untyped-def]
    world: World = fresh_world(**small_files)
    world.start()
    thread = Thread(world, "Large")
    shown = plain(thread.submit(pdf(thread.mail(f"{thread.opening} and attach the PDF."), content=b"x" * 1001)))
    assert "“report.pdf” is 1.0 KB large, and a file may have at most 1.0 KB" in shown
    assert "a file may have at most" in plain(thread.say("send it now"))
    mail = thread.mail("replace the file")
    for number in range(2):
        pdf(mail, f"{number}.pdf", b"x" * 900)
    assert "1.8 KB large together, and at most 1.5 KB" in plain(thread.submit(mail))
    mail = thread.mail("replace the files")
    for number in range(4):
        pdf(mail, f"{number}.pdf", b"small")
    assert "4 files are attached, and at most 3" in plain(thread.submit(mail))
    assert thread.sam.messages() == []
    thread.say("remove 3.pdf")
    thread.say("send it now")
    assert len(files_of(received(thread.sam))) == 3
