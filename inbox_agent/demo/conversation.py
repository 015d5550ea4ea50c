"""The conversation that the demo plays: real MIME messages through SMTP, read back over IMAP, step by step."""

import re
import smtplib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from mimetypes import guess_type

from imapclient import IMAPClient

from inbox_agent.errors import AgentError

Say = Callable[[str], None]


class StepFailed(AgentError):
    """A step of the conversation did not come out; ``step`` names it."""

    def __init__(self, step: str, why: str) -> None:
        super().__init__(why)
        self.step = step


@dataclass
class DemoMailbox:
    """A person's mail account on the embedded server, used as a mail client would."""

    name: str
    address: str
    password: str = field(repr=False)
    imap_port: int
    smtp_port: int

    def send(
        self,
        to: str,
        subject: str,
        text: str,
        answers: EmailMessage | None = None,
        files: Mapping[str, bytes] | None = None,
    ) -> EmailMessage:
        """Submit one mail; as a reply it is threaded and addressed as a mail client does it.

        Args:
            files: contents by name; their type goes by the name.
        """
        message = EmailMessage()
        message["From"] = f"{self.name} <{self.address}>"
        message["To"] = str(answers["Reply-To"] or answers["From"]) if answers else to
        message["Subject"] = subject
        message["Date"] = format_datetime(datetime.now(UTC).astimezone())
        message["Message-ID"] = make_msgid(domain=self.address.rpartition("@")[2])
        if answers is not None:
            message["In-Reply-To"] = str(answers["Message-ID"])
            message["References"] = f"{answers['References'] or ''} {answers['Message-ID']}".strip()
            quoted = "\n".join("> " + line for line in body_of(answers).splitlines())
            text = f"{text}\n\nOn {answers['Date']}, {answers['From']} wrote:\n{quoted}\n"
        message.set_content(text)
        for name, content in (files or {}).items():
            maintype, _, subtype = (guess_type(name)[0] or "application/octet-stream").partition("/")
            message.add_attachment(content, maintype=maintype, subtype=subtype, filename=name)
        with smtplib.SMTP("127.0.0.1", self.smtp_port, timeout=30) as smtp:
            smtp.login(self.address, self.password)
            smtp.send_message(message)
        return message

    def messages(self) -> list[EmailMessage]:
        """Everything in the inbox, oldest first."""
        with IMAPClient("127.0.0.1", self.imap_port, ssl=False, timeout=30) as imap:
            imap.login(self.address, self.password)
            imap.select_folder("INBOX", readonly=True)
            fetched = imap.fetch(imap.search("ALL"), ["BODY.PEEK[]"])
        return [message_from_bytes(fetched[uid][b"BODY[]"], policy=policy.default) for uid in sorted(fetched)]

    def wait_for(
        self, step: str, wanted: Callable[[EmailMessage], bool], known: set[str], seconds: float
    ) -> EmailMessage:
        """The first message not yet known that fits.

        Raises:
            StepFailed: none arrived in time.
        """
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for message in self.messages():
                message_id = str(message["Message-ID"])
                if message_id not in known and wanted(message):
                    known.add(message_id)
                    return message
            time.sleep(0.25)
        raise StepFailed(step, f"no such mail arrived for {self.address} within {seconds:.0f} s")


def body_of(message: EmailMessage) -> str:
    """The plain text of a message."""
    part = message.get_body(("plain", "html"))
    return str(part.get_content()) if part is not None else ""


def play(
    *,
    agent: str,
    ann: DemoMailbox,
    sam: DemoMailbox,
    lee: DemoMailbox,
    say: Say,
    headers: bool = False,
) -> None:
    """Instruction → draft → translation → schedule → the mail arrives → receipt; a second thread is cancelled in time.

    Args:
        headers: show every mail with all its headers, as received.

    Raises:
        StepFailed: names the step that did not come out.
    """
    known = {str(message["Message-ID"]) for message in ann.messages()}
    at_sam = {str(message["Message-ID"]) for message in sam.messages()}
    at_lee = {str(message["Message-ID"]) for message in lee.messages()}

    def show(who: str, message: EmailMessage) -> None:
        say(_shown(who, message, headers))

    def answer_to(
        step: str, mail: EmailMessage, wanted: Callable[[EmailMessage], bool] = lambda _: True
    ) -> EmailMessage:
        root = str(mail["References"] or mail["Message-ID"]).split()[0]

        def in_thread(message: EmailMessage) -> bool:
            return root in str(message["References"] or "") and wanted(message)

        reply = ann.wait_for(step, in_thread, known, 60)
        show(f"{ann.name} receives", reply)
        return reply

    instruction = ann.send(
        agent,
        "Late report",
        f"Write to {sam.address} that I'm late with the report and send it tomorrow at 9.\n",
    )
    show(f"{ann.name} writes", instruction)
    draft = answer_to("the first draft", instruction, lambda m: "late with the report" in body_of(m))
    reply = ann.send(agent, f"Re: {instruction['Subject']}", "translate to Spanish", draft)
    show(f"{ann.name} replies", reply)
    spanish = answer_to("the translation", reply)
    reply = ann.send(agent, f"Re: {instruction['Subject']}", "send it in 20 seconds", spanish)
    show(f"{ann.name} replies", reply)
    answer_to("the new schedule", reply)
    say("… the mail goes out in 20 seconds …")
    delivered = sam.wait_for("the mail itself", lambda m: agent in str(m["From"]), at_sam, 60)
    show(f"{sam.name} receives", delivered)
    answer_to("the receipt", reply)

    second = ann.send(
        agent, "Meeting moved", f"Write to {lee.address} that the meeting is moved to Monday and send it in 2 hours.\n"
    )
    show(f"{ann.name} writes in a second thread", second)
    draft = answer_to("the second draft", second)
    reply = ann.send(agent, f"Re: {second['Subject']}", "cancel", draft)
    show(f"{ann.name} replies", reply)
    answer_to("the cancellation", reply, lambda m: re.search(r"cancel", body_of(m), re.I) is not None)

    copies = [m for m in sam.messages() if m["Message-ID"] == delivered["Message-ID"]]
    if len(copies) != 1:
        raise StepFailed("one copy", f"{sam.address} holds {len(copies)} copies of the mail instead of one")
    if [m for m in lee.messages() if str(m["Message-ID"]) not in at_lee]:
        raise StepFailed("nothing after a cancellation", f"{lee.address} received a mail that had been cancelled")
    say(f"\nDone: {sam.address} holds the mail once, {lee.address} got nothing after the cancellation.")


def _shown(who: str, message: EmailMessage, headers: bool) -> str:
    names = message.keys() if headers else ("From", "To", "Subject")
    lines = [f"{name}: {message[name]}" for name in names if message[name] is not None]
    text = "\n".join(f"  | {line}" for line in [*lines, "", *body_of(message).rstrip().splitlines()])
    return f"\n=== {who} ===\n{text}"
