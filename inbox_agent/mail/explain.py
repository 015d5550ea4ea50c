"""What the agent would make of one message, and why: the pure part of ``inbox-agent explain``. Touches nothing outside."""

from dataclasses import dataclass, field

from inbox_agent.errors import MalformedMessageError
from inbox_agent.mail.authentication import prove_sender
from inbox_agent.mail.classify import classify
from inbox_agent.mail.new_text import split_new_text
from inbox_agent.mail.parse import parse_message
from inbox_agent.mail.threads import find_thread, looks_like_own_id
from inbox_agent.mail.trust import TrustPolicy, judge_sender
from inbox_agent.models import Bounce, Classification, Message, MessageKind, NewText, ThreadMatch


@dataclass(frozen=True, slots=True)
class Explanation:
    """The verdicts on one message. ``from_`` is the bare address, several ones with commas between them.

    ``notes`` are sentences for a person beyond what ``as_json`` gives: defects, attachments, proof of the sender.
    """

    file: str
    kind: MessageKind
    rule: str
    reason: str
    message_id: str = ""
    from_: str = ""
    subject: str = ""
    new_text: str = ""
    quoted_text: str = ""
    thread_root: str = ""
    workflow_id: str = ""
    bounce: Bounce | None = None
    notes: tuple[str, ...] = field(default=())

    def as_json(self) -> dict[str, object]:
        """The fields of ``explain --json``, ready for ``json.dumps``."""
        bounce = self.bounce
        return {
            "file": self.file,
            "message_id": self.message_id,
            "from": self.from_,
            "kind": str(self.kind),
            "reason": f"{self.rule}: {self.reason}",
            "new_text": self.new_text,
            "quoted_text": self.quoted_text,
            "thread_root": self.thread_root,
            "workflow_id": self.workflow_id,
            "bounce": bounce
            and {"recipients": list(bounce.recipients), "status": bounce.status, "permanent": bounce.permanent},
        }

    def as_text(self) -> str:
        """The same for a person, with line breaks at the end of every line."""
        lines = [f"{self.file}: {_OUTCOMES[self.kind]}", f"  why        {self.reason} (rule {self.rule})"]
        lines += [f"  {label:<10} {value}" for label, value in self._facts() if value]
        lines += [f"  note       {note}" for note in self.notes]
        for label, text in (("new text", self.new_text), ("quoted", self.quoted_text)):
            if text.strip():
                lines += [f"  {label}:", *(f"    | {line}" for line in text.strip().split("\n"))]
        return "\n".join(lines) + "\n"

    def _facts(self) -> list[tuple[str, str]]:
        bounce = self.bounce
        lasting = ("permanent" if bounce.permanent else "temporary") if bounce else ""
        return [
            ("from", self.from_),
            ("subject", self.subject),
            ("message id", self.message_id),
            ("thread", f"{self.thread_root} -> {self.workflow_id}" if self.workflow_id else ""),
            ("undelivered", f"{', '.join(bounce.recipients) or '?'}: {bounce.status} {lasting}" if bounce else ""),
            ("server said", bounce.diagnostic if bounce else ""),
        ]


_OUTCOMES = {
    MessageKind.REQUEST: "a request, handed to its conversation if the sender may command it",
    MessageKind.AUTO_REPLY: "an automatic mail, never answered",
    MessageKind.BOUNCE: "a delivery failure, told to the owner when it is about a mail of ours",
    MessageKind.FEEDBACK: "an abuse report, never answered",
    MessageKind.LIST: "list mail, never answered",
    MessageKind.OWN: "our own mail, filed as sent",
    MessageKind.EMPTY: "an empty mail; the sender is told if they may command",
    MessageKind.MALFORMED: "not readable as a mail; kept as it is",
}


def explain_message(
    raw: bytes, *, file: str, own_address: str, secret: bytes = b"", authserv_id: str = ""
) -> Explanation:
    """Explain one message; never raises for what is in it.

    Args:
        file: what to call it in the output.
        own_address: the agent's address.
        secret: signs our ids; without it a mail that answers us is explained by its thread root.
        authserv_id: whose Authentication-Results count, "" for nobody's.
    """
    try:
        message = parse_message(raw)
    except MalformedMessageError as error:
        return Explanation(file, MessageKind.MALFORMED, "malformed", str(error))
    verdict = classify(message, own_address)
    split = split_new_text(message.text, message.html)
    thread = find_thread(message, mailbox=own_address, secret=secret)
    return Explanation(
        file=file,
        kind=verdict.kind,
        rule=verdict.rule,
        reason=verdict.reason,
        message_id=message.message_id,
        from_=", ".join(address.address for address in message.from_),
        subject=message.subject,
        new_text=split.new_text,
        quoted_text=split.quoted_text,
        thread_root=thread.root,
        workflow_id=thread.workflow_id,
        bounce=verdict.bounce,
        notes=tuple(_notes(message, verdict, split, thread, authserv_id)),
    )


def _notes(
    message: Message, verdict: Classification, split: NewText, thread: ThreadMatch, authserv_id: str
) -> list[str]:
    notes = [f"read in spite of: {defect}" for defect in message.defects]
    notes += split.notes
    notes += [f"attachment {file.name} ({file.content_type}, {file.size} bytes)" for file in message.attachments]
    if thread.ours:
        notes.append(f"it answers a mail of ours, found by its {thread.how}")
    elif any(looks_like_own_id(one) for one in (*message.in_reply_to, *message.references)):
        notes.append(
            "it names an id of our form whose signature is not ours, or INBOX_AGENT_SECRET_KEY was not given to check it"
        )
    if verdict.kind is MessageKind.REQUEST:
        notes.append(_sender_note(message, authserv_id))
    return notes


def _sender_note(message: Message, authserv_id: str) -> str:
    if not authserv_id:
        return "who sent it was not checked: no receiving server was named"
    proof = prove_sender(message, authserv_id)
    trust = judge_sender(message, TrustPolicy(allow=("*",), authserv_id=authserv_id))
    return f"sender {'proven' if trust.identity else 'not proven'}: {proof.reason if trust.identity else trust.reason}"
