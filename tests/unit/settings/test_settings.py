"""The settings: every wrong one is named with what is wrong and an example, and no secret ever shows."""

import re
from pathlib import Path

import pytest

from inbox_agent.errors import ConfigurationError
from inbox_agent.settings import Settings, example_file, is_loopback, load, variables
from inbox_agent.settings import agent as module
from inbox_agent.settings.env_file import parse_env_file

EXAMPLE = example_file()
GOOD = {
    "INBOX_AGENT_ADDRESS": "agent@example.com",
    "INBOX_AGENT_IMAP_HOST": "imap.example.com",
    "INBOX_AGENT_IMAP_PASSWORD": "hunter2-imap",
    "INBOX_AGENT_SMTP_HOST": "smtp.example.com",
    "INBOX_AGENT_SMTP_PASSWORD": "hunter2-smtp",
    "INBOX_AGENT_API_TOKEN": "hunter2-5d0c91f7a3e84b26",
    "INBOX_AGENT_SECRET_KEY": "hunter2-c47be02f96a1d385",
    "INBOX_AGENT_ALLOW": "Ann@Example.com, @example.org",
    "OPENAI_API_KEY": "hunter2-key",
}


def test_good_settings_are_read() -> None:
    settings = load(GOOD)
    assert settings.allow == ("ann@example.com", "@example.org")
    assert settings.openai_api_key.get_secret_value() == "hunter2-key"
    assert settings.imap_login == "agent@example.com"


@pytest.mark.parametrize("name", [name for name in GOOD if name != "OPENAI_API_KEY"])
def test_each_missing_setting_is_named_with_an_example(name: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load({key: value for key, value in GOOD.items() if key != name})
    assert f"{name}: " in str(caught.value)
    assert f"Example: {name}=" in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("INBOX_AGENT_ADDRESS", "agent", "no mail address"),
        ("INBOX_AGENT_IMAP_PORT", "99999", "65535"),
        ("INBOX_AGENT_IMAP_SECURITY", "ssl", "'tls', 'starttls' or 'none'"),
        ("INBOX_AGENT_IMAP_SECURITY", "none", "in the clear to imap.example.com"),
        ("INBOX_AGENT_SMTP_SECURITY", "none", "in the clear to smtp.example.com"),
        ("INBOX_AGENT_ALLOW", "", "names nobody"),
        ("INBOX_AGENT_ALLOW", "example.com", "neither an address"),
        ("INBOX_AGENT_CONFIRM", "*", "needs a proof of who wrote"),
        ("INBOX_AGENT_TRUSTED_SEALERS", "forwarder.example", "checked by signatures only"),
        ("INBOX_AGENT_MAX_RECIPIENTS", "0", "greater than or equal to 1"),
        ("INBOX_AGENT_SEND_BLOCK", "rival.example", "neither an address"),
        ("INBOX_AGENT_TIME_ZONE", "Mars/Olympus", "IANA"),
        ("INBOX_AGENT_IWF_URL", "localhost:8801", "not an http:// or https://"),
        ("INBOX_AGENT_API_TOKEN", "short", "shorter than 16"),
        ("INBOX_AGENT_POLL_INTERVAL", "soon", "number"),
        ("INBOX_AGENT_OAUTH_PROVIDER", "google", "INBOX_AGENT_OAUTH_CLIENT_ID"),
        ("OPENAI_API_KEY", "sk-…", "placeholder"),
        ("OPENAI_API_KEY", "sk-...", "placeholder"),
        ("OPENAI_API_KEY", "sk-xxxxxxxx", "placeholder"),
        ("OPENAI_API_KEY", "<your-api-key>", "placeholder"),
        ("OPENAI_API_KEY", "change-me", "placeholder"),
        ("OPENAI_API_KEY", "sk-your-key", "placeholder"),
        ("OPENAI_API_KEY", "sk-hunter2…", "another character that keys do not have"),
        ("OPENAI_API_KEY", "sk-hunter2 sk-hunter2", "contains a space"),
        ("INBOX_AGENT_IMAP_PASSWORD", "an-app-password", "placeholder"),
        ("INBOX_AGENT_SMTP_PASSWORD", "change-me", "placeholder"),
        ("INBOX_AGENT_CA_FILE", "/nowhere/ca.pem", "No such file"),
        ("INBOX_AGENT_CA_FILE", __file__, "holds no certificate"),
        ("INBOX_AGENT_IMAP_PASWORD", "x", "did you mean INBOX_AGENT_IMAP_PASSWORD"),
    ],
)
def test_a_wrong_setting_is_named_and_explained(name: str, value: str, words: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load({**GOOD, name: value})
    assert name in str(caught.value)
    assert words in str(caught.value)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    "secret", ["sk-proj-1a2b3c", "x1", "an app password of mine", "pässwörd…", "password1", "…secret"]
)
def test_a_password_may_be_anything_else(secret: str) -> None:
    assert load({**GOOD, "INBOX_AGENT_IMAP_PASSWORD": secret}).imap_password.get_secret_value() == secret


def test_the_example_file_is_refused_until_it_is_filled_in() -> None:
    with pytest.raises(ConfigurationError) as caught:
        load(parse_env_file(EXAMPLE.read_bytes()))
    for name in ("OPENAI_API_KEY", "INBOX_AGENT_IMAP_PASSWORD", "INBOX_AGENT_SMTP_PASSWORD"):
        assert f"{name}: is still a placeholder" in str(caught.value)


def test_all_wrong_settings_are_reported_at_once() -> None:
    with pytest.raises(ConfigurationError) as caught:
        load({**GOOD, "INBOX_AGENT_IMAP_PORT": "x", "INBOX_AGENT_TIME_ZONE": "x"})
    assert len(str(caught.value).splitlines()) == 2


def test_no_security_is_allowed_on_loopback() -> None:
    settings = load({**GOOD, "INBOX_AGENT_IMAP_HOST": "127.0.0.1", "INBOX_AGENT_IMAP_SECURITY": "none"})
    assert settings.imap_security == "none"


def test_no_secret_shows_in_the_representation() -> None:
    assert "hunter2" not in repr(load(GOOD))
    assert "hunter2" not in str(load(GOOD).model_dump())


def test_a_missing_key_stops_what_needs_the_model() -> None:
    settings = load({key: value for key, value in GOOD.items() if key != "OPENAI_API_KEY"})
    with pytest.raises(ConfigurationError, match="OPENAI_API_KEY: is missing"):
        settings.require_model()


def test_oauth_replaces_the_passwords() -> None:
    oauth = {
        "INBOX_AGENT_OAUTH_PROVIDER": "google",
        "INBOX_AGENT_OAUTH_CLIENT_ID": "id",
        "INBOX_AGENT_OAUTH_REFRESH_TOKEN": "token",
    }
    without = {key: value for key, value in GOOD.items() if not key.endswith("PASSWORD")}
    assert load({**without, **oauth}).oauth_provider == "google"


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.1.2.3", "::1", "[::1]"])
def test_loopback_hosts(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["127.0.0.1.example.com", "imap.example.com", "10.0.0.1", "localhost.example.com"])
def test_other_hosts(host: str) -> None:
    assert not is_loopback(host)


def test_the_example_file_documents_every_setting_and_no_other() -> None:
    documented = set(
        re.findall(r"^(?:# )?((?:INBOX_AGENT|OPENAI)_[A-Z_]+)=", EXAMPLE.read_text(encoding="utf-8"), re.M)
    )
    assert documented == set(variables())


def test_the_example_file_shows_the_defaults() -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    shown = dict(re.findall(r"^# (INBOX_AGENT_[A-Z_]+)=(.*)$", text, re.M))
    for field, info in Settings.model_fields.items():
        name = module.variable_of(field)
        # Examples stand where the default depends on another setting.
        if name in shown and not info.is_required() and info.default not in ("", 0, ()):
            default = info.default
            expected = f"{default:g}" if isinstance(default, float) else str(default)
            assert shown[name] == (expected.lower() if isinstance(default, bool) else expected), name


def test_secrets_are_read_from_files_named_after_the_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in module.variables():
        monkeypatch.delenv(name, raising=False)
    for name, value in GOOD.items():
        if name in ("INBOX_AGENT_IMAP_PASSWORD", "OPENAI_API_KEY"):
            (tmp_path / name).write_text(f"{value}\n", encoding="utf-8")
        else:
            monkeypatch.setenv(name, value)
    monkeypatch.setattr(module, "SECRETS_DIR", tmp_path)
    settings = load()
    assert settings.imap_password.get_secret_value() == "hunter2-imap"
    assert settings.openai_api_key.get_secret_value() == "hunter2-key"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("INBOX_AGENT_WEB_PORT", '"8800" # hi'),
        ("INBOX_AGENT_IMAP_SECURITY", "tls # as they say"),
        ("INBOX_AGENT_IMAP_HOST", "imap.example.com\t# ours"),
        ("INBOX_AGENT_WORKER_OPEN", "no #"),
    ],
)
def test_a_comment_behind_a_value_is_explained(name: str, value: str) -> None:
    with pytest.raises(ConfigurationError, match="a comment needs a line of its own"):
        load({**GOOD, name: value})


@pytest.mark.parametrize("name", ["ADDRESS", "IMAP_HOST", "WEB_PORT", "IMAP_SECURITY", "MODEL", "POLL_INTERVAL"])
def test_an_empty_value_is_called_empty(name: str) -> None:
    with pytest.raises(
        ConfigurationError,
        match=rf"^INBOX_AGENT_{name}: (is empty\.|an empty value is not a) ?.*Example: INBOX_AGENT_{name}=",
    ):
        load({**GOOD, f"INBOX_AGENT_{name}": ""})


@pytest.mark.parametrize("address", ["agent", "agent@", "a@b@c.example", "agent @example.com"])
def test_no_sentence_ends_twice(address: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load({**GOOD, "INBOX_AGENT_ADDRESS": address})
    assert ".." not in str(caught.value)
