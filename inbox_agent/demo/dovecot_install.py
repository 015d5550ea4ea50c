"""Which Dovecot this machine has: the system's own, or one that ``scripts/setup.sh`` unpacked where it may install nothing."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from inbox_agent.demo.dovecot_config import SERIES, Series
from inbox_agent.errors import ConfigurationError

# Debian's packages, unpacked but not installed: their /usr is laid over the machine's for Dovecot's processes alone.
UNPACKED = Path(sys.prefix) / "debian"
INSTALL_HINT = "install it with: sudo apt-get install --no-install-recommends dovecot-imapd dovecot-lmtpd"
ACCOUNT_HINT = "or set INBOX_AGENT_IMAP_* and INBOX_AGENT_SMTP_* to a mail account"
# The folder is a relative path because a colon or a comma in its own path would mean something to the mount.
LAY_OVER = 'cd -- "$1" && mount -t overlay overlay -o lowerdir=usr:/usr /usr && cd / && shift && exec "$@"'


@dataclass(frozen=True, slots=True)
class InstalledDovecot:
    """A Dovecot that can be started.

    Attributes:
        entry: the command before the program that makes it visible when it is only unpacked.
        drops: options of setpriv that give up what the entry took.
    """

    series: Series
    program: str
    entry: tuple[str, ...] = ()
    drops: tuple[str, ...] = ()


def find_dovecot(unpacked: Path = UNPACKED) -> InstalledDovecot:
    """The Dovecot to start.

    Raises:
        ConfigurationError: missing, not startable, or of a version whose configuration we do not write.
    """
    if shutil.which("setpriv") is None:
        raise ConfigurationError(
            "the embedded mail server needs setpriv; install it with: sudo apt-get install util-linux"
        )
    if not (unpacked / "usr/lib/dovecot").is_dir():
        found = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
        if found is None:
            raise ConfigurationError(f"the embedded mail server needs Dovecot; {INSTALL_HINT}")
        return InstalledDovecot(_series([found]), found)
    as_root = os.geteuid() == 0
    entry, program = lay_over(unpacked, as_root=as_root), "/usr/sbin/dovecot"
    drops = () if as_root else ("--inh-caps=-all", "--ambient-caps=-all", "--bounding-set=-all")
    return InstalledDovecot(_series([*entry, program]), program, entry, drops)


def lay_over(unpacked: Path, *, as_root: bool) -> tuple[str, ...]:
    """The command before a command that shows it the unpacked packages in /usr, and to nobody else (user_namespaces(7))."""
    namespaces = ("--mount",) if as_root else ("--user", "--map-current-user", "--keep-caps", "--mount")
    return ("unshare", *namespaces, "sh", "-c", LAY_OVER, "sh", str(unpacked))


def _series(command: Sequence[str]) -> Series:
    asked = subprocess.run([*command, "--version"], capture_output=True, text=True, timeout=10, check=False)
    version = asked.stdout.split(maxsplit=1)[0] if asked.stdout.strip() else ""
    series = parse_series(version)
    if series is not None:
        return series
    program = command[-1]
    if not version:
        reason = " ".join(asked.stderr.split()) or f"exit code {asked.returncode}"
        raise ConfigurationError(f"{program} did not report its version ({reason}); {INSTALL_HINT}; {ACCOUNT_HINT}")
    raise ConfigurationError(
        f"the embedded mail server writes the configuration of Dovecot {' and '.join(SERIES)}, but {program} is {version}; "
        f"use a machine with one of them, such as Debian 12, Debian 13 or Ubuntu 24.04, {ACCOUNT_HINT}"
    )


def parse_series(version: str) -> Series | None:
    """The series of a version as ``dovecot --version`` prints it; None for one whose configuration we do not write."""
    found = re.match(r"(\d+\.\d+)(?![\d])", version)
    return next((series for series in SERIES if found and series == found.group(1)), None)
