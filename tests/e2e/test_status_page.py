"""The status page in a real browser, served by the real server: sign in, see the list, sign out, narrow and dark."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from inbox_agent.ports import ConversationSummary
from inbox_agent.web.app import create_app
from inbox_agent.web.serve import WebServer
from tests.browser import Page, chromium, needs_chromium
from tests.unit.web.fakes import API_TOKEN, SECRET_KEY, FakeConversations

pytestmark = needs_chromium


@pytest.fixture
def conversations() -> FakeConversations:
    fake = FakeConversations()
    fake.summaries = [
        ConversationSummary("mail-1", "RUNNING", "scheduled", "ann@corp.example", "Report", 1772805600, ""),
        ConversationSummary("mail-2", "RUNNING", "failed", "דנה@corp.example", "הדוח <b>", 0, "550 5.1.1 no such user"),
    ]
    return fake


@pytest.fixture
def url(conversations: FakeConversations) -> Iterator[str]:
    app = create_app(conversations, api_token=API_TOKEN, secret_key=SECRET_KEY, banners=("Embedded engine",))
    server = WebServer(app, "127.0.0.1", 0, threads=4)
    thread = threading.Thread(target=server.run)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.stop()
    thread.join(10)
    assert not thread.is_alive()


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Page]:
    with chromium(tmp_path / "profile") as page:
        yield page


def test_an_admin_signs_in_sees_the_conversations_and_signs_out(page: Page, url: str, tmp_path: Path) -> None:
    page.open(f"{url}/")
    page.wait_for_text("Access token")
    page.fill("#token", "wrong")
    page.click("main button")
    page.wait_for_text("This is not the token.")
    page.fill("#token", API_TOKEN)
    page.click("main button")
    page.wait_for_text("Conversations")
    for words in (
        "Embedded engine",
        "Friday 6 March 2026, 14:00",
        "ann@corp.example",
        "הדוח <b>",
        "550 5.1.1 no such user",
    ):
        assert words in page.text
    assert page.evaluate("getComputedStyle(document.querySelector('.banner')).paddingLeft") == "16px"
    for width, dark in ((1100, False), (320, False), (320, True)):
        page.look(width=width, dark=dark)
        assert not page.scrolls_sideways()
        page.screenshot(tmp_path / f"conversations-{width}-{'dark' if dark else 'light'}.png")
    page.click("header button")
    page.wait_for_text("Access token")
    page.open(f"{url}/")
    page.wait_for_text("Access token")
