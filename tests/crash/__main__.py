"""``python -m tests.crash``: the crash test as one command."""

import argparse
import sys
import tempfile
from functools import partial
from pathlib import Path

from tests.crash.run import crash_test


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description="kill -9 the embedded engine under load")
    parser.add_argument("--kills", type=int, default=300, help="how often to kill it (300)")
    parser.add_argument("--clients", type=int, default=16, help="clients that drive workflows side by side (16)")
    parser.add_argument(
        "--seed", type=int, help="of the instants and the mix; printed, so that a run can be varied or repeated"
    )
    parser.add_argument("--data", type=Path, help="keep the engine's data here (default: a temporary directory)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="crash-") as temporary:
        report = crash_test(
            options.data or Path(temporary),
            options.kills,
            options.clients,
            options.seed,
            say=partial(print, flush=True),
        )
    print(report.table())
    return 1 if report.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
