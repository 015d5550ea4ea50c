"""Domain names as identities: organizational domain, DMARC alignment, look-alikes. No DNS, no public suffix list.

The organizational domain (RFC 7489, 3.2) needs the Public Suffix List, which changes weekly and is not shipped here. In
its place a rule: the last two labels, or three when the last is a country code and the one before is one of the labels
under which such registries sell (``co.uk``, ``com.au``, …). Where the rule is wrong it errs towards a longer suffix for
those labels only; a registry with other second-level names (``city.kawasaki.jp``) is taken for one organization, which
is why alignment of two sibling subdomains is believed only under a suffix that the rule knows or a two-label name.
"""

import unicodedata

_REGISTRY_LABELS = frozenset(
    """ac co com edu gov gob gouv go gv id in ind info ltd me mil mod ne net nhs nic nom or org plc police sch web
    asn adv art eng med tur firm gen muni press biz pro name""".split()
)
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


def organizational_domain(domain: str) -> str:
    """The part under which one organization holds all names; see the module's docstring for how far that goes."""
    labels = normalize_domain(domain).split(".")
    country = len(labels[-1]) == 2
    keep = 3 if len(labels) >= 3 and country and labels[-2] in _REGISTRY_LABELS else 2
    return ".".join(labels[-keep:])


def is_public_suffix(domain: str) -> bool:
    """Whether the rule takes the whole name for a registry's own: nobody is identified by it."""
    labels = normalize_domain(domain).split(".")
    return len(labels) < 2 or (len(labels) == 2 and len(labels[1]) == 2 and labels[0] in _REGISTRY_LABELS)


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
