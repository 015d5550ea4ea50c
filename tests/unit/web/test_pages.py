import re

import pytest
from flask.testing import FlaskClient

from inbox_agent.ports import ConversationSummary
from inbox_agent.web.app import create_app
from inbox_agent.web.guesses import MAX_OF_ADDRESS
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


def session_cookie(client: FlaskClient) -> str:
    cookie = client.get_cookie("inbox_agent_session")
    assert cookie is not None
    return str(cookie.value)


def test_a_copy_of_the_cookie_is_worth_nothing_after_signing_out(client: FlaskClient) -> None:
    sign_in(client)
    copied = session_cookie(client)
    csrf = csrf_of(client.get("/").text)
    client.post("/logout", data={"csrf": csrf})
    thief = client.application.test_client()
    thief.set_cookie("inbox_agent_session", copied)
    assert thief.get("/").status_code == 302


def test_a_cookie_is_worth_nothing_after_a_restart(client: FlaskClient, conversations: FakeConversations) -> None:
    sign_in(client)
    restarted = create_app(conversations, api_token=API_TOKEN, secret_key=SECRET_KEY).test_client()
    restarted.set_cookie("inbox_agent_session", session_cookie(client))
    assert restarted.get("/").status_code == 302


def test_signing_in_changes_the_session(client: FlaskClient) -> None:
    csrf = csrf_of(client.get("/login").text)
    planted = session_cookie(client)
    client.post("/login", data={"csrf": csrf, "token": API_TOKEN})
    other = client.application.test_client()
    other.set_cookie("inbox_agent_session", planted)
    assert other.get("/").status_code == 302


def test_guessing_is_slowed_down_and_logged(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    csrf = csrf_of(client.get("/login").text)
    with caplog.at_level("WARNING"):
        statuses = [client.post("/login", data={"csrf": csrf, "token": f"guess{n}"}).status_code for n in range(750)]
    assert statuses.count(401) == MAX_OF_ADDRESS
    assert statuses.count(429) == 750 - MAX_OF_ADDRESS
    assert "wrong token from 127.0.0.1 (10 within a minute)" in caplog.text
    assert "guess" not in caplog.text
    wait = client.post("/login", data={"csrf": csrf, "token": "guess"}).headers["Retry-After"]
    assert int(wait) > 0


@pytest.mark.parametrize("wrong", [MAX_OF_ADDRESS, MAX_OF_ADDRESS + 1, 10 * MAX_OF_ADDRESS])
def test_wrong_tokens_of_an_address_keep_the_right_one_of_it_not_out(client: FlaskClient, wrong: int) -> None:
    for _ in range(wrong):
        refused = client.get("/api/ai-agent/describe", headers={"Authorization": "Bearer wrong"})
    assert refused.status_code in (401, 429)
    answer = client.get("/api/ai-agent/describe", headers={"Authorization": f"Bearer {API_TOKEN}"})
    assert answer.status_code == 400, "let in, and told what is missing"
    assert sign_in(client) == 303


def test_another_address_is_not_slowed_down(conversations: FakeConversations) -> None:
    app = create_app(conversations, api_token=API_TOKEN, secret_key=SECRET_KEY, behind_proxy=True)
    guesser = app.test_client()
    for _ in range(MAX_OF_ADDRESS + 1):
        guesser.get("/api/ai-agent/describe", headers={"Authorization": "Bearer x", "X-Forwarded-For": "10.0.0.1"})
    client = app.test_client()
    csrf = csrf_of(client.get("/login").text)
    signed_in = client.post("/login", data={"csrf": csrf, "token": API_TOKEN}, headers={"X-Forwarded-For": "10.0.0.2"})
    assert signed_in.status_code == 303


@pytest.mark.parametrize("behind_proxy", [True, False])
def test_a_proxy_is_believed_only_where_a_setting_says_so(conversations: FakeConversations, behind_proxy: bool) -> None:
    app = create_app(conversations, api_token=API_TOKEN, secret_key=SECRET_KEY, behind_proxy=behind_proxy)
    answer = app.test_client().get("/login", headers={"X-Forwarded-Proto": "https"})
    assert ("Secure" in answer.headers["Set-Cookie"]) == behind_proxy
    assert ("Strict-Transport-Security" in answer.headers) == behind_proxy


def test_the_token_for_reading_opens_the_page(conversations: FakeConversations) -> None:
    app = create_app(conversations, api_token=API_TOKEN, secret_key=SECRET_KEY, read_token="token-for-reading")
    assert sign_in(app.test_client(), "token-for-reading") == 303
    assert sign_in(app.test_client(), "") == 401


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
