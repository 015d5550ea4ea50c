"""What of a message its sender's proof covers: a signed mail can be handed on by anybody who has it, with fields added.

The mail that a server hands over straight from the sender's own system is as they sent it. Of any other only what the
signature covers is theirs (RFC 6376, 8.15): a recipient may add In-Reply-To to a mail that was written to them, and may take
out what they like of the rest. So that a field is missing is the sender's word only where the signature names it all the same.
"""

from collections import Counter

from inbox_agent.mail.domains import aligned, domain_of, same_domain
from inbox_agent.mail.mime.addresses import is_plain_sender
from inbox_agent.mail.sender.authres import MethodResult
from inbox_agent.mail.sender.dkim_fields import (
    SignatureField,
    UnreadableField,
    covered_fields,
    read_signature,
    read_tags,
)
from inbox_agent.models import Message

# RFC 5322, 3.6 and RFC 2045 allow each once: which of two is read differs between programs.
_ONCE = frozenset(
    """from sender to cc subject date message-id in-reply-to references mime-version content-type
    content-transfer-encoding""".split()
)
_DECIDING = frozenset(("to", "cc", "subject", "date", "message-id", "in-reply-to", "references"))
# A mail without them is another order: one that can be carried out again, at any time, or in another conversation. Without To
# or Cc it is nobody's.
_TAKEN_OUT = frozenset(("date", "message-id", "in-reply-to", "references"))
_PASS = frozenset({"pass", "success", "dkim_pass"})
# Not a field: whom the last server delivered to was chosen by somebody who is known not to be the sender's system.
ENVELOPE = "envelope"
# What ties a message to the agent and to a conversation.
ADDRESSING = frozenset(("to", "cc", "in-reply-to", "references", ENVELOPE))
# Encodings in which words stay the words that were signed, or become nothing that could be read.
_PLAIN_ENCODINGS = frozenset(("", "7bit", "8bit", "binary", "quoted-printable", "base64"))


def find_ambiguity(message: Message) -> str:
    """Why the header can be read in two ways, so that no check of it by another program says anything; "" if it cannot."""
    if not message.plain_header:
        return "its header holds lines that programs read differently"
    counts = Counter(name.lower() for name, _ in message.headers)
    if repeated := sorted(name for name in _ONCE if counts[name] > 1):
        return f"it has several fields {', '.join(repeated)}"
    if message.from_ and not is_plain_sender(message.header("From"), message.from_[0].address):
        return "its From field can be read in more than one way"
    return ""


def find_unsigned(message: Message, results: tuple[MethodResult, ...], address: str) -> frozenset[str]:
    """The fields, lower case, that decide what the message means and that its proven sender need not have written, or need not
    have left out.

    Where nobody checked SPF, a system that never signs To and its like (Microsoft's) is believed about them: then nothing
    tells mail that came straight from it.

    Args:
        results: those that prove the sender. What a server states is matched to the one signature field that it means; what
            was verified here says itself what it covers.
    """
    domain = domain_of(address)
    seal = next((one.covers for one in results if one.method == "arc" and one.covers is not None), None)
    covered = _covered(message, results, domain, seal)
    if seal is not None:
        covered = seal if covered is None else covered & seal
    if covered is None:
        return frozenset()
    present = frozenset(name.lower() for name, _ in message.headers)
    unsigned = (_DECIDING & (present | _TAKEN_OUT)) - covered
    if message.message_id_derived and message.date is None:
        unsigned |= {"message-id"}  # what stands in for it is made of the whole header then
    elif message.message_id_derived:
        unsigned |= {"subject"} - covered  # of which what stands in for it is made
    if seal is not None or any(one.method == "spf" for one in results):
        unsigned |= {ENVELOPE}
    elif covered and "to" not in covered:
        unsigned -= ADDRESSING
    if "content-type" not in covered and not message.plain_layout:
        unsigned |= {"content-type"}
    if "content-transfer-encoding" not in covered:
        encoding = message.header("Content-Transfer-Encoding").strip().lower()
        unsigned |= frozenset() if encoding in _PLAIN_ENCODINGS else {"content-transfer-encoding"}
    return unsigned


def _covered(
    message: Message, results: tuple[MethodResult, ...], domain: str, seal: frozenset[str] | None
) -> frozenset[str] | None:
    """The names that passed signatures of the sender's domain cover; None when all is the sender's, because the mail came
    straight from their system.

    Args:
        seal: what a forwarder's seal covers, when it is the forwarder that states the results.
    """
    if any(passed(one) and one.method == "spf" and aligned(mail_from_domain(one), domain) for one in results):
        return None
    signatures = [one for one in results if passed(one) and one.method == "dkim" and aligned(dkim_domain(one), domain)]
    verified = [one.covers for one in signatures if one.covers is not None]
    if verified:
        return frozenset().union(*verified)
    values = message.header_all("DKIM-Signature")
    if not values and not signatures:
        return None  # nothing but SPF can have passed
    if seal is not None and "dkim-signature" not in seal:
        return frozenset()  # the field may have been changed since the forwarder saw it
    fields = [_read(value) for value in values]
    if not all(fields):
        # Which of them the server means cannot be told.
        return frozenset()
    own = [field for field in fields if field and aligned(field.domain, domain)]
    if not signatures:
        return _names_of(own, message) if own else None
    return frozenset().union(*(_names_of([one for one in own if _is_meant(one, by)], message) for by in signatures))


def _read(value: str) -> SignatureField | None:
    try:
        return read_signature(read_tags(value.encode("utf-8")))
    except UnreadableField:
        return None


def _names_of(fields: list[SignatureField], message: Message) -> frozenset[str]:
    """What the one field covers; of several nobody knows which is meant."""
    if len(fields) != 1 or fields[0].flaw:
        return frozenset()
    return covered_fields(fields[0].names, (name for name, _ in message.headers))


def _is_meant(field: SignatureField, result: MethodResult) -> bool:
    """Whether a result may be about this field (RFC 8601, 2.7.1 and 6008): everything that it states has to fit."""
    domain, identity, selector, value, algorithm = (result.get("header", name) for name in ("d", "i", "s", "b", "a"))
    return (
        (not domain or same_domain(domain, field.domain))
        and (not identity or same_domain(identity.rpartition("@")[2], field.identity.rpartition("@")[2]))
        and (not selector or same_domain(selector, field.selector))
        and (not value or field.value.startswith(value))
        and (not algorithm or algorithm.lower() == field.algorithm)
    )


def passed(result: MethodResult) -> bool:
    """Whether a result is a pass that can be read, states nothing twice, and is of no algorithm that counts no more."""
    names = [(one.ptype, one.property) for one in result.properties]
    return (
        result.whole
        and result.result in _PASS
        and len(names) == len(set(names))
        and result.get("header", "a").lower() != "rsa-sha1"  # RFC 8301, 3.1
    )


def dkim_domain(dkim: MethodResult) -> str:
    """The domain that a DKIM result is about."""
    return dkim.get("header", "d") or dkim.get("header", "i").rpartition("@")[2]


def mail_from_domain(spf: MethodResult) -> str:
    """The domain that an SPF result is about, "" when it is not the envelope sender's."""
    # RFC 8601 says mailfrom; the other names are of older servers.
    sender = next(filter(None, (spf.get("smtp", name) for name in ("mailfrom", "mfrom", "mail"))), "")
    return sender.strip("<>").rpartition("@")[2]
