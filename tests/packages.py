"""The project as its users install it: wheel and source package built offline, the wheel installed away from this checkout."""

import os
import subprocess
import sys
import sysconfig
import venv
from dataclasses import dataclass
from pathlib import Path

import pytest

from inbox_agent.demo.dovecot_install import UNPACKED

ROOT = Path(__file__).parents[1]
BUILD_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Packages:
    """What ``hatchling build`` made of this checkout."""

    wheel: Path
    sdist: Path


@dataclass(frozen=True, slots=True)
class Installed:
    """The wheel in an environment that holds nothing of this checkout; the dependencies are those of the test environment."""

    prefix: Path

    @property
    def python(self) -> str:
        return str(self.prefix / "bin" / "python")

    @property
    def command(self) -> str:
        """The console script ``inbox-agent``."""
        return str(self.prefix / "bin" / "inbox-agent")

    @property
    def site_packages(self) -> Path:
        return Path(sysconfig.get_path("purelib", vars={"base": str(self.prefix)}))


def succeed(*command: str, folder: Path) -> str:
    """Run a build step; the test fails with its words when it does.

    Returns:
        Its standard output.
    """
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=BUILD_SECONDS, check=False)
    assert done.returncode == 0, f"{' '.join(command)}: {done.stdout[-2000:]}{done.stderr[-2000:]}"
    return done.stdout


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Packages:
    """Wheel and source package, built with the pinned build tools and without the network."""
    target = tmp_path_factory.mktemp("dist")
    succeed(sys.executable, "-P", "-m", "hatchling", "build", "--directory", str(target), folder=ROOT)
    [wheel], [sdist] = target.glob("*.whl"), target.glob("*.tar.gz")
    return Packages(wheel, sdist)


@pytest.fixture(scope="session")
def installed(packages: Packages, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The wheel in an environment of its own."""
    environment = Installed(tmp_path_factory.mktemp("installed"))
    venv.create(environment.prefix, symlinks=True)
    pip = [sys.executable, "-P", "-m", "pip", "--python", environment.python, "--disable-pip-version-check"]
    succeed(*pip, "install", "--quiet", "--no-index", "--no-deps", str(packages.wheel), folder=environment.prefix)
    if UNPACKED.is_dir():
        # Where a user may install nothing, Dovecot lies unpacked beside the packages of this checkout.
        (environment.prefix / UNPACKED.name).symlink_to(UNPACKED)
    # A path file adds the folder alone, so that the editable install of this checkout there does not count.
    (environment.site_packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return environment


def clean_environment(home: Path) -> dict[str, str]:
    """The environment of somebody who has set nothing for this program or for Python."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("INBOX_AGENT_", "OPENAI_", "PYTHON", "XDG_")) and name != "VIRTUAL_ENV"
    }
    return {**kept, "HOME": str(home)}
