"""kill -9 of any process at any time: after the restart a conversation ends as if nothing had happened."""

import random
import time
from collections import Counter
from collections.abc import Callable

import pytest

from tests.e2e.world import World, body_of, wait_until

SEED = 20261121


@pytest.mark.parametrize("victims", [("engine",), ("worker",), ("poller",), ("engine", "worker", "poller", "web")])
def test_a_turn_survives_the_death_of(victims: tuple[str, ...], fresh_world: Callable[..., World]) -> None:
    world = fresh_world()
    world.start()
    ann, sam = world.person("ann"), world.person("sam")
    world.model.delays["fig tree"] = 20.0
    instruction = ann.send(
        world.address, "Crash", f"Write to {sam.address} that the fig tree is cut and send it in 2 seconds."
    )
    wait_until(world.model.under_way.is_set, "the turn to be under way")
    world.kill(*victims)
    world.model.reset()
    world.model.released.set()
    world.start(*victims)
    receipt = ann.reply_number(2, instruction, seconds=60)
    assert "sent" in body_of(receipt).lower()
    [mail] = sam.messages()
    assert "fig tree" in body_of(mail)
    assert len(ann.replies(instruction)) == 2


def test_a_schedule_that_fires_while_everything_is_down(fresh_world: Callable[..., World]) -> None:
    world = fresh_world()
    world.start()
    ann, sam = world.person("ann"), world.person("sam")
    instruction = ann.send(world.address, "Night", f"Write to {sam.address} that all is well and send it in 4 seconds.")
    ann.reply_number(1, instruction)
    world.kill()
    time.sleep(5)  # the point of the test: the time of sending passes while nothing runs
    assert sam.messages() == []
    world.start()
    ann.reply_number(2, instruction)
    assert len(sam.messages()) == 1


def test_mail_that_came_while_everything_was_down_is_answered(fresh_world: Callable[..., World]) -> None:
    world = fresh_world()
    ann, sam = world.person("ann"), world.person("sam")
    instruction = ann.send(world.address, "Early", f"Write to {sam.address} that all is well and send it tomorrow.")
    world.start()
    assert sam.address in body_of(ann.reply_number(1, instruction))


def test_random_deaths_lose_nothing_and_send_nothing_twice(fresh_world: Callable[..., World]) -> None:
    chance = random.Random(SEED)
    world = fresh_world()
    world.start()
    ann = world.person("ann")
    sams = [world.person(f"sam{number}") for number in range(8)]
    mails = [
        ann.send(world.address, f"Mail {n}", f"Write to {sam.address} that train {n} is late and send it in 3 seconds.")
        for n, sam in enumerate(sams)
    ]
    for _ in range(8):
        time.sleep(chance.uniform(0.1, 1.2))  # an instant by chance is what is tested
        victim = chance.choice(("engine", "worker", "poller"))
        world.kill(victim)
        world.start(victim)
    for mail in mails:
        ann.reply_number(2, mail, seconds=90)
    for number, sam in enumerate(sams):
        [received] = sam.messages()
        assert f"train {number} is late" in body_of(received).lower()
    kinds = Counter(body_of(reply).split("\n")[0] for mail in mails for reply in ann.replies(mail))
    assert sum(kinds.values()) == 2 * len(mails), kinds
