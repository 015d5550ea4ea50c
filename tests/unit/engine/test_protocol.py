"""Requests as they come over the wire."""

import pytest

from inbox_agent.engine import protocol
from inbox_agent.engine.protocol import ApiError


def test_unknown_fields_are_ignored() -> None:
    request = protocol.parse(protocol.GetRequest, b'{"workflowId": "w", "madeUp": 1, "needsResults": true}')
    assert (request.workflow_id, request.needs_results) == ("w", True)


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe"])
def test_what_is_no_json_is_refused_in_the_servers_words(body: bytes) -> None:
    with pytest.raises(ApiError) as refused:
        protocol.parse(protocol.GetRequest, body)
    assert (refused.value.status, refused.value.body) == (400, {"detail": "invalid request schema"})


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (b"{}", "workflowId"),
        (b'{"workflowId": 1}', "workflowId"),
        (b"[]", "body"),
        (b'{"workflowId": "w", "stopType": "EXPLODE"}', "stopType"),
    ],
)
def test_what_is_of_the_wrong_shape_is_refused_with_the_place(body: bytes, place: str) -> None:
    with pytest.raises(ApiError, match=place) as refused:
        protocol.parse(protocol.StopRequest, body)
    assert refused.value.status == 400


def test_errors_of_workers_keep_their_details() -> None:
    error = ApiError(420, "failed", protocol.WORKER_API_ERROR, ("boom", "KeyError", 500))
    assert error.body == {
        "detail": "failed",
        "subStatus": "WORKER_API_ERROR",
        "originalWorkerErrorDetail": "boom",
        "originalWorkerErrorType": "KeyError",
        "originalWorkerErrorStatus": 500,
    }
