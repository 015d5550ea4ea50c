"""The classes, ids and attributes by which mail clients mark what they quote, forward and sign with."""

import re
from collections.abc import Mapping
from typing import Final

from inbox_agent.mail.html.quote_lines import Role

# The attribution of Gmail and of Thunderbird, whatever its language.
_ATTRIBUTION_MARKERS: Final = frozenset(
    "gmail_attr moz-cite-prefix zmail_extra_hr tutanota_quote_header moz-email-headers-table".split()
)
# Around an attribution and a blockquote, answers may stand within.
LEAD_MARKERS: Final = frozenset(
    "gmail_quote gmail_quote_container protonmail_quote yahoo_quoted tutanota_quote".split()
)
# All that is inside is quoted.
_HISTORY_MARKERS: Final = frozenset(
    """olk_src_body_section ms-outlook-mobile-reference-message mail-editor-reference-message-container isreplycontent
    qmbox replycontent quoted-mail reply_quote""".split()
)
FORWARD_MARKERS: Final = frozenset("moz-forward-container isforwardcontent".split())
# All that follows in the mail is quoted.
TURN_MARKERS: Final = frozenset("divrplyfwdmsg appendonsend stopspelling zwchr".split())
_SIGNATURE_MARKERS: Final = frozenset(
    """gmail_signature gmail_signature_prefix moz-signature signature ms-outlook-mobile-signature applemailsignature
    protonmail_signature_block mail-signature yahoo-signature signature_old
    outlooksignature zmail_signature mailmastersignature""".split()
)
# Prefixes with which webmail renames the classes and ids of mail that it shows and then quotes.
_RENAMED: Final = re.compile(r"(?:x_|ecx|ydp[0-9a-f]{6,10}|m_-?\d{5,25})+")
# Not gmail_quote: the editor of Gmail makes one of what a person sets apart, too; its place in the container tells.
QUOTED_BLOCKS: Final = frozenset("protonmail_quote tutanota_quote isreplycontent yahoo_quoted quote".split())


def is_lead_in(plain: str) -> bool:
    """An attribution in whatever language: it stands in the client's quote container and names a date or an address."""
    return plain.endswith((":", "：")) and ("@" in plain or any(character.isdigit() for character in plain))


def markers_of(attributes: Mapping[str, str]) -> frozenset[str]:
    """Class names and the id, lower case, as the client that wrote the mail named them."""
    words = [*attributes.get("class", "").split()[:20], attributes.get("id", "")]
    return frozenset(_RENAMED.sub("", word.lower(), count=1) if word else "" for word in words) - {""}


def preset_role(markers: frozenset[str], attributes: Mapping[str, str]) -> Role | None:
    if markers & _ATTRIBUTION_MARKERS:
        return Role.MARK
    if markers & (_HISTORY_MARKERS | FORWARD_MARKERS):
        return Role.HISTORY
    if (
        markers & _SIGNATURE_MARKERS
        or "data-signatureblock" in attributes
        or "signature" in attributes.get("data-smartmail", "")
    ):
        return Role.SIGNATURE
    return None


def is_tight(attributes: Mapping[str, str], style: Mapping[str, str]) -> bool:
    """Paragraphs that Outlook and others set without space between them."""
    margin = style.get("margin", "") or style.get("margin-bottom", "")
    return "msonormal" in attributes.get("class", "").lower() or margin.startswith("0")


def is_indentation(style: Mapping[str, str]) -> bool:
    """The indent button of editors makes a blockquote without a border."""
    return style.get("border", "").startswith(("none", "0")) and "margin" in style
