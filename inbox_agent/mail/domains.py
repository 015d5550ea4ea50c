"""Domain names as identities: organizational domain, DMARC alignment, look-alikes. No DNS.

The organizational domain (RFC 7489, 3.2) is told by the Public Suffix List that the package ``publicsuffixlist`` carries,
its private part included: two tenants of one host (``a.github.io``, ``b.github.io``) are two organizations. Nothing is
fetched when the program runs; a newer list comes with a newer package.
"""

import unicodedata
from functools import cache

from publicsuffixlist import PublicSuffixList

# Characters that look like a Latin letter or digit in the fonts mail is read in (Unicode's confusables, the common part).
_LOOK_ALIKES = str.maketrans(
    "аеорсухіјѕһԁԛԝґвкмнтгьӏαβγεηικνορτυχωѵɑɡıłøđħŧƅ0135",
    "aeopcyxijshdqwrbkmhtrblabyenikvoptuxwvagilodhtboles",
)


def normalize_domain(domain: str) -> str:
    """Lower case, without the root's dot, A-labels turned into U-labels where they decode."""
    labels = domain.strip().rstrip(".").lower().split(".")
    return ".".join(_to_unicode(label) for label in labels)


def _to_unicode(label: str) -> str:
    if not label.startswith("xn--") or len(label) > 63:
        return label
    try:
        return label.removeprefix("xn--").encode("ascii").decode("punycode")
    except (UnicodeError, ValueError):
        return label


@cache
def _public_suffixes() -> PublicSuffixList:
    """Read at first use: it takes a tenth of a second and 3 MB."""
    return PublicSuffixList()


def organizational_domain(domain: str) -> str:
    """The part under which one organization holds all names; the whole name where it is a registry's own or no name."""
    name = normalize_domain(domain)
    return _public_suffixes().privatesuffix(name) or name


def is_public_suffix(domain: str) -> bool:
    """Whether the whole name is a registry's own (or no name at all): nobody is identified by it."""
    return _public_suffixes().privatesuffix(normalize_domain(domain)) is None


def aligned(proven: str, claimed: str) -> bool:
    """Relaxed alignment (RFC 7489, 3.1): both names lie under one organizational domain."""
    if not proven or not claimed:
        return False
    left, right = normalize_domain(proven), normalize_domain(claimed)
    if left == right:
        return True
    organization = organizational_domain(left)
    return organization == organizational_domain(right) and not is_public_suffix(organization)


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
    return normalize_domain(domain) != normalize_domain(genuine) and skeleton(domain) == skeleton(genuine)
