"""What would leave the agent open: refused with a sentence that says what to do, or said as a warning where it is wanted."""

import base64
import random
import re
import secrets
import string
import uuid
from collections.abc import Callable
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


RANDOM = random.Random(20260302)
ALPHANUMERIC = string.ascii_letters + string.digits


def random_bytes(count: int) -> bytes:
    return RANDOM.randbytes(count)


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda: random_bytes(8).hex(), id="openssl rand -hex 8"),
        pytest.param(lambda: random_bytes(16).hex(), id="openssl rand -hex 16"),
        pytest.param(lambda: random_bytes(32).hex(), id="openssl rand -hex 32"),
        pytest.param(lambda: base64.b64encode(random_bytes(32)).decode(), id="openssl rand -base64 32"),
        pytest.param(lambda: base64.urlsafe_b64encode(random_bytes(32)).decode(), id="base64 for URLs"),
        pytest.param(lambda: str(uuid.UUID(bytes=random_bytes(16), version=4)), id="uuidgen"),
        pytest.param(lambda: "".join(RANDOM.choices(ALPHANUMERIC, k=32)), id="pwgen -s 32"),
        pytest.param(lambda: "inbox-agent-" + random_bytes(16).hex(), id="with a name before it"),
    ],
)
def test_what_random_generators_print_is_taken(make: Callable[[], str]) -> None:
    assert [made for made in (make() for _ in range(1000)) if weakness_of(made)] == []


@pytest.mark.parametrize(
    "secret",
    """qwertyuiopasdfghjklzxcvbnm poiuytrewqlkjhgfdsa azertyuiopqsdfghjklm 1qaz2wsx3edc4rfv5tgb q1w2e3r4t5y6u7i8o9p0
    a1b2c3d4e5f6g7h8i9 my-super-secret-api-token-2026 my-super-secret-key-2026-prod secretsecretsecretsecret12345678
    MySuperSecretApiToken2026 InboxAgentSecretKey2026! SECRET_KEY_BASE_VALUE p4ssw0rd-s3cr3t-t0k3n-4g3nt SuperGeheim12345678
    mein-geheimes-kennwort-2026 motdepasse-tres-secret contraseña-muy-secreta wachtwoord-geheim-2026
    correct-horse-battery-staple CorrectHorseBatteryStaple the-quick-brown-fox-jumps iloveyou-forever-and-ever
    topsecret-donotshare-please administrator1234567890
    acme-corp-email-bot-2026 trustno1trustno1trustno1x deadbeefcafebabe0123 deadbeefdeadbeefcafebabe
    geheimgeheimgeheim99""".split(),
)
def test_words_and_keys_side_by_side_are_refused(secret: str) -> None:
    assert "could be guessed" in weakness_of(secret)


STRONG = "9f3a7c21e5b8d4067f61c2ab"
VARIANTS = [
    STRONG,
    STRONG.upper(),
    f"{STRONG}-2",
    f"x{STRONG}",
    STRONG[:16],
    "-".join(STRONG[i : i + 4] for i in range(0, 24, 4)),
]


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize(
    ("field", "form"),
    [
        ("SECRET_KEY", "{}"),
        ("READ_TOKEN", "{}"),
        ("ENGINE_SECRET", "{}"),
        ("FORMER_SECRET_KEYS", "5d0c91f7a3e84b2683aa41, {}"),
        ("IMAP_PASSWORD", "{}"),
        ("SMTP_PASSWORD", "{}"),
        ("OAUTH_CLIENT_SECRET", "{}"),
        ("OAUTH_REFRESH_TOKEN", "{}"),
        ("WORKER_URL", "http://127.0.0.1:8802/{}"),
        ("WORKER_URL", "http://iwf:{}@127.0.0.1:8802"),
        ("IWF_URL", "http://iwf:{}@127.0.0.1:8801"),
    ],
)
def test_no_other_secret_tells_the_token(field: str, form: str, variant: str) -> None:
    given = {**CLOSED, "INBOX_AGENT_API_TOKEN": STRONG, f"INBOX_AGENT_{field}": form.format(variant)}
    (line,) = refusals(load(given))
    assert line.startswith(f"INBOX_AGENT_{field}: ")
    assert "INBOX_AGENT_API_TOKEN" in line
    assert STRONG not in line


def test_the_key_of_the_model_is_no_token() -> None:
    (line,) = refusals(load({**CLOSED, "INBOX_AGENT_API_TOKEN": STRONG, "OPENAI_API_KEY": STRONG}))
    assert line.startswith("OPENAI_API_KEY: is the same as INBOX_AGENT_API_TOKEN")


def test_one_secret_for_one_thing_may_stand_in_two_places() -> None:
    same = {
        "INBOX_AGENT_SMTP_PASSWORD": CLOSED["INBOX_AGENT_IMAP_PASSWORD"],
        "INBOX_AGENT_FORMER_SECRET_KEYS": CLOSED["INBOX_AGENT_SECRET_KEY"],
        "INBOX_AGENT_ENGINE_SECRET": STRONG,
        "INBOX_AGENT_IWF_URL": f"http://inbox-agent:{STRONG}@127.0.0.1:8801",
    }
    assert refusals(load({**CLOSED, **same})) == []


@pytest.mark.parametrize("old", ["change-me-too-change-me", "abc", "my-super-secret-key-2026", f"{STRONG}, abc"])
def test_a_former_key_that_can_be_guessed_needs_the_word_that_opens_the_worker(old: str) -> None:
    given = {**CLOSED, "INBOX_AGENT_FORMER_SECRET_KEYS": old}
    (line,) = refusals(load(given))
    assert line.startswith("INBOX_AGENT_FORMER_SECRET_KEYS: key ")
    assert "INBOX_AGENT_WORKER_OPEN=yes" in line
    assert "abc" not in line
    opened = load({**given, "INBOX_AGENT_WORKER_OPEN": "yes"})
    require_closed(opened)
    assert any(warning.startswith("INBOX_AGENT_FORMER_SECRET_KEYS") for warning in warnings(opened))


@pytest.mark.parametrize("url", ["http://u:abc@127.0.0.1:8801", "https://u:my-secret-password@iwf.corp.test"])
def test_a_weak_secret_in_the_url_of_the_iwf_server_is_refused(url: str) -> None:
    (line,) = refusals(load({**CLOSED, "INBOX_AGENT_IWF_URL": url}))
    assert line.startswith("INBOX_AGENT_IWF_URL: the secret in it")


@pytest.mark.parametrize(
    "server", ["*", "*.", "*.com", "*.co.uk", "*.github.io", "*.COM", "mx.*", "**.corp.test", "*.internal"]
)
def test_a_server_name_that_anybody_can_have_proves_nothing(server: str) -> None:
    (line,) = refusals(load({**CLOSED, "INBOX_AGENT_AUTHSERV_ID": server}))
    assert line.startswith(f"INBOX_AGENT_AUTHSERV_ID: {server} ")


@pytest.mark.parametrize("server", ["mx.corp.test", "*.corp.test", "mx", "*.prod.outlook.com", "*.google.com"])
def test_a_server_name_of_one_organization_is_taken(server: str) -> None:
    assert refusals(load({**CLOSED, "INBOX_AGENT_AUTHSERV_ID": server})) == []


@pytest.mark.parametrize("sealer", ["*", "com", "co.uk", "*.corp.test"])
def test_a_forwarder_is_one_organization(sealer: str) -> None:
    given = {
        **CLOSED,
        "INBOX_AGENT_CHECK_SIGNATURES": "yes",
        "INBOX_AGENT_TRUSTED_SEALERS": f"forwarder.test2.example,{sealer}",
    }
    (line,) = refusals(load(given))
    assert line.startswith(f"INBOX_AGENT_TRUSTED_SEALERS: {sealer} ")


@pytest.mark.parametrize("entry", ["@*", "*@corp.test", "ann@*.test"])
@pytest.mark.parametrize("field", ["ALLOW", "CONFIRM", "BLOCK", "SEND_ALLOW"])
def test_a_star_within_an_entry_is_refused_since_it_would_mean_nothing(field: str, entry: str) -> None:
    with pytest.raises(ConfigurationError, match=f"INBOX_AGENT_{field}"):
        load({**CLOSED, f"INBOX_AGENT_{field}": entry})


OPENINGS = [
    ({"INBOX_AGENT_AUTHSERV_ID": ""}, "INBOX_AGENT_TRUST_FROM", "yes"),
    ({"INBOX_AGENT_ALLOW": "*"}, "INBOX_AGENT_ALLOW_EVERYONE", "yes"),
    ({"INBOX_AGENT_CONFIRM": "*"}, "INBOX_AGENT_ALLOW_EVERYONE", "yes"),
    ({"INBOX_AGENT_CONFIRM": "@corp.test,*"}, "INBOX_AGENT_ALLOW_EVERYONE", "yes"),
    ({"INBOX_AGENT_ALLOW": "ann@corp.test, *"}, "INBOX_AGENT_ALLOW_EVERYONE", "yes"),
    ({"INBOX_AGENT_WEB_HOST": "0.0.0.0"}, "INBOX_AGENT_LISTEN_BEYOND_LOOPBACK", "yes"),
    ({"INBOX_AGENT_WEB_HOST": "::"}, "INBOX_AGENT_LISTEN_BEYOND_LOOPBACK", "yes"),
    ({"INBOX_AGENT_WEB_HOST": ""}, "INBOX_AGENT_LISTEN_BEYOND_LOOPBACK", "yes"),
    ({"INBOX_AGENT_WORKER_HOST": "192.168.1.5"}, "INBOX_AGENT_LISTEN_BEYOND_LOOPBACK", "yes"),
    ({"INBOX_AGENT_WORKER_HOST": "worker"}, "INBOX_AGENT_LISTEN_BEYOND_LOOPBACK", "yes"),
    ({"OPENAI_BASE_URL": "http://models.corp.test/v1"}, "INBOX_AGENT_PLAIN_HTTP_HOSTS", "models.corp.test"),
    ({"INBOX_AGENT_IWF_URL": "HTTP://Iwf-Server:8801"}, "INBOX_AGENT_PLAIN_HTTP_HOSTS", "iwf-server"),
    (
        {"INBOX_AGENT_IWF_URL": "http://u:b3f90c1d7e52a684@127.0.0.1.corp.test"},
        "INBOX_AGENT_PLAIN_HTTP_HOSTS",
        "127.0.0.1.corp.test",
    ),
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
