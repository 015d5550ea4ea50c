"""``inbox-agent health``: whether the roles that run on this machine are well, for health checks and service managers."""

import argparse
import time
from collections.abc import Sequence

from inbox_agent.command_line import ROLES, add_env_file_argument
from inbox_agent.launcher import answers
from inbox_agent.listening import web_port, worker_port
from inbox_agent.scheduler import stale_after_seconds
from inbox_agent.settings import Settings, load, use_env_file


def trouble_of_server(url: str) -> str:
    """Why a role that serves HTTP is not well; empty when it is."""
    return "" if answers(url)() else f"{url} does not answer"


def trouble_of_poller(settings: Settings) -> str:
    """Why the poller is not well; empty when it looked into the mailbox not long ago."""
    file = settings.poller_health.absolute()
    try:
        seconds = time.time() - file.stat().st_mtime
    except FileNotFoundError:
        return f"has not checked the mailbox since it started: {file} is not there"
    except OSError as error:
        return f"{file} cannot be read: {error.strerror}"
    if seconds > stale_after_seconds(settings.poll_interval):
        return f"last checked the mailbox {seconds:.0f} s ago"
    return ""


def trouble_of(role: str, settings: Settings) -> str:
    """Why a role is not well; empty when it is."""
    if role == "poller":
        return trouble_of_poller(settings)
    if role == "worker":
        return trouble_of_server(worker_port(settings).local_url + "/healthz")
    return trouble_of_server(web_port(settings).local_url + "/healthz")


def main(argv: Sequence[str]) -> int:
    """Exit code 0 when all that was asked for is well, 1 when something is not, 2 when the settings are wrong."""
    parser = argparse.ArgumentParser(
        prog="inbox-agent health",
        description="Say whether the roles on this machine are healthy: the worker and the web page answer, and the poller "
        "looked into the mailbox not long ago (it notes that in INBOX_AGENT_POLLER_HEALTH_FILE, or poller-health in "
        "INBOX_AGENT_DATA). Other services are not checked: use inbox-agent check for that.",
    )
    parser.add_argument("role", nargs="?", choices=ROLES, help="check only this role (default: all)")
    add_env_file_argument(parser)
    options = parser.parse_args(argv)
    use_env_file(options.env_file)
    settings = load()
    failed = False
    for role in [options.role] if options.role else ROLES:
        trouble = trouble_of(role, settings)
        failed = failed or bool(trouble)
        print(f"FAILED  {role:<6} {trouble}" if trouble else f"ok      {role}", flush=True)
    return int(failed)
