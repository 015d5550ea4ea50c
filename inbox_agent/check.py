"""``inbox-agent check``: connects to everything the agent depends on and says what works, what not, and how to mend it."""

import argparse
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import openai

from inbox_agent import bootstrap
from inbox_agent import settings as configuration
from inbox_agent.adapters.smtp import SmtpTransport
from inbox_agent.cli import add_env_file_argument
from inbox_agent.errors import AgentError
from inbox_agent.mail.clean_text import for_terminal
from inbox_agent.settings import Settings
from inbox_agent.settings.exposure import require_closed, warnings

NO_SUCH_MESSAGE_ID = "<inbox-agent-check@invalid>"


class CheckFailed(AgentError):
    """One service does not work; ``mend`` says what to do."""

    def __init__(self, what: str, mend: str) -> None:
        super().__init__(what)
        self.mend = mend


@dataclass(frozen=True, slots=True)
class Check:
    """A service, and the function that says in a sentence what works or raises."""

    name: str
    run: Callable[[Settings], str]


def check_imap(settings: Settings) -> str:
    account = bootstrap.imap_account(settings)
    try:
        with closing(bootstrap.open_mailbox(settings)) as mailbox:
            mailbox.has_message_id(NO_SUCH_MESSAGE_ID)
    except AgentError as error:
        raise CheckFailed(
            str(error),
            "Check INBOX_AGENT_IMAP_HOST, _PORT, _SECURITY, _USER and _PASSWORD (many providers want an app password or "
            "OAuth2, and IMAP to be switched on).",
        ) from error
    return f"logged in at {account.host}:{account.port} and read the inbox"


def check_smtp(settings: Settings) -> str:
    account = bootstrap.smtp_account(settings)
    try:
        SmtpTransport(account).check()
    except AgentError as error:
        raise CheckFailed(str(error), "Check INBOX_AGENT_SMTP_HOST, _PORT, _SECURITY, _USER and _PASSWORD.") from error
    return f"logged in at {account.host}:{account.port}; nothing was sent"


def check_engine(settings: Settings) -> str:
    if not settings.iwf_url:
        return "INBOX_AGENT_IWF_URL is not set: `inbox-agent run` starts the embedded engine itself"
    try:
        with urlopen(f"{settings.iwf_url}/info/healthcheck", timeout=10) as response:  # noqa: S310  # http(s), validated
            response.read()
    except HTTPError as error:
        raise CheckFailed(
            f"{settings.iwf_url} answered {error.code}", "Is INBOX_AGENT_IWF_URL an iWF server?"
        ) from error
    except (URLError, OSError) as error:
        reason = getattr(error, "reason", error)
        raise CheckFailed(
            f"{settings.iwf_url} cannot be reached: {reason}",
            "Start the iWF server, correct INBOX_AGENT_IWF_URL, or unset it for the embedded engine.",
        ) from error
    return f"the iWF server at {settings.iwf_url} is healthy"


def check_model(settings: Settings) -> str:
    if not settings.openai_api_key.get_secret_value():
        raise CheckFailed(
            "OPENAI_API_KEY is missing, so no model can be asked",
            "Set it (and OPENAI_BASE_URL for another server); to try the agent without a model: inbox-agent demo",
        )
    try:
        client = openai.OpenAI(
            api_key=settings.openai_api_key.get_secret_value(),
            base_url=settings.openai_base_url or None,
            timeout=15,
            max_retries=0,
        )
        with client:
            client.models.retrieve(settings.model)
    except openai.AuthenticationError as error:
        raise CheckFailed(
            "the key was refused", "Check OPENAI_API_KEY and that it belongs to OPENAI_BASE_URL."
        ) from error
    except openai.NotFoundError as error:
        raise CheckFailed(
            f"there is no model {settings.model}", "Set INBOX_AGENT_MODEL to one that the key may use."
        ) from error
    except openai.APIStatusError as error:
        raise CheckFailed(
            f"the model's service answered {error.status_code}", "Try again later; see its status page."
        ) from error
    except openai.APIConnectionError as error:
        raise CheckFailed(
            "the model's service cannot be reached", "Check OPENAI_BASE_URL, the network and a proxy between."
        ) from error
    return f"the model {settings.model} is there; nothing was asked"


CHECKS = (
    Check("IMAP", check_imap),
    Check("SMTP", check_smtp),
    Check("iWF", check_engine),
    Check("model", check_model),
)


def main(argv: Sequence[str]) -> int:
    """Exit code 0 when all works, 1 when something does not, 2 when the settings are wrong."""
    parser = argparse.ArgumentParser(
        prog="inbox-agent check",
        description="Connect to IMAP, SMTP, iWF and the model; say for each what works, what not and how to mend it.",
    )
    add_env_file_argument(parser)
    configuration.use_env_file(parser.parse_args(argv).env_file)
    settings = configuration.load()
    require_closed(settings)
    for warning in warnings(settings):
        print(f"WARNING {warning}", flush=True)
    failed = False
    for check in CHECKS:
        try:
            print(f"ok      {check.name:<6} {for_terminal(check.run(settings))}", flush=True)
        except CheckFailed as error:
            failed = True
            print(f"FAILED  {check.name:<6} {for_terminal(str(error))}\n               {error.mend}", flush=True)
    return int(failed)
