"""What is remembered of an owner over all their threads, and their planned mails seen and canceled from any thread, by mail."""

import os
import re
import time
from collections.abc import Callable, Iterator
from email.message import EmailMessage

import pytest

from tests.e2e.gate import TcpGate
from tests.e2e.world import Person, World, body_of, wait_until

ANSWERED_WITHIN_SECONDS = 5.0


@pytest.fixture
def world(shared_world: World) -> Iterator[World]:
    """The module's world, everything working again afterwards."""
    yield shared_world
    shared_world.model.reset()


def told(message: EmailMessage) -> str:
    """The text in one line."""
    return " ".join(body_of(message).split())


def asked(person: Person, world: World, words: str, thread: EmailMessage, draft: EmailMessage) -> str:
    """Reply to a mail of the agent and read the answer to it."""
    reply = person.send(world.address, f"Re: {thread['Subject']}", words, draft)
    message_id = str(reply["Message-ID"])

    def answers() -> list[EmailMessage]:
        return [mail for mail in person.replies(thread) if mail["In-Reply-To"] == message_id]

    wait_until(lambda: bool(answers()), f"the answer to {words}")
    return told(answers()[0])


def plan(ann: Person, world: World, subject: str, to: str, when: str) -> tuple[EmailMessage, EmailMessage]:
    """A thread with a planned mail: the instruction and its draft."""
    mail = ann.send(world.address, subject, f"Write to {to} that {subject.lower()} and send it {when}.")
    return mail, ann.reply_number(1, mail)


def remembers(ann: Person, world: World, *words: str) -> None:
    """Wait until a new thread is told these words when it asks."""
    found: list[str] = []

    def shown() -> bool:
        mail = ann.send(world.address, "Memory", "What do you remember about me?")
        found.append(told(ann.reply_number(1, mail)))
        return all(word in found[-1] for word in words)

    wait_until(shown, f"{words} to be remembered")


def test_what_was_said_in_one_thread_is_used_in_the_next_until_it_is_forgotten(world: World) -> None:
    ann, sam = world.person("ann"), world.person("sam")
    mail, draft = plan(ann, world, "The office is closed", sam.address, "in 3 days")
    answer = asked(ann, world, "my name is Ann Lee", mail, draft)
    assert "remember" in answer
    assert "forget" in answer
    asked(ann, world, "sign my mails as Ann Lee, Sales", mail, draft)
    asked(ann, world, "use Europe/Madrid time", mail, draft)
    remembers(ann, world, "Ann Lee", "Sales", "Europe/Madrid")
    second = ann.send(
        world.address, "Second", f"Write to {sam.address} that all is well and send it on 3 August 2027 at 9:00."
    )
    text = told(ann.reply_number(1, second))
    assert "Europe/Madrid" in text
    assert "Kind regards, Ann Lee Sales" in text
    forgotten = ann.send(world.address, "Please", "forget everything")
    assert "forgotten" in told(ann.reply_number(1, forgotten))
    wait_until(lambda: "remember nothing" in fresh(ann, world, "what do you remember about me?"), "it to be forgotten")


def fresh(person: Person, world: World, words: str) -> str:
    """The answer to a message that begins a thread."""
    mail = person.send(world.address, words[:20], words)
    return told(person.reply_number(1, mail))


def test_one_thing_is_forgotten_and_the_rest_stays(world: World) -> None:
    ann, sam = world.person("ann"), world.person("sam")
    mail, draft = plan(ann, world, "The door is open", sam.address, "in 3 days")
    asked(ann, world, "my name is Ann Lee", mail, draft)
    asked(ann, world, "use Europe/Madrid time", mail, draft)
    remembers(ann, world, "Ann Lee", "Europe/Madrid")
    asked(ann, world, "forget my name", mail, draft)
    wait_until(
        lambda: "Ann Lee" not in (text := fresh(ann, world, "what do you remember about me?")) and "Madrid" in text,
        "the name to be forgotten and the zone to stay",
    )


def test_somebody_who_was_written_to_is_known_by_name_in_the_next_thread(world: World) -> None:
    ann, sam = world.person("ann"), world.person("sam")
    mail = ann.send(world.address, "First", f"Write to {sam.address} that all is well and send it in 1 second.")
    ann.reply_number(2, mail)
    remembers(ann, world, sam.address)
    second = ann.send(world.address, "Again", "Write to Sam that all is done and send it in 3 days.")
    assert sam.address in told(ann.reply_number(1, second))


def test_another_owner_knows_nothing_of_it(world: World) -> None:
    ann, lee, sam = world.person("ann"), world.person("lee"), world.person("sam")
    mail, draft = plan(ann, world, "The key is lost", sam.address, "in 3 days")
    asked(ann, world, "my name is Ann Lee", mail, draft)
    remembers(ann, world, "Ann Lee")
    assert "remember nothing" in fresh(lee, world, "what do you remember about me?")
    assert "The key is lost" not in fresh(lee, world, "what is pending?")


def test_what_is_pending_in_all_threads_is_listed_while_the_model_is_down_and_numbers_are_stable(world: World) -> None:
    ann, sam = world.person("ann"), world.person("sam")
    threads = [
        plan(ann, world, subject, sam.address, when)
        for subject, when in (
            ("The rent is due", "in 2 days"),
            ("The tax is paid", "in 4 days"),
            ("The bill is late", "in 3 days"),
        )
    ]
    wait_until(lambda: fresh(ann, world, "what is pending?").count(sam.address) == 3, "all three to be noted")
    world.model.failing = True
    mail, draft = threads[0]
    ann.send(world.address, f"Re: {mail['Subject']}", "change the subject to Rent", draft)
    begin = time.monotonic()
    listed = asked(ann, world, "what is pending?", mail, draft)
    assert time.monotonic() - begin < ANSWERED_WITHIN_SECONDS
    order = [listed.index(subject) for subject in ("The rent is due", "The bill is late", "The tax is paid")]
    assert order == sorted(order), listed
    assert "this conversation" in listed
    before = {subject: number_of(listed, subject) for subject in ("The bill is late", "The tax is paid")}
    asked(ann, world, f"cancel {number_of(listed, 'The bill is late')}", mail, draft)
    assert "CANCELED" in told(ann.reply_number(2, threads[2][0])).upper()
    again = asked(ann, world, "what is pending?", mail, draft)
    assert "The bill is late" not in again
    assert number_of(again, "The tax is paid") == before["The tax is paid"]
    assert "not planned any more" in asked(ann, world, f"cancel {before['The bill is late']}", mail, draft)


def test_a_mail_that_is_canceled_from_another_thread_never_goes_out(world: World) -> None:
    ann, sam = world.person("ann"), world.person("sam")
    here, draft = plan(ann, world, "The shop opens", sam.address, "in 3 days")
    there, _ = plan(ann, world, "The bus is late", sam.address, "in 15 seconds")
    due = time.monotonic() + 17
    wait_until(lambda: "The bus is late" in asked(ann, world, "what is pending?", here, draft), "it to be listed")
    listed = asked(ann, world, "what is pending?", here, draft)
    world.model.failing = True
    number = number_of(listed, "The bus is late")
    answer = asked(ann, world, f"cancel {number}", here, draft)
    assert "The bus is late" in answer
    assert "CANCELED" in told(ann.reply_number(2, there)).upper()
    wait_until(lambda: time.monotonic() > due, "the time of sending to pass")
    assert sam.messages() == []
    left = asked(ann, world, "what is pending?", here, draft)
    assert "The bus is late" not in left
    assert "The shop opens" in left
    assert len(ann.replies(there)) == 2


def number_of(listed: str, subject: str) -> int:
    """The number under which a mail is listed: the last one before its subject."""
    return int(re.findall(r"(\d+)\. ", listed[: listed.index(subject)])[-1])


def test_a_worker_that_dies_between_reply_and_note_loses_nothing(fresh_world: Callable[..., World]) -> None:
    world = fresh_world()
    gate = gated_memory(world)
    world.start()
    ann, sam = world.person("ann"), world.person("sam")
    gate.shut()
    mail = ann.send(world.address, "Due", f"Write to {sam.address} that the rent is due and send it in 3 days.")
    draft = ann.reply_number(1, mail)
    asked(ann, world, "my name is Ann Lee", mail, draft)
    world.kill("worker")
    gate.open()
    world.start("worker")
    remembers(ann, world, "Ann Lee")
    assert sam.address in fresh(ann, world, "what is pending?")
    gate.shut()


def test_memory_that_is_out_of_reach_holds_up_no_reply_no_mail_and_no_receipt(
    fresh_world: Callable[..., World],
) -> None:
    world = fresh_world()
    gate = gated_memory(world)
    world.start()
    ann, sam = world.person("ann"), world.person("sam")
    gate.shut()
    mail = ann.send(world.address, "Sealed", f"Write to {sam.address} that all is well and send it in 2 seconds.")
    assert "could not look up what I remember" in told(ann.reply_number(1, mail))
    receipt = ann.reply_number(2, mail)
    assert len(sam.messages()) == 1
    begin = time.monotonic()
    asked(ann, world, "status", mail, receipt)
    assert "cannot look up" in asked(ann, world, "what do you remember about me?", mail, receipt)
    asked(ann, world, "what is pending?", mail, receipt)
    assert time.monotonic() - begin < 3 * ANSWERED_WITHIN_SECONDS
    gate.open()
    remembers(ann, world, sam.address)
    gate.shut()


def gated_memory(world: World) -> TcpGate:
    """The way from the worker to the engine, which only memory takes, through a gate."""
    if "INBOX_AGENT_IWF_URL" in os.environ:
        pytest.skip("needs an engine of its own")
    gate = TcpGate(world.engine_port)
    worker = world.processes["worker"]
    worker.environment = {**worker.environment, "INBOX_AGENT_IWF_URL": f"http://127.0.0.1:{gate.port}"}
    return gate
