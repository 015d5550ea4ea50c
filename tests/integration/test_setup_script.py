"""scripts/setup.sh in a checkout that holds next to nothing: it ends every dead end that an earlier run may have left."""

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# A project without dependencies that builds itself: setup needs the network for none of it.
PYPROJECT = """\
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]

[project]
name = "tiny"
version = "1"
"""
BACKEND = """
import zipfile


def build_editable(folder, config_settings=None, metadata_directory=None):
    name = "tiny-1-py3-none-any.whl"
    with zipfile.ZipFile(f"{folder}/{name}", "w") as wheel:
        wheel.writestr("tiny-1.dist-info/METADATA", "Metadata-Version: 2.1\\nName: tiny\\nVersion: 1\\n")
        wheel.writestr("tiny-1.dist-info/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr("tiny-1.dist-info/RECORD", "")
    return name
"""
# The interpreter below the virtual environment of these tests: where setup begins on a machine.
BASE = Path(getattr(sys, "_base_executable", sys.executable)).resolve()


def needs_no_packages() -> bool:
    """Whether setup finds all on this machine that it would otherwise fetch for each of these checkouts."""
    pip = importlib.util.find_spec("ensurepip") or list(Path("/usr/share/python-wheels").glob("pip-*.whl"))
    return bool(pip) and Path("/usr/sbin/dovecot").exists() and Path("/usr/lib/dovecot/lmtp").exists()


pytestmark = pytest.mark.skipif(not needs_no_packages(), reason="setup would download Debian packages for each test")


class Checkout:
    """A checkout with the scripts, and what the machine's PATH finds first."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "requirements").mkdir(parents=True)
        shutil.copytree(ROOT / "scripts", folder / "scripts")
        (folder / "requirements/build.txt").touch()
        (folder / "requirements/dev.txt").touch()
        (folder / "pyproject.toml").write_text(PYPROJECT)
        (folder / "backend.py").write_text(BACKEND)
        self.programs = folder.parent / "programs"
        self.programs.mkdir(exist_ok=True)
        if not (self.programs / "python3").exists():
            (self.programs / "python3").symlink_to(BASE)

    def start(self, **variables: str) -> subprocess.Popen[str]:
        known = {name: value for name, value in os.environ.items() if name not in {"PYTHON", "WITH_BROWSER"}}
        environment = known | {"PATH": f"{self.programs}:{os.environ['PATH']}"} | variables
        return subprocess.Popen(
            ["bash", "scripts/setup.sh"], cwd=self.folder, env=environment, stderr=subprocess.PIPE, text=True
        )

    def setup(self, **variables: str) -> str:
        """Run it to its good end and return what it said."""
        return finish(self.start(**variables))

    def run(self, *arguments: str) -> str:
        python = self.folder / ".venv/bin/python"
        return subprocess.run([python, *arguments], capture_output=True, text=True, check=True, timeout=60).stdout

    def is_whole(self) -> bool:
        pip_and_package = "import importlib.metadata, pip._internal; print(importlib.metadata.version('tiny'))"
        return self.run("-c", pip_and_package) == "1\n" and self.setup() == "setup: ready\n"


def finish(process: subprocess.Popen[str]) -> str:
    _, words = process.communicate(timeout=120)
    assert process.returncode == 0, words
    return words


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """A checkout that is set up; tests copy it."""
    checkout = Checkout(tmp_path_factory.mktemp("made") / "checkout")
    assert "creating .venv" in checkout.setup()
    return checkout


@pytest.fixture
def checkout(made: Checkout, tmp_path: Path) -> Checkout:
    """A set-up checkout at its own path: each test spoils it. (Its .venv was made there by the same interpreter.)"""
    one = Checkout(tmp_path / "checkout")
    shutil.copytree(made.folder / ".venv", one.folder / ".venv", symlinks=True)
    stamp = one.folder / ".venv/.setup"
    stamp.write_text(stamp.read_text().replace(str(made.folder), str(one.folder)))
    return one


def halve_pip(venv: Path) -> None:
    """As after an interruption."""
    (venv / ".setup").unlink()
    shutil.rmtree(next(venv.glob("lib/*/site-packages/pip")) / "_internal")


def point_at_a_removed_interpreter(venv: Path) -> None:
    (venv / "bin/python").unlink()
    (venv / "bin/python").symlink_to("/usr/bin/python3.00")


def upgrade_the_distribution(venv: Path) -> None:
    """As when /usr/bin/python3 is another version now: the packages lie where it does not look."""
    stamp = venv / ".setup"
    where, _, what = stamp.read_text().splitlines()
    stamp.write_text(f"{where}\n/usr/bin/python3.9 3.9\n{what}\n")
    next(venv.glob("lib/python*")).rename(venv / "lib/python3.9")


@pytest.mark.parametrize("spoil", [halve_pip, point_at_a_removed_interpreter, upgrade_the_distribution])
def test_what_an_earlier_run_or_an_upgrade_left_is_made_again(checkout: Checkout, spoil: object) -> None:
    assert callable(spoil)
    spoil(checkout.folder / ".venv")
    assert "creating .venv" in checkout.setup()
    assert checkout.is_whole()


def test_a_moved_checkout_is_set_up_again(checkout: Checkout) -> None:
    moved = checkout.folder.rename(checkout.folder.with_name("moved"))
    checkout.folder = moved
    assert "creating .venv" in checkout.setup()
    assert checkout.is_whole()


def test_a_repeat_does_nothing(checkout: Checkout) -> None:
    assert checkout.setup() == "setup: ready\n"


def test_other_requirements_are_installed_into_the_same_venv(checkout: Checkout) -> None:
    mark = checkout.folder / ".venv/mark"
    mark.touch()
    (checkout.folder / "requirements/dev.txt").write_text("# changed\n")
    assert "installing the pinned" in checkout.setup()
    assert mark.exists()
    assert checkout.is_whole()


def test_other_requirements_and_a_broken_pip_make_it_again(checkout: Checkout) -> None:
    shutil.rmtree(next(checkout.folder.glob(".venv/lib/*/site-packages/pip")))
    (checkout.folder / "requirements/dev.txt").write_text("# changed\n")
    assert "creating .venv" in checkout.setup()
    assert checkout.is_whole()


def other_interpreters() -> Sequence[Path]:
    """Interpreters of another version that this machine has."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    names = [f"python3.{minor}" for minor in range(11, 16) if f"python3.{minor}" != version]
    folders = [Path("/usr/bin"), Path("/usr/local/bin"), *Path.home().glob(".pyenv/versions/*/bin")]
    return [folder / name for folder in folders for name in names if (folder / name).exists()]


def test_another_interpreter_is_taken_when_it_is_named_and_kept_when_none_is(checkout: Checkout) -> None:
    others = other_interpreters()
    if not others:
        pytest.skip("needs another Python of 3.11 or newer on this machine")
    assert "creating .venv" in checkout.setup(PYTHON=str(others[0]))
    assert (
        others[0].name
        in checkout.run("-c", "import sys; print(f'python{sys.version_info[0]}.{sys.version_info[1]}')")[:-1]
    )
    assert checkout.setup() == "setup: ready\n", "who names none does not get another one"


@pytest.mark.parametrize("named", ["/no/such/python", "false"])
def test_an_interpreter_that_is_none_is_named(checkout: Checkout, named: str) -> None:
    process = checkout.start(PYTHON=named)
    _, words = process.communicate(timeout=60)
    assert process.returncode == 1
    assert f"PYTHON={named}" in words
    assert checkout.is_whole(), "the one that is there stays"


def test_two_setups_at_once_wait_for_each_other(made: Checkout, tmp_path: Path) -> None:
    checkout = Checkout(tmp_path / "checkout")
    words = sorted(map(finish, [checkout.start(), checkout.start()]), key=len)
    assert sum("creating .venv" in one for one in words) == 1
    assert checkout.is_whole()
