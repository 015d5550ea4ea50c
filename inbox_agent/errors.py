"""The whole error taxonomy. Adapters translate library exceptions into these with ``raise … from``.

A policy's refusal is no error: it is a return value with a reason.
"""

from collections.abc import Sequence


class AgentError(Exception):
    """Base of all errors that this program raises on purpose."""


class ConfigurationError(AgentError):
    """Stops the start. The message names the setting, what is wrong with it, and an example."""


class WrongSettings(ConfigurationError):
    """Settings that are missing or wrong, each told in a line of the message.

    Attributes:
        missing: whether one is missing, so that ``inbox-agent setup`` can ask for it.
    """

    def __init__(self, problems: Sequence[str], *, missing: bool = False) -> None:
        super().__init__("\n".join(problems))
        self.missing = missing


class MalformedMessageError(AgentError):
    """A message cannot be parsed. The raw message is kept and the poller moves on."""


class TransientError(AgentError):
    """Worth trying again later."""


class LookUpPending(TransientError):
    """Names are being asked for in the DNS; ``names`` are those whose answers are missing."""

    def __init__(self, names: frozenset[str]) -> None:
        super().__init__(f"the DNS is being asked for {', '.join(sorted(names))}")
        self.names = names


class LookUpFailed(TransientError):
    """The DNS did not answer for a name; it is asked again after ``retry_seconds``, when somebody still wants to know."""

    def __init__(self, name: str, retry_seconds: float = 5.0) -> None:
        super().__init__(f"the DNS did not answer for {name}")
        self.retry_seconds = retry_seconds


class CheckTakesLong(TransientError):
    """Verifying a message's signatures would take about ``seconds``: others come first."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"checking the signatures takes about {seconds:.2f} s")
        self.seconds = seconds


class MailboxUnavailable(TransientError):
    """The IMAP server cannot be reached, dropped the connection, or asked to wait."""


class SendUnavailable(TransientError):
    """The SMTP server cannot be reached or answered 4xx; ``server_reply`` holds its words.

    ``maybe_accepted`` tells that the connection broke after the message was under way: it may have been accepted.
    """

    def __init__(self, message: str, server_reply: str = "", *, maybe_accepted: bool = False) -> None:
        super().__init__(message)
        self.server_reply = server_reply
        self.maybe_accepted = maybe_accepted


class ModelUnavailable(TransientError):
    """The model's service cannot be reached, is overloaded (429, 5xx) or timed out."""

    def __init__(self, message: str, retry_after_seconds: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class ModelBusy(TransientError):
    """So many calls of the model are under way here that no other is made now; nothing is wrong with the model."""


class EngineUnavailable(TransientError):
    """The iWF server cannot be reached or answered 5xx/429."""


class PermanentError(AgentError):
    """Trying the same again cannot help."""


class SendRejected(PermanentError):
    """The SMTP server refused the message or a recipient for good (5xx).

    Attributes:
        recipients: the refused addresses with the server's words; empty when the message itself was refused.
        server_reply: code and text of the decisive reply, e.g. ``550 5.1.1 no such user``.
    """

    def __init__(self, message: str, server_reply: str = "", recipients: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.server_reply = server_reply
        self.recipients = recipients or {}


class InvalidModelOutput(PermanentError):
    """The model answered, but with a refusal, a cut or broken JSON, or something outside the schema."""


class ConversationNotFound(PermanentError):
    """No conversation (workflow) has this id, or it has ended."""


class ConversationExists(PermanentError):
    """A conversation with this id is already running."""
