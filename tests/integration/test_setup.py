"""``inbox-agent setup`` by lines of standard input: each wrong answer is told in a sentence and asked again."""

import io
import os
import secrets
import stat
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from inbox_agent.adapters.imap_connection import ImapConnection
from inbox_agent.adapters.imap_folders import Folders, ensure_folders
from inbox_agent.cli import main
from inbox_agent.demo.mail_server import MailServer
from inbox_agent.settings import load, variables
from inbox_agent.settings.env_file import parse_env_file, read_env_file
from tests.mail_server import PASSWORD, Person
from tests.model_service import service
from tests.scripted_responses import Answer, refused, response, text

NewPerson = Callable[[str], Person]
KEY = "sk-good"
FILE = Path("inbox-agent.env")


def model_route(method: str, path: str, body: dict[str, Any]) -> Answer:
    """A service below /v1 that knows one key and the model gpt-5-mini."""
    if not path.startswith("/v1/"):
        return refused(404, "unknown_url")
    if body["authorization"] != f"Bearer {KEY}":
        return refused(401, "invalid_api_key")
    if path == "/v1/models":
        return Answer({"data": [{"id": "gpt-5-mini"}]})
    if body.get("model") == "plain-model":
        return response(text("Hello!"))
    if body.get("model") != "gpt-5-mini":
        return refused(404, "model_not_found")
    return response(text('{"greeting": "hello"}'))


class Setup:
    """The questions in their order with the right answers; a test puts wrong ones before them."""

    def __init__(self, server: MailServer, agent: Person, model_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
        self.server, self.agent, self.model_url, self._monkeypatch = server, agent, model_url, monkeypatch
        self.right = {
            "address": [agent.address],
            "imap": [f"127.0.0.1:{server.imap_port} starttls"],
            "login": [""],
            "password": [PASSWORD],
            "smtp": [f"127.0.0.1:{server.smtp_port} starttls"],
            "base": [f"{model_url}/v1"],
            "key": [KEY],
            "model": [""],
            "people": ["ann@mail.test"],
        }

    def play(self, *before: str, wrong: dict[str, list[str]] | None = None, ca_file: str = "") -> int:
        answers = {step: [*(wrong or {}).get(step, []), *right] for step, right in self.right.items()}
        lines = [*before, *(line for step in answers.values() for line in step)]
        self._monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))
        return main(["setup", "--ca-file", ca_file or str(self.server.certificate)])


@pytest.fixture
def setup(
    mail_server: MailServer,
    new_person: NewPerson,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    unused_ports: dict[str, str],
) -> Iterator[Setup]:
    monkeypatch.chdir(tmp_path)
    for name in variables():
        monkeypatch.delenv(name, raising=False)
    for name, value in unused_ports.items():
        monkeypatch.setenv(name, value)
    with service(model_route) as url:
        yield Setup(mail_server, new_person("agent"), url, monkeypatch)


@pytest.fixture
def unused_ports() -> dict[str, str]:
    """The page, worker and engine on ports of this test's own."""
    from tests.e2e.world import free_port

    return {
        "INBOX_AGENT_WEB_PORT": str(free_port()),
        "INBOX_AGENT_WORKER_URL": f"http://127.0.0.1:{free_port()}",
        "INBOX_AGENT_ENGINE_PORT": str(free_port()),
    }


def test_right_answers_become_a_private_file_that_works(setup: Setup, capsys: pytest.CaptureFixture[str]) -> None:
    assert setup.play() == 0
    out = capsys.readouterr().out
    assert stat.S_IMODE(FILE.stat().st_mode) == 0o600
    found = read_env_file(FILE)
    settings = load(found)
    assert settings.imap_password.get_secret_value() == PASSWORD
    assert settings.allow == ("ann@mail.test",)
    assert settings.check_signatures
    assert len(settings.api_token.get_secret_value()) == 64
    assert settings.api_token != settings.secret_key
    assert "FAILED" not in out
    assert "inbox-agent run" in out
    assert "inbox-agent setup --systemd" in out
    for secret in (PASSWORD, KEY, settings.api_token.get_secret_value(), settings.secret_key.get_secret_value()):
        assert secret not in out
    assert list(Path.cwd().iterdir()) == [FILE.absolute()]


@pytest.mark.parametrize(
    ("step", "wrong", "parts"),
    [
        ("address", ["agent"], ["That is not a mail address"]),
        ("imap", ["imap.nowhere.invalid", "", "p"], ["imap.nowhere.invalid", "INBOX_AGENT_IMAP_HOST"]),
        ("imap", ["127.0.0.1:1", "", "p"], ["nothing listens at 127.0.0.1:1", "INBOX_AGENT_IMAP_PORT"]),
        ("imap", ["127.0.0.1:x"], ["x is not a port number"]),
        ("imap", ["mail.example.com none"], ["in the clear"]),
        ("password", ["wrong", ""], ["refused the login of", "INBOX_AGENT_IMAP_PASSWORD"]),
        ("password", ["an-app-password"], ["placeholder"]),
        ("smtp", ["127.0.0.1:1"], ["nothing listens at 127.0.0.1:1", "INBOX_AGENT_SMTP_PORT"]),
        ("base", ["ftp://x"], ["not an http:// or https:// address"]),
        ("base", ["http://10.0.0.1/v1", "n"], ["in the clear to 10.0.0.1"]),
        ("base", ["{model}"], ["{model}/v1 is", "The model works"]),
        ("key", ["sk-…"], ["That is not a key"]),
        ("key", ["sk-wrong", ""], ["refused the key", "OPENAI_API_KEY"]),
        ("model", ["gpt5-mini"], ["may not use the model gpt5-mini", "INBOX_AGENT_MODEL=gpt-5-mini"]),
        ("model", ["plain-model", "gpt-5-mini"], ["does not support structured output", "INBOX_AGENT_MODEL"]),
        ("people", ["mail.test"], ["neither an address"]),
        ("people", ["*", "n"], ["anyone in the world"]),
    ],
)
def test_a_wrong_answer_is_told_and_asked_again(
    setup: Setup, step: str, wrong: list[str], parts: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = [line.format(model=setup.model_url) for line in wrong]
    if step == "imap" and len(wrong) == 3:
        # A server that cannot be reached is found out after the password; only the server is asked again then.
        setup.right["login"] = setup.right["password"] = []
        wrong[2] = PASSWORD
    if step == "base" and wrong == [setup.model_url]:
        setup.right["base"] = []
    if step == "key" and wrong[-1] == "":
        # A refused key is found out after the model's name.
        setup.right["model"], setup.right["key"] = [], [KEY]
    assert setup.play(wrong={step: wrong}) == 0
    out = capsys.readouterr().out
    for part in parts:
        assert part.format(model=setup.model_url) in out
    assert load(read_env_file(FILE)).model == "gpt-5-mini"


def test_tls_at_a_port_for_starttls_is_corrected_by_itself(setup: Setup, capsys: pytest.CaptureFixture[str]) -> None:
    setup.right["imap"] = [f"127.0.0.1:{setup.server.imap_port}"]
    assert setup.play() == 0
    assert "does not speak TLS from the start" in capsys.readouterr().out
    assert load(read_env_file(FILE)).imap_security == "starttls"


def test_the_receiving_server_is_proposed_from_a_received_mail(
    setup: Setup, new_person: NewPerson, capsys: pytest.CaptureFixture[str]
) -> None:
    new_person("ann").mail(setup.agent.address)
    setup.right["proof"] = ["y"]
    assert setup.play() == 0
    assert "1 of your 1 newest mails" in capsys.readouterr().out
    settings = load(read_env_file(FILE))
    assert settings.authserv_id == "mail.inbox-agent.localhost"
    assert not settings.check_signatures


def test_input_that_ends_leaves_nothing(setup: Setup, capsys: pytest.CaptureFixture[str]) -> None:
    setup.right["people"] = []
    assert setup.play() == 2
    assert "standard input ended at the question “Who may use the agent" in capsys.readouterr().err
    assert list(Path.cwd().iterdir()) == []


def test_a_second_setup_asks_first_and_keeps_what_it_does_not_ask(setup: Setup) -> None:
    token = secrets.token_hex(32)
    FILE.write_text(f"# mine\nINBOX_AGENT_TIME_ZONE=Europe/Berlin\nINBOX_AGENT_API_TOKEN={token}\n", encoding="utf-8")
    content = FILE.read_bytes()
    assert setup.play("n") == 0
    assert FILE.read_bytes() == content
    assert setup.play("y") == 0
    settings = load(parse_env_file(FILE.read_bytes()))
    assert settings.time_zone == "Europe/Berlin"
    assert settings.api_token.get_secret_value() == token
    assert FILE.read_text(encoding="utf-8").startswith("# mine\n")
    assert stat.S_IMODE(FILE.stat().st_mode) == 0o600


@pytest.mark.parametrize("folder", ["INBOX", "Agent/Quarantine", "Agent/Processed", "Agent/Ignored"])
def test_a_rerun_offers_what_the_first_mail_shows(
    setup: Setup, new_person: NewPerson, folder: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert setup.play() == 0
    out = capsys.readouterr().out
    assert "The mailbox is empty" in out
    assert "This is a guess" in out
    assert "note: the mailbox is empty" in out
    assert load(read_env_file(FILE)).check_signatures
    new_person("ann").mail(setup.agent.address)
    if folder != "INBOX":
        with closing(ImapConnection(setup.agent.imap_account())) as connection, connection.client() as client:
            ensure_folders(client, Folders())
            client.select_folder("INBOX")
            client.move(client.search(["ALL"]), folder)
    setup.right["password"], setup.right["key"] = [""], [""]
    setup.right["proof"] = ["y"]
    assert setup.play("y") == 0
    assert load(read_env_file(FILE)).authserv_id == "mail.inbox-agent.localhost"


def test_the_file_of_certificates_is_found_from_any_folder(setup: Setup, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (f"{os.path.relpath(setup.server.certificate)}", "ca.pem", "~/ca.pem", "./ca.pem"):
        FILE.unlink(missing_ok=True)
        monkeypatch.setenv("HOME", str(Path.cwd()))
        Path("ca.pem").write_bytes(setup.server.certificate.read_bytes())
        assert setup.play(ca_file=name) == 0
        settings = load(read_env_file(FILE))
        assert Path(settings.ca_file).is_absolute()
        assert Path(settings.ca_file).read_bytes() == setup.server.certificate.read_bytes()


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_a_file_of_certificates_that_cannot_be_used_is_told_at_once(
    setup: Setup, content: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    if content:
        Path("ca.pem").write_text(content, encoding="utf-8")
    assert setup.play(ca_file="ca.pem") == 2
    err = capsys.readouterr().err
    assert f"--ca-file: {Path.cwd() / 'ca.pem'} cannot be used" in err
    assert not FILE.exists()
