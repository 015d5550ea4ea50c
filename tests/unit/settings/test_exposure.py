"""What would leave the agent open: refused with a sentence that says what to do, or said as a warning where it is wanted."""

import re
import secrets
from pathlib import Path

import pytest

from inbox_agent.errors import ConfigurationError
from inbox_agent.secret_strength import weakness_of
from inbox_agent.settings import load, variables
from inbox_agent.settings.exposure import refusals, require_closed, warnings

ROOT = Path(__file__).parents[3]
CLOSED = {
    "INBOX_AGENT_ADDRESS": "agent@corp.test",
    "INBOX_AGENT_IMAP_HOST": "imap.corp.test",
    "INBOX_AGENT_IMAP_PASSWORD": "hunter2-imap",
    "INBOX_AGENT_SMTP_HOST": "smtp.corp.test",
    "INBOX_AGENT_SMTP_PASSWORD": "hunter2-smtp",
    "INBOX_AGENT_API_TOKEN": secrets.token_hex(32),
    "INBOX_AGENT_SECRET_KEY": secrets.token_hex(32),
    "INBOX_AGENT_ALLOW": "ann@corp.test",
    "INBOX_AGENT_AUTHSERV_ID": "mx.corp.test",
    "OPENAI_API_KEY": "hunter2-key",
}


def test_settings_with_proof_and_strong_secrets_are_closed() -> None:
    settings = load(CLOSED)
    require_closed(settings)
    assert warnings(settings) == []


@pytest.mark.parametrize(
    "value",
    [
        "change-me-change-me",
        "change-me-too-change-me",
        "CHANGE_ME_7e86a001cc795694",
        "your-token-goes-here",
        "my-password-is-long",
        "example-token-1234567",
        "a" * 16,
        "0" * 64,
        "ab" * 16,
        "abc123" * 6,
        "0123456789abcdef",
        "abcdefghijklmnopqrstuvwxyz",
        "zyxwvutsrqponmlkjihgfedcba",
        "aabbccddeeffgghhii",
        "1111111122222222",
        " " * 32,
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaab",
    ],
)
@pytest.mark.parametrize("field", ["INBOX_AGENT_API_TOKEN", "INBOX_AGENT_SECRET_KEY"])
def test_sample_and_weak_secrets_are_refused_with_how_to_make_one(field: str, value: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load({**CLOSED, field: value})
    (line,) = str(caught.value).splitlines()
    assert line.startswith(f"{field}: ")
    assert "openssl rand -hex 32" in line
    assert value.strip() not in line or not value.strip()


@pytest.mark.parametrize("field", ["INBOX_AGENT_READ_TOKEN", "INBOX_AGENT_ENGINE_SECRET"])
def test_optional_secrets_must_be_strong_as_well(field: str) -> None:
    with pytest.raises(ConfigurationError, match=field):
        load({**CLOSED, field: "change-me-change-me"})
    assert refusals(load({**CLOSED, field: secrets.token_hex(16)})) == []


@pytest.mark.parametrize(
    "make", [lambda: secrets.token_hex(8), lambda: secrets.token_urlsafe(16), lambda: secrets.token_hex(32)]
)
def test_random_secrets_are_taken(make: object) -> None:
    assert callable(make)
    assert [made for made in (make() for _ in range(2000)) if weakness_of(made)] == []


def test_a_sentence_as_a_secret_is_taken() -> None:
    assert weakness_of("correct horse battery staple") == ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("API_TOKEN", "SECRET_KEY"),
        ("API_TOKEN", "READ_TOKEN"),
        ("SECRET_KEY", "ENGINE_SECRET"),
    ],
)
def test_two_secrets_must_differ(one: str, other: str) -> None:
    value = secrets.token_hex(32)
    (line,) = refusals(load({**CLOSED, f"INBOX_AGENT_{one}": value, f"INBOX_AGENT_{other}": value}))
    assert "is the same as" in line


OPENINGS = [
    ({"INBOX_AGENT_AUTHSERV_ID": ""}, "INBOX_AGENT_TRUST_FROM", "yes"),
    ({"INBOX_AGENT_ALLOW": "*"}, "INBOX_AGENT_ALLOW_EVERYONE", "yes"),
    ({"INBOX_AGENT_ALLOW": "ann@corp.test, *"}, "INBOX_AGENT_ALLOW_EVERYONE", "yes"),
    ({"INBOX_AGENT_WEB_HOST": "0.0.0.0"}, "INBOX_AGENT_LISTEN_BEYOND_LOOPBACK", "yes"),
    ({"INBOX_AGENT_WEB_HOST": "::"}, "INBOX_AGENT_LISTEN_BEYOND_LOOPBACK", "yes"),
    ({"INBOX_AGENT_WEB_HOST": ""}, "INBOX_AGENT_LISTEN_BEYOND_LOOPBACK", "yes"),
    ({"INBOX_AGENT_WORKER_HOST": "192.168.1.5"}, "INBOX_AGENT_LISTEN_BEYOND_LOOPBACK", "yes"),
    ({"INBOX_AGENT_WORKER_HOST": "worker"}, "INBOX_AGENT_LISTEN_BEYOND_LOOPBACK", "yes"),
    ({"OPENAI_BASE_URL": "http://models.corp.test/v1"}, "INBOX_AGENT_PLAIN_HTTP_HOSTS", "models.corp.test"),
    ({"INBOX_AGENT_IWF_URL": "HTTP://Iwf-Server:8801"}, "INBOX_AGENT_PLAIN_HTTP_HOSTS", "iwf-server"),
    ({"INBOX_AGENT_IWF_URL": "http://u:p@127.0.0.1.corp.test"}, "INBOX_AGENT_PLAIN_HTTP_HOSTS", "127.0.0.1.corp.test"),
    ({"INBOX_AGENT_WORKER_URL": "http://worker:8802"}, "INBOX_AGENT_PLAIN_HTTP_HOSTS", "worker"),
]


@pytest.mark.parametrize(("opening", "name", "word"), OPENINGS)
def test_an_open_door_is_refused_unless_a_setting_says_so(opening: dict[str, str], name: str, word: str) -> None:
    (line,) = refusals(load({**CLOSED, **opening}))
    assert f"{name}={word}" in line
    settings = load({**CLOSED, **opening, name: word})
    require_closed(settings)
    assert len(warnings(settings)) == 1


def test_a_word_for_one_host_opens_no_other() -> None:
    opened = {"INBOX_AGENT_PLAIN_HTTP_HOSTS": "iwf-server", "OPENAI_BASE_URL": "http://models.corp.test/v1"}
    assert refusals(load({**CLOSED, **opened}))


@pytest.mark.parametrize("word", ["no", "false", "0"])
def test_only_a_yes_opens(word: str) -> None:
    assert refusals(load({**CLOSED, "INBOX_AGENT_AUTHSERV_ID": "", "INBOX_AGENT_TRUST_FROM": word}))


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8801", "http://localhost:8801", "http://[::1]:8801", "https://iwf.corp.test"]
)
def test_this_machine_and_tls_need_no_word(url: str) -> None:
    assert refusals(load({**CLOSED, "INBOX_AGENT_IWF_URL": url})) == []


def test_the_example_file_as_it_is_does_not_start_the_agent() -> None:
    text = (ROOT / "config/inbox-agent.example.env").read_text(encoding="utf-8")
    sample = dict(re.findall(r"^((?:INBOX_AGENT|OPENAI)_[A-Z_]+)=(.*)$", text, re.M))
    assert set(sample) <= set(variables())
    with pytest.raises(ConfigurationError) as caught:
        load(sample)
    named = {line.split(":")[0] for line in str(caught.value).splitlines()}
    assert {"INBOX_AGENT_API_TOKEN", "INBOX_AGENT_SECRET_KEY", "INBOX_AGENT_IMAP_PASSWORD", "OPENAI_API_KEY"} <= named
