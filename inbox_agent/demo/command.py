"""``inbox-agent demo``: the whole system on this machine, and a conversation through real SMTP and IMAP.

Everything is started as ``inbox-agent run`` would, by the same settings; only the mail server and, without a key, the
model are the embedded stand-ins.
"""

import argparse
import json
import logging
import os
import secrets
import signal
import socket
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from inbox_agent import settings as configuration
from inbox_agent.demo.conversation import DemoMailbox, StepFailed, play
from inbox_agent.errors import AgentError
from inbox_agent.launcher import Launcher, Process, StartFailed, agent_processes, answers
from inbox_agent.logs import configure_logging
from inbox_agent.private_files import make_private_folder, write_private

log = logging.getLogger(__name__)

AGENT = "agent@demo.example"
PEOPLE = {
    "ann": "ann@demo.example",
    "sam": "sam@corp.example",
    "lee": "lee@corp.example",
}
PORTS = ("imap", "smtp", "model", "engine", "worker", "web", "webmail")


@dataclass(frozen=True, slots=True)
class DemoWorld:
    """What one demo on this machine keeps from start to start: its ports, passwords and keys."""

    folder: Path
    ports: dict[str, int]
    passwords: dict[str, str]
    api_token: str
    secret_key: str

    def environment(self) -> dict[str, str]:
        """The settings by which the agent finds the embedded services, as it would find real ones."""
        given = {
            "INBOX_AGENT_ADDRESS": AGENT,
            "INBOX_AGENT_IMAP_HOST": "127.0.0.1",
            "INBOX_AGENT_IMAP_PORT": str(self.ports["imap"]),
            "INBOX_AGENT_IMAP_PASSWORD": self.passwords[AGENT],
            "INBOX_AGENT_IMAP_SECURITY": "none",
            "INBOX_AGENT_SMTP_HOST": "127.0.0.1",
            "INBOX_AGENT_SMTP_PORT": str(self.ports["smtp"]),
            "INBOX_AGENT_SMTP_PASSWORD": self.passwords[AGENT],
            "INBOX_AGENT_SMTP_SECURITY": "none",
            "INBOX_AGENT_ALLOW": "@demo.example",
            "INBOX_AGENT_AUTHSERV_ID": "mail.demo.example",
            "INBOX_AGENT_API_TOKEN": self.api_token,
            "INBOX_AGENT_SECRET_KEY": self.secret_key,
            "INBOX_AGENT_WORKER_URL": f"http://127.0.0.1:{self.ports['worker']}",
            "INBOX_AGENT_WEB_PORT": str(self.ports["web"]),
            "INBOX_AGENT_ENGINE_PORT": str(self.ports["engine"]),
            "INBOX_AGENT_DATA": str(self.folder),
            "INBOX_AGENT_SEND_PAUSE": "5",
            "INBOX_AGENT_POLL_INTERVAL": "5",
        }
        parts = ["embedded workflow engine", "embedded mail server"]
        if uses_standin():
            parts.append("a stand-in that is no model")
            given["OPENAI_API_KEY"] = "stand-in"
            given["OPENAI_BASE_URL"] = f"http://127.0.0.1:{self.ports['model']}/v1"
            given["INBOX_AGENT_MODEL"] = "stand-in"
        given["INBOX_AGENT_WEB_BANNER"] = f"This is the demo: {', '.join(parts)}."
        return given


def uses_standin() -> bool:
    """Whether the demo has to do without a model: neither a key nor another server is set."""
    return not (os.environ.get("OPENAI_API_KEY") or os.environ.get("OPENAI_BASE_URL"))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def default_folder() -> Path:
    """Where the demo keeps its data: ``var/demo`` of a checkout, the user's data folder for an installed program."""
    checkout = Path(__file__).parents[1]
    if (checkout / "pyproject.toml").is_file():
        return checkout / "var" / "demo"
    # XDG Base Directory Specification: a relative path there is to be ignored.
    given = Path(os.environ.get("XDG_DATA_HOME", ""))
    return (given if given.is_absolute() else Path("~/.local/share").expanduser()) / "inbox-agent" / "demo"


def open_world(folder: Path) -> DemoWorld:
    """The demo's ports and secrets, made on the first start and kept in the folder.

    Raises:
        StartFailed: the folder cannot be used, or a port of the earlier start is taken, most likely by a demo that still runs.
    """
    try:
        make_private_folder(folder)
    except OSError as error:
        raise StartFailed(
            f"{folder} cannot be created ({error.strerror}): choose another with --data FOLDER"
        ) from error
    kept = folder / "demo.json"
    if kept.exists():
        world = json.loads(kept.read_text(encoding="utf-8"))
        taken = [str(port) for port in world["ports"].values() if not _is_free(port)]
        if taken:
            raise StartFailed(
                f"port {', '.join(taken)} of the demo in {folder} is taken: is it running already? End it, or start "
                "another one with --data OTHER_FOLDER"
            )
    else:
        world = {
            "ports": {name: _free_port() for name in PORTS},
            "passwords": {address: secrets.token_hex(8) for address in (AGENT, *PEOPLE.values())},
            "api_token": secrets.token_hex(16),
            "secret_key": secrets.token_hex(16),
        }
        write_private(kept, json.dumps(world, indent=1))
    return DemoWorld(folder=folder, **world)


def demo_processes(world: DemoWorld) -> list[Process]:
    """The embedded services, then what ``inbox-agent run`` runs, then the small mailbox page."""
    logs = world.folder / "logs"
    make_private_folder(logs)
    environment = world.environment()
    settings = configuration.load(environment)
    mailboxes, people = world.folder / "mailboxes", world.folder / "people"
    write_private(mailboxes, _user_lines(world, world.passwords))
    write_private(people, _user_lines(world, PEOPLE.values()))
    mail_server = Process(
        "mail server (embedded Dovecot)",
        [
            *("mailserver", "--data", str(world.folder / "mail"), "--authserv-id", "mail.demo.example"),
            *("--imap-port", str(world.ports["imap"]), "--smtp-port", str(world.ports["smtp"])),
            *("--users", str(mailboxes)),
        ],
        ready=lambda: _accepts(world.ports["imap"]) and _accepts(world.ports["smtp"]),
        log_file=logs / "mailserver.log",
    )
    model = Process(
        "stand-in model (no model)",
        ["standin-model", "--port", str(world.ports["model"]), "--data", str(world.folder / "model")],
        ready=lambda: _accepts(world.ports["model"]),
        log_file=logs / "standin-model.log",
    )
    webmail = Process(
        "small mailbox page",
        [
            *("webmail", "--port", str(world.ports["webmail"]), "--agent", AGENT),
            *(() if uses_standin() else ("--real-model",)),
            *("--imap-port", str(world.ports["imap"]), "--smtp-port", str(world.ports["smtp"])),
            *("--users", str(people)),
        ],
        ready=answers(f"http://127.0.0.1:{world.ports['webmail']}/healthz"),
        log_file=logs / "webmail.log",
    )
    return [
        mail_server,
        *([model] if uses_standin() else []),
        *agent_processes(settings, environment, logs),
        webmail,
    ]


def _user_lines(world: DemoWorld, addresses: Iterable[str]) -> str:
    return "".join(f"{address}:{world.passwords[address]}\n" for address in addresses)


def _accepts(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False


def mailbox_of(world: DemoWorld, who: str) -> DemoMailbox:
    address = PEOPLE[who]
    return DemoMailbox(
        name=who.capitalize(),
        address=address,
        password=world.passwords[address],
        imap_port=world.ports["imap"],
        smtp_port=world.ports["smtp"],
    )


def main(argv: Sequence[str]) -> int:
    """Exit code 0; 1 when a process does not start or a step of the conversation fails, naming it."""
    parser = argparse.ArgumentParser(
        prog="inbox-agent demo",
        description="Start everything on this machine and play a conversation by real mail. Without OPENAI_API_KEY and "
        "OPENAI_BASE_URL a labelled stand-in answers instead of a model.",
    )
    parser.add_argument(
        "--once", action="store_true", help="end after the conversation: exit code 0, or 1 if a step failed"
    )
    parser.add_argument("--data", type=Path, default=default_folder(), help="folder of the demo (default: %(default)s)")
    options = parser.parse_args(argv)
    configure_logging("WARNING")
    say = _printer()
    world = open_world(options.data.absolute())
    launcher = Launcher(demo_processes(world))
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _interrupt)
    try:
        say(f"Data and logs of the demo are in {world.folder}")
        say("Starting: " + ", ".join(process.name for process in launcher.processes) + " …")
        launcher.start()
        if uses_standin():
            say("NOTE: no OPENAI_API_KEY is set. A stand-in answers instead of a model; it says so in each draft.")
        play(
            agent=AGENT,
            ann=mailbox_of(world, "ann"),
            sam=mailbox_of(world, "sam"),
            lee=mailbox_of(world, "lee"),
            say=say,
            headers=options.once,
        )
        if options.once:
            return 0
        say(_how_to_try(world))
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, launcher.request_stop)
        launcher.supervise()
        say("Stopping …")
    except StepFailed as error:
        print(
            f"inbox-agent demo: FAILED at step «{error.step}»: {error}\nLogs: {world.folder / 'logs'}", file=sys.stderr
        )
        return 1
    except KeyboardInterrupt:
        say("Stopping …")
        return 130
    finally:
        launcher.stop()
    return 0


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _printer() -> Callable[[str], None]:
    def say(text: str) -> None:
        print(text, flush=True)

    return say


def _how_to_try(world: DemoWorld) -> str:
    ann = PEOPLE["ann"]
    return f"""
The demo stays up until you press Ctrl-C. Try it:

  in the browser   http://127.0.0.1:{world.ports["webmail"]}/   a small mailbox to write and reply from
  as an admin      http://127.0.0.1:{world.ports["web"]}/   token: {world.api_token}
  in a mail client {ann}, password {world.passwords[ann]}
                   IMAP 127.0.0.1:{world.ports["imap"]}, SMTP 127.0.0.1:{world.ports["smtp"]} (no encryption: loopback only)
                   write to {AGENT}; people to write about: {PEOPLE["sam"]}, {PEOPLE["lee"]}

Logs are in {world.folder / "logs"}.
"""


__all__ = ["AgentError", "main"]
