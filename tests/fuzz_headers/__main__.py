"""``python -m tests.fuzz_headers --count N``: mutated headers of signed mail, our verdict against other readers'.

A finding is a proof of a sender that dkimpy on the raw bytes, the standard library's reading of From and a strict reading of
the signature fields do not give; a field taken as signed that can be changed while the proof holds; an exception; or more than
a second of processor time for one mail. Exit status 1 when there is any. How many of the harmless changes stay proven is
printed, too: that is what refusing costs.
"""

import argparse
import sys
import time
import traceback
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from inbox_agent.errors import MalformedMessageError
from inbox_agent.mail.mime.parse import parse_message
from inbox_agent.mail.sender.dkim_check import check_signatures
from inbox_agent.mail.sender.trust import TrustPolicy, judge_sender
from inbox_agent.models import Trust
from tests.fuzz_headers.cases import MODES, OWNER, SEALER, SERVER, WRITERS, Case, cases, lookup
from tests.fuzz_headers.reference import DECIDING, changeable_fields, proven_by_seal, proven_by_signature

SECONDS = 1.0


def judge(case: Case) -> Trust | None:
    """Our verdict; None for what is no mail."""
    try:
        message = parse_message(case.raw)
    except MalformedMessageError:
        return None
    server = SERVER if case.mode == "results" else ""
    # With results of our server our own check is switched on as well: it must never be what is asked instead.
    verified = check_signatures(case.raw, message, lookup, (SEALER,) if case.mode == "arc" else ())
    return judge_sender(message, TrustPolicy(allow=(OWNER,), authserv_id=server), verified=verified)


def proven(case: Case, raw: bytes) -> str:
    """Whom the other readers say the mail is proven to be from, or ""."""
    by_signature = proven_by_signature(raw, lookup, strict=case.mode != "results")
    if by_signature or case.mode != "arc":
        return by_signature
    return proven_by_seal(raw, lookup, SEALER, case.stated)


def find_wrong(case: Case, trust: Trust) -> str:
    """What we take as proven and the others do not, or ""."""
    sender = proven(case, case.delivered)
    if trust.identity != sender:
        return f"{case.mode}: proven to be from {trust.identity}, others: {sender or 'nobody'}"
    changeable = changeable_fields(case.delivered, lambda raw: proven(case, raw)) & set(DECIDING)
    if wrong := changeable - trust.unsigned:
        return f"{case.mode}: taken as signed and can be changed: {', '.join(sorted(wrong))}"
    return ""


class Tally:
    """Findings, one line per distinct kind with the first case that shows it, and counts."""

    def __init__(self, keep: Path | None) -> None:
        self.keep = keep
        self.findings: Counter[str] = Counter()
        self.seen: Counter[tuple[str, str]] = Counter()
        self.proven: Counter[tuple[str, str]] = Counter()
        self.whole: Counter[str] = Counter()
        self.slowest = (0.0, -1)

    def add(self, what: str, case: Case) -> None:
        self.findings[what] += 1
        if self.findings[what] == 1:
            sys.stdout.write(f"case {case.number}: {what}\n")
            if self.keep is not None:
                self.keep.mkdir(parents=True, exist_ok=True)
                (self.keep / f"{case.number}.eml").write_bytes(case.raw)

    def take(self, case: Case) -> None:
        """Judge one case and count it."""
        started = time.process_time()
        self.seen[case.mode, case.writer] += 1
        try:
            trust = judge(case)
        except Exception as error:  # noqa: BLE001 -- whatever it is, it is a finding
            frame = traceback.extract_tb(error.__traceback__)[-1]
            self.add(f"{type(error).__name__} in {Path(frame.filename).name}:{frame.lineno}", case)
            return
        seconds = time.process_time() - started
        self.slowest = max(self.slowest, (seconds, case.number))
        if seconds > SECONDS:
            self.add(f"{case.mode}: more than {SECONDS:.0f} s", case)
        if trust is None or not trust.identity:
            return
        self.proven[case.mode, case.writer] += 1
        self.whole[case.mode] += case.harmless and not trust.unsigned - {"envelope"}
        if wrong := find_wrong(case, trust):
            self.add(wrong, case)

    def report(self) -> str:
        lines = ["proof   by          mails  proven  all signed"]
        for mode in MODES:
            for writer in WRITERS:
                seen, found = self.seen[mode, writer], self.proven[mode, writer]
                whole = str(self.whole[mode]) if writer == "owner" else ""
                lines.append(f"{mode:<8}{writer:<10}{seen:>7}{found:>8}  {whole:>10}".rstrip())
        genuine = sum(count for (_, writer), count in self.seen.items() if writer == "owner")
        kept = sum(count for (_, writer), count in self.proven.items() if writer == "owner")
        seconds, slowest = self.slowest
        lines += [
            f"{sum(self.seen.values())} mails: {sum(self.findings.values())} findings (proofs that the others do not give)",
            f"of {genuine} harmless variations {kept} stay proven; slowest {seconds * 1000:.0f} ms (case {slowest})",
        ]
        return "\n".join(lines)


def run(arguments: argparse.Namespace) -> int:
    tally = Tally(arguments.keep)
    start, count = (arguments.start, arguments.count) if arguments.only is None else (arguments.only, 1)
    began = shown = time.monotonic()
    for case in cases(arguments.run, range(start, start + count)):
        if arguments.only is not None:
            sys.stdout.write(
                f"{case.mode}, written by {case.writer}:\n{case.raw.decode('utf-8', 'backslashreplace')}\n"
            )
            sys.stdout.write(f"ours: {judge(case)}\nothers: {proven(case, case.delivered) or 'nobody'}\n")
        tally.take(case)
        if time.monotonic() - shown > arguments.progress > 0:
            shown = time.monotonic()
            sys.stderr.write(f"{case.number - start + 1} of {count} mails after {shown - began:.0f} s\n")
    sys.stdout.write(f"{tally.report()}\n{time.monotonic() - began:.0f} s\n")
    return 1 if tally.findings else 0


def main(arguments_given: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz_headers", description=__doc__)
    parser.add_argument("--count", type=int, default=20_000, help="how many mails (default 20000, a few minutes)")
    parser.add_argument("--start", type=int, default=0, help="number of the first mail")
    parser.add_argument("--run", type=int, default=1, help="another run makes other mails (the seed)")
    parser.add_argument("--only", type=int, help="just the mail of this number, shown with both verdicts")
    parser.add_argument("--keep", type=Path, help="directory to write the mails with findings to")
    parser.add_argument("--progress", type=float, default=10, help="seconds between lines of progress, 0 for none")
    arguments = parser.parse_args(arguments_given)
    if arguments.count < 1:
        parser.error("--count: at least one mail")
    return run(arguments)


if __name__ == "__main__":
    raise SystemExit(main())
