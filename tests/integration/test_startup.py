"""The first look of ``inbox-agent run`` at its services: one sentence for what is refused, and again until it works."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from inbox_agent.checks.startup import introduction, require_startable, watch_services
from inbox_agent.demo.mail_server import MailServer
from inbox_agent.errors import ConfigurationError
from inbox_agent.settings import Settings, load
from tests.e2e.world import free_port, wait_until
from tests.mail_server import PASSWORD
from tests.model_service import service
from tests.scripted_responses import Answer, refused

KEY = "sk-startup-secret"


def settings_of(server: MailServer, model_url: str, **more: str) -> Settings:
    server.accounts.add("agent@startup.test", PASSWORD)
    return load(
        {
            "INBOX_AGENT_ADDRESS": "agent@startup.test",
            "INBOX_AGENT_IMAP_HOST": "127.0.0.1",
            "INBOX_AGENT_IMAP_PORT": str(server.imap_port),
            "INBOX_AGENT_IMAP_PASSWORD": PASSWORD,
            "INBOX_AGENT_IMAP_SECURITY": "none",
            "INBOX_AGENT_SMTP_HOST": "127.0.0.1",
            "INBOX_AGENT_SMTP_PORT": str(server.smtp_port),
            "INBOX_AGENT_SMTP_PASSWORD": PASSWORD,
            "INBOX_AGENT_SMTP_SECURITY": "none",
            "INBOX_AGENT_ALLOW": "ann@startup.test",
            "INBOX_AGENT_CHECK_SIGNATURES": "true",
            "INBOX_AGENT_API_TOKEN": "6f1d0c5b9a7e43828f0d9be1c2a37465",
            "INBOX_AGENT_SECRET_KEY": "b81f5a0e7c93d2464e6a1f09d3c7b528",
            "INBOX_AGENT_WEB_PORT": str(free_port()),
            "INBOX_AGENT_WORKER_URL": f"http://127.0.0.1:{free_port()}",
            "INBOX_AGENT_ENGINE_PORT": str(free_port()),
            "OPENAI_API_KEY": KEY,
            "OPENAI_BASE_URL": f"{model_url}/v1",
            **more,
        }
    )


@pytest.fixture
def stopped() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


def test_a_refused_key_is_told_once_each_time_and_again_when_it_works(
    mail_server: MailServer, caplog: pytest.LogCaptureFixture, stopped: threading.Event
) -> None:
    answers = [refused(401, "invalid_api_key"), refused(401, "invalid_api_key"), refused(400, "missing_input")]

    def route(method: str, path: str, body: dict[str, Any]) -> Answer:
        return answers.pop(0)

    with service(route) as url, caplog.at_level("INFO"):
        thread = watch_services(settings_of(mail_server, url), stopped, first_pause=0.1)
        wait_until(lambda: not thread.is_alive(), "an end of the first look")
    lines = [one.getMessage() for one in caplog.records if one.name == "inbox_agent.checks.startup"]
    assert len(lines) == 3
    for line in lines[:2]:
        assert line.startswith("the model does not work: ")
        assert "refused the key" in line
        assert "Correct OPENAI_API_KEY" in line
    assert lines[2] == "the model works now"
    assert KEY not in caplog.text


def test_a_refused_login_is_told(
    mail_server: MailServer, caplog: pytest.LogCaptureFixture, stopped: threading.Event
) -> None:
    with service(lambda method, path, body: refused(400)) as url, caplog.at_level("INFO"):
        watch_services(settings_of(mail_server, url, INBOX_AGENT_IMAP_PASSWORD="wrong-one"), stopped)
        wait_until(lambda: "INBOX_AGENT_IMAP_PASSWORD" in caplog.text, "the sentence about the login")
    assert "reading mail does not work: 127.0.0.1 refused the login of agent@startup.test" in caplog.text
    assert "wrong-one" not in caplog.text


def test_the_introduction_names_everything_and_no_secret(mail_server: MailServer) -> None:
    settings = settings_of(mail_server, "http://127.0.0.1:1")
    lines = list(introduction(settings))
    told = "\n".join(lines)
    for part in (
        "agent@startup.test",
        f"127.0.0.1:{mail_server.imap_port}",
        "ann@startup.test",
        "INBOX_AGENT_CHECK_SIGNATURES",
        "gpt-5-mini at http://127.0.0.1:1/v1",
        "embedded",
        f"http://127.0.0.1:{settings.web_port}/",
    ):
        assert part in told
    for secret in (PASSWORD, KEY, settings.api_token.get_secret_value(), settings.secret_key.get_secret_value()):
        assert secret not in told


@pytest.mark.parametrize("setting", ["INBOX_AGENT_WEB_PORT", "INBOX_AGENT_WORKER_URL", "INBOX_AGENT_ENGINE_PORT"])
def test_each_taken_port_stops_the_start_with_its_setting(mail_server: MailServer, setting: str) -> None:
    port = str(mail_server.imap_port)
    value = f"http://127.0.0.1:{port}" if setting.endswith("URL") else port
    with pytest.raises(ConfigurationError, match=rf"{setting}: 127.0.0.1:{port} .*in use by another program"):
        require_startable(settings_of(mail_server, "http://127.0.0.1:1", **{setting: value}))


def test_an_address_of_another_machine_stops_the_start(mail_server: MailServer) -> None:
    settings = settings_of(mail_server, "http://127.0.0.1:1", INBOX_AGENT_WEB_HOST="192.0.2.1")
    with pytest.raises(
        ConfigurationError, match=r"INBOX_AGENT_WEB_HOST: 192.0.2.1 .* is not an address of this machine"
    ):
        require_startable(settings)
