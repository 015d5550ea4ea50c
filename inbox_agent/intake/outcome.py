"""What follows from one message by the configured policy, as far as the message alone tells: for ``explain``.

Asks the same functions as the poller does. Who owns a conversation is known to the workflow engine only, so for a message
in the middle of a thread there are two answers: for its owner, and for anybody else.
"""

from dataclasses import dataclass

from inbox_agent.errors import TransientError
from inbox_agent.intake.intake import Intake, IntakePolicy, Reading, admit, as_senders_own, with_checked_signatures
from inbox_agent.intake.request import from_owner
from inbox_agent.mail.sender.trust import judge_sender
from inbox_agent.models import Folder, TrustDecision, UserRequest

# An address that nobody has (RFC 6761), to ask what follows when somebody else owns the conversation.
_SOMEBODY_ELSE = "somebody.else@owner.invalid"
_NOT_JUDGED = "no allow list is set (INBOX_AGENT_ALLOW), so it cannot be said whether the sender may command the agent"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The verdict on the sender and what follows.

    Attributes:
        decision: allowed, confirm (asked to confirm), quarantined, blocked, "not judged", or "" where what the message is
            decides alone.
        rule: the rule that decided, a sentence.
        folder: where it is filed; None when the decision is missing.
        request: as what it is handed to its conversation: mail, refused, bounce, or "asked about" where the owner is asked
            first whether it was meant for the agent; "" when it is not.
        role: owner, "owner or other" in the middle of a thread, or "".
        otherwise: what follows when the conversation is somebody else's.
        proven_by: what proves the sender, or "".
        notes: what its writer would be told about the message, sentences.
    """

    decision: str
    rule: str
    folder: Folder | None
    request: str = ""
    role: str = ""
    otherwise: Intake | None = None
    proven_by: str = ""
    notes: tuple[str, ...] = ()


def find_outcome(reading: Reading, policy: IntakePolicy) -> Outcome:
    """Decide as the poller would; never raises."""
    if reading.folder is not None:
        return _filed_at_once(reading, policy)
    assert reading.message is not None
    if reading.trust is None:
        return Outcome("", "a delivery failure of a mail of ours is told to its owner", Folder.PROCESSED, "bounce")
    judged = bool(policy.trust.allow)
    try:
        reading = with_checked_signatures(reading, policy, known=not judged)
    except TransientError as error:
        return Outcome("not judged", f"its signatures cannot be checked now, the agent would try again: {error}", None)
    assert reading.message is not None
    assert reading.trust is not None
    proven_by = reading.trust.proven_by
    if not judged:
        return Outcome("not judged", _NOT_JUDGED, None, proven_by=proven_by, notes=_notes_of(_as_owners(reading)))
    own = admit(reading, policy, owner="")
    opens = not (reading.message.in_reply_to or reading.message.references or (reading.match and reading.match.ours))
    role = "owner" if opens else "owner or other"
    return Outcome(
        decision=_decision(reading.trust.decision, own),
        rule=reading.trust.reason,
        folder=own.folder,
        request=_handed(own),
        role=role if own.request or not opens else "",
        otherwise=None if opens else _of_somebody_else(reading, policy),
        proven_by=proven_by,
        notes=_notes_of(own.request),
    )


def _as_owners(reading: Reading) -> UserRequest | None:
    assert reading.message is not None
    return from_owner(reading.message, reading.match, (), trouble=reading.trouble) if reading.match else None


def _notes_of(request: UserRequest | None) -> tuple[str, ...]:
    """What the writer is told about their message itself: why it cannot be taken, what of it was left out or is asked about."""
    if request is None:
        return ()
    if request.kind == "refused":
        return (request.text,)
    asked = (f"A mail of yours reached me, but {request.doubt}. Was this for me?",) if request.doubt else ()
    return (*asked, *request.notes)


def _handed(own: Intake) -> str:
    if own.request is None:
        return ""
    return "asked about" if own.request.doubt and own.request.kind == "mail" else own.request.kind


def _of_somebody_else(reading: Reading, policy: IntakePolicy) -> Intake:
    apart = as_senders_own(reading, policy)
    return admit(apart, policy, owner="") if apart else admit(reading, policy, owner=_SOMEBODY_ELSE)


def _decision(decision: TrustDecision, own: Intake) -> str:
    """A new sender whom the policy does not ask to confirm is quarantined."""
    asked = own.request is not None and own.request.unconfirmed
    return str(TrustDecision.QUARANTINED if decision is TrustDecision.CONFIRM and not asked else decision)


def _filed_at_once(reading: Reading, policy: IntakePolicy) -> Outcome:
    """What needs no conversation: machines' mail, a blocked sender, what cannot be read."""
    if reading.folder is Folder.QUARANTINE and reading.message is not None:
        return Outcome("blocked", judge_sender(reading.message, policy.trust).reason, reading.folder)
    return Outcome("", reading.reason, reading.folder)
