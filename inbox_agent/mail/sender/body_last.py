"""The header's signature is verified before the body is looked at.

Anyone who forges a signature cannot sign the header, so a body of any size costs nothing then. A signed header of somebody
else's with another body costs one pass through the body, for all signatures that canonicalize it alike.
"""

import base64
import hashlib
import re
from typing import Any

import dkim
from dkim.canonicalization import CanonicalizationPolicy, InvalidCanonicalizationPolicyError

from inbox_agent.mail.sender.check_cost import Meter, header_of, seconds_to_verify
from inbox_agent.mail.sender.dkim_keys import MIN_KEY_BITS, SILENT, refuse_key


class BodyLast(dkim.DomainSigner):  # type: ignore[misc] # dkimpy has no types
    """Stands before ``dkim.DKIM`` or ``dkim.ARC`` among the bases.

    Args:
        raw: the whole message.
        meter: is told the cost of each signature before it is verified; what it raises ends the check.
    """

    def __init__(self, raw: bytes, meter: Meter) -> None:
        header = header_of(raw)
        super().__init__(header, logger=SILENT, minkey=MIN_KEY_BITS)
        self._raw, self._meter = raw, meter
        self._header_seconds = seconds_to_verify(header)
        self._body_seconds: float | None = None
        self._hashes: dict[bytes, bytes] = {}

    def verify_sig_process(self, sig: dict[bytes, bytes], *others: Any) -> bool:
        """See ``dkim.DomainSigner``."""
        refuse_key(self.ktag, self.pk, sig[b"a"])
        self._meter.spend(self._header_seconds)
        # Without its hash, dkimpy leaves the body alone.
        without_body = {name: value for name, value in sig.items() if name != b"bh"}
        if not super().verify_sig_process(without_body, *others):
            return False
        return b"bh" not in sig or self._body_holds(sig)

    def _body_holds(self, sig: dict[bytes, bytes]) -> bool:
        if b"l" in sig or not sig[b"a"].endswith(b"-sha256"):
            return False  # neither counts, see dkim_fields.find_flaw
        stated = base64.b64decode(re.sub(rb"\s+", b"", sig[b"bh"]))
        return stated == self._hash_of_body(sig.get(b"c", b"simple/simple"))

    def _hash_of_body(self, canonicalization: bytes) -> bytes:
        """The body's SHA-256; all signatures with one way to canonicalize share it."""
        try:
            policy = CanonicalizationPolicy.from_c_value(canonicalization)
        except InvalidCanonicalizationPolicyError as error:
            raise dkim.MessageFormatError("its c= cannot be read") from error
        way = policy.to_c_value().rpartition(b"/")[2]
        if way not in self._hashes:
            self._read_body()
            self._hashes[way] = hashlib.sha256(policy.canonicalize_body(self.body)).digest()
        return self._hashes[way]

    def _read_body(self) -> None:
        first = self._body_seconds is None
        if self._body_seconds is None:
            self._body_seconds = seconds_to_verify(self._raw)
        self._meter.spend(self._body_seconds)
        if first:
            headers, self.body = dkim.rfc822_parse(self._raw)
            if headers != self.headers:
                raise dkim.MessageFormatError("its header can be read in two ways")
