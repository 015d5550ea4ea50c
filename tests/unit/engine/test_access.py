"""Who may call the engine, and which workers the engine calls."""

import base64

import pytest

from inbox_agent.engine.access import Access, WorkerUrls, without_secrets
from inbox_agent.engine.main import problem_with_access

SECRET = "d41d8cd98f00b204e9800998ecf8427e"
ACCESS = Access(SECRET, frozenset({"engine"}))


def basic(login: str) -> str:
    return "Basic " + base64.b64encode(login.encode()).decode()


@pytest.mark.parametrize(
    "header", [basic(f"inbox-agent:{SECRET}"), basic(f"anybody:{SECRET}"), f"Bearer {SECRET}", f"bearer  {SECRET}"]
)
def test_the_secret_opens(header: str) -> None:
    assert ACCESS.lets_in(header)


@pytest.mark.parametrize(
    "header",
    [None, "", "Basic", "Basic !", basic("inbox-agent"), basic(f"{SECRET}:"), f"Bearer {SECRET}x", SECRET, "Bearer"],
)
def test_anything_else_does_not(header: str | None) -> None:
    assert not ACCESS.lets_in(header)


@pytest.mark.parametrize("host", ["127.0.0.1:8801", "localhost", "[::1]:8801", "10.0.0.7", "Engine:8801", None])
def test_known_hosts(host: str | None) -> None:
    assert ACCESS.knows_host(host)


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "127.0.0.1.evil.example:8801",
        "",
        "localhost.evil.example",
        "engine.evil.example",
        "engine@evil.example",
    ],
)
def test_names_that_were_pointed_here(host: str) -> None:
    assert not ACCESS.knows_host(host)


@pytest.mark.parametrize(
    ("host", "secret", "is_open", "words"),
    [
        ("127.0.0.1", "", False, "--open"),
        ("0.0.0.0", "", False, "beyond this machine"),
        ("0.0.0.0", "", True, "beyond this machine"),
        ("::", "", True, "beyond this machine"),
        ("engine", "", True, "beyond this machine"),
        ("127.0.0.1", "short", False, "shorter than 16"),
        ("0.0.0.0", "a" * 32, False, "repeats"),
    ],
)
def test_a_start_without_a_good_secret_is_refused_with_what_to_do(
    host: str, secret: str, is_open: bool, words: str
) -> None:
    problem = problem_with_access(host, secret, is_open=is_open)
    assert problem.startswith("INBOX_AGENT_ENGINE_SECRET: ")
    assert words in problem
    assert "openssl rand -hex 32" in problem


@pytest.mark.parametrize(
    ("host", "secret", "is_open"), [("127.0.0.1", SECRET, False), ("0.0.0.0", SECRET, False), ("localhost", "", True)]
)
def test_a_start_with_a_secret_or_open_on_this_machine(host: str, secret: str, is_open: bool) -> None:
    assert problem_with_access(host, secret, is_open=is_open) == ""


def test_only_configured_workers_are_called() -> None:
    urls = WorkerUrls(["http://worker:8802/now", "http://127.0.0.1:9902/other"])
    for named in (
        "http://worker:8802",
        "http://worker:8802/now",
        "http://worker:8802/before",
        "http://iwf:old@WORKER:8802/",
    ):
        assert urls.resolve(named) == "http://worker:8802/now"
    assert urls.resolve("http://localhost:9902") == "http://127.0.0.1:9902/other"
    for other in (
        "http://worker:8803",
        "https://worker:8802",
        "http://evil.example:8802",
        "http://127.0.0.1:8802",
        "http://169.254.169.254",
        "http://[bad",
    ):
        assert urls.resolve(other) is None


def test_a_worker_that_is_configured_without_its_secret_is_called_with_that_of_the_run() -> None:
    urls = WorkerUrls(["http://worker:8802/", "http://127.0.0.1:9902"])
    assert urls.resolve("http://worker:8802/5ecret") == "http://worker:8802/5ecret"
    assert urls.resolve("http://iwf:5ecret@WORKER:8802/") == "http://iwf:5ecret@worker:8802"
    assert urls.resolve("http://localhost:9902/5ecret?x#y") == "http://127.0.0.1:9902/5ecret"
    assert urls.resolve("http://worker:8803/5ecret") is None


def test_without_configured_workers_those_of_this_machine_are_called() -> None:
    urls = WorkerUrls()
    assert urls.resolve("http://localhost:8802/x") == "http://localhost:8802/x"
    for other in (
        "http://evil.example",
        "http://10.0.0.1:8802",
        "http://127.0.0.1.evil.example",
        "http://127.0.0.1@evil.example",
        "file:///etc/passwd",
        "",
    ):
        assert urls.resolve(other) is None


@pytest.mark.parametrize("url", ["http://u:5ecret@worker:8802/5ecret?5ecret", "http://[5ecret", "http://worker:5ecret"])
def test_a_worker_url_for_people_holds_no_secret(url: str) -> None:
    assert "5ecret" not in without_secrets(url)
