"""The agent's roles as docker-compose.yml starts them: arguments, environment, secrets, health check."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from tests.image.context import ROOT

SERVICES: dict[str, dict[str, Any]] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))[
    "services"
]


@dataclass(frozen=True, slots=True)
class Role:
    """One service of ours."""

    name: str
    arguments: Sequence[str]
    environment: dict[str, str]
    secrets: Sequence[str]
    health_check: Sequence[str]


def role(name: str) -> Role:
    service = SERVICES[name]
    kind, *test = service["healthcheck"]["test"]
    return Role(
        name,
        service["command"],
        dict(service["environment"]),
        [secret if isinstance(secret, str) else secret["source"] for secret in service["secrets"]],
        ["sh", "-c", *test] if kind == "CMD-SHELL" else test,
    )


def host_names() -> list[str]:
    """By what names the services reach each other."""
    networks = [networks for service in SERVICES.values() if isinstance(networks := service.get("networks"), dict)]
    aliases = {alias for one in networks for network in one.values() for alias in network.get("aliases", [])}
    return sorted({*SERVICES, *aliases})


# In the order in which Compose starts them.
ROLES = [role(name) for name in ("worker", "web", "poller")]
