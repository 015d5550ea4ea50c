"""The demo's mailbox page in a real browser over the real mail server: mail shows up by itself, one tap prepares a reply."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from inbox_agent.demo.mail_server import MailServer
from inbox_agent.demo.webmail import MailServers, WebmailUser, create_webmail_app
from inbox_agent.mail.outgoing.compose import compose_reply
from inbox_agent.models import Address, OutgoingMail
from inbox_agent.reply.render import render_reply
from inbox_agent.web.serve import WebServer
from tests.browser import Page, chromium, needs_chromium
from tests.mail_server import PASSWORD, Person, mail_server, new_person
from tests.unit.mail.replies import SCHEDULED

__all__ = ["mail_server", "new_person"]
pytestmark = needs_chromium
LINK_CENTRE = """(() => {
  const frame = document.querySelector("iframe");
  const link = frame.contentDocument.querySelector("a.tap");
  link.scrollIntoView({block: "center"});
  const outer = frame.getBoundingClientRect(), inner = link.getBoundingClientRect();
  return [outer.x + inner.x + inner.width / 2, outer.y + inner.y + inner.height / 2];
})()"""


@pytest.fixture
def ann(new_person: Callable[[str], Person]) -> Person:
    return new_person("ann")


@pytest.fixture
def agent(new_person: Callable[[str], Person]) -> Person:
    return new_person("agent")


@pytest.fixture
def url(mail_server: MailServer, ann: Person, agent: Person) -> Iterator[str]:
    app = create_webmail_app(
        servers=MailServers("127.0.0.1", mail_server.imap_port, "127.0.0.1", mail_server.smtp_port),
        users=[WebmailUser(ann.address, PASSWORD, "Ann")],
        agent_address=agent.address,
    )
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


def test_a_reply_shows_up_by_itself_and_one_tap_in_it_fills_the_form(
    page: Page, url: str, ann: Person, agent: Person, tmp_path: Path
) -> None:
    page.look(width=700, height=1200)
    page.open(url)
    page.wait_for_text("No mail yet.")
    local, _, domain = agent.address.partition("@")
    token = f"{local}+token@{domain}"
    rendered = render_reply(SCHEDULED, reply_address=token)
    mail = OutgoingMail(
        message_id="<one-tap@mail.test>",
        to=Address(ann.address),
        subject="Re: A mail to Sam & co",
        text=rendered.text,
        html=rendered.html,
        reply_to=token,
    )
    message = compose_reply(mail, sender=Address(agent.address, "Email agent"), now=datetime.now(UTC))
    agent.transport.send(message, sender=agent.address, recipients=[ann.address])

    page.wait_for_text("Re: A mail to Sam & co")
    page.click(".threads a")
    page.wait_for_text("Send reply")
    page.wait_for(
        lambda: page.evaluate("document.querySelector('iframe').offsetHeight") > 450, "a frame as tall as its mail"
    )
    assert not page.scrolls_sideways()
    page.screenshot(tmp_path / "thread.png")

    page.tap(*page.evaluate(LINK_CENTRE))
    page.wait_for(lambda: "/write?" in str(page.evaluate("location.href")), "the form")
    page.wait_for(lambda: page.evaluate("document.readyState") == "complete")
    assert page.evaluate("document.querySelector('#to').value") == token
    assert page.evaluate("document.querySelector('#subject').value") == "Re: A mail to Sam & co"
    assert page.evaluate("document.querySelector('#body').value") == "send it now (draft 2)"
    assert agent.mailbox.fetch_new(10) == []

    page.click("main button")
    page.wait_for(lambda: agent.mailbox.fetch_new(10), "the reply in the agent's mailbox")
