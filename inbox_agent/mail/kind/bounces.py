"""Delivery failures: is this message one, for whom, and how lasting (RFC 3464, 3463, 6522; legacy forms by their text)."""

from inbox_agent.mail.html.text import html_to_text
from inbox_agent.mail.kind.automatic_subjects import automatic_by_subject
from inbox_agent.mail.kind.bounce_json import bounce_from_json, read_json_report, report_type
from inbox_agent.mail.kind.bounce_report import (
    Report,
    named_recipients,
    original_recipients,
    read_report,
    words_about,
)
from inbox_agent.mail.kind.bounce_words import BODY, LIST_KEEPER_LOCAL_PART, SUBJECT, SYSTEM_LOCAL_PART, SYSTEM_NAME
from inbox_agent.mail.kind.dsn import RecipientStatus, recipient_statuses, statuses_in_text
from inbox_agent.mail.kind.smtp_status import enhanced_codes, is_final, is_generic, is_temporary, reply_code, status_of
from inbox_agent.mail.mime.addresses import parse_addresses
from inbox_agent.models import Bounce, Message, Undelivered

# The words of a report are searched for each recipient; beyond so many a recipient is told by its own fields alone.
_MOST_IN_WORDS = 10
_MAX_DIAGNOSTIC = 500
# A mail of ours has no more; a longer report goes on with addresses that are not ours to tell of.
_MAX_RECIPIENTS = 500
_REPORTS = frozenset({"message/delivery-status", "message/global-delivery-status"})
_SUCCESSES = frozenset({"delivered", "relayed", "expanded", "deliverable"})


def find_bounce(message: Message, *, known: bool = False) -> tuple[str, Bounce] | None:
    """The name of the rule and the failure; None when the message is none, or tells of success only.

    Args:
        known: the sender is a person who may give instructions; only a report that a system sent by itself counts then.
    """
    if known and not _is_reported_by_itself(message):
        return None
    described = read_json_report(message.text)
    if described is not None:
        return ("json-report", bounce_from_json(described)) if report_type(described) == "bounce" else None
    system = _is_from_system(message)
    # A report within an embedded message is one that a person passes on, unless a system wrapped it.
    statuses = list(recipient_statuses(message, embedded=system))
    rule = "rfc3464"
    if not statuses and system:
        statuses, rule = list(statuses_in_text(message.text)), "rfc3464-text"
    failed = [one for one in statuses if _is_failure(one)][:_MAX_RECIPIENTS]
    report = read_report(message, _readable(message))
    if failed:
        return rule, _from_statuses(message, failed, report)
    if statuses:
        return None
    if system and (message.header("X-Failed-Recipients") or _says_failure(message, report)):
        return "legacy-bounce", _from_text(message, report)
    return None


def _is_reported_by_itself(message: Message) -> bool:
    """A structured report, on a mail that says that nobody wrote it: no words and no name of a sender are enough."""
    reported = any(part.content_type in _REPORTS and part.depth == 0 for part in message.parts)
    return reported and (
        message.header("Return-Path").replace(" ", "") == "<>"
        or message.header("Auto-Submitted").strip().lower().startswith("auto-")
    )


def _is_failure(status: RecipientStatus) -> bool:
    """Not a success; an action that RFC 3464, 2.3.3 does not know ("expired") or none at all is read by the status."""
    return status.action not in _SUCCESSES and (bool(status.action) or status.status[:1] != "2")


def _readable(message: Message) -> str:
    return message.text if message.text.strip() else html_to_text(message.html)


# --- is it one? --------------------------------------------------------------------------------------------------


def _is_from_system(message: Message) -> bool:
    """Whether a mail system sent it: by its name, an empty envelope sender, or because it says that nobody wrote it.

    Without this no words make a bounce: people forward and quote reports.
    """
    sender = message.header("From")
    local_parts = [address.address.rpartition("@")[0] for address in message.from_] or [
        sender.strip(' <>"').split("@")[0]
    ]
    if any(SYSTEM_LOCAL_PART.match(one) or LIST_KEEPER_LOCAL_PART.match(one) for one in local_parts):
        return True
    if not message.from_ and (not sender.strip(' <>"') or SYSTEM_NAME.search(sender)):
        return True
    if any(SYSTEM_NAME.search(address.display_name) for address in message.from_):
        return True
    envelope = message.header("Return-Path").strip().lower()
    submitted = message.header("Auto-Submitted").strip().lower()
    return (
        envelope == "<>"
        or "mailer-daemon" in envelope
        or submitted.startswith("auto-")
        or bool(message.header("X-Failed-Recipients"))
    )


def _says_failure(message: Message, report: Report) -> bool:
    """Whether subject and words tell of a failure.

    A sender that is no mail system by its name may be a person's absence note: then the mail that came back, or the
    address that it did not reach, has to be there too.
    """
    by_subject = bool(SUBJECT.search(message.subject))
    by_words = bool(BODY.search(report.text))
    named = {one.lower() for one in named_recipients(report, _correspondents(message, report))}
    returned = bool(named & {one.lower() for one in original_recipients(report)})
    shown = bool(report.original) or bool(named_recipients(report, _correspondents(message, report), sure=True))
    if _is_daemon(message):
        return by_subject or by_words
    if automatic_by_subject(message):
        return False
    told = by_subject or (by_words and (returned or bool(enhanced_codes(report.text))))
    return told and (shown or not report.text.strip())


def _is_daemon(message: Message) -> bool:
    """Whether the sender's very address or name is one that only mail systems use, or there is none."""
    return not message.from_ or any(
        SYSTEM_LOCAL_PART.match(one.address.rpartition("@")[0]) or SYSTEM_NAME.search(one.display_name)
        for one in message.from_
    )


def _correspondents(message: Message, report: Report) -> frozenset[str]:
    """Whoever the report is sent to and comes from, and the sender of the original: nobody it can be about."""
    senders = [address.address for address in (*message.to, *message.from_, *message.cc)]
    senders += [one.address for one in parse_addresses(report.original_field("From"))]
    return frozenset(address.lower() for address in senders)


# --- what does it say? -------------------------------------------------------------------------------------------


def _from_statuses(message: Message, statuses: list[RecipientStatus], report: Report) -> Bounce:
    first = statuses[0]
    known = frozenset(address.lower() for address in original_recipients(report))
    status = _status_of_group(first, report)
    verdicts: dict[str, Undelivered] = {}
    for index, one in enumerate(statuses):
        address = _recipient_of_group(one, known)
        if address and (address not in verdicts or not verdicts[address].final):
            verdicts[address] = _verdict(address, one, report if index < _MOST_IN_WORDS else None)
    if not verdicts:
        told = _verdict("", first, report)
        verdicts = {one: told.model_copy(update={"address": one}) for one in _recipients(message, report)}
    return Bounce(
        recipients=tuple(verdicts),
        verdicts=tuple(verdicts.values()),
        status=status,
        permanent=not status.startswith("4") and first.action != "delayed",
        diagnostic=(first.diagnostic or report.text.strip())[:_MAX_DIAGNOSTIC],
        original_message_id=report.original_message_id,
    )


def _verdict(address: str, group: RecipientStatus, report: Report | None) -> Undelivered:
    """What the report says of one recipient; without the report's words only its own fields count."""
    status = _status_of_group(group, report)
    words = f"{group.diagnostic}\n{report.text if report else ''}"
    final = is_final(status, words, action=group.action)
    return Undelivered(address=address, status=status, final=final, diagnostic=group.diagnostic[:_MAX_DIAGNOSTIC])


def _recipient_of_group(group: RecipientStatus, known: frozenset[str]) -> str:
    """The address that the mail was sent to: the original one when the mail that came back names it, since that is whom
    its sender knows; where the mail was passed on to says nothing to them.

    Args:
        known: the recipients that the mail that came back names, lower case.
    """
    original = group.original_recipient
    return original if original.lower() in known else group.recipient


def _status_of_group(group: RecipientStatus, report: Report | None) -> str:
    """The status of the field, unless the server's words state a more telling one.

    That is so where the field only tells the class (``5.0.0``), and where it says that the time to try ran out
    (``x.4.7``): the last answer of the server tells why.
    """
    stated = [code for code in enhanced_codes(group.diagnostic) if not is_generic(code)]
    expired = group.status.endswith(".4.7")
    if expired:
        stated = [code for code in stated if not code.endswith(".4.7")]
    if group.status and not is_generic(group.status) and not (expired and stated):
        return group.status
    about = words_about(report, group.recipient) if report else ""
    elsewhere = [code for code in enhanced_codes(about) if not is_generic(code)]
    if stated or elsewhere:
        return (stated or elsewhere)[0]
    return group.status or status_of(group.diagnostic) or status_of(report.text if report else "")


def _from_text(message: Message, report: Report) -> Bounce:
    words = report.text
    recipients = _recipients(message, report)
    near = words_about(report, recipients[0]) if recipients else words
    status = status_of(near) or status_of(words) or status_of(message.subject)
    temporary = is_temporary(message.subject) or is_temporary(words)
    if not status:
        status = "4.0.0" if temporary and not reply_code(words) else "5.0.0"
    final = is_final(status, f"{message.subject}\n{words}")
    return Bounce(
        recipients=recipients,
        verdicts=tuple(
            Undelivered(address=address, status=status, final=final, diagnostic=near.strip()[:_MAX_DIAGNOSTIC])
            for address in recipients
        ),
        status=status,
        permanent=not status.startswith("4"),
        diagnostic=words.strip()[:_MAX_DIAGNOSTIC],
        original_message_id=report.original_message_id,
    )


def _recipients(message: Message, report: Report) -> tuple[str, ...]:
    """Whom the mail did not reach: by X-Failed-Recipients, else by the words, else by the original's own header."""
    stated = [one.address for value in message.header_all("X-Failed-Recipients") for one in parse_addresses(value)]
    if stated:
        return tuple(dict.fromkeys(stated))
    return (
        named_recipients(report, _correspondents(message, report))
        or original_recipients(report)
        or named_recipients(report, frozenset(), sure=True)
    )
