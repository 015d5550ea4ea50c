"""The kind of a fault, by exceptions as every supported Python raises them."""

import socket

import pytest
from imapclient.exceptions import LoginError

from inbox_agent.checks.connection_faults import Endpoint, Kind, explain_fault, plain_words

IMAP = Endpoint("IMAP", "imap..example", 993, host_setting="INBOX_AGENT_IMAP_HOST", login="agent@example.com")


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (UnicodeError("label empty or too long"), Kind.ADDRESS),
        (UnicodeEncodeError("idna", "imap..example", 5, 6, "label empty"), Kind.ADDRESS),
        (UnicodeDecodeError("idna", b"imap..example", 5, 6, "label empty"), Kind.ADDRESS),
        (socket.gaierror(socket.EAI_NONAME, "Name or service not known"), Kind.ADDRESS),
        (UnicodeEncodeError("ascii", "pässword", 1, 2, "ordinal not in range(128)"), Kind.LOGIN),
    ],
    ids=["no name until 3.12", "no name since 3.13", "no name, decoded", "unknown name", "password"],
)
def test_a_host_that_is_no_name_is_told_from_a_password_beyond_ascii(error: Exception, kind: Kind) -> None:
    assert explain_fault(error, IMAP).kind is kind


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (
            LoginError("b'[AUTHENTICATIONFAILED] Authentication failed.'"),
            "[AUTHENTICATIONFAILED] Authentication failed",
        ),
        (LoginError("Authentication failed."), "Authentication failed"),
        (LoginError(str(b"It's wrong.")), "It's wrong"),
        (LoginError(str("Falsches Paßwort.".encode())), "Falsches Paßwort"),
        (LoginError("select failed: b'[ALERT] gone'"), "select failed: [ALERT] gone"),
        (LoginError("no b'octets"), "no b'octets"),
    ],
)
def test_what_a_server_said_is_text_without_its_full_stop(error: Exception, words: str) -> None:
    assert plain_words(error) == words
    fault = explain_fault(error, Endpoint("IMAP", "h", 993, login="ann", host_setting="INBOX_AGENT_IMAP_HOST"))
    assert words in str(fault)
    assert ".." not in str(fault)
    assert "b'" not in str(fault) or "no b'" in words
