"""What went wrong, in plain words: what a mail server's code means for the person who wanted to send (RFC 3463, RFC 5321).

A problem is stored as one line. One that begins with a phrase of ours, a colon behind it, keeps there what a server or a
library said: a server's own words are shown, labelled as such; an error number or a library's text is for operators only.
"""

import re
from dataclasses import dataclass

from inbox_agent.conversation.others_words import quoted
from inbox_agent.mail.charset.clean_text import one_line

MAX_STORED = 1_000
MAIL_SERVER_AWAY = "the mail server could not be reached"
NOT_KNOWN_YET = "whether the mail server took the mail is not known yet"
NOT_HANDED_OVER = "the mail could not be handed to the mail server"
MODEL_AWAY = "the language model cannot be reached"
MODEL_UNUSABLE = "the language model gave no answer that could be used"
CAME_BACK = "the mail came back"
_FOR_OPERATORS = (MAIL_SERVER_AWAY, NOT_KNOWN_YET, NOT_HANDED_OVER, MODEL_AWAY, MODEL_UNUSABLE)
# "550 5.1.1 no such user", also behind the address or the sentence that it is about.
_SERVER_REPLY = re.compile(r"(?:^|: )[45]\d\d(?:[ -]|$)")
_ENHANCED = re.compile(r"(?<![\d.])([45])\.(\d{1,3})\.(\d{1,3})(?!\.?\d)")
_REPLY_CODE = re.compile(r"(?<![\d.])([45]\d\d)(?=[ -]|$)")

# Subject and detail of RFC 3463, and of its registry at IANA; the class (4 or 5) only says whether trying again may help.
_BY_STATUS = {
    "1.1": "There is no mailbox with this address. It may be misspelt, or the person may have left.",
    "1.2": "The domain of the address does not exist or takes no mail. It may be misspelt.",
    "1.3": "The server cannot read the address. It may be misspelt.",
    "1.6": "The mailbox has moved and left no new address.",
    "1.8": "The server does not accept mail from this agent's address.",
    "1.10": "The domain of the address takes no mail at all.",
    "2.1": "The recipient's mailbox is switched off.",
    "2.2": "The recipient's mailbox is full.",
    "2.3": "The mail is larger than the recipient accepts.",
    "3.4": "The mail is larger than the server accepts.",
    "4.1": "The recipient's server does not answer.",
    "4.4": "No server for the recipient's domain could be found.",
    "4.7": "The mail could not be delivered in time.",
    "5.3": "There are too many recipients in one mail.",
    "6.7": "The server cannot take an address with letters beyond ASCII.",
    "7.1": "The recipient's server refuses the mail by its rules.",
    "7.8": "The mail server does not accept the agent's user name and password.",
    "7.26": "The recipient's server wants proof of who sent the mail (SPF, DKIM, DMARC) and did not find it.",
}
_BY_SUBJECT = {
    "1": "There is something wrong with the address.",
    "2": "The recipient's mailbox cannot take the mail.",
    "3": "The recipient's mail system cannot take the mail.",
    "4": "The mail could not be carried to the recipient's server.",
    "5": "The mail servers did not understand each other.",
    "6": "The recipient's server cannot take a mail with this content.",
    "7": "The recipient's server refuses the mail by its rules.",
}
_BY_REPLY_CODE = {
    "421": "The server is busy or going down.",
    "450": "The mailbox is busy or the server asks to try again later.",
    "451": "The server had a problem of its own.",
    "452": "The server or the mailbox has no room left.",
    "550": "The server refuses the mail or knows no such mailbox.",
    "551": "The recipient is not at this server.",
    "552": "The mail is too large or the mailbox is full.",
    "553": "The server does not accept the address. It may be misspelt.",
    "554": "The server refuses the mail.",
}


def explain_refusal(words: str) -> str:
    """One plain sentence for what a server said, or "" when its words hold no known code."""
    status = _ENHANCED.search(words)
    if status is not None:
        subject, detail = status[2], status[3]
        if sentence := _BY_STATUS.get(f"{subject}.{detail}") or _BY_SUBJECT.get(subject):
            return sentence
    code = _REPLY_CODE.search(words)
    return _BY_REPLY_CODE.get(code[1], "") if code else ""


@dataclass(frozen=True, slots=True)
class Problem:
    """``plain``: sentences for the owner, "" if there are none. ``server_words``: what a mail server said, as it said it."""

    plain: str
    server_words: str = ""


def read_problem(stored: str) -> Problem:
    """What of a stored problem its owner is shown."""
    stored = one_line(stored)[:MAX_STORED]
    phrase, _, rest = stored.partition(":")
    rest = rest.strip()
    if phrase == CAME_BACK:
        return Problem(explain_refusal(rest), rest)
    if phrase in _FOR_OPERATORS:
        return Problem(_sentence(phrase))
    if _SERVER_REPLY.search(stored):
        return Problem(explain_refusal(stored), stored)
    return Problem(stored)


def tell_problem(stored: str) -> str:
    """The problem within a text: plain words, and below them a server's own, marked as such."""
    problem = read_problem(stored)
    said = f"The mail server's words:\n{quoted(problem.server_words)}" if problem.server_words else ""
    return "\n".join(part for part in (problem.plain, said) if part)


def _sentence(phrase: str) -> str:
    return f"{phrase[:1].upper()}{phrase[1:]}."
