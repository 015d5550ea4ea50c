"""What the commands share: the roles of the agent, and the argument that names the settings file."""

import argparse
from pathlib import Path

ROLES = ("poller", "worker", "web")


def add_env_file_argument(parser: argparse.ArgumentParser) -> None:
    """Give a command that reads settings its ``--env-file``; ``settings.use_env_file`` takes what it names."""
    parser.add_argument(
        "--env-file",
        type=Path,
        metavar="FILE",
        help="read settings from this file (default: ./inbox-agent.env if it exists); environment variables "
        "win over it",
    )
