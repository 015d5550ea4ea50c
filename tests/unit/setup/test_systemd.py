"""The unit for systemd: every path survives its rules of quoting, and the service is closed off."""

import configparser
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from inbox_agent.setup.systemd import remark_on, systemd_unit


def parsed(unit: str) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None)
    parser.optionxform = str  # type: ignore[assignment, method-assign]  # names keep their case
    parser.read_string(unit)
    return parser


def test_the_service_reads_the_settings_file_as_a_credential() -> None:
    service = parsed(systemd_unit(Path("/etc/inbox-agent.env"), Path("/opt/agent/bin/python")))["Service"]
    assert service["ExecStart"] == "/opt/agent/bin/python -P -m inbox_agent run --env-file %d/inbox-agent.env"
    assert service["LoadCredential"] == "inbox-agent.env:/etc/inbox-agent.env"
    assert service["RestartPreventExitStatus"] == "2"
    assert service["DynamicUser"] == "yes"
    assert service["ProtectSystem"] == "strict"
    assert service["ProtectHome"] == "yes"


def test_paths_with_blanks_and_percent_signs() -> None:
    service = parsed(systemd_unit(Path("/srv/50%/my agent.env"), Path("/home/ann/my venv/bin/python")))["Service"]
    assert service["ExecStart"].startswith('"/home/ann/my venv/bin/python" -P ')
    assert service["LoadCredential"] == "inbox-agent.env:/srv/50%%/my agent.env"
    assert service["ProtectHome"] == "read-only"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_systemd_finds_no_fault_in_it(tmp_path: Path) -> None:
    unit = tmp_path / "inbox-agent.service"
    unit.write_text(systemd_unit(tmp_path / "inbox-agent.env", Path("/bin/true")), encoding="utf-8")
    checked = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(unit)], capture_output=True, text=True, timeout=60, check=False
    )
    assert unit.name not in checked.stderr


def pythons(tmp_path: Path, kind: str, home: Path) -> Path:
    """The Python of a virtual environment outside of a home folder that needs one inside."""
    inside = home / "pythons" / "bin" / "python3"
    inside.parent.mkdir(parents=True)
    inside.touch()
    bin_folder = tmp_path / "venv" / "bin"
    python = bin_folder / "python"
    bin_folder.mkdir(parents=True)
    if kind == "link":
        python.symlink_to(inside)
    elif kind == "chain of links":
        (bin_folder / "python3").symlink_to(inside)
        python.symlink_to("python3")
    elif kind == "link through a home folder":
        (home / "out").symlink_to("/bin/sh")
        python.symlink_to(home / "out")
    elif kind == "folder that is a link":
        bin_folder.rmdir()
        bin_folder.symlink_to(inside.parent)
        python = bin_folder / "python3"
    else:
        python.touch()
        (tmp_path / "venv" / "pyvenv.cfg").write_text(f"home = {inside.parent}\nversion = 3.12\n", encoding="utf-8")
    return python


KINDS = ["link", "chain of links", "link through a home folder", "folder that is a link", "copy"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_python_that_needs_one_of_a_home_folder_may_read_it(tmp_path: Path, kind: str) -> None:
    home = tmp_path / "home"
    python = pythons(tmp_path / "opt", kind, home / "ann")
    for homes, protect in (([str(tmp_path / "other")], "yes"), ([str(home)], "read-only")):
        assert parsed(systemd_unit(Path("/etc/a.env"), python, homes))["Service"]["ProtectHome"] == protect


@pytest.mark.parametrize("kind", KINDS)
def test_a_python_that_needs_one_of_a_closed_folder_is_remarked_on(kind: str) -> None:
    # The folder that pytest gives lies in one that is closed itself.
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        closed = folder / "ann"
        python = pythons(folder / "opt", kind, closed)
        for one in (folder, *(path for path in folder.rglob("*") if path.is_dir())):
            one.chmod(0o755)
        assert remark_on(python) == ""
        closed.chmod(0o700)
        remark = remark_on(python)
        assert str(closed) in remark
        assert "python3 -m venv /opt/inbox-agent" in remark


def test_links_in_a_circle_end(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    assert "ExecStart" in systemd_unit(Path("/etc/a.env"), tmp_path / "a")
