"""Hosts, ports and URLs as people write them: the one place that says what is wrong with one, for every setting and option."""

from argparse import ArgumentTypeError
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

LAST_PORT = 65535
_NOT_IN_NAMES = frozenset("/\\:@[]?#,;\"'<>%")


def parse_port(value: object, *, lowest: int = 0) -> int:
    """A port as written in a setting or an argument.

    Args:
        lowest: 0 where it stands for "any free one" or "the usual one".

    Raises:
        ValueError: it is none; says what to write.
    """
    text = str(value).strip()
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and lowest <= int(text) <= LAST_PORT):
        raise ValueError(
            f"{text or 'an empty value'} is not a port number; write a number from {lowest} to {LAST_PORT}"
        )
    return int(text)


def parse_host(text: str) -> str:
    """A host name or an IP address, without the brackets that an IPv6 address has in a URL.

    Raises:
        ValueError: it is neither; says what to write.
    """
    host = text.strip()
    inside = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    try:
        ip_address(inside)
    except ValueError:
        if not _is_name(host):
            raise ValueError(
                f"{host or 'an empty value'} is not a host; write a name or an IP address, without scheme and port"
            ) from None
        return host
    return inside


def parse_http_url(text: str) -> SplitResult:
    """An ``http://`` or ``https://`` address with a host and, if there is one, a port that exists.

    Raises:
        ValueError: it is none; says why.
    """
    try:
        parts = urlsplit(text.strip())
        host = parts.hostname
    except ValueError:
        host = None
    if not host or parts.scheme not in ("http", "https"):
        raise ValueError("is not an http:// or https:// address")
    parse_host(host)
    if port := parts.netloc.rpartition("@")[2].rpartition("]")[2].partition(":")[2]:
        parse_port(port, lowest=1)
    return parts


def port_argument(text: str) -> int:
    """``parse_port`` for argparse."""
    try:
        return parse_port(text)
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from error


def host_argument(text: str) -> str:
    """``parse_host`` for argparse."""
    try:
        return parse_host(text)
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from error


def cannot_listen(host: str, port: int, error: OSError) -> str:
    """One sentence on a port that a command cannot listen on."""
    why = error.strerror or str(error)
    return f"--port: {host}:{port} cannot be used ({why}); name another, or 0 for a free one"


def _is_name(host: str) -> bool:
    if not host or any(char in _NOT_IN_NAMES or char.isspace() or not char.isprintable() for char in host):
        return False
    try:
        # As the standard library will before it asks the DNS: no label is empty or too long.
        host.encode("idna")
    except UnicodeError:
        return False
    return True
