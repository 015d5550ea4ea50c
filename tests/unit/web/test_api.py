import logging

import pytest
from flask.testing import FlaskClient

from inbox_agent.web.api import LONGEST_TEXT
from inbox_agent.web.app import BODY_LIMIT, create_app
from tests.unit.web.fakes import API_TOKEN, SECRET_KEY, FakeConversations

BEARER = {"Authorization": f"Bearer {API_TOKEN}"}
ROUTES = [
    ("POST", "/api/ai-agent/start"),
    ("POST", "/api/ai-agent/request"),
    ("GET", "/api/ai-agent/describe?workflow_id=w"),
    ("POST", "/api/ai-agent/save_draft"),
]


def test_the_seeds_conversation(client: FlaskClient, conversations: FakeConversations) -> None:
    started = client.post("/api/ai-agent/start", json={"workflow_id": "w-1"}, headers=BEARER)
    assert (started.status_code, started.json) == (200, {"workflow_id": "w-1", "started": True})

    asked = client.post(
        "/api/ai-agent/request", json={"workflow_id": "w-1", "request": "Write to Sam 👋"}, headers=BEARER
    )
    assert asked.status_code == 200
    assert asked.json is not None
    assert asked.json["accepted"] is True
    (request,) = conversations.requests["w-1"]
    assert (request.text, request.kind, request.role) == ("Write to Sam 👋", "api", "owner")

    saved = client.post("/api/ai-agent/save_draft", json={"workflow_id": "w-1", "draft": "trans"}, headers=BEARER)
    assert saved.status_code == 200

    described = client.get("/api/ai-agent/describe?workflow_id=w-1", headers=BEARER)
    assert described.json == {
        "status": "waiting",
        "current_request": "Write to Sam 👋",
        "current_request_draft": "trans",
        "response_id": "",
        "email_recipient": "",
        "email_subject": "",
        "email_body": "",
        "send_time_seconds": 0,
    }


def test_the_same_request_id_is_carried_out_once(client: FlaskClient, conversations: FakeConversations) -> None:
    conversations.start("w")
    body = {"workflow_id": "w", "request": "send it", "request_id": "r-1"}
    answers = [client.post("/api/ai-agent/request", json=body, headers=BEARER).json for _ in range(2)]
    assert answers == [{"accepted": True, "duplicate": False}, {"accepted": True, "duplicate": True}]
    assert len(conversations.requests["w"]) == 1


def test_requests_without_an_id_are_all_carried_out(client: FlaskClient, conversations: FakeConversations) -> None:
    conversations.start("w")
    for _ in range(2):
        client.post("/api/ai-agent/request", json={"workflow_id": "w", "request": "shorter"}, headers=BEARER)
    assert len(conversations.requests["w"]) == 2


@pytest.mark.parametrize(("method", "path"), ROUTES)
@pytest.mark.parametrize(
    "authorization", ["", "Bearer", "Bearer wrong", f"Basic {API_TOKEN}", f"Bearer {API_TOKEN}x", "Bearer \u00e4\u00f6"]
)
def test_no_route_answers_without_the_token(client: FlaskClient, method: str, path: str, authorization: str) -> None:
    headers = {"Authorization": authorization.encode().decode("latin-1")} if authorization else {}
    response = client.open(path, method=method, json={"workflow_id": "w"}, headers=headers)
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"].startswith("Bearer")
    assert response.json is not None
    assert "Authorization: Bearer" in response.json["reason"]


@pytest.mark.parametrize(
    ("path", "body", "status", "word"),
    [
        ("start", {}, 400, "workflow_id"),
        ("start", {"workflow_id": 7}, 400, "text"),
        ("start", {"workflow_id": " "}, 400, "printable"),
        ("start", {"workflow_id": "a\nb"}, 400, "printable"),
        ("start", {"workflow_id": "x" * 201}, 400, "200"),
        ("start", ["w"], 400, "object"),
        ("start", {"workflow_id": "taken"}, 409, "running"),
        ("request", {"workflow_id": "taken"}, 400, "request"),
        ("request", {"workflow_id": "taken", "request": " \n"}, 400, "empty"),
        ("request", {"workflow_id": "taken", "request": None}, 400, "text"),
        ("request", {"workflow_id": "taken", "request": "x", "request_id": 7}, 400, "request_id"),
        ("request", {"workflow_id": "none", "request": "x"}, 404, "start"),
        ("request", {"workflow_id": "taken", "request": "ä" * (LONGEST_TEXT // 2 + 1)}, 413, "32 KB"),
        ("save_draft", {"workflow_id": "none", "draft": ""}, 404, "start"),
        ("save_draft", {"workflow_id": "taken"}, 400, "draft"),
    ],
)
def test_what_is_wrong_is_told_with_what_to_do(
    client: FlaskClient, conversations: FakeConversations, path: str, body: object, status: int, word: str
) -> None:
    conversations.start("taken")
    response = client.post(f"/api/ai-agent/{path}", json=body, headers=BEARER)
    assert response.status_code == status
    assert response.json is not None
    assert word in response.json["reason"]
    assert response.json["error"]
    assert conversations.requests == {"taken": []}


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[" * 20000])
def test_what_is_no_json_is_refused(client: FlaskClient, body: bytes) -> None:
    headers = BEARER | {"Content-Type": "application/json"}
    response = client.post("/api/ai-agent/start", data=body, headers=headers)
    assert response.status_code == 400
    assert response.json is not None
    assert "JSON" in response.json["reason"]


def test_a_form_is_no_json(client: FlaskClient) -> None:
    response = client.post("/api/ai-agent/start", data={"workflow_id": "w"}, headers=BEARER)
    assert response.status_code == 415
    assert response.json is not None
    assert "application/json" in response.json["reason"]


def test_a_huge_body_is_refused_unread(client: FlaskClient) -> None:
    response = client.post("/api/ai-agent/start", json={"workflow_id": "x" * BODY_LIMIT}, headers=BEARER)
    assert response.status_code == 413


def test_changes_are_not_made_by_get(client: FlaskClient) -> None:
    for path in ("start", "request", "save_draft"):
        response = client.get(f"/api/ai-agent/{path}?workflow_id=w", headers=BEARER)
        assert response.status_code == 405
        assert response.json is not None
        assert "POST" in response.json["reason"]


def test_an_unknown_route_names_the_known_ones(client: FlaskClient) -> None:
    response = client.get("/api/ai-agent/nothing", headers=BEARER)
    assert response.status_code == 404
    assert response.json is not None
    assert "/describe" in response.json["reason"]


def test_describe_needs_an_id_and_a_conversation(client: FlaskClient) -> None:
    assert client.get("/api/ai-agent/describe", headers=BEARER).status_code == 400
    assert client.get("/api/ai-agent/describe?workflow_id=none", headers=BEARER).status_code == 404


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_an_engine_that_is_down_is_a_503_with_a_time_to_wait(
    client: FlaskClient, conversations: FakeConversations, method: str, path: str
) -> None:
    conversations.down = True
    body = {"workflow_id": "w", "request": "x", "draft": "y"}
    response = client.open(path, method=method, json=body, headers=BEARER)
    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) > 0
    assert response.json is not None
    assert "try again" in response.json["reason"]


def test_a_fault_of_ours_tells_a_reference_and_logs_no_text_of_the_mail(
    client: FlaskClient, conversations: FakeConversations, caplog: pytest.LogCaptureFixture
) -> None:
    conversations.broken = ValueError("could not read 'Dear Sam, the secret is 42'")
    with caplog.at_level(logging.DEBUG):
        response = client.get("/api/ai-agent/describe?workflow_id=w", headers=BEARER)
    assert response.status_code == 500
    assert response.json is not None
    reference = response.json["reason"].rstrip(".").split()[-1]
    assert reference in caplog.text
    assert "ValueError" in caplog.text
    assert "secret" not in caplog.text
    assert "secret" not in response.text


def test_health_needs_no_token(client: FlaskClient) -> None:
    response = client.get("/healthz")
    assert (response.status_code, response.json) == (200, {"status": "ok"})


def test_answers_are_not_cached_and_not_framed(client: FlaskClient) -> None:
    response = client.get("/api/ai-agent/describe?workflow_id=w", headers=BEARER)
    assert response.headers["Cache-Control"] == "no-store"
    assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_the_token_for_reading_reads_and_changes_nothing(conversations: FakeConversations) -> None:
    app = create_app(conversations, api_token=API_TOKEN, secret_key=SECRET_KEY, read_token="token-for-reading")
    client, bearer = app.test_client(), {"Authorization": "Bearer token-for-reading"}
    conversations.start("w")
    assert client.get("/api/ai-agent/describe?workflow_id=w", headers=bearer).status_code == 200
    for route, body in (
        ("start", {"workflow_id": "x"}),
        ("request", {"workflow_id": "w", "request": "send it"}),
        ("save_draft", {"workflow_id": "w", "draft": "x"}),
    ):
        answer = client.post(f"/api/ai-agent/{route}", json=body, headers=bearer)
        assert answer.status_code == 403
        assert "INBOX_AGENT_API_TOKEN" in answer.text
    assert conversations.requests == {"w": []}
    assert conversations.drafts == {}


def test_guesses_at_the_api_are_slowed_down_in_json(client: FlaskClient) -> None:
    answers = [client.get("/api/ai-agent/describe", headers={"Authorization": f"Bearer {n}"}) for n in range(12)]
    assert [answer.status_code for answer in answers] == [401] * 10 + [429] * 2
    assert "Wait a minute" in answers[-1].text
    assert answers[-1].is_json
    assert answers[-1].headers["Retry-After"]


def test_a_request_without_a_token_is_no_guess(client: FlaskClient) -> None:
    assert {client.get("/api/ai-agent/describe").status_code for _ in range(50)} == {401}
