"""Letters as the page shows them: grouped into threads, a mail's text, its HTML made safe to frame, its files."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage, MIMEPart
from html import escape, unescape
from urllib.parse import parse_qs, quote, unquote, urlsplit

from inbox_agent.demo.webmail.postbox import Letter

_MAILTO = re.compile(r'href="(mailto:[^"]+)"', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Thread:
    """A line of the list; ``letters`` oldest first."""

    key: str
    letters: tuple[Letter, ...]

    @property
    def subject(self) -> str:
        return str(self.letters[0].header["Subject"] or "(no subject)")

    @property
    def people(self) -> str:
        names = (sender_name(letter.header) for letter in self.letters)
        return ", ".join(dict.fromkeys(names))

    @property
    def unseen(self) -> bool:
        return any(not letter.seen and letter.folder == "INBOX" for letter in self.letters)


@dataclass(frozen=True, slots=True)
class Shown:
    """A mail of an open thread."""

    letter: Letter
    message: EmailMessage

    @property
    def text(self) -> str:
        return _content(self.message.get_body(("plain",)))

    @property
    def has_html(self) -> bool:
        return self.message.get_body(("html",)) is not None

    @property
    def files(self) -> list[str]:
        return [part.get_filename() or part.get_content_type() for part in self.message.iter_attachments()]


def threads_of(letters: Sequence[Letter]) -> list[Thread]:
    """By thread root, the thread with the newest mail first."""
    grouped: dict[str, list[Letter]] = {}
    for letter in letters:
        grouped.setdefault(hashlib.sha256(letter.root.encode()).hexdigest()[:16], []).append(letter)
    threads = [Thread(key, tuple(group)) for key, group in grouped.items()]
    return sorted(threads, key=lambda thread: thread.letters[-1].date, reverse=True)


def sender_name(header: EmailMessage) -> str:
    addresses = getattr(header["From"], "addresses", ())
    return next((address.display_name or address.addr_spec for address in addresses), str(header["From"] or "unknown"))


def framed_html(message: EmailMessage, form: str) -> str:
    """The mail's HTML, with links to write a mail leading to ``form`` of this page, as a mail client's own would."""

    def to_the_form(match: re.Match[str]) -> str:
        return f'target="_top" href="{escape(form + "?mailto=" + quote(unescape(match[1]), safe=""), quote=True)}"'

    return _MAILTO.sub(to_the_form, _content(message.get_body(("html",))))


def mailto_fields(link: str) -> dict[str, str]:
    """``to``, ``subject`` and ``body`` of a mailto URI (RFC 6068); empty where it has none."""
    try:
        parts = urlsplit(link)
    except ValueError:
        return {}
    if parts.scheme != "mailto":
        return {}
    # In mailto a "+" is a plus, unlike in a form's query.
    fields = {name: values[0] for name, values in parse_qs(parts.query.replace("+", "%2B")).items()}
    return {"to": unquote(parts.path), "subject": fields.get("subject", ""), "body": fields.get("body", "")}


def _content(part: MIMEPart | None) -> str:
    if part is None:
        return ""
    try:
        return str(part.get_content())
    except (LookupError, UnicodeError, ValueError) as error:
        return f"(This part cannot be shown: {type(error).__name__}.)"
