"""``python -m tests.mail_scoring CORPORA [--failures]``: one table over all sections."""

import argparse
import sys
from pathlib import Path

from tests.mail_scoring import authres, bounces, new_text, threads
from tests.mail_scoring.table import render_table

# Each section: a function from the corpora directory to its rows.
SECTIONS = (new_text.score, bounces.score, authres.score, threads.score)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mail_scoring", description=__doc__)
    parser.add_argument("corpora", type=Path, help="directory with one folder a corpus")
    parser.add_argument(
        "--failures", action="store_true", help="name the cases that failed, with what was read instead"
    )
    arguments = parser.parse_args()
    if not arguments.corpora.is_dir():
        parser.error(f"{arguments.corpora} is no directory")
    rows = [row for section in SECTIONS for row in section(arguments.corpora)]
    sys.stdout.write(render_table(rows) + "\n")
    if arguments.failures:
        for row in rows:
            for failure in row.failures:
                sys.stdout.write(f"\n[{row.name}] {failure}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
