"""The ports that the agent listens on, by the settings that name them, and what is wrong with one that cannot be used."""

import errno
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from inbox_agent.errors import ConfigurationError
from inbox_agent.settings import Settings


@dataclass(frozen=True, slots=True)
class ListeningPort:
    """``use`` is what people call it; the settings are names of variables."""

    use: str
    host: str
    number: int
    host_setting: str
    port_setting: str

    @property
    def where(self) -> str:
        return f"[{self.host}]:{self.number}" if ":" in self.host else f"{self.host}:{self.number}"

    @property
    def local_url(self) -> str:
        """Where this machine reaches what listens there, which may be on every address."""
        host = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104  # asked only
        return f"http://[{host}]:{self.number}" if ":" in host else f"http://{host}:{self.number}"

    def trouble(self, error: OSError) -> str:
        """One sentence on why it cannot be listened on, and what to do."""
        if error.errno == errno.EADDRINUSE:
            return (
                f"{self.port_setting}: {self.where} (the {self.use}) is in use by another program, perhaps another agent; "
                "stop that program or set another port"
            )
        if error.errno == errno.EACCES:
            return f"{self.port_setting}: {self.where} (the {self.use}) is not permitted; set a port from 1024 to 65535"
        return f"{self.host_setting}: {self.host} (the {self.use}) is not an address of this machine; usually it is 127.0.0.1"


def web_port(settings: Settings) -> ListeningPort:
    return ListeningPort("page", settings.web_host, settings.web_port, "INBOX_AGENT_WEB_HOST", "INBOX_AGENT_WEB_PORT")


def worker_port(settings: Settings) -> ListeningPort:
    number = urlsplit(settings.worker_url).port or 80
    return ListeningPort("worker", settings.worker_host, number, "INBOX_AGENT_WORKER_HOST", "INBOX_AGENT_WORKER_URL")


def own_ports(settings: Settings) -> tuple[ListeningPort, ...]:
    """All that ``inbox-agent run`` listens on."""
    ports = (web_port(settings), worker_port(settings))
    if settings.iwf_url:
        return ports
    return (*ports, ListeningPort("engine", "127.0.0.1", settings.engine_port, "", "INBOX_AGENT_ENGINE_PORT"))


def listening_trouble(port: ListeningPort) -> OSError | None:
    """Why a port cannot be listened on now, None when it can."""
    family = socket.AF_INET6 if ":" in port.host else socket.AF_INET
    try:
        socket.create_server((port.host, port.number), family=family).close()
    except OSError as error:
        return error
    return None


@contextmanager
def naming(port: ListeningPort) -> Iterator[None]:
    """Around what listens on a port: a port that cannot be used becomes a sentence.

    Raises:
        ConfigurationError: the port cannot be listened on.
    """
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.EADDRINUSE, errno.EACCES, errno.EADDRNOTAVAIL) and not isinstance(
            error, socket.gaierror
        ):
            raise
        raise ConfigurationError(port.trouble(error)) from error
