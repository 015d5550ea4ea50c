"""The pure part of ``inbox-agent explain``."""

import json

from inbox_agent.mail.explain import explain_message

OWN = "agent@inbox.example"
FIELDS = "file message_id from kind reason new_text quoted_text thread_root workflow_id bounce".split()


def test_a_request_has_all_fields_in_order() -> None:
    raw = b"From: Ann <ann@a.example>\r\nMessage-ID: <1@a.example>\r\nSubject: Report\r\n\r\nWrite to Sam.\r\n"
    explanation = explain_message(raw, file="one.eml", own_address=OWN)
    fields = explanation.as_json()
    assert list(fields) == FIELDS
    assert fields["kind"] == "request"
    assert fields["from"] == "ann@a.example"
    assert fields["new_text"] == "Write to Sam."
    assert fields["thread_root"] == "<1@a.example>"
    assert fields["bounce"] is None
    json.dumps(fields)
    assert "Write to Sam." in explanation.as_text()


def test_what_cannot_be_read_is_malformed_and_no_exception() -> None:
    explanation = explain_message(b"\x00\x01", file="-", own_address=OWN)
    assert explanation.as_json()["kind"] == "malformed"
    assert "not readable" in explanation.as_text()
