"""What a trusted forwarder saw before it handed a mail on: ARC (RFC 8617), checked by dkimpy.

Everything told here comes from the object that verified the newest set of fields: who sealed it, what it covers, and the
results that it holds.
"""

import re
from typing import Any

import dkim

from inbox_agent.mail.domains import same_domain
from inbox_agent.mail.mime.headers import unfold_exactly
from inbox_agent.mail.sender.authres import MethodResult, Property, parse_authentication_results
from inbox_agent.mail.sender.body_last import BodyLast
from inbox_agent.mail.sender.check_cost import Meter
from inbox_agent.mail.sender.dkim_fields import (
    UnreadableField,
    covered_fields,
    find_flaw,
    instance_of,
    read_tags,
    signed_names,
)
from inbox_agent.mail.sender.dkim_keys import TxtLookup, asked_of

# RFC 8617 allows 50; every one costs two keys, and mail goes through a handful of forwarders.
MAX_INSTANCES = 10
_ERRORS = (dkim.DKIMException, UnreadableField, ValueError, KeyError, IndexError, TypeError, ArithmeticError)


class _ArcVerifier(BodyLast, dkim.ARC):  # type: ignore[misc] # dkimpy has no types
    """Verifies a chain and keeps the tags that it verified, newest set first: ARC-Message-Signature, ARC-Seal, …"""

    def __init__(self, raw: bytes, meter: Meter) -> None:
        super().__init__(raw, meter)
        self.verified: list[dict[bytes, bytes]] = []

    def verify_sig(self, sig: dict[bytes, bytes], names: list[bytes], field: tuple[bytes, bytes], dnsfunc: Any) -> bool:
        # dkimpy looks the hashed field up by its number, and takes the tags from another list.
        if _without_blanks(read_tags(field[1])) != _without_blanks(sig):
            raise UnreadableField("another field was read than is verified")
        self.verified.append(sig)
        return bool(super().verify_sig(sig, names, field, dnsfunc))


def _without_blanks(tags: dict[bytes, bytes]) -> dict[bytes, bytes]:
    """Without c= too, which dkimpy adds where it is missing."""
    return {name: re.sub(rb"\s", b"", value) for name, value in tags.items() if name != b"c"}


def sealed_results(raw: bytes, lookup: TxtLookup, sealers: tuple[str, ...], meter: Meter) -> tuple[MethodResult, ...]:
    """The results that the newest seal holds, and ``arc=pass`` with what it covers; () unless the whole chain holds and
    that seal is of a trusted forwarder.

    Args:
        sealers: domains whose word counts.
        meter: is told what it costs.

    Raises:
        CheckTakesLong: from the meter.
        TransientError: DNS cannot be asked.
    """
    try:
        verifier = _ArcVerifier(raw, meter)
        if not _may_count(verifier, sealers) or not _newest_holds(verifier, lookup):
            return ()
        verdict, chain, _ = verifier.verify(dnsfunc=asked_of(lookup))
        return _newest(verifier, chain, sealers) if verdict == dkim.CV_Pass else ()
    except _ERRORS:
        # What cannot be read or does not hold proves nothing. The mail's own signatures say why it is not proven.
        return ()


def _may_count(verifier: _ArcVerifier, sealers: tuple[str, ...]) -> bool:
    """Whether the chain is worth asking DNS about: whole, not too long, and its newest seal names a trusted forwarder."""
    newest, fields = verifier.sorted_arc_headers()
    written = [name for name, _ in verifier.headers if name.lower() in dkim.ARC.ARC_HEADERS]
    if not 1 <= newest <= MAX_INSTANCES or len(fields) != 3 * newest or len(written) != len(fields):
        return False
    seals = [value for number, (name, value) in fields if number == newest and name.lower() == b"arc-seal"]
    return len(seals) == 1 and _is_trusted(read_tags(seals[0]), sealers)


def _newest_holds(verifier: _ArcVerifier, lookup: TxtLookup) -> bool:
    """Whether the newest set holds: before it does, nobody is asked for the keys that the others name."""
    newest, fields = verifier.sorted_arc_headers()
    found = verifier.verify_instance(fields, newest, dnsfunc=asked_of(lookup))
    verifier.verified.clear()
    return bool(found["ams-valid"] and found["as-valid"])


def _is_trusted(seal: dict[bytes, bytes], sealers: tuple[str, ...]) -> bool:
    return any(same_domain(seal[b"d"].decode("ascii"), sealer) for sealer in sealers)


def _newest(verifier: _ArcVerifier, chain: list[dict[str, Any]], sealers: tuple[str, ...]) -> tuple[MethodResult, ...]:
    """What the newest set says; RFC 8617 lets only the sealer of the newest set speak for the whole chain."""
    numbers = [one["instance"] for one in chain for _ in range(2)]
    if [instance_of(tags) for tags in verifier.verified] != numbers:
        return ()
    signature, seal = verifier.verified[:2]
    sealer = seal[b"d"].decode("ascii")
    if not _is_trusted(seal, sealers) or not same_domain(signature[b"d"].decode("ascii"), sealer):
        return ()
    stated = parse_authentication_results(unfold_exactly([chain[0]["aar-value"].rstrip(b"\r\n")]), strict=False)
    if not stated or not stated.whole or stated.instance != numbers[0] or find_flaw(signature) or find_flaw(seal):
        return ()
    covers = covered_fields(signed_names(signature), (name.decode("ascii") for name, _ in verifier.headers))
    return (*stated.results, MethodResult("arc", "pass", properties=(Property("header", "d", sealer),), covers=covers))
