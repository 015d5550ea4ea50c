import re

import pytest
from flask.testing import FlaskClient

from inbox_agent.ports import ConversationSummary
from inbox_agent.web.app import create_app
from tests.unit.web.fakes import API_TOKEN, SECRET_KEY, FakeConversations


def csrf_of(page: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def sign_in(client: FlaskClient, token: str = API_TOKEN) -> int:
    csrf = csrf_of(client.get("/login").text)
    return client.post("/login", data={"csrf": csrf, "token": token}).status_code


def summary(**changes: object) -> ConversationSummary:
    values: dict[str, object] = {
        "workflow_id": "mail-1",
        "workflow_status": "RUNNING",
        "status": "scheduled",
        "owner": "ann@corp.example",
        "subject": "Late report",
        "send_time_seconds": 1772805600,
        "last_error": "",
    }
    return ConversationSummary(**(values | changes))  # type: ignore[arg-type] # values are checked by the page's content


def test_the_list_shows_status_owner_subject_time_and_error(
    client: FlaskClient, conversations: FakeConversations
) -> None:
    conversations.summaries = [summary(), summary(workflow_id="mail-2", status="failed", last_error="550 no such user")]
    assert sign_in(client) == 303
    page = client.get("/").text
    for text in (
        "scheduled",
        "ann@corp.example",
        "Late report",
        "Friday 6 March 2026, 14:00 (UTC+00:00)",
        "550 no such user",
    ):
        assert text in page
    assert "Embedded engine" in page
    assert "agent@example.com" in page


@pytest.mark.parametrize("field", ["workflow_id", "status", "workflow_status", "owner", "subject", "last_error"])
def test_everything_on_the_list_is_escaped(client: FlaskClient, conversations: FakeConversations, field: str) -> None:
    conversations.summaries = [summary(**{field: '"><script>alert(1)</script>'})]
    sign_in(client)
    assert "<script" not in client.get("/").text


def test_no_control_or_bidi_character_reaches_the_page(client: FlaskClient, conversations: FakeConversations) -> None:
    conversations.summaries = [summary(subject="pay\u202e 100\x1b[2J")]
    sign_in(client)
    assert "pay 100[2J" in client.get("/").text


def test_without_a_session_the_list_leads_to_the_sign_in(client: FlaskClient) -> None:
    response = client.get("/")
    assert response.status_code == 302
    assert response.headers["Location"] == "/login"


def test_a_wrong_token_opens_nothing(client: FlaskClient) -> None:
    assert sign_in(client, "wrong") == 401
    assert client.get("/").status_code == 302


def test_the_sign_in_needs_the_csrf_token(client: FlaskClient) -> None:
    assert client.post("/login", data={"token": API_TOKEN}).status_code == 400
    client.get("/login")
    assert client.post("/login", data={"token": API_TOKEN, "csrf": "guess"}).status_code == 400
    assert client.get("/").status_code == 302


def test_signing_out_needs_csrf_and_ends_the_session(client: FlaskClient) -> None:
    sign_in(client)
    assert client.get("/logout").status_code == 405
    assert client.post("/logout").status_code == 400
    csrf = csrf_of(client.get("/").text)
    assert client.post("/logout", data={"csrf": csrf}).status_code == 303
    assert client.get("/").status_code == 302


def test_the_cookie_is_out_of_reach_for_scripts_and_other_sites(client: FlaskClient) -> None:
    cookie = client.get("/login").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert "Secure" not in cookie
    over_tls = client.application.test_client().get("/login", base_url="https://localhost")
    assert "Secure" in over_tls.headers["Set-Cookie"]


def test_a_session_does_not_outlive_its_token(client: FlaskClient, conversations: FakeConversations) -> None:
    sign_in(client)
    cookie = client.get_cookie("inbox_agent_session")
    assert cookie is not None
    other = create_app(conversations, api_token="a-new-token", secret_key=SECRET_KEY).test_client()
    other.set_cookie("inbox_agent_session", cookie.value)
    assert other.get("/").status_code == 302


def test_an_engine_that_is_down_is_said_on_a_page(client: FlaskClient, conversations: FakeConversations) -> None:
    sign_in(client)
    conversations.down = True
    response = client.get("/")
    assert response.status_code == 503
    assert "cannot be reached" in response.text
    assert "<!DOCTYPE html>" in response.text


def test_the_pages_load_nothing_but_their_own_style_sheet(client: FlaskClient) -> None:
    sign_in(client)
    page = client.get("/").text
    assert re.findall(r'(?:src|href)="([^"]+)"', page) == ["/static/style.css"]
    with client.get("/static/style.css") as style:
        assert style.status_code == 200
        assert b"url(" not in style.data
        assert b"@import" not in style.data


@pytest.mark.parametrize(("token", "key"), [("", "k"), ("t", "")])
def test_no_application_without_token_and_key(conversations: FakeConversations, token: str, key: str) -> None:
    with pytest.raises(ValueError, match="must not be empty"):
        create_app(conversations, api_token=token, secret_key=key)
