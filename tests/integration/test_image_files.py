"""The program, imported and started from exactly the files that the image gets: nothing of the checkout is within reach."""

import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from inbox_agent.cli import COMMANDS
from tests.image.context import lay_out

# -I: no variable, no current directory, no folder of the user; -S: no path file, so that the editable install does not count.
ISOLATED = [sys.executable, "-I", "-S", "-B", "-W", "error", "-c"]
START = "import sys; sys.path += sys.argv.pop(1).split(':')"
# What each role and command imports once it is started.
MODULES = (
    *(
        "inbox_agent.bootstrap",
        "inbox_agent.adapters.openai_agents",
        "inbox_agent.checks.check",
        "inbox_agent.checks.health",
    ),
    *("inbox_agent.launcher", "inbox_agent.engine.main", "inbox_agent.intake.explain", "workflows.registry"),
)


@pytest.fixture(scope="module")
def image_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of the image that are ours, below a folder."""
    root = tmp_path_factory.mktemp("image")
    lay_out(root)
    return root


def run_in(root: Path, code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    path = f"{root / 'app'}:{sysconfig.get_path('purelib')}"
    return subprocess.run(
        [*ISOLATED, f"{START}; {code}", path, *arguments],
        cwd=root,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("arguments", [["--help"], *([command, "--help"] for command in COMMANDS)], ids=" ".join)
def test_the_copied_files_start(image_root: Path, arguments: list[str]) -> None:
    done = run_in(image_root, "from inbox_agent.cli import main; sys.exit(main())", *arguments)
    assert done.returncode == 0, done.stderr
    assert "usage: inbox-agent" in done.stdout


@pytest.mark.parametrize("module", MODULES)
def test_the_copied_files_hold_all_that_a_role_imports(image_root: Path, module: str) -> None:
    done = run_in(image_root, f"import {module}; print({module}.__file__)")
    assert done.returncode == 0, done.stderr
    assert Path(done.stdout.strip()).is_relative_to(image_root)


def test_the_copied_files_hold_templates_styles_and_the_example_of_the_settings(image_root: Path) -> None:
    for name in ("web/templates/login.html", "web/static/style.css", "settings/inbox-agent.example.env"):
        assert (image_root / "app/inbox_agent" / name).is_file()


def test_nothing_but_the_program_is_copied(image_root: Path) -> None:
    files = [path.relative_to(image_root / "app") for path in image_root.rglob("*") if path.is_file()]
    assert {path.parts[0] for path in files} == {"inbox_agent", "workflows", "LICENSE"}
    assert not [path for path in files if "__pycache__" in path.parts]
