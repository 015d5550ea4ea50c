"""DKIM and DMARC checked here, for mail whose receiving server says nothing (RFC 6376, 7489), by dkimpy.

Does no network: DNS comes in as a function. What a signature covers is taken from the object that verified it. SPF needs the
address of the sending host, which is not known here, so DMARC passes by DKIM only. The organizational domain is told by
the Public Suffix List (``domains``). Mail that a trusted forwarder sealed is read by ``arc_check``.
"""

import re
from collections.abc import Iterator

import dkim
from dkim.util import InvalidTagValueList, parse_tag_value

from inbox_agent.mail.domains import aligned, ascii_domain, domain_of, organizational_domain, same_domain
from inbox_agent.mail.sender.arc_check import sealed_results
from inbox_agent.mail.sender.authres import MethodResult, Property
from inbox_agent.mail.sender.body_last import BodyLast
from inbox_agent.mail.sender.check_cost import MAX_SIGNATURES, Meter, find_excess, header_of
from inbox_agent.mail.sender.dkim_fields import (
    SignatureField,
    UnreadableField,
    covered_fields,
    read_signature,
    read_tags,
)
from inbox_agent.mail.sender.dkim_keys import TxtLookup, asked_of
from inbox_agent.mail.sender.signed_fields import find_ambiguity
from inbox_agent.models import Message


class _Verifier(BodyLast, dkim.DKIM):  # type: ignore[misc] # dkimpy has no types
    pass


def check_signatures(
    raw: bytes, message: Message, lookup: TxtLookup, sealers: tuple[str, ...] = (), *, at_length: bool = True
) -> tuple[MethodResult, ...]:
    """The results of DKIM, and of DMARC by it, in the form in which a receiving server writes them.

    Only signatures that could prove the From address are checked: DNS is asked about nothing else. When the mail's own
    signatures do not hold and a trusted forwarder sealed it (ARC, RFC 8617), what that one saw counts.

    Args:
        sealers: domains of trusted forwarders, lower case.
        at_length: take the time that it takes; else only what is done at once.

    Raises:
        CheckTakesLong: not ``at_length``, and it takes longer.
        TransientError: DNS cannot be asked; the mail is to be judged later.
    """
    domain = domain_of(message.from_[0].address) if len(message.from_) == 1 else ""
    if trouble := find_ambiguity(message) or find_excess(header_of(raw)):
        return (MethodResult("dkim", "policy", reason=trouble),)
    meter = Meter(at_length=at_length)
    try:
        verifier = _Verifier(raw, meter)
    except _ERRORS as error:
        return (_failed("permerror", str(error)),)
    results = tuple(_check_all(verifier, domain, lookup))
    if any(one.result == "pass" for one in results):
        return (*results, *_dmarc(results, domain, lookup))
    return (sealed_results(raw, lookup, sealers, meter) if sealers else ()) or results


# dkimpy lets some malformed keys and tags through to the standard library's own errors.
_ERRORS = (dkim.DKIMException, ValueError, KeyError, IndexError, TypeError, ArithmeticError)


def _check_all(verifier: _Verifier, domain: str, lookup: TxtLookup) -> Iterator[MethodResult]:
    values = [value for name, value in verifier.headers if name.lower() == b"dkim-signature"]
    candidates: list[int] = []
    for index, value in enumerate(values):
        try:
            signature = read_signature(read_tags(value))
        except UnreadableField as error:
            yield _failed("permerror", str(error))
            continue
        if not aligned(signature.domain, domain):
            yield _failed("policy", "of another domain than From, not checked", signature)
        elif signature.flaw:
            yield _failed("policy", signature.flaw, signature)
        else:
            candidates.append(index)
    if len(candidates) > MAX_SIGNATURES:
        # Which of them are genuine cannot be told without checking all, and no sender writes so many.
        yield _failed("policy", f"it has more than {MAX_SIGNATURES} signatures of its sender's domain")
        return
    for index in candidates:
        yield _check_one(verifier, index, lookup)


def _check_one(verifier: _Verifier, index: int, lookup: TxtLookup) -> MethodResult:
    try:
        passed = verifier.verify(idx=index, dnsfunc=asked_of(lookup))
        signature = read_signature(verifier.signature_fields)
    except (*_ERRORS, UnreadableField) as error:
        return _failed("permerror", str(error))
    if not passed or signature.flaw:
        return _failed("fail", signature.flaw, signature)
    covers = covered_fields(signature.names, (name.decode("ascii") for name, _ in verifier.headers))
    return MethodResult("dkim", "pass", properties=_properties(signature), covers=covers)


def _failed(result: str, reason: str, signature: SignatureField | None = None) -> MethodResult:
    return MethodResult("dkim", result, reason=reason[:200], properties=_properties(signature) if signature else ())


def _properties(signature: SignatureField) -> tuple[Property, ...]:
    return (Property("header", "d", signature.domain), Property("header", "s", signature.selector))


# --- DMARC -------------------------------------------------------------------------------------------------------


def _dmarc(results: tuple[MethodResult, ...], domain: str, lookup: TxtLookup) -> Iterator[MethodResult]:
    """dmarc=pass or fail when the domain of From publishes a policy, nothing when it does not."""
    strict = _demands_strict(domain, lookup)
    if strict is None:
        return
    proven = [one.get("header", "d") for one in results if one.result == "pass"]
    passed = any(same_domain(one, domain) if strict else aligned(one, domain) for one in proven)
    yield MethodResult("dmarc", "pass" if passed else "fail", properties=(Property("header", "from", domain),))


def _demands_strict(domain: str, lookup: TxtLookup) -> bool | None:
    """Whether the DMARC record of the domain, else of its organization, asks for strict alignment (RFC 7489, 6.6.3).

    None when there is no record. One that cannot be read asks for the most.
    """
    for name in dict.fromkeys((ascii_domain(domain), ascii_domain(organizational_domain(domain)))):
        record = (lookup(f"_dmarc.{name}") or b"").strip() if name else b""
        if not re.match(rb"v\s*=\s*DMARC1\s*(?:;|$)", record):
            continue
        try:
            return bool(parse_tag_value(record).get(b"adkim", b"r").lower() != b"r")
        except InvalidTagValueList:
            return True
    return None
