"""The conversation that the transcript shows: what the owner writes, and which mail of the thread answers it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.message import EmailMessage

from tests.e2e.world import Person, World

Tell = Callable[[str, EmailMessage], None]


@dataclass
class Thread:
    """One thread of the owner with the agent; ``ask`` writes and returns the answer."""

    owner: Person
    agent: str
    tell: Tell
    subject: str
    mails: list[EmailMessage] = field(default_factory=list)
    received: int = 0

    def ask(
        self,
        text: str,
        *,
        answers: EmailMessage | None = None,
        mails: int = 1,
        files: Mapping[str, bytes] | None = None,
    ) -> EmailMessage:
        """Write ``text`` (as a reply to the newest mail unless told otherwise) and wait for ``mails`` answers."""
        newest = answers or (self.mails[-1] if self.received else None)
        subject = f"Re: {self.subject}" if newest else self.subject
        sent = self.owner.send(self.agent, subject, text, newest, files)
        self.tell(f"{self.owner.name} writes", only_new_words(sent, text))
        if not self.mails:
            self.mails.append(sent)
        return self.wait(mails)

    def wait(self, mails: int = 1) -> EmailMessage:
        for _ in range(mails):
            self.received += 1
            reply = self.owner.reply_number(self.received, self.mails[0], seconds=60)
            self.tell(f"{self.owner.name} receives", reply)
            self.mails.append(reply)
        return self.mails[-1]


def only_new_words(sent: EmailMessage, text: str) -> EmailMessage:
    """The mail without the quoted history below the owner's words."""
    shown = EmailMessage()
    for name in ("From", "To", "Subject"):
        shown[name] = sent[name]
    shown.set_content(text)
    shown.make_mixed()
    for part in sent.iter_attachments():
        shown.attach(part)
    return shown


def play(world: World, chapter: Callable[[str], None], tell: Tell) -> None:
    """All scenes in order."""
    ann, sam, lee = world.person("ann"), world.person("sam"), world.person("lee")
    thread = Thread(ann, world.address, tell, "Late report")

    chapter("An instruction is answered with the draft and its time")
    first = thread.ask(
        f"Write to {sam.address} that I'm late with the report and send it tomorrow at 9am New York time."
    )
    chapter("A revision shows what changed")
    thread.ask("Change the subject to Report delayed until Friday")
    chapter("A translation comes with its back-translation")
    thread.ask("translate to Spanish")
    chapter("Undo")
    thread.ask("undo")
    chapter("An approval of an outdated draft is not carried out")
    thread.ask("send it", answers=first)
    chapter("Bare commands need no model")
    thread.ask("status")
    thread.ask("drafts")
    chapter("A time that could mean two things is asked back")
    thread.ask("send it on Friday at 3")
    chapter("Sent, with a receipt")
    thread.ask("send it in 3 seconds")
    thread.wait()
    tell(f"{sam.name} receives", sam.messages()[-1])
    chapter("After the end: a follow-up knows what was sent")
    thread.ask(f"send the same to {lee.address} tomorrow at 9")
    chapter("Cancelled")
    thread.ask("cancel")

    chapter("A file is listed with the draft")
    quarter = Thread(ann, world.address, tell, "Quarter")
    numbers = {"report.pdf": b"%PDF-1.7\n" + bytes(1_482_000)}
    quarter.ask(f"Write to {sam.address} that the report is ready.", files=numbers)
    quarter.ask("attach the PDF")
    chapter("… and sent as it came")
    quarter.ask("send it in 2 seconds")
    quarter.wait()
    tell(f"{sam.name} receives", sam.messages()[-1])

    chapter("A refused recipient keeps the draft")
    wrong = Thread(ann, world.address, tell, "Meeting")
    wrong.ask(f"Write to nobody@{sam.address.partition('@')[2]} that the meeting is moved to Monday and send it now.")
    wrong.wait()
    wrong.ask(f"Send it to {sam.address} instead and send it now")
    wrong.wait()

    chapter("The model is away: commands still work, the text is kept")
    away = Thread(ann, world.address, tell, "Invoice")
    away.ask(f"Write to {lee.address} that the invoice is attached and send it in 3 days.")
    world.model_gate.shut()
    ann.send(world.address, "Re: Invoice", "Make it shorter", away.mails[-1])
    away.ask("status")
    world.model_gate.open()
    away.wait()
    away.ask("cancel")
