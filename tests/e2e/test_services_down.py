"""Services that are down at the start or fail in between: the conversation goes on as if nothing had happened."""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote
from urllib.request import Request, urlopen

import pytest

from inbox_agent.mail.threads import workflow_id_of
from tests.e2e.world import Person, World, body_of, wait_until

ANSWERED_WITHIN_SECONDS = 5.0


@pytest.fixture
def world(shared_world: World) -> Iterator[World]:
    """The module's world, everything working again afterwards."""
    yield shared_world
    for gate in (shared_world.imap, shared_world.smtp, shared_world.model_gate):
        gate.shut()
        gate.open()
    shared_world.model.reset()


def describe(world: World, root: str) -> dict[str, Any]:
    """What the HTTP API says of the conversation that a message started."""
    name = quote(workflow_id_of(root, world.address))
    request = Request(
        f"http://127.0.0.1:{world.web_port}/api/ai-agent/describe?workflow_id={name}",
        headers={"Authorization": f"Bearer {world.api_token}"},
    )
    with urlopen(request, timeout=10) as response:
        answer: dict[str, Any] = json.load(response)
    return answer


def mailbox_holds(world: World, folder: str, mark: str) -> Callable[[], bool]:
    mailbox = world.agent_mailbox()
    return lambda: any(mark.encode() in raw for raw in mailbox.folder(folder))


def subject_of(message: Any) -> str:
    return body_of(message).split("Subject: ")[1].split("\n")[0].strip()


def test_everything_down_at_the_start_and_coming_up_one_by_one(fresh_world: Callable[..., World]) -> None:
    world = fresh_world()
    for gate in (world.imap, world.smtp, world.model_gate):
        gate.shut()
    world.start("worker", "poller", "web")
    ann, sam = world.person("ann"), world.person("sam")
    mail = ann.send(world.address, "Early", f"Write to {sam.address} that all is well and send it in 2 seconds.")
    world.model_gate.open()
    world.imap.open()
    world.start("engine")
    wait_until(mailbox_holds(world, "Agent/Processed", ann.address), "the message to be handed over", 60)
    world.smtp.open()
    ann.reply_number(2, mail, seconds=60)
    assert len(sam.messages()) == 1
    assert len(ann.replies(mail)) == 2


@pytest.mark.parametrize("service", ["imap", "smtp", "model", "engine"])
def test_a_service_that_fails_in_between_is_not_noticed(world: World, service: str) -> None:
    ann, sam = world.person("ann"), world.person("sam")
    mail = ann.send(world.address, service, f"Write to {sam.address} that all is well and send it in 3 days.")
    draft = ann.reply_number(1, mail)
    gates = {"imap": world.imap, "smtp": world.smtp, "model": world.model_gate}
    gates[service].shut() if service in gates else world.kill(service)
    mark = f"During {service} {ann.address}"
    ann.send(world.address, f"Re: {service}", f"change the subject to {mark}", draft)
    inside = "INBOX" if service in ("imap", "engine") else "Agent/Processed"
    wait_until(mailbox_holds(world, inside, f"change the subject to {mark}"), "the reply to be where it must be")
    if service == "model":
        wait_until(lambda: bool(describe(world, str(mail["Message-ID"]))["last_error"]), "the failure to be noticed")
    gates[service].open() if service in gates else world.start(service)
    assert subject_of(ann.reply_number(2, mail)) == mark
    assert len(ann.replies(mail)) == 2


def test_a_mail_server_that_is_down_when_a_mail_is_due_gets_it_once(world: World) -> None:
    ann, sam = world.person("ann"), world.person("sam")
    mail = ann.send(world.address, "Due", f"Write to {sam.address} that all is well and send it in 2 seconds.")
    ann.reply_number(1, mail)
    world.smtp.shut()
    due = time.monotonic() + 4
    wait_until(lambda: time.monotonic() > due, "the time of sending to pass")
    assert sam.messages() == []
    world.smtp.open()
    assert "sent" in body_of(ann.reply_number(2, mail)).lower()
    assert len(sam.messages()) == 1


def test_a_refused_recipient_is_told_and_mended_in_the_thread(world: World) -> None:
    ann, sam = world.person("ann"), world.person("sam")
    mail = ann.send(
        world.address, "Refused", f"Write to nobody-{sam.address} that the office is closed and send it now."
    )
    told = ann.reply_number(2, mail)
    text = body_of(told)
    assert "550" in text
    assert f"nobody-{sam.address}" in text
    assert "office is closed" in text, "the draft must be intact"
    ann.send(world.address, "Re: Refused", "retry", told)
    assert "550" in body_of(ann.reply_number(3, mail))
    ann.send(world.address, "Re: Refused", f"change the recipient to {sam.address} and send it now", told)
    wait_until(lambda: len(sam.messages()) == 1, "the mail at the right address")
    assert "was sent" in body_of(ann.reply_number(5, mail)).lower()
    assert len(sam.messages()) == 1


def answered_in(ann: Person, world: World, draft: Any, words: str, number: int, mail: Any) -> tuple[float, str]:
    begin = time.monotonic()
    ann.send(world.address, "Re: x", words, draft)
    text = body_of(ann.reply_number(number, mail))
    return time.monotonic() - begin, text


@pytest.mark.parametrize("refused", [False, True], ids=["503", "refused"])
def test_bare_commands_are_answered_while_the_model_is_down_and_the_text_is_kept(world: World, refused: bool) -> None:
    def model_works(works: bool) -> None:
        if refused:
            world.model_gate.open() if works else world.model_gate.shut()
        world.model.failing = not works

    ann, sam = world.person("ann"), world.person("sam")
    mail = ann.send(world.address, "Model", f"Write to {sam.address} that all is well and send it in 3 days.")
    draft = ann.reply_number(1, mail)
    model_works(False)
    ann.send(world.address, "Re: Model", "change the subject to Kept", draft)
    wait_until(lambda: bool(describe(world, str(mail["Message-ID"]))["last_error"]), "the failure to be noticed")
    for number, words in enumerate(("status", "help", "drafts"), 2):
        seconds, text = answered_in(ann, world, draft, words, number, mail)
        assert seconds < ANSWERED_WITHIN_SECONDS, (words, seconds, text)
    model_works(True)
    assert subject_of(ann.reply_number(5, mail)) == "Kept"
    model_works(False)
    seconds, text = answered_in(ann, world, draft, "cancel", 6, mail)
    assert "canceled" in text.lower()
    assert seconds < ANSWERED_WITHIN_SECONDS
    assert sam.messages() == []
