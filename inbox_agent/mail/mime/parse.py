"""Bytes to ``Message``: everything that real clients send, in bounded time and memory. Interprets nothing."""

import codecs
import hashlib
import re

from inbox_agent.errors import MalformedMessageError
from inbox_agent.mail.charset.clean_text import clean_text
from inbox_agent.mail.charset.decode import decode_text
from inbox_agent.mail.mime.addresses import decode_address_field, parse_addresses
from inbox_agent.mail.mime.armored import unwrap
from inbox_agent.mail.mime.bodies import SIGNATURES, Bodies, body_files_as_text, collect
from inbox_agent.mail.mime.files import content_digest, file_name
from inbox_agent.mail.mime.flowed import unflow
from inbox_agent.mail.mime.headers import clean, decode_value, parse_date, parse_ids
from inbox_agent.mail.mime.layout import has_plain_header, has_plain_layout
from inbox_agent.mail.mime.smime import signed_content
from inbox_agent.mail.mime.tnef import read_tnef
from inbox_agent.mail.mime.tree import EXACT_FIELDS, Budget, Entity, decode_body, decoded_size, read_entity
from inbox_agent.models import Address, Attachment, Message, Part

MAX_LEAF_TEXT = 1_000_000
MAX_TOTAL_TEXT = 4_000_000
MAX_SMIME = 10 * 1024 * 1024
MAX_TNEF = 30 * 1024 * 1024
# Without one of these it is no message, however header-like a line of it may look.
_TELLING_FIELDS = frozenset(
    """from to cc sender reply-to subject date message-id received return-path mime-version content-type delivered-to
    resent-from x-mailer auto-submitted envelope-to references in-reply-to""".split()
)
_ADDRESS_FIELDS = frozenset(
    "from sender reply-to to cc bcc delivered-to x-original-to envelope-to resent-from resent-to".split()
)
_TEXTUAL = frozenset(
    """message/delivery-status message/global-delivery-status message/feedback-report message/disposition-notification
    message/global-headers message/rfc822-headers""".split()
)
# RFC 1896: commands in angle brackets, with what a param command holds; a literal "<" is doubled.
_ENRICHED_COMMAND = re.compile(r"<param>[^<]{0,200}</param>|(?<!<)</?[A-Za-z][A-Za-z-]{0,59}>", re.IGNORECASE)
# Where a page says what it is written in; looked for at its beginning only.
_META_CHARSET = re.compile(rb"<meta[^<>]{0,200}?charset\s{0,5}=\s{0,5}[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_ENCRYPTED = "Your message is encrypted, and I cannot read what is encrypted. Please send it without encryption."
_CUT = "Your message is very long; I read only its beginning."
_GUESSED = "Your message does not say rightly which letters it is written in: please check that I read it right."
_WINMAIL = "Your message came as a winmail.dat that I cannot open. Please send it as plain text or HTML."
_ID_FIELDS = ("from", "subject", "date")


def parse_message(raw: bytes) -> Message:
    """Parse one message (RFC 5322, MIME).

    Raises:
        MalformedMessageError: nothing in it can be read as a message.
    """
    as_it_came = True
    if b"\n" not in raw and b"\r" in raw:
        raw = raw.replace(b"\r", b"\n")
        as_it_came = False
    # What some editors put before the first field of a saved mail.
    if raw.startswith(codecs.BOM_UTF8):
        raw, as_it_came = raw.removeprefix(codecs.BOM_UTF8), False
    budget = Budget()
    root = read_entity(raw, 0, len(raw), number="", depth=0, level=0, budget=budget)
    if not any(name.lower() in _TELLING_FIELDS for name, _ in root.fields):
        raise MalformedMessageError("no header field of a mail was found at its beginning")
    if not root.children:
        root.number = "1"
    parts = _parts(root, budget)
    texts = {part.part: part.text for part in parts if part.depth == 0 and part.text is not None}
    bodies = collect(root, texts)
    if bodies.empty:
        bodies.text = body_files_as_text(root, texts)
    _open_special_content(root, bodies, budget)
    return _message(root, bodies, parts, budget, as_it_came=as_it_came)


def _message(root: Entity, bodies: Bodies, parts: tuple[Part, ...], budget: Budget, *, as_it_came: bool) -> Message:
    sender = _addresses(root, "sender")
    date = parse_date(root.get("date"))
    if date is None:
        budget.note("the Date cannot be read" if root.get("date") else "no Date")
    message_id = _own_message_id(root, budget)
    return Message(
        message_id=message_id or _derived_message_id(root, has_date=date is not None),
        message_id_derived=not message_id,
        in_reply_to=parse_ids(root.get("in-reply-to")),
        references=parse_ids(root.get("references")),
        from_=_addresses(root, "from"),
        sender=sender[0] if sender else None,
        reply_to=_addresses(root, "reply-to"),
        to=_addresses(root, "to"),
        cc=_addresses(root, "cc"),
        subject=clean_text(decode_value(root.get("subject"))).text,
        date=date,
        headers=tuple((name, _decoded_field(name, value)) for name, value in root.fields),
        text=bodies.text,
        html=bodies.html,
        parts=parts,
        attachments=tuple(_attachment(leaf) for leaf in bodies.attachments),
        defects=tuple(budget.defects),
        told=tuple(budget.told),
        plain_header=as_it_came and has_plain_header(root),
        plain_layout=has_plain_layout(root),
    )


def _addresses(root: Entity, name: str) -> tuple[Address, ...]:
    """Of every field of this name: a second From is a trick that the check of the sender must see. Names without what
    nobody sees; an address stays as it is, since another one is another person's."""
    found = [address for key, value in root.fields if key.lower() == name for address in parse_addresses(value)]
    return tuple(Address(one.address, clean_text(one.display_name).text.strip()) for one in found)


def _decoded_field(name: str, value: str) -> str:
    if name.lower() in EXACT_FIELDS:
        return value
    return decode_address_field(value) if name.lower() in _ADDRESS_FIELDS else decode_value(value)


def _attachment(leaf: Entity) -> Attachment:
    return Attachment(leaf.number, file_name(leaf), leaf.content_type, decoded_size(leaf), content_digest(leaf))


def _open_special_content(root: Entity, bodies: Bodies, budget: Budget) -> None:
    """What stands in a form that mail programs hide: winmail.dat, armor, signatures, encryption, invitations."""
    for leaf in root.leaves():
        if leaf.depth or leaf.content_type.startswith("image/"):
            continue
        if (
            leaf.content_type in {"application/ms-tnef", "application/vnd.ms-tnef"}
            or leaf.name.lower() == "winmail.dat"
        ):
            _open_tnef(leaf, bodies, budget)
        elif leaf.content_type in {"application/pkcs7-mime", "application/x-pkcs7-mime"}:
            _open_smime(leaf, bodies, budget)
        elif leaf.content_type == "application/pgp-encrypted":
            budget.note("PGP-encrypted: what is encrypted cannot be read", tell=_ENCRYPTED)
        elif leaf.content_type in SIGNATURES:
            budget.note("signed by PGP or S/MIME: the text was read, the signature was not checked")
        elif leaf.content_type == "text/calendar":
            budget.note("it carries a calendar invitation, which was not acted on")
    bodies.text, notes = unwrap(bodies.text)
    for note in notes:
        budget.note(note, tell=_ENCRYPTED if note.startswith("PGP-encrypted") else "")


def _open_smime(leaf: Entity, bodies: Bodies, budget: Budget) -> None:
    content = signed_content(decode_body(leaf, MAX_SMIME))
    if content is None:
        budget.note("S/MIME-encrypted: it cannot be read here", tell=_ENCRYPTED)
        return
    budget.note("signed by S/MIME with the text inside: the text was read, the signature was not checked")
    inner = read_entity(content, 0, len(content), number="1", depth=0, level=1, budget=budget)
    texts = {part.part: part.text for part in _parts(inner, budget) if part.depth == 0 and part.text is not None}
    found = collect(inner, texts)
    if bodies.empty:
        bodies.text, bodies.html = found.text, found.html
    if found.attachments:
        # They have no part number of their own by which they could be fetched again.
        names = ", ".join(file.name or "unnamed" for file in found.attachments[:20])
        budget.note(
            f"files inside the S/MIME signature cannot be attached: {names}",
            tell=f"Files inside your S/MIME signature cannot be attached: {clean(names)[:300]}.",
        )


def _open_tnef(leaf: Entity, bodies: Bodies, budget: Budget) -> None:
    content = read_tnef(decode_body(leaf, MAX_TNEF))
    if not content.readable:
        budget.note("a winmail.dat that cannot be read", tell=_WINMAIL)
        return
    budget.note("Outlook's winmail.dat was opened for its text; files inside: " + (", ".join(content.names) or "none"))
    for defect in content.defects:
        budget.note(defect)
    if bodies.empty:
        bodies.text, bodies.html = content.text[:MAX_LEAF_TEXT], content.html[:MAX_LEAF_TEXT]


# --- leaves ------------------------------------------------------------------------------------------------------


def _parts(root: Entity, budget: Budget) -> tuple[Part, ...]:
    left = MAX_TOTAL_TEXT
    parts = []
    for leaf in root.leaves():
        text = _leaf_text(leaf, min(left, MAX_LEAF_TEXT), budget) if left > 0 else ""
        left -= len(text or "")
        if left <= 0:
            budget.note(f"more than {MAX_TOTAL_TEXT} characters of text; the rest was not read", tell=_CUT)
        size = decoded_size(leaf)
        parts.append(Part(leaf.number, leaf.content_type, leaf.name, leaf.disposition, size, leaf.depth, text))
    return tuple(parts)


def _leaf_text(leaf: Entity, limit: int, budget: Budget) -> str | None:
    """The decoded text of a textual leaf; the header of an embedded message for its wrapper; else None."""
    if leaf.content_type == "message/rfc822":
        fields = leaf.children[0].fields if leaf.children else []
        return "\n".join(f"{name}: {value}" for name, value in fields)[:limit]
    if not leaf.content_type.startswith("text/") and leaf.content_type not in _TEXTUAL:
        return None
    octets = decode_body(leaf, limit)
    # A file and an embedded message are nobody's words to the agent.
    own = leaf.depth == 0 and leaf.disposition != "attachment" and not leaf.name
    if leaf.end - leaf.start > limit and len(octets) >= limit:
        budget.note(f"a text longer than {limit} bytes was cut", tell=_CUT if own else "")
    decoded = decode_text(octets, leaf.parameters.get("charset", "") or _stated_by_page(leaf, octets))
    if decoded.defect:
        budget.note(decoded.defect, tell=_GUESSED if own and decoded.unsure else "")
    text = decoded.text
    # A second CR before the line feed is what some gateways add to every line.
    text = text.replace("\r\r\n", "\n").replace("\r\n", "\n").replace("\r", "\n")
    if leaf.content_type == "text/plain" and leaf.parameters.get("format", "").lower() == "flowed":
        text = unflow(text, delete_space=leaf.parameters.get("delsp", "").lower() == "yes")
    if leaf.content_type in {"text/enriched", "text/richtext"}:
        text = _ENRICHED_COMMAND.sub("", text).replace("<<", "<")
    return text


def _stated_by_page(leaf: Entity, octets: bytes) -> str:
    stated = _META_CHARSET.search(octets[:4096]) if leaf.content_type == "text/html" else None
    return stated[1].decode("ascii") if stated else ""


# --- Message-ID --------------------------------------------------------------------------------------------------


def _own_message_id(root: Entity, budget: Budget) -> str:
    """The first usable Message-ID, or "" (RFC 5322, 3.6.4)."""
    values = [value for name, value in root.fields if name.lower() == "message-id"]
    ids = [found for value in values for found in parse_ids(value)[:1]]
    if len(values) > 1:
        budget.note("several Message-ID fields; the first usable one counts")
    if not ids:
        budget.note("no usable Message-ID; one was derived from the content")
    return ids[0] if ids else ""


def is_derived_id(message_id: str) -> bool:
    """Whether a Message-ID is one that was derived here from a message without a usable one."""
    return message_id.startswith("<derived.") and message_id.endswith("@message-id.invalid>")


def _derived_message_id(root: Entity, *, has_date: bool) -> str:
    """A stable id for a message without one: the same for every copy, different for different mails.

    With a date it is made of nothing but what signatures cover (``signed_fields``), in their relaxed form (RFC 6376, 3.4): so
    two routes of one mail give one id, and anyone who hands it on with other fields or white space gives it no new one. Without
    one, the rest of the header is all that tells two equal mails apart ("send it now", twice), so it counts.
    """
    fields = [(name, root.get(name)) for name in _ID_FIELDS] if has_date else root.fields
    digest = hashlib.sha256()
    for name, value in fields:
        if name.lower() != "message-id":
            digest.update(f"{name.lower()}:{' '.join(value.split())}\n".encode())
    body = root.octets[root.start : root.end].replace(b"\r\n", b"\n")
    digest.update(re.sub(rb"[ \t]+(?=(\n?))", lambda run: b"" if run[1] else b" ", body).rstrip(b" \n"))
    return f"<derived.{digest.hexdigest()[:40]}@message-id.invalid>"
