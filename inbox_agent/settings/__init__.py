"""The settings: read once from the environment and secret files, each documented in ``config/inbox-agent.example.env``."""

from inbox_agent.settings.agent import (
    SECRETS_DIR,
    Settings,
    example_of,
    is_loopback,
    load,
    load_trust,
    variable_of,
    variables,
)
from inbox_agent.settings.trust import PREFIX, TrustSettings

__all__ = [
    "PREFIX",
    "SECRETS_DIR",
    "Settings",
    "TrustSettings",
    "example_of",
    "is_loopback",
    "load",
    "load_trust",
    "variable_of",
    "variables",
]
