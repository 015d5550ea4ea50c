"""Whom a delivery report is about, and what it says of each. Pure.

Reports carry no proof of who wrote them, and every recipient of a mail knows its signed id. So a report can only be about those
to whom that mail was sent, and its words are shown as somebody else's.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from inbox_agent.conversation.others_words import quoted
from inbox_agent.conversation.recipients import canonical
from inbox_agent.conversation.refusals import explain_refusal
from inbox_agent.mail.charset.clean_text import one_line
from inbox_agent.models import Bounce, SentRecord, Undelivered

MAX_WORDS = 300
# A reply code (RFC 5321, 4.2) or an enhanced one (RFC 3463): what stands before it is not the server's answer.
_CODE = re.compile(r"(?<![\d.])(?:[45]\d\d(?=[ -])|[45]\.\d{1,3}\.\d{1,3}(?![\d.]))")


@dataclass(frozen=True, slots=True)
class Outlook:
    """Addresses by what became of the mail to them.

    Attributes:
        given_up: it is not tried again. refused: those of them where trying again is useless.
        tried_on: the mail systems go on trying.
        strangers: named by the report, but the mail was not sent to them.
        words: what the report says, marked as somebody else's, with what it means before it; "" when it says nothing known.
    """

    given_up: tuple[str, ...]
    refused: tuple[str, ...]
    tried_on: tuple[str, ...]
    strangers: tuple[str, ...]
    words: str


def outlook_of(bounce: Bounce, sent: Sequence[SentRecord]) -> Outlook:
    """Read a report.

    Args:
        sent: what went out in the conversation. Where the report names none of it (some providers rewrite Message-IDs), all of
            it counts.
    """
    records = [one for one in sent if one.message_id == bounce.original_message_id] or sent
    written_to = {canonical(person.address) for one in records for person in one.draft.everyone}
    ours = tuple(one for one in bounce.each if canonical(one.address) in written_to)
    return Outlook(
        given_up=tuple(one.address for one in ours if one.final),
        refused=tuple(one.address for one in ours if one.refused),
        tried_on=tuple(one.address for one in ours if not one.final),
        strangers=tuple(one.address for one in bounce.each if canonical(one.address) not in written_to),
        words=_words(bounce, ours),
    )


def _words(bounce: Bounce, ours: Sequence[Undelivered]) -> str:
    first = next((one for one in ours if one.final), ours[0] if ours else None)
    status, said = (
        (first.status, first.diagnostic or bounce.diagnostic) if first else (bounce.status, bounce.diagnostic)
    )
    line = one_line(said)
    code = _CODE.search(line)
    answer = line[code.start() :][:MAX_WORDS] if code else ""
    shown = quoted(answer) if answer else ""
    # Of people to whom nothing was sent it means nothing.
    meaning = (explain_refusal(status) or explain_refusal(answer)) if ours or not bounce.each else ""
    return "\n".join(filter(None, (meaning, "The report says:" if shown else "", shown)))
