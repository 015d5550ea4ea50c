"""What the model says to the owner in its own words: no link, address or number to call that nobody in the thread wrote. Pure.

A model that is fooled by quoted text, or hostile, could send the owner to a page of somebody else's in the agent's name. Mail
programs make links of what looks like one, so that text is written as one that opens nothing.
"""

import re
import unicodedata

from inbox_agent.conversation.files import known_files
from inbox_agent.conversation.state import Turn

# A scheme, an address, "www.", a domain; the endings of files are not those of domains that anybody uses.
LINK = re.compile(
    r"""(?<![\w@.])(?:
        [A-Za-z][A-Za-z0-9+.-]{1,15}:(?://|(?=[^\s\d/]))[^\s<>"“”«»]+
      | [\w.+%-]{1,64}@[\w-]+(?:\.[\w-]+)+
      | (?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24}(?![\w@])(?:[:/?\#][^\s<>"“”«»]*)?
      | \d{1,3}(?:\.\d{1,3}){3}(?:[:/][^\s<>"“”«»]*)?
    )""",
    re.VERBOSE,
)
# A number to call, which phones and mail programs make a link of; not a date, time, amount or number of an order.
PHONE = re.compile(
    r"(?<![\w.,:/+-])(?:\+|00)\d[\d\s().\-/]{5,22}\d(?!\w)|(?<![\w.,:/+-])\(?\d{3,5}\)?[\s./-]\d{3}[\s./-]\d{3,4}(?![\w.,-]\d|\d)"
)
SCHEME = re.compile(
    r"^(?:https?|ftp|mailto|tel|sms|callto|data|javascript|file|skype|facetime|whatsapp|tg|magnet|[a-z][a-z0-9+.-]*(?=://)):",
    re.I,
)
FILE = re.compile(
    r"\.(?:pdf|docx?|xlsx?|pptx?|txt|csv|png|jpe?g|gif|heic|ics|eml|vcf|odt|ods|md|json|xml)$", re.IGNORECASE
)
FULL_WIDTH = re.compile(r"[\x21-\x7e]*[\uff10-\uff5a\uff0d-\uff0f․﹒][\x21-\x7e\uff01-\uff5e․﹒]*")
LATIN_STOP = re.compile("(?<=[A-Za-z0-9])[。｡](?=[A-Za-z0-9])")
NO_NUMBER = "[a phone number that stands nowhere in this thread]"
LABEL = "[links and addresses that do not appear in this thread were made unclickable]"


def shown(text: str, turn: Turn) -> str:
    """The text with links and addresses that stand neither in the owner's words nor in the thread made harmless, and told."""
    # Programs read full-width letters and stops as plain ones; between Latin letters the stop of Chinese or Japanese is one.
    read = FULL_WIDTH.sub(lambda match: unicodedata.normalize("NFKC", match[0]), text)
    read = LATIN_STOP.sub(".", read)
    if not (LINK.search(read) or PHONE.search(read)):
        return text
    known = _known(turn)
    harmless = LINK.sub(lambda match: _written(match[0], known), read)
    harmless = PHONE.sub(lambda match: _number(match[0], known), harmless)
    return text if harmless == read else f"{harmless}\n{LABEL}"


def _known(turn: Turn) -> str:
    """All that owner and others have written here, the drafts and the people."""
    conversation, request = turn.conversation, turn.request
    drafts = [turn.draft, conversation.draft, *(record.draft for record in conversation.sent)]
    people = [conversation.owner, *request.participants, *conversation.participants, *conversation.memory.contacts]
    people += [person for draft in drafts for person in draft.everyone]
    texts = [request.text, request.quoted_text, request.subject]
    texts += [exchange.request for exchange in conversation.exchanges]
    texts += [
        f"{draft.subject}\n{draft.body}" for draft in (conversation.draft, *(one.draft for one in conversation.sent))
    ]
    texts += [file.name for file in known_files(conversation, request)]
    return _folded("\n".join([*texts, *(person.address for person in people)]))


def _written(found: str, known: str) -> str:
    bare = found.rstrip(".,;:!?)]}'’")
    if ":" in bare and not SCHEME.match(bare) and "/" not in bare and "." not in bare:
        return found
    if FILE.search(bare) and "/" not in bare and "@" not in bare:
        return found
    if _stands_in(_folded(bare), known):
        return found
    rest = found[len(bare) :]
    return (
        bare.replace("://", "[:]//")
        .replace("@", " [at] ")
        .replace(".", "[.]")
        .replace(":", "[:]")
        .replace("[[:]]", "[:]")
        + rest
    )


def _number(found: str, known: str) -> str:
    """The number if it stands in the thread, however its digits are grouped."""
    digits = re.sub(r"\D", "", found)
    return found if digits in re.sub(r"[\s().\-/+]", "", known) else NO_NUMBER


def _stands_in(found: str, known: str) -> bool:
    """Whether the thread holds this very link, not only the beginning of one."""
    return re.search(rf"(?<![\w@.-]){re.escape(found)}(?![\w@/-]|\.\w)", known) is not None


def _folded(text: str) -> str:
    """Only the case is folded: a letter with an accent makes another domain."""
    return unicodedata.normalize("NFC", text).casefold()
