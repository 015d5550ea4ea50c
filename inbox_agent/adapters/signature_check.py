"""The check of a message's own signatures (``mail.dkim_check``) by DNS, bounded: which names, and how many."""

from inbox_agent.adapters.dns_txt import TxtRecords
from inbox_agent.errors import LookUpFailed, LookUpPending
from inbox_agent.mail.sender.authres import MethodResult
from inbox_agent.mail.sender.dkim_check import check_signatures
from inbox_agent.models import Message

# Five signatures and two policies, and two keys for each of ten servers that sealed the mail (ARC).
MAX_NAMES = 27
_KEY = "._domainkey."


class SignatureChecker:
    """A ``mail.intake.SignatureCheck``.

    Args:
        sealers: domains of trusted forwarders, lower case.
        wait_seconds: how long one call may wait for the DNS; 0 for a poller, which comes again instead.
        at_length: take the time that it takes; else a call raises ``CheckTakesLong``.
    """

    def __init__(
        self,
        records: TxtRecords,
        sealers: tuple[str, ...] = (),
        *,
        wait_seconds: float = 0.0,
        at_length: bool = True,
    ) -> None:
        self._records, self._sealers = records, sealers
        self._wait_seconds, self._at_length = wait_seconds, at_length

    def __call__(self, raw: bytes, message: Message) -> tuple[MethodResult, ...]:
        """The results, as ``check_signatures``.

        Raises:
            LookUpPending, LookUpFailed: the DNS has not answered.
            CheckTakesLong: others come first.
        """
        for _ in range(MAX_NAMES if self._wait_seconds else 0):
            try:
                return self._check(raw, message)
            except LookUpPending:
                self._records.wait(self._wait_seconds)
                self._records.settled()
        return self._check(raw, message)

    def _check(self, raw: bytes, message: Message) -> tuple[MethodResult, ...]:
        names = _Names(self._records)
        results = check_signatures(raw, message, names, self._sealers, at_length=self._at_length)
        missing = {*names.pending, *names.failed}
        if not missing or (any(one.result == "pass" for one in results) and all(_KEY in name for name in missing)):
            # One signature is as good as two. What a policy demands is open without it.
            return results
        if names.pending:
            raise LookUpPending(frozenset(names.pending))
        name = min(names.failed)
        raise LookUpFailed(name, names.failed[name])


class _Names:
    """The look-ups of one check. What is missing is noted and the check goes on, so that all names are asked for at once."""

    def __init__(self, records: TxtRecords) -> None:
        self._records = records
        self._asked: set[str] = set()
        self.pending: set[str] = set()
        self.failed: dict[str, float] = {}

    def __call__(self, name: str) -> bytes | None:
        if name not in self._asked and len(self._asked) >= MAX_NAMES:
            return None
        self._asked.add(name)
        try:
            return self._records(name)
        except LookUpPending as error:
            self.pending |= error.names
        except LookUpFailed as error:
            self.failed[name] = error.retry_seconds
        return None
