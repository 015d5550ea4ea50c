"""docker-compose.yml and Dockerfile, checked without Docker: structure, pinning, references, settings, start order."""

import json
import re
import secrets
from pathlib import Path
from typing import Any

import pytest
import yaml

from inbox_agent import __version__
from inbox_agent.bootstrap import callers
from inbox_agent.errors import ConfigurationError
from inbox_agent.settings import Settings, load, variables
from inbox_agent.settings.exposure import refusals
from tests.image.context import instructions

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
AGENT_ROLES = ("worker", "web", "poller")
# What the Compose specification allows and this file uses; a misspelt key would be an error of `docker compose config`.
TOP_LEVEL = {"name", "services", "networks", "volumes", "secrets"}
SERVICE_KEYS = set(
    """build cap_drop command depends_on entrypoint env_file environment healthcheck image init networks ports read_only restart
    secrets security_opt stop_grace_period tmpfs volumes""".split()
)
HEALTH_KEYS = {"test", "interval", "timeout", "retries", "start_period"}
CONDITIONS = {"service_started", "service_healthy", "service_completed_successfully"}
# It ends when its work is done, so it has an exit code and no health.
ONE_SHOT = {"search-attributes"}
services = pytest.mark.parametrize("name", sorted(SERVICES))


def without_comments(path: str) -> str:
    lines = (ROOT / path).read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines if not line.lstrip().startswith("#"))


def test_the_file_has_only_known_sections() -> None:
    assert {key for key in COMPOSE if not key.startswith("x-")} == TOP_LEVEL


@services
def test_a_service_has_only_known_keys_of_the_right_type(name: str) -> None:
    service = SERVICES[name]
    assert set(service) <= SERVICE_KEYS
    assert isinstance(service["image"], str)
    assert service["restart"] in ("unless-stopped", "on-failure", "always", "no")
    assert all(isinstance(value, str) for value in service.get("environment", {}).values())
    for key in (
        "ports",
        "secrets",
        "volumes",
        "command",
        "entrypoint",
        "cap_drop",
        "security_opt",
        "tmpfs",
    ):
        assert all(isinstance(item, str) for item in service.get(key, []))


@services
def test_every_image_is_pinned_to_an_exact_version(name: str) -> None:
    repository, _, tag = SERVICES[name]["image"].partition(":")
    assert repository
    assert re.search(r"\d+\.\d+", tag), f"{name}: {tag!r} is no exact version"
    assert "latest" not in tag
    assert "$" not in SERVICES[name]["image"]


@services
def test_every_service_has_a_health_check_or_ends(name: str) -> None:
    if name in ONE_SHOT:
        assert "healthcheck" not in SERVICES[name]
        return
    check = SERVICES[name]["healthcheck"]
    assert set(check) <= HEALTH_KEYS
    assert check["test"][0] in ("CMD", "CMD-SHELL")
    assert len(check["test"]) > 1
    for key in ("interval", "timeout", "start_period"):
        assert re.fullmatch(r"\d+[sm]", check.get(key, "1s"))


@services
def test_a_service_starts_after_services_that_exist_and_reach_the_awaited_state(name: str) -> None:
    for target, rule in SERVICES[name].get("depends_on", {}).items():
        assert target in SERVICES
        assert rule["condition"] in CONDITIONS
        assert (rule["condition"] == "service_completed_successfully") == (target in ONE_SHOT)


def test_the_start_order_has_no_circle() -> None:
    started: set[str] = set()
    while waiting := {name for name in SERVICES if name not in started}:
        ready = {name for name in waiting if set(SERVICES[name].get("depends_on", {})) <= started}
        assert ready, f"{waiting} wait for each other"
        started |= ready


@services
def test_every_variable_is_known_to_the_settings(name: str) -> None:
    ours = [key for key in SERVICES[name].get("environment", {}) if key.startswith(("INBOX_AGENT_", "OPENAI_"))]
    assert set(ours) <= set(variables())
    assert bool(ours) == (name in AGENT_ROLES)


def test_every_secret_of_the_agent_is_known_to_the_settings_and_described() -> None:
    described = (ROOT / "config/secrets/README.md").read_text(encoding="utf-8")
    for name, source in COMPOSE["secrets"].items():
        assert name in variables() or name == "POSTGRES_PASSWORD"
        assert source == {"file": f"./config/secrets/{name}"}
        assert f"`{name}`" in described


@services
def test_every_secret_network_and_volume_that_a_service_names_is_declared(name: str) -> None:
    service = SERVICES[name]
    assert set(service.get("secrets", [])) <= set(COMPOSE["secrets"])
    assert set(service["networks"]) <= set(COMPOSE["networks"])
    assert isinstance(service["networks"], list | dict)
    for volume in service.get("volumes", []):
        source = volume.split(":")[0]
        if source.startswith("."):
            assert (ROOT / source).is_file()
            assert volume.endswith(":ro")
        else:
            assert source in COMPOSE["volumes"]


@services
def test_ports_are_bound_to_loopback(name: str) -> None:
    for port in SERVICES[name].get("ports", []):
        assert re.fullmatch(r"127\.0\.0\.1:\d+:\d+", port)


@services
def test_no_secret_stands_in_the_file(name: str) -> None:
    for key, value in SERVICES[name].get("environment", {}).items():
        if re.search(r"PASSWORD|PWD|TOKEN|SECRET|KEY", key):
            assert value.startswith("/run/secrets/")


def test_secret_files_and_local_settings_are_ignored_by_git() -> None:
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert "/config/secrets/*" in ignored
    assert "*.env" in ignored


@pytest.mark.parametrize("role", AGENT_ROLES)
def test_a_role_runs_from_our_image_without_privileges(role: str) -> None:
    service = SERVICES[role]
    assert service["command"] == ["run", "--role", role]
    assert service["build"] == {"context": "."}
    assert service["read_only"] is True
    assert service["tmpfs"] == ["/tmp"]
    assert service["cap_drop"] == ["ALL"]
    assert service["init"] is True


@pytest.mark.parametrize("role", AGENT_ROLES)
def test_a_role_is_asked_for_its_own_health(role: str) -> None:
    assert SERVICES[role]["healthcheck"]["test"] == ["CMD", "python", "-P", "-m", "inbox_agent", "health", role]
    assert parse_dockerfile()["ENTRYPOINT"] == ["python", "-P", "-m", "inbox_agent"]


def test_the_engine_finds_the_worker_where_the_worker_listens() -> None:
    environment = SERVICES["worker"]["environment"]
    name = environment["INBOX_AGENT_WORKER_HOST"]
    assert environment["INBOX_AGENT_WORKER_URL"] == f"http://{name}:8802"
    assert set(SERVICES["worker"]["networks"]) & set(SERVICES["iwf-server"]["networks"])
    assert "worker_host" in Settings.model_fields


def test_the_worker_listens_on_the_network_of_the_engine_alone() -> None:
    # A name that exists on one network only resolves to the container's address there.
    worker = SERVICES["worker"]
    name = worker["environment"]["INBOX_AGENT_WORKER_HOST"]
    assert worker["networks"]["engine"]["aliases"] == [name]
    assert name not in SERVICES
    assert all("aliases" not in (options or {}) for net, options in worker["networks"].items() if net != "engine")
    assert "ports" not in worker
    assert COMPOSE["networks"]["engine"]["internal"] is True


def test_no_two_services_meet_on_a_network_that_leads_outside() -> None:
    for network, options in COMPOSE["networks"].items():
        if not (options or {}).get("internal"):
            assert sum(network in service["networks"] for service in SERVICES.values()) == 1, network


@pytest.mark.parametrize("role", AGENT_ROLES)
def test_a_role_starts_with_these_variables_once_its_own_are_filled_in(role: str) -> None:
    given = {
        **sample_values(),
        **SERVICES[role]["environment"],
        "INBOX_AGENT_AUTHSERV_ID": "mx.example.com",
        "INBOX_AGENT_IMAP_PASSWORD": "one-of-our-own",
        "INBOX_AGENT_SMTP_PASSWORD": "one-of-our-own",
        "INBOX_AGENT_API_TOKEN": secrets.token_hex(32),
        "INBOX_AGENT_SECRET_KEY": secrets.token_hex(32),
        "OPENAI_API_KEY": "one-of-our-own",
    }
    assert refusals(load(given)) == []


@pytest.mark.parametrize("role", AGENT_ROLES)
def test_a_role_does_not_start_with_the_sample_values(role: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load({**sample_values(), **SERVICES[role]["environment"]})
    assert "INBOX_AGENT_API_TOKEN: is a sample value" in str(caught.value)
    assert "INBOX_AGENT_SECRET_KEY: is a sample value" in str(caught.value)


def sample_values() -> dict[str, str]:
    text = (ROOT / "config/inbox-agent.example.env").read_text(encoding="utf-8")
    return dict(re.findall(r"^((?:INBOX_AGENT|OPENAI)_[A-Z_]+)=(.*)$", text, re.M))


def test_the_search_attributes_of_the_iwf_server_are_registered() -> None:
    script = without_comments("config/temporal-search-attributes.sh")
    for line in ("IwfGlobalWorkflowVersion Int", "IwfExecutingStateIds KeywordList", "IwfWorkflowType Keyword"):
        assert f"\n{line}\n" in script


def parse_dockerfile() -> dict[str, Any]:
    """The last of each instruction with a list or one word."""
    found = dict(instructions((ROOT / "Dockerfile").read_text(encoding="utf-8")))
    return {word: json.loads(rest) if rest.startswith("[") else rest for word, rest in found.items()}


def test_the_image_is_pinned_and_its_base_can_be_replaced() -> None:
    dockerfile = without_comments("Dockerfile")
    assert re.search(r"^ARG BASE=python:\d+\.\d+\.\d+-slim-\w+$", dockerfile, re.MULTILINE)
    bases = [rest for word, rest in instructions(dockerfile) if word == "FROM"]
    assert bases == ["${BASE} AS build", "${BASE}"]


def test_the_image_fetches_only_what_is_hashed() -> None:
    runs = " && ".join(rest for word, rest in instructions(without_comments("Dockerfile")) if word == "RUN")
    fetching = [
        part for part in runs.split("&&") if re.search(r"pip\b.* (install|wheel) ", part) and "--no-index" not in part
    ]
    assert fetching
    assert all("--require-hashes" in part for part in fetching)
    assert "ADD" not in parse_dockerfile()


def test_the_image_runs_unprivileged_and_says_so_in_numbers() -> None:
    last = parse_dockerfile()
    assert last["USER"] == "10001:10001"
    assert last["STOPSIGNAL"] == "SIGTERM"
    assert list(last).index("USER") < list(last).index("ENTRYPOINT")


def test_the_image_and_its_label_are_of_this_version() -> None:
    assert f'org.opencontainers.image.version="{__version__}"' in parse_dockerfile()["LABEL"]
    assert {SERVICES[role]["image"] for role in AGENT_ROLES} == {f"inbox-agent:{__version__}"}


def test_conversations_of_an_earlier_version_still_reach_the_worker() -> None:
    """They call http://worker:8802 without a secret, the worker's URL before this version: a conversation keeps it."""
    given = {
        **sample_values(),
        **SERVICES["worker"]["environment"],
        "INBOX_AGENT_AUTHSERV_ID": "mx.example.com",
        "INBOX_AGENT_IMAP_PASSWORD": "one-of-our-own",
        "INBOX_AGENT_SMTP_PASSWORD": "one-of-our-own",
        "INBOX_AGENT_API_TOKEN": secrets.token_hex(32),
        "INBOX_AGENT_SECRET_KEY": secrets.token_hex(32),
        "OPENAI_API_KEY": "sk-of-our-own",
        "INBOX_AGENT_WORKER_OPEN": "yes",
    }
    call = ("/api/v1/workflowState/start", "worker:8802", None, "")
    assert callers(load(given)).refusal(*call) == ""
    shared = set(SERVICES["worker"]["networks"]) & set(SERVICES["iwf-server"]["networks"])
    # Docker gives a service its own name on each of its networks.
    names = {"worker" for _ in shared if "worker" in SERVICES}
    assert names == {"worker"}
