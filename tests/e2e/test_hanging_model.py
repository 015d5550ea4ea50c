"""A model that takes a message and does not answer: the conversation goes on beside it."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

import pytest

from tests.e2e.world import Person, World, body_of, wait_until

ANSWERED_WITHIN_SECONDS = 5.0
LONGER_THAN_ANY_TEST = 75.0


@pytest.fixture
def world(shared_world: World) -> Iterator[World]:
    """The module's world, its model answering again afterwards."""
    shared_world.model.reset()
    yield shared_world
    shared_world.model.released.set()
    shared_world.model.reset()


def hang(world: World, words: str) -> None:
    """From now on the model does not answer what holds these words."""
    world.model.under_way.clear()
    world.model.delays[words] = LONGER_THAN_ANY_TEST


def write_again(person: Person, world: World, words: str, first: EmailMessage) -> EmailMessage:
    """A second message in a thread that the agent has not answered yet: it goes where the first one went."""
    message = EmailMessage()
    message["From"], message["To"] = first["From"], world.address
    message["Subject"] = f"Re: {first['Subject']}"
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = make_msgid(domain="world.test")
    message["In-Reply-To"] = message["References"] = first["Message-ID"]
    message.set_content(words)
    person.submit(message, world.address)
    return message


def text_of(mail: EmailMessage) -> str:
    return " ".join(body_of(mail).split())


def answer_to(person: Person, message: EmailMessage, thread: EmailMessage, seconds: float = 40.0) -> EmailMessage:
    """The mail of the agent that answers this very message of a thread."""

    def found() -> list[EmailMessage]:
        return [one for one in person.replies(thread) if one["In-Reply-To"] == message["Message-ID"]]

    wait_until(lambda: bool(found()), f"an answer to “{body_of(message).strip()}”", seconds)
    return found()[0]


def test_commands_are_answered_at_once_and_cancel_takes_effect(world: World) -> None:
    ann, sam = world.person("ann"), world.person("sam")
    mail = ann.send(world.address, "Hang", f"Write to {sam.address} that all is well and send it in 3 days.")
    draft = ann.reply_number(1, mail)
    hang(world, "the fig tree")
    ann.send(world.address, "Re: Hang", "change the subject to the fig tree and send it now", draft)
    wait_until(world.model.under_way.is_set, "the model to hang")
    for words in ("status", "help", "drafts", "cancel"):
        begin = time.monotonic()
        asked = ann.send(world.address, "Re: Hang", words, draft)
        answer = text_of(answer_to(ann, asked, mail, ANSWERED_WITHIN_SECONDS))
        assert time.monotonic() - begin < ANSWERED_WITHIN_SECONDS, words
        assert "being worked on" in answer, words
    assert "canceled" in answer.lower()
    assert "dropped" in answer


def test_what_was_canceled_is_never_sent_although_the_model_answers_later(world: World) -> None:
    ann, sam, lee = (world.person(name) for name in ("ann", "sam", "lee"))
    hang(world, "fig tree")
    mail = ann.send(world.address, "Never", f"Write to {sam.address} that the fig tree is cut and send it now.")
    wait_until(world.model.under_way.is_set, "the model to hang")
    stop = write_again(ann, world, "cancel", mail)
    canceled = answer_to(ann, stop, mail, ANSWERED_WITHIN_SECONDS)
    assert "canceled" in body_of(canceled).lower()
    answers = world.model.answers
    world.model.released.set()
    wait_until(lambda: world.model.answers > answers, "the late answer of the model")
    world.model.reset()
    follow_up = f"Write to {lee.address} that the pear tree is cut and send it now."
    ann.send(world.address, "Re: Never", follow_up, canceled)
    wait_until(lambda: len(lee.messages()) == 1, "the follow-up")
    assert "pear tree" in body_of(lee.messages()[0])
    ann.reply_number(3, mail)
    assert sam.messages() == []
    assert len(ann.replies(mail)) == 3


def test_what_is_written_during_a_turn_is_answered_after_it_in_order(world: World) -> None:
    ann, sam = world.person("ann"), world.person("sam")
    mail = ann.send(world.address, "Order", f"Write to {sam.address} that all is well and send it in 3 days.")
    draft = ann.reply_number(1, mail)
    hang(world, "Number 1")
    written = [ann.send(world.address, "Re: Order", "change the subject to Number 1", draft)]
    wait_until(world.model.under_way.is_set, "the model to hang")
    for words in ("change the subject to Second", "undo", "change the subject to Third"):
        written.append(ann.send(world.address, "Re: Order", words, draft))
    asked = ann.send(world.address, "Re: Order", "status", draft)
    assert "4 messages are still being worked on" in text_of(answer_to(ann, asked, mail))
    assert len(ann.replies(mail)) == 2
    world.model.released.set()
    ann.reply_number(6, mail)
    subjects = [body_of(reply).split("Subject: ")[1].split("\n")[0].strip() for reply in ann.replies(mail)[2:]]
    assert subjects == ["Number 1", "Second", "Number 1", "Third"]
    order = [reply["In-Reply-To"] for reply in ann.replies(mail)[3:]]
    assert order == [one["Message-ID"] for one in written[1:]]


def test_commands_are_answered_when_the_model_hangs_for_more_people_than_the_worker_has_threads(
    fresh_world: Callable[..., World],
) -> None:
    world = fresh_world(INBOX_AGENT_WORKER_THREADS="4")
    world.start()
    sam, people = world.person("sam"), [world.person(f"ann{number}") for number in range(6)]
    hang(world, "fig tree")
    mails = [
        person.send(world.address, "Many", f"Write to {sam.address} that the fig tree is cut and send it tomorrow.")
        for person in people
    ]
    wait_until(world.model.under_way.is_set, "the model to hang")
    for person, mail in zip(people, mails, strict=True):
        asked = write_again(person, world, "status", mail)
        answer_to(person, asked, mail, ANSWERED_WITHIN_SECONDS)
    world.model.reset()
    world.model.released.set()
    for person, mail in zip(people, mails, strict=True):
        assert "fig tree" in body_of(person.reply_number(2, mail, seconds=60))


def test_a_model_that_hangs_for_longer_than_a_turn_may_take_gets_the_text_later(
    fresh_world: Callable[..., World],
) -> None:
    world = fresh_world(INBOX_AGENT_MODEL_TIMEOUT_SECONDS="1")
    world.start()
    ann, sam = world.person("ann"), world.person("sam")
    hang(world, "fig tree")
    mail = ann.send(world.address, "Late", f"Write to {sam.address} that the fig tree is cut and send it tomorrow.")
    wait_until(world.model.under_way.is_set, "the model to hang")
    for words in ("status", "drafts"):
        asked = write_again(ann, world, words, mail)
        answer_to(ann, asked, mail, ANSWERED_WITHIN_SECONDS)
    world.model.reset()
    world.model.released.set()
    write_again(ann, world, "the subject is Late", mail)
    assert "fig tree" in body_of(ann.reply_number(3, mail))


def test_nothing_is_lost_when_the_worker_dies_while_the_model_hangs(fresh_world: Callable[..., World]) -> None:
    world = fresh_world()
    world.start()
    ann, sam = world.person("ann"), world.person("sam")
    hang(world, "fig tree")
    mail = ann.send(world.address, "Death", f"Write to {sam.address} that the fig tree is cut and send it tomorrow.")
    wait_until(world.model.under_way.is_set, "the model to hang")
    second = write_again(ann, world, "change the subject to Second", mail)
    asked = write_again(ann, world, "status", mail)
    answer_to(ann, asked, mail)
    world.kill("worker")
    world.model.reset()
    third = write_again(ann, world, "change the subject to Third", mail)
    world.model.released.set()
    world.start("worker")
    ann.reply_number(4, mail, seconds=60)
    first, *later = ann.replies(mail)[1:]
    assert "fig tree" in body_of(first)
    assert [one["In-Reply-To"] for one in later] == [second["Message-ID"], third["Message-ID"]]
    assert ["Second" in body_of(later[0]), "Third" in body_of(later[1])] == [True, True]
    assert len(ann.replies(mail)) == 4
