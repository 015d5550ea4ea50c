from inbox_agent.errors import SendRejected
from inbox_agent.web.failures import describe_failure, failure_message


def raised(error: Exception, cause: Exception | None = None) -> Exception:
    try:
        raise error from cause
    except Exception as caught:  # noqa: BLE001 - the test needs an exception with a traceback
        return caught


def test_types_and_places_are_told_and_messages_are_not() -> None:
    told = describe_failure(raised(ValueError("Dear Sam"), raised(KeyError("secret"))))
    assert told.startswith("ValueError at web/test_failures.py:")
    assert "caused by KeyError at web/test_failures.py:" in told
    assert "Sam" not in told
    assert "secret" not in told


def test_a_circle_of_causes_comes_to_an_end() -> None:
    first, second = ValueError(), KeyError()
    first.__cause__, second.__cause__ = second, first
    assert describe_failure(first).count("caused by") == 4


def test_only_errors_of_ours_speak_for_themselves() -> None:
    assert failure_message(SendRejected("no such user")) == "SendRejected: no such user"
    assert failure_message(ValueError("Dear Sam")) == "ValueError"
