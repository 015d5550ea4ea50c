"""One fresh system: made by debootstrap (kept in a cache), copied, and entered by namespaces that end with the command."""

import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from inbox_agent.errors import ConfigurationError
from tests.fresh.host import AptSource, Host, sources_for

# What the README says a newcomer has.
GIVEN_PACKAGES = ("python3", "make", "git")
DISTRIBUTIONS = {"bookworm": "debian", "trixie": "debian", "sid": "debian", "noble": "ubuntu", "resolute": "ubuntu"}
NAMES = {
    "bookworm": "Debian 12",
    "trixie": "Debian 13",
    "sid": "Debian sid",
    "noble": "Ubuntu 24.04",
    "resolute": "Ubuntu 26.04",
}
NEWCOMER = "newcomer"
# The script of debootstrap to make a suite with that it does not know by name: each serves all later ones.
SCRIPTS = {"debian": "sid", "ubuntu": "gutsy"}
SCRIPTS_FOLDER = Path("/usr/share/debootstrap/scripts")
BASE_SECONDS = 7 * 24 * 3600.0

# pivot_root, not chroot: in a chroot the kernel gives nobody a user namespace (user_namespaces(7)); on a machine it does.
# All mounts are in a namespace of their own and gone with it, like every process: nothing is left to clean up.
ENTER = r"""
set -eu
root=$1; user=$2; folder=$3; shift 3
mount --bind "$root" "$root"
cd "$root"
mkdir -p .host
mount -t tmpfs tmpfs dev
for node in null zero full random urandom tty; do : > dev/$node; mount --bind /dev/$node dev/$node; done
mkdir dev/pts dev/shm
mount -t devpts -o newinstance,ptmxmode=0666 devpts dev/pts
mount -t tmpfs tmpfs dev/shm
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
for number in 0:stdin 1:stdout 2:stderr; do ln -s fd/${number%:*} dev/${number#*:}; done
mount -t proc proc proc
pivot_root . .host
umount -l /.host
rmdir /.host
cd "$folder"
code=0
if [ "$user" = root ]; then env HOME=/root USER=root "$@" || code=$?
else setpriv --reuid "$user" --regid "$user" --init-groups env HOME="/home/$user" USER="$user" "$@" || code=$?; fi
left=
for try in 1 2 3 4 5; do
    left=
    for process in /proc/[0-9]*; do
        [ "$process" = /proc/$$ ] || left="$left $(tr '\0' ' ' 2>/dev/null < $process/cmdline || true)"
    done
    [ -n "${left# }" ] || break
    sleep 1
done
if [ -n "${left# }" ]; then echo "LEFT RUNNING:$left"; [ $code != 0 ] || code=99; fi
exit $code
"""
LEFT_RUNNING = 99


@dataclass(frozen=True, slots=True)
class Room:
    """A fresh system at ``root``, used by ``user`` (root or the newcomer, who has no sudo)."""

    root: Path
    user: str
    environment: dict[str, str]

    @property
    def checkout(self) -> Path:
        return Path("/root/inbox-agent" if self.user == "root" else f"/home/{self.user}/inbox-agent")

    def command(self, *words: str) -> list[str]:
        """The command that runs ``words`` in the checkout; exit code 99 when they leave a process running."""
        variables = [f"{name}={value}" for name, value in self.environment.items()]
        variables += ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8"]
        namespaces = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--propagation", "private"]
        enter = ["sh", "-c", ENTER, "enter", str(self.root), self.user, str(self.checkout)]
        return ["env", "-i", *variables, *namespaces, *enter, *words]


def make_base(
    suite: str, host: Host, *, cache: Path, log: Path, mirror: str | None = None, rebuild: bool = False
) -> Path:
    """The base of that suite, from the cache when it is younger than a week.

    Raises:
        subprocess.CalledProcessError: debootstrap failed; its words are in the log.
        ConfigurationError: there is nowhere to make it from.
    """
    base, partial = cache / suite, cache / f"{suite}.partial"
    if base.exists() and not rebuild and time.time() - base.stat().st_mtime < BASE_SECONDS:
        return base
    cache.mkdir(parents=True, exist_ok=True)
    for old in (base, partial):
        if old.exists():
            shutil.rmtree(old)
    sources = sources_of(suite, host)
    # Without a mirror of ours debootstrap knows the distribution's own.
    mirrors = [mirror] if mirror else [source.uri for source in sources if source.suite == suite][:1]
    command = debootstrap_command(suite, partial, mirrors[0] if mirrors else None)
    with log.open("wb") as words:
        subprocess.run(command, stdout=words, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, check=True)
    if sources and not mirror:
        lines = "".join(f"{source.line()}\n" for source in sources)
        (partial / "etc/apt/sources.list").write_text(lines, encoding="utf-8")
    partial.rename(base)
    base.touch()
    return base


def debootstrap_command(suite: str, target: Path, mirror: str | None, *, is_known: bool | None = None) -> list[str]:
    """The command that makes the base.

    Args:
        is_known: whether debootstrap knows the suite by name (default: look).

    Raises:
        ConfigurationError: without a mirror for a suite whose own mirror debootstrap does not know.
    """
    command = ["debootstrap", "--variant=minbase", f"--include={','.join(GIVEN_PACKAGES)}", suite, str(target)]
    if is_known is None:
        is_known = (SCRIPTS_FOLDER / suite).exists()
    if is_known:
        return [*command, *([mirror] if mirror else [])]
    if mirror is None:
        raise ConfigurationError(f"this debootstrap does not know {suite}; name a mirror that has it: --mirror URL")
    return [*command, mirror, SCRIPTS[DISTRIBUTIONS[suite]]]


def sources_of(suite: str, host: Host) -> list[AptSource]:
    """This machine's archives for that suite; none when it is of another distribution."""
    if DISTRIBUTIONS[suite] != host.distribution:
        return []
    return sources_for(host.sources, host.codename, suite)


def make_room(base: Path, root: Path, user: str, host: Host, repository: Path) -> Room:
    """A copy of the base with this machine's settings, the user, and a clone of the repository's last commit."""
    subprocess.run(["cp", "-a", "--reflink=auto", str(base), str(root)], check=True)
    host.install(root)
    room = Room(root, user, host.environment)
    subprocess.run(["chroot", str(root), "useradd", "--create-home", "--shell", "/bin/bash", NEWCOMER], check=True)
    checkout = root / room.checkout.relative_to("/")
    subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", str(repository), str(checkout)], check=True)
    subprocess.run(["chroot", str(root), "chown", "-R", f"{user}:", str(room.checkout)], check=True)
    return room
