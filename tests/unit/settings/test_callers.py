"""The secrets between our processes and the engine: derived where none is set, and never shown."""

import secrets

import pytest

from inbox_agent.checks.startup import introduction
from inbox_agent.errors import ConfigurationError
from inbox_agent.settings import load
from inbox_agent.settings.callers import (
    engine_address,
    engine_secret,
    with_engine_secret,
    without_credentials,
    worker_address,
    worker_logins,
    worker_paths,
)
from inbox_agent.settings.exposure import refusals
from tests.unit.settings.test_exposure import CLOSED

KEY = CLOSED["INBOX_AGENT_SECRET_KEY"]


def test_every_role_derives_the_same_secrets_and_they_tell_nothing_of_the_key() -> None:
    one, other = load(CLOSED), load(CLOSED)
    assert worker_address(one) == worker_address(other)
    assert engine_secret(one) == engine_secret(other)
    assert engine_secret(one) not in worker_address(one)
    assert KEY not in worker_address(one) + engine_secret(one)


def test_the_engine_is_told_a_url_that_the_worker_answers_to() -> None:
    settings = load(CLOSED)
    assert worker_address(settings).removeprefix("http://127.0.0.1:8802") in worker_paths(settings)


def test_conversations_of_a_former_key_still_reach_the_worker() -> None:
    before = worker_address(load(CLOSED))
    after = load(
        {
            **CLOSED,
            "INBOX_AGENT_SECRET_KEY": secrets.token_hex(32),
            "INBOX_AGENT_FORMER_SECRET_KEYS": f"{'x' * 20}, {KEY}",
        }
    )
    assert worker_address(after) != before
    assert before.removeprefix("http://127.0.0.1:8802") in worker_paths(after)


def test_a_secret_in_the_worker_url_is_used_as_it_is() -> None:
    path = secrets.token_urlsafe(24)
    settings = load({**CLOSED, "INBOX_AGENT_WORKER_URL": f"http://127.0.0.1:8802/{path}"})
    assert worker_address(settings) == f"http://127.0.0.1:8802/{path}"
    assert f"/{path}" in worker_paths(settings)


def test_credentials_in_the_worker_url_are_used_as_they_are() -> None:
    settings = load({**CLOSED, "INBOX_AGENT_WORKER_URL": "http://iwf:p%40ss-4711-wxyz-0815@127.0.0.1:8802"})
    assert worker_address(settings) == "http://iwf:p%40ss-4711-wxyz-0815@127.0.0.1:8802"
    assert worker_logins(settings) == ("iwf:p@ss-4711-wxyz-0815",)


@pytest.mark.parametrize("url", ["http://127.0.0.1:8802/short", "http://iwf:aaaaaaaaaaaaaaaa@127.0.0.1:8802"])
def test_a_weak_secret_in_the_worker_url_is_refused(url: str) -> None:
    (line,) = refusals(load({**CLOSED, "INBOX_AGENT_WORKER_URL": url}))
    assert line.startswith("INBOX_AGENT_WORKER_URL: the secret in it")


def test_the_engine_on_this_machine_gets_its_secret() -> None:
    settings = load({**CLOSED, "INBOX_AGENT_IWF_URL": "http://127.0.0.1:8801"})
    assert engine_address(settings) == f"http://inbox-agent:{engine_secret(settings)}@127.0.0.1:8801"


def test_another_machine_gets_only_a_secret_that_was_set_for_it() -> None:
    settings = load({**CLOSED, "INBOX_AGENT_IWF_URL": "https://iwf.corp.test"})
    assert engine_address(settings) == "https://iwf.corp.test"
    secret = secrets.token_hex(32)
    settings = load({**CLOSED, "INBOX_AGENT_IWF_URL": "https://iwf.corp.test", "INBOX_AGENT_ENGINE_SECRET": secret})
    assert engine_address(settings) == f"https://inbox-agent:{secret}@iwf.corp.test"


def test_credentials_that_stand_in_the_engine_url_win() -> None:
    assert with_engine_secret("http://me:mine@127.0.0.1:8801", "other") == "http://me:mine@127.0.0.1:8801"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://user:secret@host:1/path?q=1", "http://host:1"),
        ("http://host:1/secret", "http://host:1"),
        ("https://u@[::1]:8801", "https://[::1]:8801"),
        ("http://a:b@c@host", "http://host"),
    ],
)
def test_a_url_for_people_holds_no_secret(url: str, shown: str) -> None:
    assert without_credentials(url) == shown


def test_former_keys_do_not_show() -> None:
    settings = load({**CLOSED, "INBOX_AGENT_FORMER_SECRET_KEYS": "hunter2-former"})
    assert "hunter2" not in repr(settings) + str(settings.model_dump())


def test_an_empty_key_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="INBOX_AGENT_SECRET_KEY: is empty"):
        load({**CLOSED, "INBOX_AGENT_SECRET_KEY": ""})


def test_what_a_start_says_about_itself_holds_no_credentials() -> None:
    urls = {
        "INBOX_AGENT_IWF_URL": "https://me:hunter2@iwf.corp.test",
        "OPENAI_BASE_URL": "https://me:hunter2@m.corp.test/v1",
    }
    lines = "\n".join(introduction(load({**CLOSED, **urls})))
    assert "hunter2" not in lines
    assert "https://iwf.corp.test" in lines
    assert "https://m.corp.test/v1" in lines
