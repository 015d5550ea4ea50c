"""Why a connection or a login failed, in one sentence, and which setting to change: for ``check``, ``setup`` and ``run``.

The adapters keep the library's exception as the cause of theirs; what is said here follows from its type, not from its words.
"""

import errno
import imaplib
import smtplib
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from imapclient.exceptions import CapabilityError, LoginError

from inbox_agent.adapters.imap_connection import library_words

PROBE_SECONDS = 5.0
MAX_WORDS = 200
# X509_V_ERR_…: of certificates that nobody trusted vouches for, and of those for another name (OpenSSL, x509_vfy.h).
_EXPIRED = 10
_OTHER_NAME = (62, 64)
_UNREACHABLE = (errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EADDRNOTAVAIL, errno.ENETDOWN, errno.EHOSTDOWN)
# What an IMAP server says when it is the server's state that forbids the login, not the password (RFC 5530).
_BUSY_CODES = ("[UNAVAILABLE]", "[INUSE]", "[LIMIT]", "[SERVERBUG]", "[CONTACTADMIN]", "[OVERQUOTA]")
_PORTS = {
    "IMAP": {"tls": 993, "starttls": 143, "none": 143},
    "SMTP": {"tls": 465, "starttls": 587, "none": 587},
}


class Kind(Enum):
    """What has to change: the address, the kind of encryption, who is trusted, the login, or nothing of ours."""

    ADDRESS = auto()
    SECURITY = auto()
    CERTIFICATE = auto()
    LOGIN = auto()
    SERVER = auto()


@dataclass(frozen=True, slots=True)
class Fault:
    """One sentence on what is wrong without its full stop, and one on what to do."""

    kind: Kind
    what: str
    fix: str

    def __str__(self) -> str:
        return f"{self.what}. {self.fix}"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """What was connected to, and the settings that say so.

    Attributes:
        service: IMAP, SMTP, or what people call it.
        host_setting, port_setting, security_setting: names of variables; "" where there is none.
        login: the name that was logged in with.
        login_hint: what to do about a refused login at this provider.
    """

    service: str
    host: str
    port: int
    security: str = "tls"
    host_setting: str = ""
    port_setting: str = ""
    security_setting: str = ""
    login: str = ""
    login_hint: str = ""

    @property
    def where(self) -> str:
        return f"{self.host}:{self.port}"


def causes_of(error: BaseException) -> Iterator[BaseException]:
    """The error and what led to it, the latest first."""
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield current
        current = current.__cause__ or current.__context__


def explain_fault(error: BaseException, at: Endpoint) -> Fault:
    """The sentence for an error of a connection to a mail server, or of any TCP or TLS connection.

    A server that stays silent is asked once more whether it speaks TLS, so this may take some seconds.
    """
    causes = list(causes_of(error))
    for explain in (_certificate, _encryption, _reaching, _logging_in, _speaking):
        for cause in causes:
            fault = explain(cause, at)
            if fault is not None:
                return fault
    return Fault(Kind.SERVER, f"{at.where} failed: {plain_words(causes[-1]) or type(error).__name__}", _address_fix(at))


def speaks_tls(host: str, port: int, seconds: float = PROBE_SECONDS) -> bool:
    """Whether a TLS handshake works at once; nobody is trusted by that."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        with (
            socket.create_connection((host, port), timeout=seconds) as plain,
            context.wrap_socket(plain, server_hostname=host),
        ):
            return True
    except (OSError, ValueError):
        return False


def plain_words(error: BaseException) -> str:
    """What a server or library said, as one short line without its full stop."""
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error
        text = f"{error.smtp_code} {said.decode('utf-8', 'replace') if isinstance(said, bytes) else said}"
    else:
        text = library_words(error)
    return " ".join(text.split())[:MAX_WORDS].rstrip(" .")


def _certificate(error: BaseException, at: Endpoint) -> Fault | None:
    if not isinstance(error, ssl.SSLCertVerificationError):
        return None
    if error.verify_code == _EXPIRED:
        return Fault(
            Kind.CERTIFICATE,
            f"the certificate of {at.where} has expired",
            "The server's administrator has to renew it (or this machine's clock is wrong)",
        )
    if error.verify_code in _OTHER_NAME:
        return Fault(
            Kind.CERTIFICATE,
            f"the certificate of {at.where} is for another name",
            f"Set {at.host_setting} to the name that the server's certificate has",
        )
    return Fault(
        Kind.CERTIFICATE,
        f"this machine does not trust the certificate of {at.where} ({error.verify_message})",
        f"If it is from a private authority, set INBOX_AGENT_CA_FILE to its PEM file; else check {at.host_setting}",
    )


def _encryption(error: BaseException, at: Endpoint) -> Fault | None:
    usual = _PORTS.get(at.service, {})
    if isinstance(error, ssl.SSLError):
        reason = error.reason or type(error).__name__
        if at.security == "tls" and usual:
            return Fault(
                Kind.SECURITY,
                f"{at.where} does not speak TLS from the start ({reason})",
                f"Set {at.security_setting}=starttls (usually with port {usual['starttls']}), "
                f"or {at.port_setting} to the port for TLS, usually {usual['tls']}",
            )
        scheme = "" if usual else "; for a server without TLS write http:// in place of https://"
        return Fault(
            Kind.SECURITY,
            f"{at.where} does not speak TLS that this machine understands ({reason})",
            f"Check {at.port_setting or at.host_setting}{scheme}",
        )
    no_starttls = isinstance(error, CapabilityError) and "STARTTLS" in str(error)
    if no_starttls or (isinstance(error, smtplib.SMTPNotSupportedError) and "STARTTLS" in str(error)):
        return Fault(
            Kind.SECURITY,
            f"{at.where} offers no STARTTLS",
            f"Set {at.security_setting}=tls, and {at.port_setting} to the port for TLS, usually {usual.get('tls', 993)}",
        )
    return None


def _reaching(error: BaseException, at: Endpoint) -> Fault | None:
    if isinstance(error, socket.gaierror) or _is_no_host_name(error):
        unknown = getattr(error, "errno", 0) == socket.EAI_NONAME
        what = f"there is no server with the name {at.host}" if unknown else f"the name {at.host} cannot be looked up"
        more = "" if unknown else ", and the network and DNS of this machine"
        return Fault(Kind.ADDRESS, what, f"Check the spelling of {at.host_setting}{more}")
    if isinstance(error, ConnectionRefusedError):
        return Fault(Kind.ADDRESS, f"nothing listens at {at.where}", _address_fix(at))
    if isinstance(error, TimeoutError):
        if at.security != "tls" and speaks_tls(at.host, at.port):
            tls = _PORTS.get(at.service, {}).get("starttls", "")
            return Fault(
                Kind.SECURITY,
                f"{at.where} speaks TLS from the start, but {at.security} expects a greeting first",
                f"Set {at.security_setting}=tls, or {at.port_setting} to the port for {at.security}, usually {tls}",
            )
        return Fault(Kind.ADDRESS, f"{at.where} does not answer", f"{_address_fix(at)}; a firewall may also block it")
    if isinstance(error, OSError) and error.errno in _UNREACHABLE:
        return Fault(Kind.ADDRESS, f"{at.where} cannot be reached from this machine", _address_fix(at))
    return None


def _is_no_host_name(error: BaseException) -> bool:
    """Whether it is the IDNA codec's word on a name: a plain UnicodeError, since Python 3.13 one that names the codec."""
    if isinstance(error, UnicodeEncodeError | UnicodeDecodeError):
        return error.encoding == "idna"
    return isinstance(error, UnicodeError)


def _logging_in(error: BaseException, at: Endpoint) -> Fault | None:
    said = plain_words(error)
    if isinstance(error, LoginError):
        if any(isinstance(cause, imaplib.IMAP4.abort) for cause in causes_of(error)):
            return None
        if any(code in said.upper() for code in _BUSY_CODES):
            return _later(at, said)
        return _login_refused(at, said)
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return _later(at, said) if 400 <= error.smtp_code < 500 else _login_refused(at, said)
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return Fault(
            Kind.SECURITY,
            f"{at.where} offers no login over this connection",
            f"Use the port for submission: {at.port_setting}=465 with {at.security_setting}=tls, or 587 with starttls",
        )
    if said.startswith("no access token from"):
        return _token_refused(said)
    if isinstance(error, UnicodeEncodeError):
        return _login_refused(
            at, "the password contains a non-ASCII character, which this server's login does not support"
        )
    return None


def _speaking(error: BaseException, at: Endpoint) -> Fault | None:
    refuses = plain_words(error).upper().startswith("* BYE")
    if refuses or (isinstance(error, smtplib.SMTPResponseException) and 400 <= error.smtp_code < 600):
        return _later(at, plain_words(error))
    if at.service in _PORTS and isinstance(
        error, imaplib.IMAP4.error | smtplib.SMTPException | EOFError | ConnectionError
    ):
        return Fault(
            Kind.ADDRESS,
            f"what answers at {at.where} does not speak {at.service} ({plain_words(error) or 'it closed the connection'})",
            _address_fix(at),
        )
    return None


def _later(at: Endpoint, said: str) -> Fault:
    return Fault(Kind.SERVER, f"{at.host} is not accepting the connection right now: {said}", "Try again later")


def _login_refused(at: Endpoint, said: str) -> Fault:
    prefix = at.host_setting.removesuffix("_HOST")
    hint = at.login_hint or (
        f"Correct {prefix}_PASSWORD (many providers require an app password and {at.service} to be enabled) or {prefix}_USER"
    )
    return Fault(Kind.LOGIN, f"{at.host} refused the login of {at.login}: {said}", hint)


def _token_refused(said: str) -> Fault:
    if "invalid_client" in said or "unauthorized_client" in said:
        fix = "Correct INBOX_AGENT_OAUTH_CLIENT_ID and INBOX_AGENT_OAUTH_CLIENT_SECRET"
    elif "invalid_grant" in said:
        fix = "The refresh token is wrong, expired or revoked: get a new one and put it in INBOX_AGENT_OAUTH_REFRESH_TOKEN"
    elif said.rstrip().endswith("Error"):
        return Fault(
            Kind.SERVER, said, "The provider of INBOX_AGENT_OAUTH_PROVIDER cannot be reached: check the network"
        )
    else:
        fix = "Check INBOX_AGENT_OAUTH_CLIENT_ID, _CLIENT_SECRET, _REFRESH_TOKEN and _TENANT"
    return Fault(Kind.LOGIN, said, fix)


def _address_fix(at: Endpoint) -> str:
    usual = _PORTS.get(at.service, {}).get(at.security)
    if at.port_setting and usual:
        return (
            f"Check {at.host_setting} and {at.port_setting} (usually {usual} with {at.security_setting}={at.security})"
        )
    return f"Check {at.host_setting}"
