"""What is to be done with a message in the inbox: which conversation it is for, in which role, or where it goes instead.

In two steps, because who owns the conversation is known outside only: ``read_message`` needs the message alone,
``admit`` the owner as well.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from inbox_agent.errors import MalformedMessageError
from inbox_agent.intake.request import (
    bounce_request,
    from_other,
    from_owner,
    own_addresses_left_out,
)
from inbox_agent.mail.kind.classify import classify
from inbox_agent.mail.mime.parse import parse_message
from inbox_agent.mail.own_addresses import OwnAddresses
from inbox_agent.mail.sender.authentication import prove_sender
from inbox_agent.mail.sender.authres import MethodResult
from inbox_agent.mail.sender.own_results import trusted_results
from inbox_agent.mail.sender.signed_fields import ADDRESSING, ENVELOPE
from inbox_agent.mail.sender.trust import TrustPolicy, judge_sender, normalize_address
from inbox_agent.mail.subject_labels import is_answer
from inbox_agent.mail.threads import find_thread, is_mark_of, read_reply_address, workflow_id_of
from inbox_agent.models import (
    Address,
    Classification,
    FetchedMessage,
    Folder,
    Message,
    MessageKind,
    ThreadMatch,
    Trust,
    TrustDecision,
    UserRequest,
)

EXPLAIN = "inbox-agent explain"
STARTS_OVER = (
    "I no longer have the conversation that your mail replies to, so this starts a new one. Please tell me again what it "
    "was about."
)
UNREADABLE = "Your message could not be read. Please write it again as plain text."
_NOT_HEARD = {
    TrustDecision.CONFIRM: "the sender is not on the list of who may use the agent (INBOX_AGENT_ALLOW)",
    TrustDecision.QUARANTINED: "nothing proves that the sender is who From says",
    TrustDecision.BLOCKED: "the sender is on the list of who may not (INBOX_AGENT_BLOCK)",
    TrustDecision.ALLOWED: "the sender may use the agent",
}
_NOT_FOR_US = {
    MessageKind.OWN: Folder.SENT,
    MessageKind.FORGED: Folder.QUARANTINE,
    MessageKind.AUTO_REPLY: Folder.IGNORED,
    MessageKind.FEEDBACK: Folder.IGNORED,
    MessageKind.LIST: Folder.IGNORED,
}


# Results of a check of the message's own signatures. Raises TransientError when DNS cannot be asked.
SignatureCheck = Callable[[bytes, Message], tuple[MethodResult, ...]]


@dataclass(frozen=True, slots=True)
class IntakePolicy:
    """What the verdicts depend on besides the message.

    Attributes:
        own_address: the agent's address without tag. secret: the key of the signed ids.
        aliases: addresses whose mail is led to the agent's mailbox, too.
        max_order_age: an owner's mail whose Date is older is asked about first, whatever delayed it.
        now: the present, aware; None judges no age.
        max_message_bytes: named to the person whose message is larger.
        explain_command: what the log tells an admin to type, up to the arguments that name the message.
        check: of the signatures of mail on which the receiving server says nothing; None leaves that out. May raise
            ``CheckTakesLong`` where there is a ``check_at_length``, which takes the time that it takes.
    """

    own_address: str
    secret: bytes
    trust: TrustPolicy = field(default_factory=TrustPolicy)
    tag_separator: str = "+"
    max_message_bytes: int = 25 * 1024 * 1024
    check: SignatureCheck | None = None
    check_at_length: SignatureCheck | None = None
    aliases: tuple[str, ...] = ()
    max_order_age: timedelta = timedelta(days=7)
    now: Callable[[], datetime] | None = None
    explain_command: str = EXPLAIN

    @property
    def own(self) -> OwnAddresses:
        return OwnAddresses((self.own_address, *self.aliases), self.tag_separator)

    @property
    def people(self) -> frozenset[str]:
        """Addresses and domains of those who may own a conversation: their mail is a person's even if it looks like a
        machine's."""
        return frozenset({*self.trust.allow, *self.trust.confirm} - {"*"})


@dataclass(frozen=True, slots=True)
class Reading:
    """A message as far as it tells itself.

    Attributes:
        folder: where it goes when no conversation needs to be asked, else None.
        reason: why, a sentence for the log of an admin; it names a rule, nobody's words.
        trouble: why its content could not be taken, a sentence for the sender, or "".
        raw: the whole message, for the check of its signatures; b"" when it was too large to be fetched.
        unchecked: its signatures may still prove its sender (``with_checked_signatures``); ``trust`` does not count before.
        at_length: they may be checked now though it takes long.
        starts_over: it answers a conversation that is not known any more, and begins one of its sender's.
        worked_on: the mailbox holds it already, among what was worked on.
    """

    folder: Folder | None
    reason: str
    workflow_id: str = ""
    message: Message | None = None
    classification: Classification | None = None
    match: ThreadMatch | None = None
    trust: Trust | None = None
    trouble: str = ""
    raw: bytes = field(default=b"", repr=False)
    unchecked: bool = False
    at_length: bool = False
    starts_over: bool = False
    worked_on: bool = False


@dataclass(frozen=True, slots=True)
class Intake:
    """The verdict: hand over ``request`` first (None: nothing), then file the message."""

    folder: Folder
    reason: str
    request: UserRequest | None = None


def read_message(fetched: FetchedMessage, policy: IntakePolicy, *, headers_only: bool = False) -> Reading:
    """Parse, classify, find the thread and judge the sender. Never raises for anything that a message holds.

    Args:
        headers_only: leave the content alone, which cannot be read; the sender is told so.
    """
    try:
        message, trouble = (parse_message(fetched.header), UNREADABLE) if headers_only else _parse(fetched, policy)
    except MalformedMessageError as error:
        return Reading(Folder.FAILED, f"malformed: {error}")
    verdict = kind_of(message, policy)
    match = find_thread(message, mailbox=policy.own_address, secret=policy.secret, tag_separator=policy.tag_separator)
    if verdict.kind is MessageKind.BOUNCE:
        return _read_bounce(message, verdict, policy)
    if verdict.kind in _NOT_FOR_US:
        return Reading(_NOT_FOR_US[verdict.kind], f"{verdict.kind}: {verdict.rule}", match.workflow_id, message)
    trust = judge_sender(message, policy.trust)
    if trust.decision is TrustDecision.BLOCKED:
        return Reading(Folder.QUARANTINE, "the sender is blocked", match.workflow_id, message)
    reading = Reading(None, "", match.workflow_id, message, verdict, match, trust, trouble, fetched.raw or b"")
    return replace(reading, unchecked=_is_unchecked(reading, policy))


def with_checked_signatures(reading: Reading, policy: IntakePolicy, *, known: bool = False) -> Reading:
    """Judge the sender by the message's own signatures, unless the receiving server has spoken about it.

    Only where it could change anything: anybody can make us ask the DNS otherwise. A sender who is on no list stays
    unproven and ``unchecked``.

    Args:
        known: the sender is known in the conversation, so that it matters on no list, too.

    Raises:
        TransientError: as ``policy.check``; the message is to be tried again.
    """
    message = reading.message
    check = (reading.at_length and policy.check_at_length) or policy.check
    if not reading.unchecked or message is None or check is None:
        return reading
    if not known and not is_listed(reading, policy):
        why = f"{message.from_[0].address} is on no list, so its signatures are not checked"
        return replace(reading, trust=Trust(TrustDecision.QUARANTINED, "", why))
    # What was too large to be fetched has no signature that could be checked: nothing proves it.
    verified = check(reading.raw, message) if reading.raw else ()
    return replace(reading, trust=judge_sender(message, policy.trust, verified=verified), unchecked=False)


def as_unproven(reading: Reading, policy: IntakePolicy) -> Reading:
    """The message of a sender whom no signature proves, for good."""
    if reading.message is None or not reading.unchecked:
        return reading
    return replace(reading, trust=judge_sender(reading.message, policy.trust, verified=()), unchecked=False)


def _is_unchecked(reading: Reading, policy: IntakePolicy) -> bool:
    """Whether the check of the signatures can say more than the receiving server and the From field do."""
    message, trust, server = reading.message, reading.trust, policy.trust.authserv_id
    if policy.check is None or message is None or trust is None or trust.tricked or not message.from_:
        return False
    return not server or trusted_results(message, server).silent


def is_listed(reading: Reading, policy: IntakePolicy) -> bool:
    """Whether the From field, proven or not, names somebody who may own a conversation."""
    senders = reading.message.from_ if reading.message else ()
    address = senders[0].address if len(senders) == 1 else ""
    return policy.trust.allows(address) or policy.trust.may_confirm(address)


def may_command(reading: Reading, policy: IntakePolicy) -> bool:
    """Whether the sender, as far as proven, may own a conversation."""
    trust = reading.trust
    return trust is not None and (
        trust.decision is TrustDecision.ALLOWED
        or (trust.decision is TrustDecision.CONFIRM and policy.trust.may_confirm(trust.identity))
    )


def kind_of(message: Message, policy: IntakePolicy) -> Classification:
    """What a message is by this policy."""
    # Our own mail needs no check of signatures: it has our mark, or our own server vouches for it.
    proof = prove_sender(message, policy.trust.authserv_id, () if policy.check is not None else None)
    return classify(
        message,
        policy.own_address,
        people=policy.people,
        secret=policy.secret,
        aliases=policy.aliases,
        proven=proof.proven,
        disproven=proof.disproven,
    )


def as_unreadable(reading: Reading) -> Reading:
    """The same message with its content left alone, after reading that led to an error."""
    return replace(reading, trouble=UNREADABLE)


def is_from(reading: Reading, owner: str) -> bool:
    """Whether the message is proven to be from the owner, or a bounce: then nobody else of the thread matters."""
    if reading.trust is None:
        return True
    return bool(reading.trust.identity) and reading.trust.identity == normalize_address(owner)


def as_senders_own(
    reading: Reading, policy: IntakePolicy, *, participants: frozenset[str] = frozenset(), confirmed: bool = True
) -> Reading | None:
    """A message by somebody else than the conversation's owner as one of a conversation of its sender; None: it stays there.

    Anybody may name a thread root first, so the root alone shows no allowed sender's mail to whoever did.

    Args:
        participants: whom the owner copied in, lower case; they write to the owner's conversation.
        confirmed: False while the owner is a newcomer who has not confirmed: nobody's mail is shown to them.
    """
    match, trust = reading.match, reading.trust
    if match is None or trust is None or trust.decision is not TrustDecision.ALLOWED or not trust.identity:
        return None
    known = {normalize_address(address) for address in participants}
    if confirmed and (match.how != "root" or trust.identity in known):
        return None
    workflow_id = workflow_id_of(match.root, policy.own_address, sender=trust.identity)
    own = ThreadMatch(workflow_id, "root", match.root, ours=False)
    return replace(reading, workflow_id=workflow_id, match=own)


def has_lost_its_conversation(reading: Reading, policy: IntakePolicy, *, owner: str) -> bool:
    """Whether a message names a conversation of ours that is not known any more, or by now is somebody else's.

    Args:
        owner: of the conversation that the message names, "" when there is none.
    """
    match = reading.match
    if match is None or not match.ours:
        return False
    return not owner or (bool(match.owner_mark) and not is_mark_of(match.owner_mark, owner, secret=policy.secret))


def as_new_conversation(reading: Reading, policy: IntakePolicy) -> Reading:
    """The same message as the beginning of a conversation of its sender's own. Knowing an id of ours gives nobody anything:
    the id of the workflow depends on the proven sender, and the message counts as an answer to nothing."""
    match, trust = reading.match, reading.trust
    assert match is not None
    identity = trust.identity if trust else ""
    workflow_id = workflow_id_of(match.root, policy.own_address, sender=identity) if identity else reading.workflow_id
    begun = ThreadMatch(workflow_id, "root", match.root, ours=False, found_in=match.found_in)
    return replace(reading, workflow_id=workflow_id, match=begun, starts_over=True)


def admit(
    reading: Reading,
    policy: IntakePolicy,
    *,
    owner: str,
    participants: frozenset[str] = frozenset(),
    confirmed: bool = True,
) -> Intake:
    """Decide what the conversation is told.

    Args:
        reading: one without a folder.
        owner: the conversation's, lower case; "" when there is no conversation yet.
        participants: other people of the thread, lower case.
        confirmed: see ``as_senders_own``.
    """
    message, match, trust, verdict = reading.message, reading.match, reading.trust, reading.classification
    assert message is not None
    assert match is not None
    assert verdict is not None
    if verdict.bounce is not None:
        if not owner:
            return Intake(Folder.IGNORED, "a bounce for a conversation that is not known")
        if {normalize_address(address) for address in verdict.bounce.recipients} == {normalize_address(owner)}:
            # Told by mail, it would bounce again, and again.
            return Intake(Folder.IGNORED, "mail to the owner bounces")
        return Intake(Folder.PROCESSED, "bounce", bounce_request(message, verdict.bounce))
    assert trust is not None
    if not owner or is_from(reading, owner):
        return _from_owner(reading, message, match, trust, policy)
    if not confirmed:
        return Intake(Folder.QUARANTINE, "the conversation's owner has not confirmed yet")
    return _from_other(reading, message, match, trust, owner, participants, policy)


def _from_owner(reading: Reading, message: Message, match: ThreadMatch, trust: Trust, policy: IntakePolicy) -> Intake:
    unconfirmed = trust.decision is TrustDecision.CONFIRM and policy.trust.may_confirm(trust.identity)
    if trust.decision is not TrustDecision.ALLOWED and not unconfirmed:
        return Intake(Folder.QUARANTINE, _NOT_HEARD[trust.decision])
    doubt = _doubt_of(message, match, trust, policy)
    if doubt and unconfirmed:
        return Intake(Folder.QUARANTINE, f"{_NOT_HEARD[trust.decision]}, and {doubt}")
    people = own_addresses_left_out(message, policy.own) if not doubt else ()
    request = from_owner(message, match, people, trouble=reading.trouble)
    if reading.starts_over:
        request = request.model_copy(update={"notes": (STARTS_OVER, *request.notes)})
    request = request.model_copy(update={"unconfirmed": unconfirmed, "answers_ours": match.ours, "doubt": doubt})
    return Intake(Folder.PROCESSED, f"{request.kind}, asked about" if doubt else request.kind, request)


def _doubt_of(message: Message, match: ThreadMatch, trust: Trust, policy: IntakePolicy) -> str:
    """Why a mail of the owner's may not be meant for the agent, or for this conversation; "" when it is.

    Anyone who got a mail of theirs can resend it, still signed, and add what the signature does not cover.
    """
    to = message.to if "to" not in trust.unsigned else ()
    cc = message.cc if "cc" not in trust.unsigned else ()
    if not any(address.address in policy.own for address in (*to, *cc)):
        return "it was not addressed to me"
    if match.found_in == "trace" or (match.found_in == "delivery" and ENVELOPE in trust.unsigned):
        return "nothing in it says which conversation it belongs to"
    if _thread_is_open(message, match, trust) and match.workflow_id not in _named_in(to, cc, policy):
        return "your mail system did not sign which conversation it belongs to"
    if others := sorted(trust.unsigned - ADDRESSING):
        return f"your mail system did not sign its {', '.join(others)}, and it came through another system"
    return _age_of(message, policy)


def _thread_is_open(message: Message, match: ThreadMatch, trust: Trust) -> bool:
    """Whether somebody else may have put in, or taken out, what says which conversation a mail belongs to.

    A first mail honestly has no field of a thread, and most systems sign only what is there. So where both are missing and
    nothing says that they were, they count as taken out if the subject is that of an answer; where one is missing, if the
    other does not name a mail of ours first.
    """
    if match.found_in in trust.unsigned:
        return True
    fields = {"in-reply-to": message.header("In-Reply-To"), "references": message.header("References")}
    unsigned = fields.keys() & trust.unsigned
    if any(fields[name] for name in unsigned):
        return True
    if not any(fields.values()):
        return bool(unsigned) and is_answer(message.subject)
    return bool(unsigned) and not (match.how == "message-id" and fields["in-reply-to"])


def _age_of(message: Message, policy: IntakePolicy) -> str:
    """Why an old mail is asked about: a copy that somebody kept, a mailbox that was in use before, an outage; or ""."""
    if policy.now is None or message.date is None:
        return ""
    date = message.date if message.date.tzinfo else message.date.replace(tzinfo=UTC)
    if policy.now() - date <= policy.max_order_age:
        return ""
    return f"it is dated {date:%-d %B %Y} and arrived only now"


def _named_in(to: tuple[Address, ...], cc: tuple[Address, ...], policy: IntakePolicy) -> set[str | None]:
    """The conversations whose signed reply address a mail was written to."""
    return {
        read_reply_address(
            one.address, secret=policy.secret, mailbox=policy.own_address, tag_separator=policy.tag_separator
        )
        for one in (*to, *cc)
    }


def _from_other(
    reading: Reading,
    message: Message,
    match: ThreadMatch,
    trust: Trust,
    owner: str,
    participants: frozenset[str],
    policy: IntakePolicy,
) -> Intake:
    """Mail by someone else in a known thread: shown to the owner, never obeyed. Who cannot be told from the owner, or neither
    answers a signed mail of ours nor is known in the thread, is a stranger."""
    claimed = {normalize_address(address.address) for address in message.from_}
    known = {normalize_address(address) for address in participants}
    if not message.from_ or (not trust.identity and normalize_address(owner) in claimed):
        return Intake(Folder.QUARANTINE, "it claims to be from the owner but is not proven to be")
    if trust.tricked:
        return Intake(Folder.QUARANTINE, "its From field is made to deceive")
    in_thread = bool(trust.identity) and trust.identity in known
    if not (match.ours or in_thread or trust.decision is TrustDecision.ALLOWED):
        return Intake(Folder.QUARANTINE, f"a stranger in a known thread: {_NOT_HEARD[trust.decision]}")
    people = own_addresses_left_out(message, policy.own)
    request = from_other(
        message, match, people, role="participant" if in_thread else "recipient", trouble=reading.trouble
    )
    return Intake(Folder.PROCESSED, request.role, request)


def _parse(fetched: FetchedMessage, policy: IntakePolicy) -> tuple[Message, str]:
    """The message, or its headers and why the rest could not be taken.

    Raises:
        MalformedMessageError: not even the headers can be read.
    """
    if fetched.raw is None:
        size, limit = fetched.size / 1e6, policy.max_message_bytes / 1e6
        return parse_message(fetched.header), (
            f"Your message is {size:.1f} MB large, and at most {limit:.1f} MB can be taken. "
            "Please send it again with fewer or smaller attachments."
        )
    try:
        return parse_message(fetched.raw), ""
    except MalformedMessageError:
        return parse_message(fetched.header), UNREADABLE


def _read_bounce(message: Message, verdict: Classification, policy: IntakePolicy) -> Reading:
    """A bounce is ours when it names a signed id of a mail of ours: nobody but its recipients knows one."""
    original = verdict.bounce.original_message_id if verdict.bounce else ""
    named = replace(message, references=(*message.references, *((original,) if original else ())))
    match = find_thread(named, mailbox=policy.own_address, secret=policy.secret, tag_separator=policy.tag_separator)
    if not match.ours:
        return Reading(Folder.IGNORED, "a bounce of no mail of ours", match.workflow_id, message)
    return Reading(None, "", match.workflow_id, message, verdict, match)
