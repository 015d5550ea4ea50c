"""Domain names as identities: organizational domain, DMARC alignment, look-alikes. No DNS.

The organizational domain (RFC 7489, 3.2) is told by the Public Suffix List that the package ``publicsuffixlist`` carries,
its private part included: two tenants of one host (``a.github.io``, ``b.github.io``) are two organizations. Nothing is
fetched when the program runs; a newer list comes with a newer package.
"""

import re
import unicodedata
from functools import cache

import idna
from publicsuffixlist import PublicSuffixList

_MAX_NAME = 253
# DNS host names (RFC 1123, 2.1), and the underscore that mail systems use all the same.
_ASCII_LABEL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?")
_LOWER = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")

# Characters that look like a Latin letter or digit in the fonts mail is read in (Unicode's confusables, the common part).
_LOOK_ALIKES = str.maketrans(
    "аеорсухіјѕһԁԛԝґвкмнтгьӏαβγεηικνορτυχωѵɑɡıłøđħŧƅ0135",
    "aeopcyxijshdqwrbkmhtrblabyenikvoptuxwvagilodhtboles",
)


def lower_ascii(text: str) -> str:
    """Lower case of the letters A to Z alone; ``str.lower`` turns the Kelvin sign into a "k"."""
    return text.translate(_LOWER)


def canonical_domain(domain: str) -> str:
    """The one form of a domain name: lower case, without the root's dot, in Unicode (U-labels). "" when it is no name.

    By IDNA 2008 (RFC 5891) without any mapping: a label that its A-label does not give back, full-width letters, the
    Kelvin sign and the like make it no name, so that nothing can be taken for another name here and not elsewhere.
    """
    name = domain.strip(" \t").removesuffix(".")
    if not name or len(name) > _MAX_NAME:
        return ""
    labels = [_canonical_label(label) for label in name.split(".")]
    return ".".join(labels) if all(labels) else ""


def _canonical_label(label: str) -> str:
    if label.isascii() and label[:4].lower() != "xn--":
        return label.lower() if _ASCII_LABEL.fullmatch(label) else ""
    try:
        unicode_label = idna.ulabel(lower_ascii(label))
        idna.alabel(unicode_label)
    except (idna.IDNAError, UnicodeError):
        return ""
    return unicode_label


def normalize_domain(domain: str) -> str:
    """The canonical form, or the text as it stands where it is no name: for keys and for showing.

    Two names are compared by ``same_domain``, since what is no name is nobody's.
    """
    return canonical_domain(domain) or domain


def same_domain(one: str, other: str) -> bool:
    """Whether both are the same domain name. What is no name equals nothing, itself included."""
    canonical = canonical_domain(one)
    return bool(canonical) and canonical == canonical_domain(other)


def is_below(domain: str, parent: str) -> bool:
    """Whether the name is the parent or lies below it."""
    name, above = canonical_domain(domain), canonical_domain(parent)
    return bool(name and above) and (name == above or name.endswith(f".{above}"))


def ascii_domain(domain: str) -> str:
    """The name as DNS has it (A-labels), "" when it is none."""
    try:
        return ".".join(
            label if label.isascii() else idna.alabel(label).decode("ascii")
            for label in canonical_domain(domain).split(".")
        )
    except (idna.IDNAError, UnicodeError):
        return ""


@cache
def _public_suffixes() -> PublicSuffixList:
    """Read at first use: it takes a tenth of a second and 3 MB."""
    return PublicSuffixList()


def organizational_domain(domain: str) -> str:
    """The part under which one organization holds all names; the whole name where it is a registry's own; "" for no name."""
    name = canonical_domain(domain)
    return _public_suffixes().privatesuffix(name) or name


def is_public_suffix(domain: str) -> bool:
    """Whether the whole name is a registry's own (or no name at all): nobody is identified by it."""
    return _public_suffixes().privatesuffix(canonical_domain(domain)) is None


def aligned(proven: str, claimed: str) -> bool:
    """Relaxed alignment (RFC 7489, 3.1): both names lie under one organizational domain."""
    if same_domain(proven, claimed):
        return True
    organization = organizational_domain(proven)
    return same_domain(organization, organizational_domain(claimed)) and not is_public_suffix(organization)


def domain_of(address: str) -> str:
    """The domain of an address, as written; "" when there is none."""
    return address.rpartition("@")[2] if "@" in address else ""


def skeleton(domain: str) -> str:
    """What a domain looks like: two names with one skeleton can be taken for each other."""
    text = unicodedata.normalize("NFKD", normalize_domain(domain))
    text = "".join(char for char in text if not unicodedata.combining(char)).translate(_LOOK_ALIKES)
    return text.replace("rn", "m").replace("vv", "w")


def looks_like(domain: str, genuine: str) -> bool:
    """Whether ``domain`` is another name than ``genuine`` that a reader would take for it."""
    return not same_domain(domain, genuine) and skeleton(domain) == skeleton(genuine)
