"""The wheel alone: complete, and started from any folder it imports nothing of that folder."""

import signal
import socket
import subprocess
import sys
import tarfile
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from importlib.metadata import version
from pathlib import Path

import httpx
import pytest

from inbox_agent.cli import COMMANDS
from inbox_agent.demo.mail_server import MailServer
from tests.mail_server import PASSWORD, Person
from tests.packages import ROOT, Installed, Packages, clean_environment, installed, packages, succeed

__all__ = ["installed", "packages"]

START_SECONDS, DEMO_SECONDS = 90, 240
# Names of ours, of our dependencies and of the standard library: each would be imported if its folder came first.
DECOYS = (
    *("inbox_agent.py", "workflows/__init__.py", "config/__init__.py", "settings.py", "tests/__init__.py"),
    *("queue.py", "json.py", "logging.py", "email/__init__.py", "ssl.py", "secrets.py", "sqlite3.py"),
    *("flask.py", "openai.py", "iwf/__init__.py", "uvloop.py", "sitecustomize.py", "usercustomize.py"),
)


@pytest.fixture
def hostile_folder(tmp_path: Path) -> Iterator[Path]:
    """A current directory whose every module ends the program that imports it; nothing may be written there either."""
    folder, marks = tmp_path / "here", tmp_path / "marks"
    marks.mkdir()
    for name in DECOYS:
        decoy = folder / name
        decoy.parent.mkdir(parents=True, exist_ok=True)
        mark = marks / name.replace("/", ".")
        decoy.write_text(f"open({str(mark)!r}, 'w').close()\nraise SystemExit('imported {name} of the folder')\n")
    (folder / ".env").write_text("INBOX_AGENT_ADDRESS=mallory@example.com\nOPENAI_BASE_URL=http://mallory.example/v1\n")
    before = sorted(folder.rglob("*"))
    yield folder
    assert not sorted(mark.name for mark in marks.iterdir())
    assert sorted(folder.rglob("*")) == before


def names_in(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def text_in(wheel: Path, end: str) -> str:
    with zipfile.ZipFile(wheel) as archive:
        [name] = [name for name in archive.namelist() if name.endswith(end)]
        return archive.read(name).decode()


def test_the_wheel_puts_only_our_packages_into_site_packages(packages: Packages) -> None:
    top = {name.split("/")[0] for name in names_in(packages.wheel)}
    assert top == {"inbox_agent", "workflows", f"inbox_agent-{version('inbox-agent')}.dist-info"}


def test_the_wheel_holds_every_file_of_the_packages(packages: Packages) -> None:
    tracked = succeed("git", "ls-files", "-co", "--exclude-standard", "inbox_agent", "workflows", folder=ROOT).split()
    assert len(tracked) > 200
    assert {name for name in tracked if (ROOT / name).exists()} <= names_in(packages.wheel)


def test_the_wheel_is_typed_licensed_and_explains_its_settings(packages: Packages) -> None:
    names = names_in(packages.wheel)
    assert {"inbox_agent/py.typed", "workflows/py.typed"} <= names
    assert text_in(packages.wheel, "dist-info/licenses/LICENSE") == (ROOT / "LICENSE").read_text(encoding="utf-8")
    example = (ROOT / "config/inbox-agent.example.env").read_text(encoding="utf-8")
    assert text_in(packages.wheel, "settings/inbox-agent.example.env") == example


def test_the_metadata_names_no_address_that_does_not_exist(packages: Packages) -> None:
    fields = text_in(packages.wheel, "dist-info/METADATA").split("\n\n")[0].splitlines()
    assert not [line for line in fields if line.startswith(("Project-URL", "Home-page", "Download-URL"))]
    assert "License-Expression: MIT" in fields
    assert "Requires-Python: >=3.11" in fields


def test_the_source_package_builds_the_same_wheel(packages: Packages, tmp_path: Path) -> None:
    with tarfile.open(packages.sdist) as archive:
        archive.extractall(tmp_path / "source", filter="data")
    [source] = (tmp_path / "source").iterdir()
    command = [sys.executable, "-P", "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check", "--no-index"]
    succeed(*command, "--no-deps", "--no-build-isolation", "--wheel-dir", str(tmp_path), str(source), folder=tmp_path)
    [wheel] = tmp_path.glob("*.whl")
    assert names_in(wheel) == names_in(packages.wheel)


def started(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder, for a user whose home is the folder above."""
    return subprocess.run(
        command,
        cwd=folder,
        env=clean_environment(folder.parent),
        capture_output=True,
        text=True,
        timeout=DEMO_SECONDS,
        check=False,
    )


def ways(installed: Installed) -> dict[str, list[str]]:
    return {"command": [installed.command], "module": [installed.python, "-P", "-m", "inbox_agent"]}


@pytest.mark.parametrize("way", ["command", "module"])
@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_from_a_folder_full_of_decoys(installed: Installed, hostile_folder: Path, way: str, command: str) -> None:
    done = started([*ways(installed)[way], *([command] if command else []), "--help"], hostile_folder)
    assert done.returncode == 0, done.stderr
    assert "usage: inbox-agent" in done.stdout


def test_the_help_of_run_names_the_installed_example(installed: Installed, hostile_folder: Path) -> None:
    done = succeed(installed.command, "run", "--help", folder=hostile_folder)
    example = installed.site_packages / "inbox_agent/settings/inbox-agent.example.env"
    assert example.is_file()
    assert f"  {example}\n" in done


def test_settings_of_the_folder_do_not_count(installed: Installed, hostile_folder: Path) -> None:
    done = started([installed.command, "check"], hostile_folder)
    assert done.returncode == 2
    assert "INBOX_AGENT_ADDRESS: is missing" in done.stderr


@contextmanager
def running(
    command: list[str], folder: Path, environment: dict[str, str], log: Path
) -> Iterator[subprocess.Popen[str]]:
    """A program that is asked to stop in the end, and must then stop with exit code 0."""
    with (
        log.open("w") as words,
        subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=words,
            text=True,
        ) as process,
    ):
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            code = process.wait(60)
    assert code == 0, log.read_text()


def answer_of(url: str, process: subprocess.Popen[str], log: Path) -> httpx.Response:
    deadline = time.monotonic() + START_SECONDS
    while True:
        assert process.poll() is None, log.read_text()
        try:
            return httpx.get(url, timeout=5, follow_redirects=True, trust_env=False)
        except httpx.TransportError:
            assert time.monotonic() < deadline, f"{url} does not answer: {log.read_text()}"
            time.sleep(0.1)


def free_ports(number: int) -> list[int]:
    with ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(number)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]


def test_run_serves_its_pages_from_a_folder_full_of_decoys(
    installed: Installed,
    hostile_folder: Path,
    mail_server: MailServer,
    new_person: Callable[[str], Person],
    tmp_path: Path,
) -> None:
    model, engine, worker, web = free_ports(4)
    environment = {
        **clean_environment(tmp_path),
        "INBOX_AGENT_ADDRESS": new_person("agent").address,
        "INBOX_AGENT_IMAP_HOST": "127.0.0.1",
        "INBOX_AGENT_IMAP_PORT": str(mail_server.imap_port),
        "INBOX_AGENT_IMAP_PASSWORD": PASSWORD,
        "INBOX_AGENT_IMAP_SECURITY": "none",
        "INBOX_AGENT_SMTP_HOST": "127.0.0.1",
        "INBOX_AGENT_SMTP_PORT": str(mail_server.smtp_port),
        "INBOX_AGENT_SMTP_PASSWORD": PASSWORD,
        "INBOX_AGENT_SMTP_SECURITY": "none",
        "INBOX_AGENT_ALLOW": "@mail.test",
        "INBOX_AGENT_AUTHSERV_ID": "mail.test",
        "INBOX_AGENT_API_TOKEN": "8f2c1b7e94d34a6f95d1c0b7a6e5f4d3",
        "INBOX_AGENT_SECRET_KEY": "7b60d1c93e58a2f40d97c6b1e3f58a24",
        "INBOX_AGENT_ENGINE_PORT": str(engine),
        "INBOX_AGENT_WORKER_URL": f"http://127.0.0.1:{worker}",
        "INBOX_AGENT_WEB_PORT": str(web),
        "INBOX_AGENT_DATA": str(tmp_path / "data"),
        "OPENAI_API_KEY": "stand-in",
        "OPENAI_BASE_URL": f"http://127.0.0.1:{model}/v1",
        "INBOX_AGENT_MODEL": "stand-in",
    }
    log = tmp_path / "run.log"
    with (
        running(
            [installed.command, "standin-model", "--port", str(model)], hostile_folder, environment, tmp_path / "m"
        ),
        running([installed.command, "run"], hostile_folder, environment, log) as agent,
    ):
        assert answer_of(f"http://127.0.0.1:{web}/healthz", agent, log).status_code == 200
        page = answer_of(f"http://127.0.0.1:{web}/", agent, log)
        assert page.status_code == 200
        assert "<html" in page.text
        assert "token" in page.text
        assert answer_of(f"http://127.0.0.1:{web}/static/style.css", agent, log).status_code == 200
        assert answer_of(f"http://127.0.0.1:{worker}/healthz", agent, log).status_code == 200


def test_the_demo_plays_from_a_folder_full_of_decoys_and_says_where_its_data_is(
    installed: Installed, hostile_folder: Path, tmp_path: Path
) -> None:
    done = started([installed.command, "demo", "--once"], hostile_folder)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    data = tmp_path / ".local/share/inbox-agent/demo"
    assert f"Data and logs of the demo are in {data}" in done.stdout
    assert (data / "logs" / "poller.log").is_file()
