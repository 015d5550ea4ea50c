"""Each way in which a mail server cannot be used is one sentence that names the setting to change."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509

from inbox_agent.adapters.mail_account import MailAccount, Security
from inbox_agent.checks.check import CheckFailed, log_in_imap, log_in_smtp
from inbox_agent.checks.connection_faults import Fault, Kind
from inbox_agent.demo.mail_server import MailServer
from tests.certificates import make_certificate
from tests.greeting_server import greeting_server, imap_answers, smtp_answers
from tests.mail_server import PASSWORD, Person
from tests.tls_proxy import tls_in_front_of

NewPerson = Callable[[str], Person]
LOOPBACK = x509.IPAddress(ip_address("127.0.0.1"))
services = pytest.mark.parametrize("service", ["IMAP", "SMTP"])


class Servers:
    """The embedded mail server and what stands before it, for one test."""

    def __init__(self, server: MailServer, folder: Path, agent: Person, stack: ExitStack) -> None:
        self.server, self.folder, self.agent, self.stack = server, folder, agent, stack

    def port(self, service: str) -> int:
        return self.server.imap_port if service == "IMAP" else self.server.smtp_port

    def tls_port(self, service: str, *names: x509.GeneralName, days: int = 30) -> tuple[int, str]:
        """A port that speaks TLS before the service, and the file of its authority."""
        certificate, key = make_certificate(self.folder, *names, days=days)
        return self.stack.enter_context(tls_in_front_of(self.port(service), certificate, key)), str(certificate)

    def fault(
        self,
        service: str,
        port: int,
        security: Security,
        *,
        host: str = "127.0.0.1",
        password: str = PASSWORD,
        ca_file: str = "",
        seconds: float = 1.0,
    ) -> Fault:
        account = MailAccount(host, port, self.agent.address, password, security, ca_file=ca_file)
        with pytest.raises(CheckFailed) as caught:
            (log_in_imap if service == "IMAP" else log_in_smtp)(account, seconds)
        return caught.value.fault


@pytest.fixture
def servers(mail_server: MailServer, new_person: NewPerson, tmp_path: Path) -> Iterator[Servers]:
    with ExitStack() as stack:
        yield Servers(mail_server, tmp_path, new_person("agent"), stack)


def says(fault: Fault, kind: Kind, *parts: str) -> None:
    """One sentence with these parts, of this kind, in one line."""
    assert fault.kind is kind
    assert "\n" not in str(fault)
    assert PASSWORD not in str(fault)
    for part in parts:
        assert part in str(fault)


@services
def test_what_works_raises_nothing(servers: Servers, service: str) -> None:
    port, ca_file = servers.tls_port(service, LOOPBACK)
    account = MailAccount("127.0.0.1", port, servers.agent.address, PASSWORD, "tls", ca_file=ca_file)
    (log_in_imap if service == "IMAP" else log_in_smtp)(account)


@services
def test_a_wrong_password(servers: Servers, service: str) -> None:
    fault = servers.fault(service, servers.port(service), "none", password="wrong", seconds=15)
    says(fault, Kind.LOGIN, f"refused the login of {servers.agent.address}", f"INBOX_AGENT_{service}_PASSWORD")


@services
def test_a_host_that_does_not_exist(servers: Servers, service: str) -> None:
    fault = servers.fault(service, 993, "tls", host="imap.exmaple.invalid")
    says(fault, Kind.ADDRESS, "imap.exmaple.invalid", f"INBOX_AGENT_{service}_HOST")


@services
@pytest.mark.parametrize("host", ["imap..example", "a" * 64 + ".example"])
def test_a_host_that_is_no_name(servers: Servers, service: str, host: str) -> None:
    says(servers.fault(service, 993, "tls", host=host), Kind.ADDRESS, host, f"INBOX_AGENT_{service}_HOST")


@services
def test_a_port_where_nothing_listens(servers: Servers, service: str, unused_port: int) -> None:
    fault = servers.fault(service, unused_port, "tls")
    says(fault, Kind.ADDRESS, f"nothing listens at 127.0.0.1:{unused_port}", f"INBOX_AGENT_{service}_PORT")


@services
@pytest.mark.parametrize("security", ["tls", "starttls", "none"])
def test_a_port_that_stays_silent(servers: Servers, service: str, security: Security) -> None:
    with greeting_server() as port:
        fault = servers.fault(service, port, security)
    says(fault, Kind.ADDRESS, f"127.0.0.1:{port} does not answer", f"INBOX_AGENT_{service}_PORT", "firewall")


@services
def test_tls_at_a_port_without(servers: Servers, service: str) -> None:
    fault = servers.fault(service, servers.port(service), "tls")
    says(fault, Kind.SECURITY, "does not speak TLS from the start", f"INBOX_AGENT_{service}_SECURITY=starttls")


@services
@pytest.mark.parametrize("security", ["starttls", "none"])
def test_no_tls_at_a_port_that_speaks_it_from_the_start(servers: Servers, service: str, security: Security) -> None:
    port, ca_file = servers.tls_port(service, LOOPBACK)
    fault = servers.fault(service, port, security, ca_file=ca_file)
    says(fault, Kind.SECURITY, "speaks TLS from the start", f"INBOX_AGENT_{service}_SECURITY=tls")


@services
def test_starttls_that_is_not_offered(servers: Servers, service: str) -> None:
    imap = (b"* OK ready\r\n", imap_answers(b"", b"OK in"))
    smtp = (b"220 ready\r\n", smtp_answers([b"AUTH PLAIN LOGIN"], b"235 in"))
    with greeting_server(*(imap if service == "IMAP" else smtp)) as port:
        fault = servers.fault(service, port, "starttls")
    says(fault, Kind.SECURITY, "offers no STARTTLS", f"INBOX_AGENT_{service}_SECURITY=tls")


@services
@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_certificate_of_an_unknown_authority(servers: Servers, service: str, security: Security) -> None:
    port = servers.tls_port(service, LOOPBACK)[0] if security == "tls" else servers.port(service)
    fault = servers.fault(service, port, security)
    says(fault, Kind.CERTIFICATE, "does not trust the certificate", "INBOX_AGENT_CA_FILE")


@services
def test_an_expired_certificate(servers: Servers, service: str) -> None:
    port, ca_file = servers.tls_port(service, LOOPBACK, days=-1)
    fault = servers.fault(service, port, "tls", ca_file=ca_file)
    says(fault, Kind.CERTIFICATE, "has expired", "admin")


@services
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_certificate_for_another_name(servers: Servers, service: str, host: str) -> None:
    port, ca_file = servers.tls_port(service, x509.DNSName("mail.example.com"))
    fault = servers.fault(service, port, "tls", host=host, ca_file=ca_file)
    says(fault, Kind.CERTIFICATE, "is for another name", f"INBOX_AGENT_{service}_HOST")


def test_the_ports_of_the_two_services_swapped(servers: Servers) -> None:
    says(
        servers.fault("IMAP", servers.port("SMTP"), "none"),
        Kind.ADDRESS,
        "does not speak IMAP",
        "INBOX_AGENT_IMAP_PORT",
    )
    says(
        servers.fault("SMTP", servers.port("IMAP"), "none"),
        Kind.ADDRESS,
        "does not speak SMTP",
        "INBOX_AGENT_SMTP_PORT",
    )


@services
def test_something_else_that_listens_there(servers: Servers, service: str) -> None:
    with greeting_server(b"SSH-2.0-OpenSSH_9.2\r\n") as port:
        says(
            servers.fault(service, port, "none"),
            Kind.ADDRESS,
            f"does not speak {service}",
            f"INBOX_AGENT_{service}_PORT",
        )


@pytest.mark.parametrize("words", [b"NO [UNAVAILABLE] backend down", b"NO [INUSE] locked", b"NO [LIMIT] slow down"])
def test_an_imap_server_that_is_busy_does_not_blame_the_password(servers: Servers, words: bytes) -> None:
    with greeting_server(b"* OK ready\r\n", imap_answers(b"", words)) as port:
        says(servers.fault("IMAP", port, "none"), Kind.SERVER, words.decode()[3:], "Try again later")


def test_an_imap_server_that_says_nothing_to_the_login_does_not_blame_the_password(servers: Servers) -> None:
    capability = imap_answers(b"", b"OK")
    with greeting_server(b"* OK ready\r\n", lambda line: b"" if b"LOGIN" in line else capability(line)) as port:
        says(servers.fault("IMAP", port, "none"), Kind.ADDRESS, "does not answer")


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        (b"535 5.7.8 wrong", Kind.LOGIN),
        (b"535 5.7.139 SmtpClientAuthentication is disabled for the Tenant", Kind.LOGIN),
        (b"534 5.7.9 Application-specific password required", Kind.LOGIN),
        (b"454 4.7.0 Temporary authentication failure", Kind.SERVER),
        (b"432 4.3.2 Concurrent connections limit exceeded", Kind.SERVER),
    ],
)
def test_the_words_of_a_submission_server_are_told(servers: Servers, words: bytes, kind: Kind) -> None:
    with greeting_server(b"220 ready\r\n", smtp_answers([b"AUTH PLAIN LOGIN"], words)) as port:
        says(servers.fault("SMTP", port, "none"), kind, words.decode()[4:])


def test_a_submission_server_without_login(servers: Servers) -> None:
    with greeting_server(b"220 ready\r\n", smtp_answers([b"SIZE 1000"], b"500 no")) as port:
        says(servers.fault("SMTP", port, "none"), Kind.SECURITY, "offers no login", "INBOX_AGENT_SMTP_PORT=465")


def test_a_greeting_that_refuses(servers: Servers) -> None:
    with greeting_server(b"421 4.7.0 too many connections\r\n") as port:
        says(servers.fault("SMTP", port, "none"), Kind.SERVER, "421 4.7.0 too many connections")
    with greeting_server(b"* BYE too many connections\r\n") as port:
        says(servers.fault("IMAP", port, "none"), Kind.SERVER, "too many connections")


def test_a_password_beyond_ascii_is_no_traceback(servers: Servers) -> None:
    for service in ("IMAP", "SMTP"):
        says(servers.fault(service, servers.port(service), "none", password="pässwörd", seconds=15), Kind.LOGIN)
