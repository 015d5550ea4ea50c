"""``python -m tests.fresh``: play ``make demo`` and ``make test`` in fresh Debian systems, as root and as an ordinary user.

Exit codes: 0 all went well, 1 something failed, 2 wrong usage or not root.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from inbox_agent.errors import ConfigurationError
from tests.fresh.host import Host, read_host
from tests.fresh.report import TIMED_OUT, Played, last_word, table
from tests.fresh.system import DISTRIBUTIONS, NAMES, NEWCOMER, Room, make_base, make_room

REPOSITORY = Path(__file__).parents[2]
COMMANDS = {"demo": ("make", "demo", "ARGS=--once"), "test": ("make", "test")}
USERS = {"root": "root", "user": NEWCOMER}
NEEDED_PROGRAMS = ("debootstrap", "unshare", "pivot_root", "setpriv", "git")


def say(text: str) -> None:
    print(f"{datetime.now():%H:%M:%S} {text}", file=sys.stderr, flush=True)


def play(room: Room, name: str, system: str, *, log: Path, timeout: float) -> Played:
    """Run one command; all that it says goes into the log."""
    user = "root" if room.user == "root" else "user"
    say(f"{system}, {user}: make {name} … (its words: {log})")
    started = time.monotonic()
    with log.open("wb") as words:
        process = subprocess.Popen(
            room.command(*COMMANDS[name]), stdin=subprocess.DEVNULL, stdout=words, stderr=subprocess.STDOUT
        )
        try:
            code = process.wait(timeout)
        except subprocess.TimeoutExpired:
            code = TIMED_OUT
        finally:
            process.kill()  # every process in the room goes with it
            process.wait()
    text = log.read_text(encoding="utf-8", errors="replace")
    played = Played(system, user, name, code, time.monotonic() - started, last_word(text))
    say(f"{system}, {user}: make {name}: {played.result} after {played.seconds:.0f} s")
    if code != 0:
        print("".join(f"    | {line}\n" for line in text.splitlines()[-30:]), file=sys.stderr, flush=True)
    return played


def play_suite(suite: str, host: Host, options: argparse.Namespace) -> list[Played]:
    """Each user gets a system of their own, and the commands one after the other in it."""
    logs: Path = options.logs
    say(f"{NAMES[suite]}: making the base by debootstrap, or taking it from {options.cache}")
    started = time.monotonic()
    base_log = logs / f"{suite}-debootstrap.log"
    try:
        base = make_base(suite, host, cache=options.cache, log=base_log, mirror=options.mirror, rebuild=options.rebuild)
    except subprocess.CalledProcessError as error:
        words = last_word(base_log.read_text(encoding="utf-8", errors="replace"))
        say(f"{NAMES[suite]}: debootstrap failed: {words}")
        return [Played(NAMES[suite], "", "debootstrap", error.returncode, time.monotonic() - started, words)]
    rows: list[Played] = []
    for user in options.user or USERS:
        work = Path(tempfile.mkdtemp(prefix=f"inbox-agent-{suite}-{user}-", dir=options.work))
        work.chmod(0o755)
        try:
            room = make_room(base, work / "root", USERS[user], host, REPOSITORY)
            for name in options.command or COMMANDS:
                log = logs / f"{suite}-{user}-{name}.log"
                rows.append(play(room, name, NAMES[suite], log=log, timeout=options.timeout * 60))
        finally:
            if options.keep:
                say(f"{NAMES[suite]}, {user}: kept in {work}")
            else:
                shutil.rmtree(work)
    return rows


def parse(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.fresh",
        description="Make fresh Debian systems that have python3, make and git, clone the last commit into each, and play the "
        "project's commands there. Mirrors, proxies, certificates and pip's settings are taken over from this machine.",
        epilog="Exit codes: 0 all went well, 1 something failed, 2 wrong usage or not root.",
    )
    parser.add_argument(
        "--suite", action="append", choices=DISTRIBUTIONS, help="repeat for more (default: bookworm and trixie)"
    )
    parser.add_argument("--user", action="append", choices=USERS, help="repeat for more (default: both)")
    parser.add_argument("--command", action="append", choices=COMMANDS, help="repeat for more (default: both)")
    parser.add_argument("--mirror", metavar="URL", help="debootstrap from there (default: this machine's mirror)")
    parser.add_argument("--rebuild", action="store_true", help="make the base again (default: when it is a week old)")
    parser.add_argument(
        "--timeout", type=float, default=60, metavar="MINUTES", help="for one command (default: %(default)s)"
    )
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "inbox-agent-fresh"
    parser.add_argument("--cache", type=Path, default=cache, help="where bases are kept (default: %(default)s)")
    parser.add_argument(
        "--work", type=Path, default=Path("/var/tmp"), help="where systems are made (default: %(default)s)"
    )
    parser.add_argument("--logs", type=Path, default=Path("var/fresh"), help="default: %(default)s")
    parser.add_argument("--keep", action="store_true", help="leave the systems there afterwards")
    return parser.parse_args(argv)


def main(argv: Sequence[str]) -> int:
    options = parse(argv)
    if os.geteuid() != 0:
        print("tests.fresh: only root can make systems; run it with sudo", file=sys.stderr)
        return 2
    missing = [program for program in NEEDED_PROGRAMS if shutil.which(program) is None]
    if missing:
        print(f"tests.fresh: install first: apt-get install {' '.join(missing)}", file=sys.stderr)
        return 2
    options.logs.mkdir(parents=True, exist_ok=True)
    dirty = subprocess.run(["git", "status", "--porcelain"], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    if dirty.stdout:
        say("NOTE: what is not committed is not in the clones")
    host = read_host()
    try:
        rows = [row for suite in options.suite or ("bookworm", "trixie") for row in play_suite(suite, host, options)]
    except ConfigurationError as error:
        print(f"tests.fresh: {error}", file=sys.stderr)
        return 2
    print(table(rows))
    return 1 if any(row.code for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
