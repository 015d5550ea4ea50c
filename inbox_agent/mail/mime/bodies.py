"""Which leaves of a MIME tree are the message's own text, its HTML and its files (RFC 2046, 2387, 1847, 6522)."""

import html as html_escape
from dataclasses import dataclass, field

from inbox_agent.mail.mime.tree import Entity

SIGNATURES = frozenset({"application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"})
_REPORTS = frozenset(
    """message/delivery-status message/global-delivery-status message/feedback-report message/disposition-notification
    message/global-headers message/rfc822-headers text/rfc822-headers""".split()
)
_PLAIN = frozenset({"text/plain", "text/enriched", "text/richtext", "text/markdown", "text/x-plain"})


@dataclass(slots=True)
class Bodies:
    """The text and HTML of one subtree, and its files."""

    text: str = ""
    html: str = ""
    attachments: list[Entity] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        return not self.text.strip() and not self.html.strip()


def _is_file(leaf: Entity, *, in_alternative: bool) -> bool:
    if leaf.content_type in _PLAIN or leaf.content_type == "text/html":
        return leaf.disposition == "attachment" or bool(leaf.name)
    if leaf.content_type in SIGNATURES or leaf.content_type in _REPORTS:
        return False
    return not (in_alternative and not leaf.name)


def collect(entity: Entity, texts: dict[str, str], *, in_alternative: bool = False) -> Bodies:
    """Choose and join.

    Args:
        texts: decoded text of the message's own textual leaves by part number.
    """
    if entity.content_type == "message/rfc822" or not entity.children:
        return _leaf(entity, texts, in_alternative=in_alternative)
    if entity.content_type == "multipart/alternative":
        return _alternative([collect(child, texts, in_alternative=True) for child in entity.children])
    children = entity.children
    if entity.content_type == "multipart/related":
        # What the HTML shows inside itself (logos, smileys) is no file that the person sent.
        children = [
            child for child in children if not (child.get("content-id") and child.content_type.startswith("image/"))
        ]
    if entity.content_type == "multipart/report":
        children = [child for child in children if child.content_type not in _REPORTS | {"message/rfc822"}]
    return _sequence([collect(child, texts, in_alternative=in_alternative) for child in children])


def _leaf(leaf: Entity, texts: dict[str, str], *, in_alternative: bool) -> Bodies:
    if _is_file(leaf, in_alternative=in_alternative):
        return Bodies(attachments=[leaf, *_files_inside(leaf)])
    text = texts.get(leaf.number, "")
    if leaf.content_type == "text/html":
        return Bodies(html=text)
    return Bodies(text=text) if leaf.content_type in _PLAIN else Bodies()


def _files_inside(leaf: Entity) -> list[Entity]:
    """The files on an embedded message. One that is itself encoded has no parts that a mail server could give."""
    if leaf.content_type != "message/rfc822" or leaf.encoding in {"base64", "quoted-printable"}:
        return []
    return [file for child in leaf.children for file in collect(child, {}).attachments]


def _alternative(alternatives: list[Bodies]) -> Bodies:
    """The first plain text and the last (richest) HTML; the files of all."""
    return Bodies(
        next((one.text for one in alternatives if one.text.strip()), ""),
        next((one.html for one in reversed(alternatives) if one.html.strip()), ""),
        [file for one in alternatives for file in one.attachments],
    )


def _sequence(pieces: list[Bodies]) -> Bodies:
    """One after the other. Where a piece has HTML only, the whole is HTML: the text alone would miss that piece."""
    files = [file for one in pieces for file in one.attachments]
    filled = [one for one in pieces if not one.empty]
    html = ""
    if any(one.html.strip() for one in filled):
        html = "\n".join(one.html if one.html.strip() else _as_html(one.text) for one in filled)
    text = "\n".join(one.text for one in filled) if all(one.text.strip() for one in filled) else ""
    return Bodies(text, html, files)


def _as_html(text: str) -> str:
    return f'<div style="white-space: pre-wrap">{html_escape.escape(text)}</div>'


def body_files_as_text(entity: Entity, texts: dict[str, str]) -> str:
    """The text of the first inline leaf that only its file name made a file: some systems name the body itself."""
    for leaf in entity.leaves():
        if leaf.depth == 0 and leaf.content_type in _PLAIN and leaf.disposition != "attachment":
            return texts.get(leaf.number, "")
    return ""
