"""The demo's mailbox page over the real mail server: write, read, answer; nothing without the form's token."""

import io
import re
from collections.abc import Callable
from email.message import EmailMessage

import pytest
from flask.testing import FlaskClient

from inbox_agent.demo.mail_server import MailServer
from inbox_agent.demo.webmail import MailServers, WebmailUser, create_webmail_app
from tests.mail_server import PASSWORD, Person


@pytest.fixture
def ann(new_person: Callable[[str], Person]) -> Person:
    return new_person("ann")


@pytest.fixture
def agent(new_person: Callable[[str], Person]) -> Person:
    return new_person("agent")


@pytest.fixture
def page(mail_server: MailServer, ann: Person, agent: Person) -> FlaskClient:
    app = create_webmail_app(
        servers=MailServers("127.0.0.1", mail_server.imap_port, "127.0.0.1", mail_server.smtp_port),
        users=[WebmailUser(ann.address, PASSWORD, "Ann")],
        agent_address=agent.address,
    )
    return app.test_client()


def csrf_of(text: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', text)
    assert found is not None
    return found[1]


def write(page: FlaskClient, ann: Person, to: str, **fields: object) -> int:
    csrf = csrf_of(page.get(f"/{ann.address}/write").text)
    form = {"csrf": csrf, "to": to, "subject": "Grüße", "body": "Hello 👋\n", "offset": "-60"}
    return page.post(f"/{ann.address}/write", data=form | fields).status_code


def only_thread(page: FlaskClient, ann: Person) -> str:
    (path,) = set(re.findall(r'href="(/[^"]+/thread/[0-9a-f]+)#newest"', page.get(f"/{ann.address}/").text))
    return str(path)


def reply_with_html(agent: Person, ann: Person, answered: str) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = agent.address, ann.address, "Re: Grüße"
    message["Message-ID"] = f"<reply.{answered[1:-1]}>"
    message["In-Reply-To"] = message["References"] = answered
    local, _, domain = agent.address.partition("@")
    message["Reply-To"] = f"{local}+token@{domain}"
    message.set_content("Draft 1")
    link = f"mailto:{local}%2Btoken@{domain}?subject=Re%3A%20Gr%C3%BC%C3%9Fe&amp;body=send%20it%20now"
    message.add_alternative(f'<p>Draft 1</p><script>x</script><a href="{link}">send it now</a>', subtype="html")
    agent.transport.send(message, sender=agent.address, recipients=[ann.address])


def test_a_mail_written_on_the_page_arrives_with_its_file_and_stays_in_sent(
    page: FlaskClient, ann: Person, agent: Person
) -> None:
    assert write(page, ann, agent.address, files=(io.BytesIO(b"%PDF"), "plan.pdf")) == 303
    (fetched,) = agent.mailbox.fetch_new(10)
    assert fetched.raw is not None
    assert b'filename="plan.pdf"' in fetched.raw
    assert b"+0100\r\n" in fetched.header
    assert "Grüße" in page.get(f"/{ann.address}/").text


def test_an_answer_goes_to_reply_to_in_the_thread_with_the_history_quoted(
    page: FlaskClient, ann: Person, agent: Person
) -> None:
    write(page, ann, agent.address)
    (first,) = agent.mailbox.fetch_new(10)
    ids = re.search(rb"(?im)^message-id:\s*(\S+)", first.header)
    assert ids is not None
    reply_with_html(agent, ann, ids[1].decode())
    thread = only_thread(page, ann)
    csrf = csrf_of(page.get(thread).text)
    assert page.post(thread, data={"csrf": csrf, "body": "translate to Spanish"}).status_code == 303
    answer = agent.mailbox.fetch_new(10)[-1]
    assert answer.raw is not None
    header = answer.header.decode()
    assert "+token@" in header
    assert f"In-Reply-To: <reply.{ids[1][1:-1].decode()}>" in header
    assert ids[1].decode() in header
    assert b"translate to Spanish" in answer.raw
    assert b"> Draft 1" in answer.raw


def test_the_html_of_a_mail_is_framed_without_scripts_and_its_links_lead_to_the_form(
    page: FlaskClient, ann: Person, agent: Person
) -> None:
    reply_with_html(agent, ann, "<start@mail.test>")
    thread = only_thread(page, ann)
    shown = page.get(thread).text
    assert "<script>x" not in shown
    assert 'sandbox="allow-same-origin allow-top-navigation-by-user-activation"' in shown
    framed = page.get(f"{thread}/0")
    assert "sandbox" in framed.headers["Content-Security-Policy"]
    assert "script-src" not in framed.headers["Content-Security-Policy"]
    link = re.search(r'target="_top" href="([^"]+)"', framed.text)
    assert link is not None
    form = page.get(link[1].replace("&amp;", "&")).text
    assert "+token@" in form
    assert "send it now</textarea>" in form
    assert 'value="Re: Grüße"' in form


def test_new_mail_is_noticed(page: FlaskClient, ann: Person, agent: Person) -> None:
    before = re.search(r'data-newest="(\d+)"', page.get(f"/{ann.address}/").text)
    assert before is not None
    assert page.get(f"/{ann.address}/changes").json == {"newest": int(before[1])}
    reply_with_html(agent, ann, "<start@mail.test>")
    changed = page.get(f"/{ann.address}/changes").json
    assert changed is not None
    assert changed["newest"] > int(before[1])


def test_a_refused_recipient_is_told_and_the_text_stays_in_the_form(page: FlaskClient, ann: Person) -> None:
    csrf = csrf_of(page.get(f"/{ann.address}/write").text)
    form = {"csrf": csrf, "to": "nobody-at-all@mail.test", "subject": "x", "body": "keep this"}
    response = page.post(f"/{ann.address}/write", data=form)
    assert response.status_code == 422
    assert "550" in response.text
    assert "keep this" in response.text


def test_nothing_is_sent_without_the_forms_token_or_under_another_host_name(
    page: FlaskClient, ann: Person, agent: Person
) -> None:
    form = {"to": agent.address, "subject": "x", "body": "y"}
    assert page.post(f"/{ann.address}/write", data=form).status_code == 400
    assert page.get("/", base_url="http://evil.example").status_code == 403
    assert page.get("/nobody@mail.test/").status_code == 404
    assert agent.mailbox.fetch_new(10) == []


def test_a_mail_server_that_is_down_is_said_on_the_page(unused_port: int) -> None:
    servers = MailServers("127.0.0.1", unused_port, "127.0.0.1", unused_port)
    app = create_webmail_app(servers=servers, users=[WebmailUser("a@mail.test", "x")], agent_address="g@mail.test")
    response = app.test_client().get("/a@mail.test/")
    assert response.status_code == 503
    assert "cannot be reached" in response.text
