"""Files on a message: their names, made safe, and their octets, as one MIME part is read again from the mailbox."""

import hashlib
import re
import unicodedata

from inbox_agent.mail.mime.headers import decode_value
from inbox_agent.mail.mime.tree import Budget, Entity, decode_body, read_content_fields, read_fields
from inbox_agent.models import FileContent

MAX_NAME_BYTES = 200
_AS_IT_STANDS = frozenset({"", "7bit", "8bit", "binary"})
# Marks that turn the reading direction can make "exe" look like "pdf"; the others nobody sees.
_UNSEEN = re.compile("[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]")
_SPACE_OR_CONTROL = re.compile("[\\s\x00-\x1f\x7f-\x9f\ud800-\udfff]+")
_ENDINGS = {
    "application/pdf": ".pdf",
    "application/zip": ".zip",
    "application/json": ".json",
    "application/msword": ".doc",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ".pptx",
    "audio/mpeg": ".mp3",
    "image/gif": ".gif",
    "image/heic": ".heic",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "text/csv": ".csv",
    "text/html": ".html",
    "text/plain": ".txt",
    "text/vcard": ".vcf",
    "text/x-vcard": ".vcf",
    "video/mp4": ".mp4",
}


def file_name(leaf: Entity) -> str:
    """The name under which a file is shown and sent: one line, no path, of bounded length with its ending kept.

    A part without a name is called after its type, an embedded message after its subject.
    """
    return safe_name(leaf.name) or safe_name(_default_name(leaf)) or "unnamed"


def safe_name(name: str) -> str:
    """The last component of what may be a path of any system, without what nobody sees; "" when nothing is left."""
    seen = _SPACE_OR_CONTROL.sub(" ", _UNSEEN.sub("", unicodedata.normalize("NFC", name)))
    last = re.split(r"[/\\]", seen.strip().rstrip("/\\ "))[-1].strip()
    return "" if last in ("", ".", "..") else _bounded(last)


def read_part(mime: bytes, body: bytes) -> FileContent:
    """A part as the mail server gives it: the transfer encoding (RFC 2045, 6) undone, every octet else as it is.

    Args:
        mime: the part's MIME header (RFC 9051, BODY[n.MIME]). body: its still encoded content (BODY[n]).
    """
    fields, _ = read_fields(mime, 0, len(mime), Budget())
    entity = Entity(body, 0, len(body), fields, number="", depth=0)
    read_content_fields(entity)
    octets = decode_body(entity, max(1, len(body)))
    return FileContent(octets, tuple(entity.parameters.items()), _digest(entity, octets))


def content_digest(leaf: Entity) -> str:
    """SHA-256 of a file's content, the same for a leaf of a message as for its part read alone by ``read_part``.

    What has no transfer encoding is text, whose line ends are the mail server's own affair: there they do not count.
    """
    return _digest(leaf, decode_body(leaf, max(1, leaf.end - leaf.start)))


def _digest(entity: Entity, octets: bytes) -> str:
    if entity.encoding in _AS_IT_STANDS:
        octets = octets.replace(b"\r\n", b"\n").rstrip(b"\n")
    return hashlib.sha256(octets).hexdigest()


def _bounded(name: str) -> str:
    if len(name.encode("utf-8", "replace")) <= MAX_NAME_BYTES:
        return name
    ending = "." + name.rpartition(".")[2] if "." in name else ""
    ending = ending if len(ending.encode("utf-8", "replace")) <= 20 else ""
    room = MAX_NAME_BYTES - len(f"…{ending}".encode("utf-8", "replace"))
    return name.encode("utf-8", "replace")[:room].decode("utf-8", "ignore") + "…" + ending


def _default_name(leaf: Entity) -> str:
    if leaf.content_type == "message/rfc822":
        subject = decode_value(leaf.children[0].get("subject")) if leaf.children else ""
        # A subject is no path.
        return re.sub(r"[/\\]", "-", f"{subject[:80] or 'message'}.eml")
    if leaf.content_type in {"text/calendar", "application/ics"}:
        return "invite.ics"
    return f"unnamed{_ENDINGS.get(leaf.content_type, '')}"
