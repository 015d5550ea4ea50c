"""What the scenes play on: the world, its people, and threads in which one of them talks with the agent."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from inbox_agent.conversation.turn_output import TurnOutput
from tests.e2e.test_services_down import describe
from tests.e2e.world import Person, World, body_of, wait_until
from tests.transcript.model import TranscriptModel
from tests.transcript.recording import RECEIVED_HEADERS, Recorder

SECONDS = 90.0


@dataclass
class Stage:
    """One world with the recorder of the part that is played.

    Attributes:
        people: everybody with a mailbox, by name.
    """

    world: World
    model: TranscriptModel
    people: Mapping[str, Person]
    recorder: Recorder

    def thread(self, owner: Person, subject: str, cc: Person | None = None) -> "Thread":
        return Thread(self, owner, subject, cc)

    def wait_until_remembered(self, owner: Person, question: str, *words: str) -> None:
        """Wait until a thread that is not shown is answered with all these words: what is noted is noted beside the mails."""

        def is_answered() -> bool:
            hidden = Thread(self, owner, "Please tell")
            hidden.send(question)
            answer = " ".join(body_of(hidden.next()).split())
            return all(word in answer for word in words)

        wait_until(is_answered, f"{words} in the answer to {question}", SECONDS)

    def wait_for_trouble(self, thread: "Thread") -> None:
        """Wait until the agent knows that something does not work."""
        assert thread.first is not None
        root = str(thread.first["Message-ID"])
        wait_until(lambda: bool(describe(self.world, root)["last_error"]), "the trouble to be noticed", SECONDS)

    def received(self, person: Person, owner: Person) -> EmailMessage:
        """The newest mail that somebody gets on behalf of an owner."""

        def mails() -> list[EmailMessage]:
            return [mail for mail in person.messages() if owner.address in str(mail["Reply-To"])]

        wait_until(lambda: bool(mails()), f"{person.name} to have the mail of {owner.name}", SECONDS)
        return mails()[-1]

    def show_received(self, person: Person, owner: Person) -> EmailMessage:
        """The same, shown."""
        mail = self.received(person, owner)
        self.recorder.tell(f"{person.name} receives", mail, headers=RECEIVED_HEADERS)
        return mail


@dataclass
class Thread:
    """One thread of an owner with the agent; ``ask`` writes and shows the answer."""

    stage: Stage
    owner: Person
    subject: str
    cc: Person | None = None
    first: EmailMessage | None = None
    newest: EmailMessage | None = None
    received: int = 0

    def send(
        self, text: str, answers: EmailMessage | None = None, files: Mapping[str, bytes] | None = None
    ) -> EmailMessage:
        """Write ``text`` as a reply to the newest mail of the agent unless told otherwise; show nothing."""
        answered = answers or self.newest
        if self.cc is not None and self.first is None:
            sent = self._with_cc(text, self.cc)
        else:
            subject = f"Re: {self.subject}" if self.first else self.subject
            sent = self.owner.send(self.stage.world.address, subject, text, answered, files)
        self.first = self.first or sent
        return sent

    def say(
        self,
        text: str,
        *,
        answers: EmailMessage | None = None,
        files: Mapping[str, bytes] | None = None,
        scripted: TurnOutput | None = None,
        model_reads: str = "",
    ) -> None:
        """Write and show it; what comes of it is another step."""
        if scripted is not None:
            self.stage.model.script(model_reads or text, scripted)
        sent = self.send(text, answers, files)
        self.stage.recorder.tell(f"{self.owner.name} writes", only_new_words(sent, text), scripted=scripted is not None)

    def ask(
        self,
        text: str,
        *,
        answers: EmailMessage | None = None,
        files: Mapping[str, bytes] | None = None,
        scripted: TurnOutput | None = None,
        model_reads: str = "",
        picture: str = "",
    ) -> EmailMessage:
        """Write, show it, wait for the answer and show that.

        Args:
            scripted: what the model answers.
            model_reads: the words that reach the model, when they are others than those written.
        """
        self.say(text, answers=answers, files=files, scripted=scripted, model_reads=model_reads)
        answer = self.hear(picture)
        assert not self.stage.model.is_waiting_for(model_reads or text), f"the script for {text} was not used"
        return answer

    def hear(self, picture: str = "") -> EmailMessage:
        """Wait for the next mail of the agent in this thread and show it."""
        mail = self.next()
        self.stage.recorder.tell(f"{self.owner.name} receives", mail, picture=picture)
        return mail

    def next(self) -> EmailMessage:
        """The next mail of the agent in this thread."""
        assert self.first is not None
        self.received += 1
        self.newest = self.owner.reply_number(self.received, self.first, seconds=SECONDS)
        return self.newest

    def _with_cc(self, text: str, cc: Person) -> EmailMessage:
        mail = EmailMessage()
        mail["From"], mail["To"] = f"{self.owner.name} <{self.owner.address}>", self.stage.world.address
        mail["Cc"], mail["Subject"] = f"{cc.name} <{cc.address}>", self.subject
        mail["Date"], mail["Message-ID"] = format_datetime(datetime.now(UTC)), make_msgid(domain="world.test")
        mail.set_content(text)
        self.owner.submit(mail, self.stage.world.address, cc.address)
        return mail


def only_new_words(sent: EmailMessage, text: str) -> EmailMessage:
    """The mail without the quoted history below its writer's words."""
    shown = EmailMessage()
    for name in ("From", "To", "Cc", "Subject"):
        if sent[name] is not None:
            shown[name] = sent[name]
    shown.set_content(text)
    shown.make_mixed()
    for part in sent.iter_attachments():
        shown.attach(part)
    return shown
