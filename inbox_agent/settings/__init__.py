"""The settings: read once from a settings file, the environment and secret files; each is documented in
``config/inbox-agent.example.env``."""

from inbox_agent.settings.agent import (
    SECRETS_DIR,
    Settings,
    example_file,
    example_of,
    is_loopback,
    load,
    load_trust,
    variable_of,
    variables,
)
from inbox_agent.settings.env_file import use_env_file
from inbox_agent.settings.trust import PREFIX, TrustSettings, split_server

__all__ = [
    "PREFIX",
    "SECRETS_DIR",
    "Settings",
    "TrustSettings",
    "example_file",
    "example_of",
    "is_loopback",
    "load",
    "load_trust",
    "split_server",
    "use_env_file",
    "variable_of",
    "variables",
]
