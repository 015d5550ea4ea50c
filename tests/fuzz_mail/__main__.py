"""``python -m tests.fuzz_mail --count N CORPUS_DIR``: mutated mails through parse, classify and split.

A finding is an exception other than MalformedMessageError, more than a second of processor time for one mail (processor
time, because the machine may be busy), or a process that grows beyond 200 MB. Exit status 1 when there is any.
"""

import argparse
import resource
import sys
import time
import traceback
from collections import Counter
from pathlib import Path

from inbox_agent.errors import MalformedMessageError
from inbox_agent.mail.kind.classify import classify
from inbox_agent.mail.mime.parse import parse_message
from inbox_agent.mail.new_text.extract import split_new_text
from inbox_agent.mail.sender.trust import TrustPolicy, judge_sender
from inbox_agent.mail.threads import find_thread
from tests.fuzz_mail.mutations import mutants, read_seeds

SECONDS = 1.0
MEGABYTES = 200
OWN_ADDRESS = "agent@corp.example"
POLICY = TrustPolicy(allow=("@lace.example",), authserv_id="mx.google.com")


def read_one(raw: bytes) -> str:
    """All the pure reading of one mail; returns its kind."""
    try:
        message = parse_message(raw)
    except MalformedMessageError:
        return "malformed"
    kind = classify(message, OWN_ADDRESS).kind
    judge_sender(message, POLICY)
    find_thread(message, mailbox=OWN_ADDRESS, secret=b"fuzz")
    split_new_text(message.text, message.html)
    return str(kind)


def peak_megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


class Findings:
    """What went wrong, one line per distinct place, with the first mail that shows it."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self.seen: Counter[str] = Counter()

    def add(self, what: str, number: int, raw: bytes) -> None:
        self.seen[what] += 1
        if self.seen[what] > 1:
            return
        sys.stdout.write(f"mail {number}: {what}\n")
        if self.folder is not None:
            self.folder.mkdir(parents=True, exist_ok=True)
            (self.folder / f"{number}.eml").write_bytes(raw)


def place_of(error: BaseException) -> str:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} in {Path(frame.filename).name}:{frame.lineno} {frame.name}"


def run(arguments: argparse.Namespace) -> int:
    seeds = read_seeds(arguments.corpus)
    if not seeds:
        sys.stdout.write("no seeds found\n")
        return 2
    numbers = (
        [arguments.only] if arguments.only is not None else range(arguments.start, arguments.start + arguments.count)
    )
    findings, kinds = Findings(arguments.keep), Counter[str]()
    slowest, slowest_number = 0.0, -1
    began = time.monotonic()
    for number, raw in mutants(seeds, arguments.run, numbers):
        started = time.process_time()
        try:
            kinds[read_one(raw)] += 1
        except Exception as error:  # noqa: BLE001 -- whatever it is, it is a finding
            findings.add(place_of(error), number, raw)
        seconds = time.process_time() - started
        if seconds > slowest:
            slowest, slowest_number = seconds, number
        if seconds > SECONDS:
            findings.add(f"{seconds:.1f} s", number, raw)
        if peak_megabytes() > MEGABYTES and not findings.seen[f"more than {MEGABYTES} MB"]:
            findings.add(f"more than {MEGABYTES} MB", number, raw)
    total = sum(findings.seen.values())
    sys.stdout.write(
        f"{len(numbers)} mails from {len(seeds)} seeds in {time.monotonic() - began:.0f} s: {total} findings, "
        f"slowest {slowest * 1000:.0f} ms (mail {slowest_number}), peak {peak_megabytes():.0f} MB\n"
        f"kinds: {', '.join(f'{kind} {count}' for kind, count in kinds.most_common())}\n"
    )
    return 1 if total else 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz_mail", description=__doc__)
    parser.add_argument("corpus", type=Path, help="directory of mails, searched for files at any depth")
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--start", type=int, default=0, help="number of the first mail")
    parser.add_argument("--run", type=int, default=1, help="another run makes other mails")
    parser.add_argument("--only", type=int, help="just the mail of this number")
    parser.add_argument("--keep", type=Path, help="directory to write the mails with findings to")
    return run(parser.parse_args())


if __name__ == "__main__":
    raise SystemExit(main())
