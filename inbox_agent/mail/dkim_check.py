"""DKIM, DMARC and ARC checked here, for mail whose receiving server says nothing (RFC 6376, 7489, 8617), by dkimpy.

Does no network: DNS comes in as a function. SPF needs the address of the sending host, which is not known here, so DMARC
passes by DKIM only. The organizational domain is told by the Public Suffix List (``domains``).
"""

import re
from collections.abc import Callable, Iterator

import dkim

from inbox_agent.mail.authres import MethodResult, Property, parse_authentication_results
from inbox_agent.mail.domains import aligned, normalize_domain, organizational_domain
from inbox_agent.models import Message

# The TXT record of a name, its strings joined; None when there is none. Raises TransientError when DNS cannot be asked.
TxtLookup = Callable[[str], bytes | None]

MAX_SIGNATURES = 5
MIN_KEY_BITS = 1024


def check_signatures(
    raw: bytes, message: Message, lookup: TxtLookup, sealers: tuple[str, ...] = ()
) -> tuple[MethodResult, ...]:
    """The results of DKIM, and of DMARC by it, in the form in which a receiving server writes them.

    When the mail's own signatures do not hold and a trusted forwarder sealed it (ARC, RFC 8617), what that one saw counts.

    Args:
        sealers: domains of trusted forwarders, lower case.

    Raises:
        TransientError: DNS cannot be asked; the mail is to be judged later.
    """
    signatures = message.header_all("DKIM-Signature")[:MAX_SIGNATURES]
    results = tuple(_check_one(raw, index, value, lookup) for index, value in enumerate(signatures))
    domain = message.from_[0].address.rpartition("@")[2] if len(message.from_) == 1 else ""
    own = (*results, *_dmarc(results, domain, lookup))
    if sealers and not any(one.result == "pass" for one in own):
        return sealed_results(raw, message, lookup, sealers) or own
    return own


def _check_one(raw: bytes, index: int, value: str, lookup: TxtLookup) -> MethodResult:
    tags = _tags(value)
    properties = tuple(Property("header", name, tags[name]) for name in ("d", "i", "s") if tags.get(name))
    if "l" in tags:
        # What was appended behind the signed length would be believed too (RFC 6376, 8.2).
        return MethodResult("dkim", "policy", reason="only a part of the body is signed", properties=properties)
    try:
        passed = dkim.DKIM(raw, minkey=MIN_KEY_BITS).verify(idx=index, dnsfunc=_asked(lookup))
    except (dkim.DKIMException, ValueError, KeyError, IndexError, TypeError, ArithmeticError) as error:
        # dkimpy lets some malformed keys and tags through to the standard library's own errors.
        return MethodResult("dkim", "permerror", reason=str(error)[:200], properties=properties)
    return MethodResult("dkim", "pass" if passed else "fail", properties=properties)


def _asked(lookup: TxtLookup) -> Callable[..., bytes | None]:
    def ask(name: bytes | str, timeout: int = 5) -> bytes | None:
        text = name.decode("ascii", errors="replace") if isinstance(name, bytes) else name
        return lookup(text.rstrip("."))

    return ask


def _tags(value: str) -> dict[str, str]:
    """``v=1; a=…`` by name, white space removed (RFC 6376, 3.2)."""
    pairs = (part.partition("=") for part in value.split(";"))
    return {name.strip().lower(): re.sub(r"\s+", "", text) for name, equals, text in pairs if equals}


def _dmarc(results: tuple[MethodResult, ...], domain: str, lookup: TxtLookup) -> Iterator[MethodResult]:
    """dmarc=pass or fail when the domain of From publishes a policy, nothing when it does not."""
    policy = _policy(domain, lookup) if domain else None
    if policy is None:
        return
    strict = policy.get("adkim", "r").lower() == "s"
    passed = any(one.result == "pass" and _is_aligned(one.get("header", "d"), domain, strict=strict) for one in results)
    yield MethodResult("dmarc", "pass" if passed else "fail", properties=(Property("header", "from", domain),))


def _is_aligned(proven: str, domain: str, *, strict: bool) -> bool:
    return normalize_domain(proven) == normalize_domain(domain) if strict else aligned(proven, domain)


def _policy(domain: str, lookup: TxtLookup) -> dict[str, str] | None:
    """The DMARC record of the domain, else of its organization (RFC 7489, 6.6.3)."""
    for name in dict.fromkeys((domain.lower().rstrip("."), organizational_domain(domain))):
        ascii_name = _to_ascii(f"_dmarc.{name}")
        record = (lookup(ascii_name) or b"").decode("utf-8", errors="replace") if ascii_name else ""
        tags = _tags(record)
        if tags.get("v", "").upper() == "DMARC1":
            return tags
    return None


def _to_ascii(name: str) -> str:
    try:
        return ".".join(
            label if label.isascii() else "xn--" + label.encode("punycode").decode("ascii") for label in name.split(".")
        )
    except UnicodeError:
        return ""


# --- forwarded mail ----------------------------------------------------------------------------------------------


def sealed_results(
    raw: bytes, message: Message, lookup: TxtLookup, sealers: tuple[str, ...]
) -> tuple[MethodResult, ...]:
    """What a trusted forwarder saw before it forwarded the mail (ARC); () unless its chain is whole and ends with it.

    Args:
        sealers: domains whose word counts.
    """
    seals = [_tags(value) for value in message.header_all("ARC-Seal")]
    instances = {int(tags["i"]): tags for tags in seals if re.fullmatch(r"[0-9]{1,2}", tags.get("i", ""))}
    if not instances or instances[max(instances)].get("d", "").lower() not in sealers:
        return ()
    try:
        verdict, _, _ = dkim.arc_verify(raw, dnsfunc=_asked(lookup), minkey=MIN_KEY_BITS)
    except (dkim.DKIMException, ValueError, KeyError, IndexError, TypeError, ArithmeticError):
        return ()
    if verdict != dkim.CV_Pass:
        return ()
    for value in message.header_all("ARC-Authentication-Results"):
        results = parse_authentication_results(value, strict=False)
        if results and results.instance == max(instances):
            return results.results
    return ()
