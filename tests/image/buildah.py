"""Builds the image for real: Debian's buildah with chroot isolation, on a base made by debootstrap. Needs root, no daemon.

Everything lies in a store of its own below the user's cache folder: the base stays there for the next time, the image does not.
"""

import fcntl
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.image.context import ROOT

SUITES = ("bookworm", "trixie")
PACKAGES = ("ca-certificates", "python3", "python3-venv")
NEEDED = ("buildah", "debootstrap", "unshare", "nsenter", "setpriv", "ip")
TAG = "localhost/inbox-agent-test:latest"
STEP_SECONDS = 900
# Not of use in a build: its folders are not there, and its words would go into no file.
PIP_LEFT_OUT = (
    "cert",
    "client-cert",
    "find-links",
    "log",
    "cache-dir",
    "require-virtualenv",
    "disable-pip-version-check",
)

Say = Callable[[str], None]


class BuildFailed(Exception):
    """A step of the build failed; the message ends with its words."""


def base_of(suite: str) -> str:
    """The name of the base that is made of a Debian release."""
    return f"localhost/inbox-agent-test-base:{suite}"


def why_not() -> str:
    """What is missing to build and run the image here; empty when nothing is."""
    if os.geteuid() != 0:
        return "building and running the image needs root"
    missing = [name for name in NEEDED if shutil.which(name) is None]
    return f"not installed: {', '.join(missing)}" if missing else ""


def cache_folder() -> Path:
    """Where the base is kept between runs."""
    given = Path(os.environ.get("XDG_CACHE_HOME", ""))
    return (given if given.is_absolute() else Path("~/.cache").expanduser()) / "inbox-agent" / "image-test"


def run(command: list[str], *, folder: Path | None = None) -> str:
    """Run a command to its end and return its standard output.

    Raises:
        BuildFailed: it failed or took too long.
    """
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=STEP_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise BuildFailed(f"{command[0]} did not end within {STEP_SECONDS} s") from error
    if done.returncode != 0:
        raise BuildFailed(f"{' '.join(command[:8])} …: {(done.stdout + done.stderr)[-3000:]}")
    return done.stdout


def pip_settings() -> str:
    """This machine's settings of pip (an index, a proxy, timeouts) as a configuration file for the build."""
    listed = run(["python3", "-P", "-m", "pip", "config", "list"]) if shutil.which("pip") else ""
    chosen: dict[str, str] = {}
    for line in listed.splitlines():
        key, _, value = line.partition("=")
        name = key.rpartition(".")[2]
        if name not in PIP_LEFT_OUT:
            chosen[name] = value.strip("'\"")
    return "\n".join(["[global]", *(f"{name} = {value}" for name, value in chosen.items())]) + "\n"


def certificate_authorities() -> Path | None:
    """The file of authorities that this machine's pip trusts instead of its own, if it was given one."""
    for name in ("PIP_CERT", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"):
        if os.environ.get(name) and Path(os.environ[name]).is_file():
            return Path(os.environ[name])
    return None


@dataclass(frozen=True, slots=True)
class Image:
    """A built image, mounted: its configuration (``config`` of the OCI image-spec), all that it says of itself, its files."""

    config: dict[str, Any]
    description: str
    rootfs: Path
    megabytes: float
    base_megabytes: float

    @property
    def environment(self) -> dict[str, str]:
        return dict(entry.split("=", 1) for entry in self.config["Env"])


@dataclass
class Builder:
    """buildah with a store of its own."""

    folder: Path = field(default_factory=cache_folder)

    def buildah(self, *arguments: str) -> str:
        return run(["buildah", "--root", str(self.folder / "store"), "--runroot", str(self.folder / "run"), *arguments])

    @property
    def work(self) -> Path:
        """For what one run writes."""
        return self.folder / "work"

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Wait for another run on the same store to end, and remove what one that was killed left behind."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self.folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self.buildah("rm", "--all")
            self._remove_image()
            shutil.rmtree(self.work, ignore_errors=True)
            self.work.mkdir(mode=0o700)
            try:
                yield
            finally:
                shutil.rmtree(self.work, ignore_errors=True)

    def _remove_image(self) -> None:
        if self.buildah("images", "--quiet", "--filter", f"reference={TAG}").strip():
            self.buildah("rmi", "--force", TAG)

    def has_base(self, suite: str) -> bool:
        return bool(self.buildah("images", "--quiet", "--filter", f"reference={base_of(suite)}").strip())

    def make_base(self, suite: str) -> None:
        """A small Debian with Python, made by debootstrap from this machine's mirror."""
        with tempfile.TemporaryDirectory(prefix="image-base-") as temporary:
            folder = Path(temporary)
            run(["debootstrap", "--variant=minbase", f"--include={','.join(PACKAGES)}", suite, str(folder / "root")])
            for waste in ("var/cache/apt", "var/lib/apt/lists"):
                shutil.rmtree(folder / "root" / waste, ignore_errors=True)
            path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
            (folder / "Dockerfile").write_text(f"FROM scratch\nADD root /\nENV PATH={path}\n", encoding="utf-8")
            self.buildah("build", "--quiet", "--tag", base_of(suite), str(folder))

    def forget(self) -> None:
        """Remove everything that is kept."""
        self.buildah("rmi", "--all", "--force")
        for kept in ("store", "run"):
            shutil.rmtree(self.folder / kept)

    @contextmanager
    def built(self, base: str, secrets: dict[str, Path]) -> Iterator[Image]:
        """Build the image of this checkout and mount it; afterwards it is removed.

        Args:
            base: the value of the Dockerfile's BASE.
            secrets: files that are there during the installation alone, by the ids that the Dockerfile gives them.
        """
        mounts = [part for name, file in secrets.items() for part in ("--secret", f"id={name},src={file}")]
        command = ["build", "--isolation", "chroot", "--no-cache", "--build-arg", f"BASE={base}", *mounts, "--tag", TAG]
        container = ""
        try:
            self.buildah(*command, str(ROOT))
            container = self.buildah("from", "--pull-never", TAG).strip()
            mounted = Path(self.buildah("mount", container).strip())
            description = self.buildah("inspect", "--type", "image", TAG)
            told = json.loads(description)
            sizes = [layer["size"] / 1e6 for layer in json.loads(told["Manifest"])["layers"]]
            yield Image(told["OCIv1"]["config"], description, mounted, sum(sizes), sum(sizes[:-1]))
        finally:
            if container:
                self.buildah("rm", container)
            self._remove_image()
