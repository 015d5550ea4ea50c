"""How ``setup`` chooses what proves the sender of a mail: from what the mailbox shows, and never by a guess that it hides."""

import re
from collections.abc import Callable, Mapping, Sequence

from inbox_agent.errors import AgentError, MalformedMessageError
from inbox_agent.mail.mime.parse import parse_message
from inbox_agent.mail.sender.own_results import trusted_results
from inbox_agent.mail.sender.receiving_server import ReceivingServer, find_receiving_server
from inbox_agent.setup.dialog import Dialog

ReadHeaders = Callable[[], Sequence[bytes]]
_YES = frozenset({"1", "on", "t", "true", "y", "yes"})
_SIGNED = re.compile(rb"^DKIM-Signature:", re.IGNORECASE | re.MULTILINE)


def choose_proof(dialog: Dialog, present: Mapping[str, str], read: ReadHeaders) -> dict[str, str]:
    """The settings to change, by field; "" for one that has to go.

    Args:
        present: ``authserv_id``, ``check_signatures`` and ``trust_from`` as they are set, "" where they are not.
        read: the header sections of the newest mails that the mailbox took in.
    """
    now = {field: value for field, value in present.items() if field == "authserv_id" or value.lower() in _YES}
    headers = _read(dialog, read)
    if any(now.values()):
        return _offer_change(dialog, now, headers or ())
    if headers is not None and not headers:
        headers = _wait_for_mail(dialog, read)
    return _first_choice(dialog, headers or ())


def _read(dialog: Dialog, read: ReadHeaders) -> Sequence[bytes] | None:
    """None when the mailbox could not be read."""
    try:
        return read()
    except AgentError as error:
        dialog.say(f"Could not read the mailbox to find out how senders are verified: {error}")
        return None


def _wait_for_mail(dialog: Dialog, read: ReadHeaders) -> Sequence[bytes]:
    dialog.say(
        "The mailbox is empty, so it does not show yet how your provider tells genuine mail from forged. One mail is enough: "
        "mail the agent now, from an address of yours."
    )
    while dialog.pause("Press Enter when the mail is sent, or write - to go on without"):
        if headers := _read(dialog, read):
            return headers
        dialog.say("No mail has arrived yet. Give it a few seconds.")
    return ()


def _first_choice(dialog: Dialog, headers: Sequence[bytes]) -> dict[str, str]:
    found = find_receiving_server(headers)
    if found.authserv_id and dialog.confirm(f"{_checked(found)} Trust its results?"):
        dialog.say(f"Senders are accepted when {found.authserv_id} has verified them (INBOX_AGENT_AUTHSERV_ID).")
        return {"authserv_id": found.authserv_id}
    dialog.say("Senders are accepted when their mail is signed; the agent checks that (INBOX_AGENT_CHECK_SIGNATURES).")
    if not headers:
        dialog.say(
            "This is a guess, because no mail shows what your provider does: if the first mail gets no answer, run "
            "inbox-agent setup again. It looks at that mail then, and offers what fits."
        )
    elif not any(_SIGNED.search(header) for header in headers):
        dialog.say(
            f"But none of the newest {len(headers)} mails is signed, and senders of such mail get no answer. Mail the agent "
            "from outside of its provider, or run inbox-agent setup again when other mail has arrived."
        )
    return {"check_signatures": "true"}


def _offer_change(dialog: Dialog, now: Mapping[str, str], headers: Sequence[bytes]) -> dict[str, str]:
    """Offer the results of the provider where they would count and the settings do not take them."""
    known, found = now.get("authserv_id", ""), find_receiving_server(headers)
    if found.authserv_id and not any(_counts(header, known) for header in headers):
        if known:
            question = f"Believe its results instead of those of {known}, which none of the mails has?"
        elif now.get("check_signatures"):
            question = "Believe its results as well as signatures that are checked here?"
        else:
            question = "Believe its results instead of what each mail says of itself (INBOX_AGENT_TRUST_FROM)?"
        if dialog.confirm(f"{_checked(found)} {question}", ended=False):
            dialog.say(f"Senders are accepted when {found.authserv_id} has verified them (INBOX_AGENT_AUTHSERV_ID).")
            return {"authserv_id": found.authserv_id, "trust_from": ""}
    ways = ", ".join(f"INBOX_AGENT_{field.upper()}={value}" for field, value in now.items() if value)
    dialog.say(f"How senders are proven stays as it is ({ways}).")
    if not headers:
        dialog.say(
            "The mailbox is empty, so whether that fits your provider does not show: if the first mail gets no answer, run "
            "inbox-agent setup again."
        )
    return {}


def _checked(found: ReceivingServer) -> str:
    return f"{found.authserv_id} checked who wrote {found.seen} of your {found.looked_at} newest mails."


def _counts(header: bytes, authserv_id: str) -> bool:
    """Whether a mail has results that count for this setting."""
    if not authserv_id:
        return False
    try:
        return bool(trusted_results(parse_message(header), authserv_id).results)
    except MalformedMessageError:
        return False
