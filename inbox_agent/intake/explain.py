"""What the agent would make of one message, and why: the pure part of ``inbox-agent explain``. Touches nothing outside."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from inbox_agent.errors import MalformedMessageError
from inbox_agent.intake.intake import Intake, IntakePolicy, kind_of, read_message
from inbox_agent.intake.outcome import Outcome, find_outcome
from inbox_agent.mail.mime.parse import parse_message
from inbox_agent.mail.new_text.extract import split_new_text
from inbox_agent.mail.sender.authentication import prove_sender
from inbox_agent.mail.sender.trust import TrustPolicy, judge_sender
from inbox_agent.mail.threads import find_thread, looks_like_own_id
from inbox_agent.models import (
    Attachment,
    Bounce,
    Classification,
    FetchedMessage,
    Folder,
    Message,
    MessageKind,
    NewText,
    ThreadMatch,
)


@dataclass(frozen=True, slots=True)
class Explanation:
    """The verdicts on one message. ``from_`` is the bare address, several ones with commas between them.

    ``notes`` are sentences for an admin beyond what ``as_json`` gives: how it was read, files, proof of the sender. What its
    writer would be told stands in ``outcome``. ``folders`` names the folders of the mailbox.
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
    outcome: Outcome | None = None
    attachments: tuple[Attachment, ...] = ()
    notes: tuple[str, ...] = field(default=())
    folders: Mapping[Folder, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        """The fields of ``explain --json``, ready for ``json.dumps``."""
        bounce, outcome = self.bounce, self.outcome
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
            "sender": self.from_,
            "proven_by": (outcome.proven_by if outcome else "") or None,
            "verdict": _VERDICTS.get(outcome.decision) if outcome else None,
            "attachments": [
                {"name": file.name, "content_type": file.content_type, "size": file.size, "part": file.part}
                for file in self.attachments
            ],
            "notes": list(outcome.notes) if outcome else [],
            "outcome": self._outcome_as_json(),
        }

    def _outcome_as_json(self) -> dict[str, str | None] | None:
        outcome = self.outcome
        if outcome is None:
            return None
        return {
            "decision": outcome.decision or None,
            "rule": outcome.rule,
            "folder": self._folder(outcome.folder) if outcome.folder else None,
            "request": outcome.request or None,
            "role": outcome.role or None,
        }

    def as_text(self) -> str:
        """The same for a person, with line breaks at the end of every line."""
        lines = [f"{self.file}: {_OUTCOMES[self.kind]}", f"  why        {self.reason} (rule {self.rule})"]
        lines += [f"  {label:<10} {value}" for label, value in self._facts() if value]
        lines += [f"  told       {note}" for note in (self.outcome.notes if self.outcome else ())]
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
            *self._consequences(),
        ]

    def _consequences(self) -> list[tuple[str, str]]:
        outcome = self.outcome
        if outcome is None:
            return []
        facts = [
            ("sender", f"{_DECISIONS[outcome.decision]}: {outcome.rule}" if outcome.decision else ""),
            ("proven by", outcome.proven_by or ("nothing" if outcome.decision else "")),
        ]
        if outcome.folder is None:
            return facts
        handed = _REQUESTS[outcome.request]
        then = f"{handed}; filed in {self._folder(outcome.folder)}"
        if outcome.otherwise is None:
            return [*facts, ("then", then), ("role", "owner: it opens a conversation" if outcome.role else "")]
        other = outcome.otherwise
        return [
            *facts,
            ("as owner", f"if the conversation is the sender's: {then}"),
            ("as other", f"if it is somebody else's: {self._as_other(other)}"),
        ]

    def _as_other(self, other: Intake) -> str:
        filed = f"filed in {self._folder(other.folder)}"
        if other.request is not None and other.request.role == "owner":
            return (
                f"it opens a conversation of the sender's own; {filed}. Shown to its owner if a mail of the thread by them "
                "names the sender in To or Cc"
            )
        if other.request is not None:
            return f"shown to its owner and never obeyed; {filed}"
        return f"{filed} ({other.reason}); shown to its owner if a mail of the thread names the sender, proven, in To or Cc"

    def _folder(self, folder: Folder) -> str:
        return self.folders.get(folder) or f"the folder for what is {folder}"


_OUTCOMES = {
    MessageKind.REQUEST: "a request, handed to its conversation if the sender may command it",
    MessageKind.AUTO_REPLY: "an automatic mail, never answered",
    MessageKind.BOUNCE: "a delivery failure, told to the owner when it is about a mail of ours",
    MessageKind.FEEDBACK: "an abuse report, never answered",
    MessageKind.LIST: "list mail, never answered",
    MessageKind.OWN: "our own mail, filed as sent",
    MessageKind.FORGED: "mail that poses as our own, never answered",
    MessageKind.EMPTY: "an empty mail; the sender is told if they may command",
    MessageKind.MALFORMED: "not readable as a mail; kept as it is",
}


_REQUESTS = {
    "": "no request",
    "mail": "handed to its conversation as a request",
    "refused": "no request that could be taken, of which the sender is told",
    "asked about": "shown to its sender, who is asked whether it was meant for the agent, and not obeyed before",
    "bounce": "handed to the conversation of the mail that came back",
}
_VERDICTS = {"allowed": "allowed", "confirm": "confirm", "quarantined": "quarantine", "blocked": "blocked"}
_DECISIONS = {
    "allowed": "allowed",
    "confirm": "asked to confirm by a reply",
    "quarantined": "quarantined",
    "blocked": "blocked",
    "not judged": "not judged",
}


def explain_message(
    raw: bytes, *, file: str, policy: IntakePolicy, folders: Mapping[Folder, str] | None = None
) -> Explanation:
    """Explain one message; never raises for what is in it.

    Args:
        file: what to call it in the output.
        policy: the agent's. Without an allow list the sender is not judged; without the secret a mail that answers us is
            explained by its thread root.
        folders: their names in the mailbox.
    """
    reading = read_message(FetchedMessage(uid=0, uid_validity=0, size=len(raw), header=raw, raw=raw), policy)
    outcome = find_outcome(reading, policy)
    names = folders or {}
    try:
        message = parse_message(raw)
    except MalformedMessageError as error:
        return Explanation(file, MessageKind.MALFORMED, "malformed", str(error), outcome=outcome, folders=names)
    verdict = kind_of(message, policy)
    split = split_new_text(message.text, message.html)
    thread = find_thread(message, mailbox=policy.own_address, secret=policy.secret, tag_separator=policy.tag_separator)
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
        outcome=outcome,
        attachments=message.attachments,
        notes=tuple(_notes(message, verdict, split, thread, policy)),
        folders=names,
    )


def _notes(
    message: Message, verdict: Classification, split: NewText, thread: ThreadMatch, policy: IntakePolicy
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
    if verdict.kind is MessageKind.REQUEST and not policy.trust.allow:
        notes.append(_sender_note(message, policy.trust.authserv_id))
    return notes


def _sender_note(message: Message, authserv_id: str) -> str:
    if not authserv_id:
        return "who sent it was not checked: no receiving server was named"
    proof = prove_sender(message, authserv_id)
    trust = judge_sender(message, TrustPolicy(allow=("*",), authserv_id=authserv_id))
    return f"sender {'proven' if trust.identity else 'not proven'}: {proof.reason if trust.identity else trust.reason}"
