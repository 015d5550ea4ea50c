"""The command ``inbox-agent``. Exit codes: 0 done, 1 something failed, 2 wrong usage or settings."""

import argparse
import importlib
import json
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from inbox_agent import __version__
from inbox_agent.command_line import ROLES, add_env_file_argument
from inbox_agent.errors import AgentError, ConfigurationError, WrongSettings
from inbox_agent.mail.charset.clean_text import escape_invisible, for_terminal
from inbox_agent.private_files import write_privately

if TYPE_CHECKING:
    from inbox_agent.intake.intake import SignatureCheck
    from inbox_agent.settings import Settings, TrustSettings

COMMANDS: dict[str, tuple[str, str]] = {
    "setup": ("inbox_agent.setup.command:main", "ask for what the agent needs, test it, and write a settings file"),
    "run": ("inbox_agent.cli:run", "run the agent: all roles, or one with --role"),
    "demo": ("inbox_agent.demo.command:main", "start everything on this machine and run a sample conversation"),
    "check": ("inbox_agent.checks.check:main", "connect to IMAP, SMTP, iWF and the model and say what works"),
    "health": ("inbox_agent.checks.health:main", "say whether the roles on this machine are healthy"),
    "explain": ("inbox_agent.cli:explain", "say what the agent would do with a message, and why"),
    "engine": ("inbox_agent.engine.main:main", "the embedded workflow engine: the iWF server's API on SQLite"),
    "mailserver": ("inbox_agent.demo.mail_server:main", "the embedded mail server: Dovecot with an SMTP front"),
    "standin-model": (
        "inbox_agent.demo.model.server:main",
        "the stand-in for a model: no model, speaks the Responses API",
    ),
    "webmail": ("inbox_agent.demo.webmail.main:main", "the demo's small mailbox page"),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Dispatch to a command; each has its own --help."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    width = max(map(len, COMMANDS))
    overview = "\n".join(f"  {name:<{width}}  {text}" for name, (_, text) in COMMANDS.items())
    parser = argparse.ArgumentParser(
        prog="inbox-agent",
        description="An AI email agent that lives in a mailbox.",
        epilog=f"commands:\n{overview}\n\nFor details: inbox-agent COMMAND --help",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"inbox-agent {__version__}")
    parser.add_argument("command", choices=COMMANDS, metavar="COMMAND")
    known = parser.parse_args(arguments[:1])
    write_privately()
    try:
        return _load(COMMANDS[known.command][0])(arguments[1:])
    except WrongSettings as error:
        print(f"inbox-agent: the settings are not valid:\n{error}", file=sys.stderr)
        if error.missing:
            print(
                f"{_looked_for(arguments[1:])} `inbox-agent setup` asks for what is missing and writes it down.",
                file=sys.stderr,
            )
        return 2
    except ConfigurationError as error:
        print(f"inbox-agent: {error}", file=sys.stderr)
        return 2
    except AgentError as error:
        print(f"inbox-agent: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader of a pipe (head, say) has gone; nothing is left to tell it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _looked_for(arguments: Sequence[str]) -> str:
    """Which settings file a command read, or where there is none."""
    from inbox_agent.settings.env_file import DEFAULT_ENV_FILE

    parser = argparse.ArgumentParser(add_help=False)
    add_env_file_argument(parser)
    if file := parser.parse_known_args(arguments)[0].env_file:
        return f"The settings file is {file.absolute()}."
    here = DEFAULT_ENV_FILE.absolute()
    if here.exists():
        return f"The settings file is {here}."
    return f"There is no settings file {here} (--env-file names another)."


def _load(target: str) -> Callable[[Sequence[str]], int]:
    module, _, name = target.partition(":")
    command: Callable[[Sequence[str]], int] = getattr(importlib.import_module(module), name)
    return command


def run(argv: Sequence[str]) -> int:
    """``inbox-agent run``."""
    from inbox_agent.logs import configure_logging
    from inbox_agent.settings import example_file, load, use_env_file
    from inbox_agent.settings.env_file import remember_env_file
    from inbox_agent.settings.exposure import log_warnings, require_closed

    parser = argparse.ArgumentParser(
        prog="inbox-agent run",
        description="Run the agent. Settings come from a settings file, which inbox-agent setup writes, and from\n"
        "the environment. Without INBOX_AGENT_IWF_URL the embedded engine is started, its data\n"
        "under INBOX_AGENT_DATA.",
        epilog=f"every setting is explained in\n  {example_file()}",
        formatter_class=argparse.RawDescriptionHelpFormatter,  # a path that is broken into lines cannot be copied
    )
    parser.add_argument("--role", choices=ROLES, help="run only this role in this process (default: all)")
    add_env_file_argument(parser)
    options = parser.parse_args(argv)
    file = use_env_file(options.env_file)
    settings = load()
    remember_env_file(file)
    require_closed(settings)
    configure_logging(settings.log_level)
    log_warnings(settings)
    if options.role is None:
        return _run_all(settings)
    from inbox_agent import bootstrap

    if options.role == "worker":
        settings.require_model()
    if not settings.iwf_url:
        raise ConfigurationError(
            "INBOX_AGENT_IWF_URL: is missing; a single role needs to know its iWF server. "
            "Example: INBOX_AGENT_IWF_URL=http://127.0.0.1:8801"
        )
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    bootstrap.run_role(options.role, settings, stopped)
    return 0


def _run_all(settings: "Settings") -> int:
    from inbox_agent.checks.startup import introduction, require_startable, watch_services
    from inbox_agent.launcher import Launcher, agent_processes, run_until_stopped

    require_startable(settings)
    print("\n".join(introduction(settings)), flush=True)
    stopped = threading.Event()
    launcher = Launcher(agent_processes(settings, {}))
    try:
        run_until_stopped(launcher, on_started=partial(watch_services, settings, stopped))
    finally:
        stopped.set()
    return 0


def explain(argv: Sequence[str]) -> int:
    """``inbox-agent explain``."""
    parser = argparse.ArgumentParser(
        prog="inbox-agent explain",
        description="Say what the agent would do with a message, and why. For files it needs no settings, and the "
        "network only with INBOX_AGENT_CHECK_SIGNATURES. INBOX_AGENT_ALLOW and the other settings of trust tell what "
        "follows for its sender, INBOX_AGENT_SECRET_KEY whether it answers a mail of ours.",
    )
    parser.add_argument("file", nargs="*", help="a message file (.eml), or - for standard input")
    parser.add_argument(
        "--message-id",
        action="append",
        default=[],
        metavar="ID",
        help="a message in the mailbox that the settings name, by its Message-ID; it is only read",
    )
    parser.add_argument(
        "--authserv-id",
        help="whose Authentication-Results count (default: INBOX_AGENT_AUTHSERV_ID, else nobody's)",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object a line, in the order of the files")
    parser.add_argument(
        "--address",
        help="the agent's address (default: INBOX_AGENT_ADDRESS)",
    )
    add_env_file_argument(parser)
    options = parser.parse_args(argv)
    if not (options.file or options.message_id):
        parser.error("name a file, - for standard input, or --message-id ID")
    from inbox_agent.intake.explain import explain_message
    from inbox_agent.intake.policy import folders_of, intake_policy
    from inbox_agent.settings import use_env_file

    use_env_file(options.env_file)
    settings = _trust_settings(options.authserv_id)
    address = options.address or os.environ.get("INBOX_AGENT_ADDRESS", "agent@example.com")
    secret = os.environ.get("INBOX_AGENT_SECRET_KEY", "").encode()
    policy = intake_policy(settings, own_address=address, secret=secret, check=_signature_check(settings))
    failed = False
    for name, read in _messages(options.file, options.message_id):
        try:
            raw = read()
        except (OSError, AgentError) as error:
            words = error.strerror if isinstance(error, OSError) else str(error)
            print(f"inbox-agent explain: {name}: {words}", file=sys.stderr)
            failed = True
            continue
        explanation = explain_message(raw, file=name, policy=policy, folders=folders_of(settings))
        print(_in_json(explanation.as_json()) if options.json else for_terminal(explanation.as_text()), flush=True)
    return 1 if failed else 0


def _in_json(value: object) -> str:
    """JSON in one line, letters as they are; what a terminal would obey or not show is escaped, which means the same."""
    text = json.dumps(value, ensure_ascii=False)
    return "".join(json.dumps(char)[1:-1] if escape_invisible(char) != char else char for char in text)


def _trust_settings(authserv_id: str | None) -> "TrustSettings":
    """The settings of trust, with another receiving server when one is named."""
    from inbox_agent.settings import load_trust

    settings = load_trust()
    return settings if authserv_id is None else settings.model_copy(update={"authserv_id": authserv_id})


def _signature_check(settings: "TrustSettings") -> "SignatureCheck | None":
    if not settings.check_signatures:
        return None
    from inbox_agent.bootstrap import waiting_check

    return waiting_check(settings)


def _messages(files: Sequence[str], message_ids: Sequence[str]) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """What to call each message, and how to read it.

    Raises:
        ConfigurationError: a message of the mailbox is asked for and the settings do not tell the mailbox.
    """
    for name in files:
        yield name, sys.stdin.buffer.read if name == "-" else Path(name).read_bytes
    if not message_ids:
        return
    from inbox_agent.bootstrap import open_mailbox
    from inbox_agent.settings import load

    with closing(open_mailbox(load())) as mailbox:
        for given in message_ids:
            message_id = given if given.startswith("<") else f"<{given}>"
            yield message_id, partial(mailbox.fetch_message, message_id)
