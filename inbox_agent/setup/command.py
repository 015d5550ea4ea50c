"""The command ``inbox-agent setup``."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from inbox_agent.checks.check import print_checks
from inbox_agent.errors import ConfigurationError
from inbox_agent.settings import load, variables
from inbox_agent.settings.agent import trouble_with_certificates
from inbox_agent.settings.env_file import DEFAULT_ENV_FILE, read_env_file
from inbox_agent.settings.exposure import require_closed
from inbox_agent.setup.accounts import whole_path
from inbox_agent.setup.dialog import Terminal
from inbox_agent.setup.settings_file import write_settings
from inbox_agent.setup.systemd import remark_on, systemd_unit
from inbox_agent.setup.wizard import Given, Wizard


def main(argv: Sequence[str]) -> int:
    """Exit code 0 when everything works or nothing was changed, 1 when the file is written and something does not work,
    2 for wrong usage or input, 130 after Ctrl-C."""
    options = _parser().parse_args(argv)
    if options.systemd is not None:
        return _write_unit(options.env_file, options.systemd)
    if options.ca_file and (trouble := trouble_with_certificates(whole_path(options.ca_file))):
        raise ConfigurationError(f"--ca-file: {trouble}")
    dialog = Terminal()
    before = read_env_file(options.env_file) if options.env_file.exists() else {}
    if options.env_file.exists() and not options.yes:
        question = f"{options.env_file} already exists. Change it and keep its other settings?"
        if not dialog.confirm(question):
            dialog.say("Nothing was changed. To write another file, use --env-file.")
            return 0
    given = Given(
        address=options.address,
        imap=options.imap,
        smtp=options.smtp,
        login=options.login,
        allow=options.allow,
        model=options.model,
        base_url=options.base_url,
        ca_file=options.ca_file,
    )
    try:
        found = Wizard(dialog, before, given).run()
        # As run will see them: what is set in the environment wins over the file.
        outside = {name: os.environ[name] for name in variables() if name in os.environ}
        write_settings(options.env_file, found)
    except KeyboardInterrupt:
        print("\nStopped. Nothing was written.", file=sys.stderr)
        return 130
    try:
        settings = load({name: value for name, value in {**before, **found, **outside}.items() if value})
        require_closed(settings)
    except ConfigurationError as error:
        dialog.say(f"\nWritten to {options.env_file}, but other settings in it are not valid:\n{error}")
        return 2
    dialog.say(f"\nWritten to {options.env_file}, readable only by you. Checking everything once more:\n")
    if outside:
        dialog.say(f"Note: {', '.join(outside)} in your environment override the file.")
    passed = print_checks(settings)
    named = "" if options.env_file == DEFAULT_ENV_FILE else f" --env-file {options.env_file}"
    dialog.say(f"\nStart it with:  inbox-agent run{named}")
    dialog.say(f"As a service:   inbox-agent setup --systemd{named}")
    dialog.say(f"Then write a mail to {settings.address} from one of: {', '.join(settings.allow)}")
    return 0 if passed else 1


def _write_unit(env_file: Path, target: str) -> int:
    if not env_file.exists():
        raise ConfigurationError(f"--env-file: {env_file} does not exist; run inbox-agent setup first")
    python = Path(sys.executable)
    unit = systemd_unit(env_file, python)
    if target == "-":
        print(unit, end="")
    else:
        file = Path(target)
        try:
            with file.open("x", encoding="utf-8") as opened:
                opened.write(unit)
            file.chmod(0o644)
        except OSError as error:
            raise ConfigurationError(f"--systemd: {file} cannot be written: {error.strerror}") from error
        print(f"Written to {file}. Start it with: systemctl daemon-reload; systemctl enable --now {file.stem}")
    if remark := remark_on(python):
        print(f"inbox-agent: {remark}", file=sys.stderr)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="inbox-agent setup",
        description="Ask for what the agent needs, test each answer immediately, and write a settings file. Answers can also "
        "come from standard input, one per line. Passwords and keys are never read from the command line.",
    )
    parser.add_argument(
        "--env-file",
        type=Path,
        default=DEFAULT_ENV_FILE,
        metavar="FILE",
        help="the file to write (default: ./%(default)s)",
    )
    parser.add_argument("--address", default="", help="the mail address of the agent")
    parser.add_argument(
        "--imap",
        default="",
        metavar="HOST[:PORT]",
        help="the server for reading mail, if it cannot be found automatically",
    )
    parser.add_argument(
        "--smtp",
        default="",
        metavar="HOST[:PORT]",
        help="the server for sending mail, if it cannot be found automatically",
    )
    parser.add_argument("--login", default="", help="the login name, if it differs from the address")
    parser.add_argument(
        "--allow", default="", metavar="LIST", help="who may use the agent: ann@example.com,@example.org"
    )
    parser.add_argument("--model", default="", help="the model's name")
    parser.add_argument(
        "--base-url", default="", metavar="URL", help="the URL of the model's API, if it is not OpenAI's"
    )
    parser.add_argument("--ca-file", default="", metavar="FILE", help="certificates (PEM) of a private authority")
    parser.add_argument("--yes", action="store_true", help="change an existing file without asking")
    parser.add_argument(
        "--systemd",
        nargs="?",
        const="-",
        metavar="FILE",
        help="ask nothing; print a systemd unit for the settings file, or write it to FILE",
    )
    return parser
