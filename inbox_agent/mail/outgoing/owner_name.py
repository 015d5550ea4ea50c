"""What an owner is called towards those who get their mail: the name that their own mail gives them, where it can be theirs.

A display name is free text that nothing proves; the address is proven. So a name counts only when it is a plain name, fits the
address, and claims no office; else the owner is called what stands before the "@".
"""

import re
import unicodedata

from inbox_agent.mail.charset.clean_text import one_line
from inbox_agent.models import Address

MAX_NAME = 40
MAX_WORDS = 5
_PLAIN_NAME = re.compile(r"[^\W\d_]+(?:[ .'’-]+[^\W\d_]+)*\.?")
_SPELT_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})
_PLAIN_LETTERS = str.maketrans(
    {"ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "đ": "d", "ł": "l", "ı": "i", "þ": "th", "ð": "d"}
)
# Offices and services that a person's name does not hold, and what would read as part of our own "via".
_CLAIMS = frozenset(
    """accounting accounts admin administration administrator agent assistant bank behalf billing board boss bot buchhaltung ceo
    cfo chairman chef chief ciso coo cto customer desk direction director directeur directora direktor executive
    finance geschäftsführer geschäftsführung head helpdesk hr invoice it leitung legal management manager office
    officer payments payroll police postmaster president presidente präsident sales security service services
    staff support system team treasurer via vorstand vp webmaster""".split()
)


def owner_name(owner: Address) -> str:
    """The owner's display name where it can be believed, else the local part of their address."""
    name = one_line(owner.display_name)
    local = owner.address.rpartition("@")[0].strip('"').partition("+")[0]
    if _is_plain(name) and _fits(name, local):
        return name
    return one_line(local)[:MAX_NAME] or "the owner"


def _is_plain(name: str) -> bool:
    words = _words(name)
    return (
        len(name) <= MAX_NAME
        and len(words) <= MAX_WORDS
        and _PLAIN_NAME.fullmatch(name) is not None
        and not _CLAIMS & {word.casefold() for word in words}
    )


def _fits(name: str, local: str) -> bool:
    """Whether a word of the name, or its initials, are in the local part."""
    where = _folded(local)
    spellings = {
        spelling
        for word in _words(name)
        for spelling in (_folded(word), _folded(word.casefold().translate(_SPELT_OUT)))
    }
    initials = "".join(_folded(word)[:1] for word in _words(name))
    return any(len(word) > 2 and word in where for word in spellings) or where in (initials, *(spellings - {""}))


def _words(name: str) -> list[str]:
    return [word for word in re.split(r"[ .'’-]+", name) if word]


def _folded(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(_PLAIN_LETTERS))
    return "".join(char for char in decomposed if char.isalnum())
