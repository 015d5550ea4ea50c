"""What of a message its sender's proof covers: a signed mail can be handed on by anybody who has it, with fields added.

The mail that a server hands over straight from the sender's own system is as they sent it. Of any other only what the
signature covers is theirs (RFC 6376, 8.15): a recipient may add In-Reply-To to a mail that was written to them.
"""

import re
from collections import Counter

from inbox_agent.mail.authres import MethodResult
from inbox_agent.mail.domains import aligned, domain_of
from inbox_agent.models import Message

# RFC 5322, 3.6 and RFC 2045 allow each once: which of two is read differs between programs.
_ONCE = frozenset(
    """from sender to cc subject date message-id in-reply-to references mime-version content-type
    content-transfer-encoding""".split()
)
_DECIDING = frozenset(("to", "cc", "subject", "date", "in-reply-to", "references"))
# What ties a message to the agent and to a conversation.
ADDRESSING = frozenset(("to", "cc", "in-reply-to", "references"))
# Encodings in which words stay the words that were signed, or become nothing that could be read.
_PLAIN_ENCODINGS = frozenset(("", "7bit", "8bit", "binary", "quoted-printable", "base64"))


def find_ambiguity(message: Message) -> str:
    """Why the header can be read in two ways, so that no check of it by another program says anything; "" if it cannot."""
    if not message.plain_header:
        return "its header holds lines that programs read differently"
    counts = Counter(name.lower() for name, _ in message.headers)
    repeated = sorted(name for name in _ONCE if counts[name] > 1)
    return f"it has several fields {', '.join(repeated)}" if repeated else ""


def find_unsigned(message: Message, results: tuple[MethodResult, ...], address: str) -> frozenset[str]:
    """The fields, lower case, that decide what the message means and that its proven sender need not have written.

    Where nobody checked SPF, a system that never signs To and its like (Microsoft's) is believed about them: then nothing
    tells mail that came straight from it.
    """
    domain = domain_of(address)
    spf = [one for one in results if one.method == "spf"]
    if any(one.whole and one.result == "pass" and aligned(mail_from_domain(one), domain) for one in spf):
        return frozenset()
    signatures = [_tags(value) for value in message.header_all("DKIM-Signature")]
    signed = [_fields(tags) for tags in signatures if aligned(tags.get("d", ""), domain)]
    if not signed:
        return frozenset()
    covered = frozenset.intersection(*signed)
    present = frozenset(name.lower() for name, _ in message.headers)
    unsigned = (_DECIDING & present) - covered
    if not spf and "to" not in covered:
        unsigned -= ADDRESSING
    if "content-type" not in covered and not message.plain_layout:
        unsigned |= {"content-type"}
    if "content-transfer-encoding" not in covered:
        encoding = message.header("Content-Transfer-Encoding").strip().lower()
        unsigned |= frozenset() if encoding in _PLAIN_ENCODINGS else {"content-transfer-encoding"}
    return unsigned


def mail_from_domain(spf: MethodResult) -> str:
    """The domain that an SPF result is about, "" when it is not the envelope sender's."""
    # RFC 8601 says mailfrom; the other names are of older servers.
    sender = next(filter(None, (spf.get("smtp", name) for name in ("mailfrom", "mfrom", "mail"))), "")
    return sender.strip("<>").rpartition("@")[2]


def _tags(value: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in value.split(";"))
    return {name.strip().lower(): re.sub(r"\s+", "", text) for name, equals, text in pairs if equals}


def _fields(tags: dict[str, str]) -> frozenset[str]:
    return frozenset(name for name in tags.get("h", "").lower().split(":") if name)
