"""The unit for systemd: every path survives its rules of quoting, and the service is closed off."""

import configparser
import shutil
import subprocess
from pathlib import Path

import pytest

from inbox_agent.setup.systemd import systemd_unit


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
