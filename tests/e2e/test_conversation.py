"""Conversations by mail through the whole system, nothing broken."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.e2e.world import World, body_of, wait_until


def test_an_instruction_is_answered_with_the_draft_and_its_schedule(shared_world: World) -> None:
    ann, sam = shared_world.person("ann"), shared_world.person("sam")
    instruction = ann.send(
        shared_world.address,
        "Report",
        f"Write to {sam.address} that I'm late with the report and send it tomorrow at 9.",
    )
    reply = ann.reply_number(1, instruction)
    text = body_of(reply)
    assert sam.address in text
    assert "late with the report" in text
    assert "09:00" in text
    assert "UTC" in text
    assert reply["In-Reply-To"] == instruction["Message-ID"]
    assert str(reply["Auto-Submitted"]).startswith("auto-replied")
    assert "+" in str(reply["Reply-To"])
    assert reply.get_body(("html",)) is not None


def test_the_mail_goes_out_once_and_the_receipt_arrives(shared_world: World) -> None:
    ann, sam = shared_world.person("ann"), shared_world.person("sam")
    instruction = ann.send(
        shared_world.address, "Report", f"Write to {sam.address} that the report is ready and send it in 2 seconds."
    )
    draft = ann.reply_number(1, instruction)
    receipt = ann.reply_number(2, instruction)
    assert "sent" in body_of(receipt).lower()
    assert draft["Message-ID"] in str(receipt["References"])
    [mail] = sam.messages()
    assert "report is ready" in body_of(mail)
    assert ann.address in str(mail["Reply-To"])


def test_ten_replies_within_a_second_are_all_answered_in_order(shared_world: World) -> None:
    ann, sam = shared_world.person("ann"), shared_world.person("sam")
    instruction = ann.send(
        shared_world.address, "Ten", f"Write to {sam.address} that the office is closed and send it in 3 days."
    )
    draft = ann.reply_number(1, instruction)
    for number in range(10):
        ann.send(shared_world.address, "Re: Ten", f"Change the subject to Number {number}", draft)
    ann.reply_number(11, instruction, seconds=60)
    subjects = [body_of(reply).split("Subject: ")[1].split("\n")[0].strip() for reply in ann.replies(instruction)[1:11]]
    assert subjects == [f"Number {number}" for number in range(10)]


def test_a_cancelled_mail_does_not_go_out(shared_world: World) -> None:
    ann, sam = shared_world.person("ann"), shared_world.person("sam")
    instruction = ann.send(
        shared_world.address, "Stop", f"Write to {sam.address} that we meet at noon and send it in 8 seconds."
    )
    draft = ann.reply_number(1, instruction)
    ann.send(shared_world.address, "Re: Stop", "cancel", draft)
    assert "cancel" in body_of(ann.reply_number(2, instruction)).lower()
    late = ann.send(shared_world.address, "Re: Stop", "status", draft)
    assert late["In-Reply-To"] == draft["Message-ID"]
    ann.reply_number(3, instruction)
    assert sam.messages() == []


def test_twenty_threads_do_not_wait_for_one_slow_model_call(shared_world: World) -> None:
    world = shared_world
    slow, others = world.person("slow"), [world.person(f"p{number}") for number in range(20)]
    world.model.delays["fig tree"] = 60.0
    try:
        waiting = slow.send(
            world.address, "Slow", f"Write to {slow.address} that the fig tree is cut, send it tomorrow."
        )
        wait_until(world.model.under_way.is_set, "the slow model call")

        def converse(number: int) -> bool:
            person = others[number]
            mail = person.send(
                world.address,
                "Quick",
                f"Write to {slow.address} that meeting {number} is off and send it tomorrow at 9.",
            )
            person.reply_number(1, mail, seconds=45)
            return True

        with ThreadPoolExecutor(20) as pool:
            assert all(pool.map(converse, range(20)))
        assert slow.replies(waiting) == [], "the slow one must still be waiting"
    finally:
        world.model.released.set()
    slow.reply_number(1, waiting)
    world.model.reset()


@pytest.mark.parametrize("text", ["Übermorgen — ¡olé! 🙂 你好", "שלום לכולם", "नमस्ते दुनिया"])
def test_any_script_arrives_intact(shared_world: World, text: str) -> None:
    ann, sam = shared_world.person("ann"), shared_world.person("sam")
    instruction = ann.send(
        shared_world.address, text, f"Write to {sam.address} that the motto is {text} and send it in 1 second."
    )
    reply = ann.reply_number(1, instruction)
    assert text in str(reply["Subject"])
    assert text in body_of(reply)
    wait_until(lambda: len(sam.messages()) == 1, "the mail")
    assert text in body_of(sam.messages()[0])


def test_two_people_at_once_have_two_conversations(shared_world: World) -> None:
    ann, bob = shared_world.person("ann"), shared_world.person("bob")
    mails = [
        person.send(shared_world.address, "Same subject", f"Write to {ann.address} that it rains and send it tomorrow.")
        for person in (ann, bob)
    ]
    for person, mail in zip((ann, bob), mails, strict=True):
        person.reply_number(1, mail)
    assert len(ann.replies(mails[0])) == 1
    assert len(bob.replies(mails[1])) == 1
