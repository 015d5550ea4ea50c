"""The kind of a fault, by exceptions as every supported Python raises them."""

import socket

import pytest

from inbox_agent.checks.connection_faults import Endpoint, Kind, explain_fault

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
