"""Whether a draft may go out: the operator's policy, and addresses that refused mail for good. Pure.

Asked twice, before a schedule is armed and again when the mail is sent: policy and draft may have changed in between. A
refusal is told with its reason and what to do, never carried out in part.
"""

import hashlib
from dataclasses import dataclass, replace

from inbox_agent.conversation.files import describe_size
from inbox_agent.conversation.others_words import named
from inbox_agent.conversation.recipients import canonical
from inbox_agent.conversation.state import already_sent
from inbox_agent.conversation.words.lookalikes import stands_in
from inbox_agent.mail.domains import is_below, same_domain
from inbox_agent.mail.mime.addresses import base_address
from inbox_agent.models import Conversation, Draft, Outcome

MAX_RECIPIENTS = 20
MAX_FILES = 20
# As base64 they take 37 % more: 18 MB of files make a mail of less than 25 MB, which most servers take.
MAX_FILE_BYTES = 15_000_000
MAX_FILES_BYTES = 18_000_000
_HEADER_BYTES = 10_000


@dataclass(frozen=True, slots=True)
class OutboundPolicy:
    """Whom the agent may write to, how many, and which words need a confirmation.

    Attributes:
        allow: addresses and domains (``@corp.example``) that may be written to; empty or with ``*`` for everyone.
        block: those that may not, whatever ``allow`` says; a domain stands for those below it too.
        max_recipients: of one mail, To, Cc and Bcc together.
        max_mails_per_day: of one owner within 24 hours; 0 for no limit.
        max_files: on one mail. max_file_bytes, max_files_bytes: the size of each and of all together, before base64.
        confirm_words: words or phrases, in any case; a draft with one waits until its owner confirms it.
    """

    allow: tuple[str, ...] = ()
    block: tuple[str, ...] = ()
    max_recipients: int = MAX_RECIPIENTS
    max_mails_per_day: int = 0
    confirm_words: tuple[str, ...] = ()
    max_files: int = MAX_FILES
    max_file_bytes: int = MAX_FILE_BYTES
    max_files_bytes: int = MAX_FILES_BYTES


def objections(conversation: Conversation, policy: OutboundPolicy) -> tuple[str, ...]:
    """Why the draft must not go out as it is, each a sentence that says what to do; empty when it may."""
    draft = conversation.draft
    everyone = dict.fromkeys(canonical(person.address) for person in draft.everyone)
    found = []
    if len(everyone) > policy.max_recipients:
        found.append(
            f"The mail has {len(everyone)} recipients, and at most {policy.max_recipients} are allowed in one mail. "
            "Who should I leave out?"
        )
    for address in everyone:
        if not _may_be_written_to(address, policy):
            found.append(
                f"I am not allowed to write to {address}. Please name another recipient, or ask my administrator."
            )
    return (*found, *file_objections(draft, policy))


def _held_back(conversation: Conversation) -> tuple[str, ...]:
    """The recipients of the draft that refused mail for good. Only reports say so, so the owner's word outweighs them."""
    draft = conversation.draft
    bounced = {canonical(address) for address in conversation.bounced}
    everyone = dict.fromkeys(canonical(person.address) for person in draft.everyone)
    return tuple(address for address in everyone if address in bounced)


def file_objections(draft: Draft, policy: OutboundPolicy, *, size_limit: int = 0) -> tuple[str, ...]:
    """Why the draft cannot go out with its files, each a sentence that says what to do.

    Args:
        size_limit: the largest mail in bytes that the mail server takes, 0 if it is not known.
    """
    files, total = draft.attachments, sum(file.size for file in draft.attachments)
    found = [
        f"“{named(file.name)}” is {describe_size(file.size)} large, and a file may have at most "
        f"{describe_size(policy.max_file_bytes)}. Should I leave it out, or will you send a smaller one?"
        for file in files
        if file.size > policy.max_file_bytes
    ]
    if len(files) > policy.max_files:
        found.append(
            f"{len(files)} files are attached, and at most {policy.max_files} can go with one mail. Which ones?"
        )
    if not found and total > policy.max_files_bytes:
        found.append(
            f"The files are {describe_size(total)} large together, and at most {describe_size(policy.max_files_bytes)} can "
            "go with one mail. Which ones should I leave out?"
        )
    if not found and files and size_limit and (size := sent_size(draft)) > size_limit:
        found.append(
            f"With its files the mail would be {describe_size(size)} large, and our mail server takes at most "
            f"{describe_size(size_limit)}. Which ones should I leave out?"
        )
    return tuple(found)


def sent_size(draft: Draft) -> int:
    """About how many bytes the mail has on its way: base64 makes lines of 76 characters of 57 bytes each (RFC 2045, 6.8)."""
    body = len(draft.body.encode("utf-8", "replace")) * 4 // 3
    return _HEADER_BYTES + body + sum((file.size + 56) // 57 * 78 + 500 for file in draft.attachments)


def words_to_confirm(draft: Draft, policy: OutboundPolicy) -> tuple[str, ...]:
    """The policy's words that stand in the subject, the text or the name of a file, however they are written."""
    texts = (draft.subject, draft.body, *(file.name for file in draft.attachments))
    return tuple(word for word in policy.confirm_words if any(stands_in(word, text) for text in texts))


def fingerprint(draft: Draft) -> str:
    """What a confirmation is for: this very mail, whatever its number or time."""
    return hashlib.sha256(draft.model_dump_json().encode("utf-8", "replace")).hexdigest()[:16]


def guard(outcome: Outcome, policy: OutboundPolicy, *, size_limit: int = 0) -> Outcome:
    """The outcome of a turn, with the mail held instead of armed when the policy is against it or a confirmation is missing.

    That its files are too large is said of every draft, so that nobody learns it only when the time is set.
    """
    conversation = outcome.conversation
    if outcome.step == "cancel" or already_sent(conversation):
        return outcome
    if against := file_objections(conversation.draft, policy, size_limit=size_limit):
        return _held(outcome, conversation, against)
    if outcome.step != "schedule":
        return outcome
    if against := objections(conversation, policy):
        return _held(outcome, conversation, against)
    mark, questions = fingerprint(conversation.draft), _to_confirm(conversation, policy)
    if not questions or conversation.confirmed == mark:
        return outcome
    return _held(outcome, conversation.model_copy(update={"asked": mark}), questions)


def _to_confirm(conversation: Conversation, policy: OutboundPolicy) -> tuple[str, ...]:
    """What needs the owner's "confirm" for this very draft, all of it at once."""
    listed = ", ".join(f"“{word}”" for word in words_to_confirm(conversation.draft, policy))
    question = f"The mail says {listed}, so it needs your confirmation: reply “confirm” to send it as shown here."
    doubts = [
        f"Mail to {address} came back for good in this conversation, says a delivery report. What is the right address? Or "
        "reply “confirm” to send it there anyway."
        for address in _held_back(conversation)
    ]
    return (*doubts, *((question,) if listed else ()))


def refusal(conversation: Conversation, policy: OutboundPolicy, *, sent_today: int) -> str:
    """Why the mail must not be sent now, or "". For the moment of sending.

    Args:
        sent_today: how many mails went out for this owner within the last 24 hours.
    """
    reasons = list(objections(conversation, policy))
    if conversation.confirmed != fingerprint(conversation.draft):
        reasons += [
            f"Mail to {address} came back for good: say when to send it, then reply “confirm”."
            for address in _held_back(conversation)
        ]
        if words := words_to_confirm(conversation.draft, policy):
            reasons.append(
                f"The mail says “{words[0]}”, which needs your confirmation: say when to send it, then reply “confirm”."
            )
    if policy.max_mails_per_day and sent_today >= policy.max_mails_per_day:
        reasons.append(
            f"{sent_today} mails went out for you within 24 hours, and at most {policy.max_mails_per_day} are allowed. "
            "Please say when to send it later."
        )
    return " ".join(reasons)


def _held(outcome: Outcome, conversation: Conversation, questions: tuple[str, ...]) -> Outcome:
    return replace(
        outcome,
        conversation=conversation.model_copy(update={"held": True}),
        step="wait",
        questions=tuple(dict.fromkeys((*outcome.questions, *questions))),
    )


def _may_be_written_to(address: str, policy: OutboundPolicy) -> bool:
    if _listed(address, policy.block, below=True):
        return False
    return not policy.allow or _listed(address, policy.allow, below=False)


def _listed(address: str, entries: tuple[str, ...], *, below: bool) -> bool:
    """Whether a list names the address; ``below`` is for block lists: domains below, every way to write the mailbox."""
    domain = address.rpartition("@")[2]
    for entry in entries:
        if entry == "*":
            return True
        if entry.startswith("@"):
            if same_domain(domain, entry[1:]) or (below and is_below(domain, entry[1:])):
                return True
        elif canonical(entry) == address or (below and base_address(entry) == base_address(address)):
            return True
    return False
