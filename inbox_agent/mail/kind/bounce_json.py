"""Delivery failures that a sending service reports as a JSON object in the text (Amazon SES over SNS)."""

import json

from inbox_agent.mail.kind.smtp_status import enhanced_codes, is_final, status_of
from inbox_agent.models import Bounce, Undelivered

_MAX_JSON = 200_000
_MAX_RECIPIENTS = 500


def read_json_report(text: str) -> dict[str, object] | None:
    """The object that the text consists of, but for a footer, when it is a report of this kind, else None.

    With words below it, a person asks about it.
    """
    start = text[:_MAX_JSON].lstrip()
    if not start.startswith('{"') or '"notificationType"' not in start:
        return None
    try:
        found, end = json.JSONDecoder().raw_decode(start)
    except (ValueError, RecursionError):
        return None
    below = start[end:].lstrip()
    return found if isinstance(found, dict) and (not below or below.startswith("--")) else None


def report_type(report: dict[str, object]) -> str:
    """``bounce``, ``complaint`` or ``delivery``, lower case."""
    return str(report.get("notificationType", "")).lower()


def bounce_from_json(report: dict[str, object]) -> Bounce:
    """The failure that the object describes; missing fields are left empty."""
    bounce = _mapping(report.get("bounce"))
    listed = bounce.get("bouncedRecipients")
    recipients = [_mapping(one) for one in listed] if isinstance(listed, list) else []
    first = recipients[0] if recipients else {}
    diagnostic = str(first.get("diagnosticCode", ""))
    lasting = str(bounce.get("bounceType", "")).lower() == "permanent"
    stated = enhanced_codes(str(first.get("status", "")))
    status = (stated or enhanced_codes(diagnostic) or [status_of(diagnostic) or ("5.0.0" if lasting else "4.0.0")])[0]
    headers = _mapping(_mapping(report.get("mail")).get("commonHeaders"))
    verdicts = tuple(_verdict(one, status) for one in recipients[:_MAX_RECIPIENTS] if one.get("emailAddress"))
    return Bounce(
        recipients=tuple(one.address for one in verdicts),
        verdicts=verdicts,
        status=status,
        permanent=not status.startswith("4"),
        diagnostic=diagnostic[:500],
        original_message_id=str(headers.get("messageId", "")),
    )


def _verdict(recipient: dict[str, object], usual: str) -> Undelivered:
    """The service reports a bounce when it has given up; of a delay it would report a delay."""
    words = str(recipient.get("diagnosticCode", ""))
    status = (enhanced_codes(str(recipient.get("status", ""))) or enhanced_codes(words) or [usual])[0]
    action = str(recipient.get("action", "")).lower() or "failed"
    final = is_final(status, words, action=action)
    return Undelivered(address=str(recipient["emailAddress"]), status=status, final=final, diagnostic=words[:500])


def _mapping(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}
