"""What the owner is promised turn by turn, by mail through the whole system."""

import re
from email.message import EmailMessage
from html import unescape
from urllib.parse import parse_qs, unquote

import pytest

from tests.e2e.world import World, body_of, wait_until


def test_an_approval_of_an_outdated_draft_is_asked_about_and_the_current_one_goes_out(shared_world: World) -> None:
    ann, sam = shared_world.person("ann"), shared_world.person("sam")
    instruction = ann.send(shared_world.address, "Stale", f"Write to {sam.address} that the office is closed")
    first = ann.reply_number(1, instruction)
    ann.send(shared_world.address, "Re: Stale", "add that we open again on Monday", first)
    ann.reply_number(2, instruction)
    ann.send(shared_world.address, "Re: Stale", "send it now", first)
    asked = ann.reply_number(3, instruction)
    assert "You answered draft 1" in body_of(asked).replace("\n", " ")
    assert sam.messages() == []
    ann.send(shared_world.address, "Re: Stale", "send it now", asked)
    wait_until(lambda: len(sam.messages()) == 1, "the current draft")
    assert "open again on Monday" in body_of(sam.messages()[0])


def tapped(mail: EmailMessage, words: str) -> tuple[str, str, str]:
    """Address, subject and text of the message that a tap on these words begins."""
    html = mail.get_body(("html",))
    assert html is not None
    found = re.search(rf'href="mailto:([^"]+)">{re.escape(words)}</a>', html.get_content())
    assert found, words
    address, _, query = unescape(found[1]).partition("?")
    fields = parse_qs(query)
    return unquote(address), fields["subject"][0], fields["body"][0]


def test_a_tap_in_an_old_mail_sends_nothing_unseen_and_one_in_the_newest_does(shared_world: World) -> None:
    ann, sam = shared_world.person("ann"), shared_world.person("sam")
    instruction = ann.send(shared_world.address, "Tapped", f"Write to {sam.address} that the office is closed")
    first = ann.reply_number(1, instruction)
    ann.send(shared_world.address, "Re: Tapped", "add that we open again on Monday", first)
    second = ann.reply_number(2, instruction)
    # A mail client begins a new message for such a link: no In-Reply-To, no References.
    ann.send(*tapped(first, "send it now"))
    asked = ann.reply_number(3, instruction)
    assert "You answered draft 1" in body_of(asked).replace("\n", " ")
    assert sam.messages() == []
    ann.send(*tapped(second, "send it now"))
    wait_until(lambda: len(sam.messages()) == 1, "the current draft")
    assert "open again on Monday" in body_of(sam.messages()[0])


def test_after_the_end_a_follow_up_knows_what_was_sent(shared_world: World) -> None:
    ann, sam, lee = (shared_world.person(name) for name in ("ann", "sam", "lee"))
    instruction = ann.send(
        shared_world.address, "Twice", f"Write to {sam.address} that the contract is signed and send it in 1 second."
    )
    ann.reply_number(1, instruction)
    receipt = ann.reply_number(2, instruction)
    too_late = ann.send(shared_world.address, "Re: Twice", "cancel", receipt)
    answer = ann.reply_number(3, instruction)
    assert answer["In-Reply-To"] == too_late["Message-ID"]
    assert "too late" in body_of(answer)
    ann.send(shared_world.address, "Re: Twice", f"send the same to {lee.address} in 2 seconds", answer)
    wait_until(lambda: len(lee.messages()) == 1, "the follow-up")
    assert "contract is signed" in body_of(lee.messages()[0])
    assert len(sam.messages()) == 1


@pytest.mark.parametrize("seconds", [1, 2, 3])
def test_a_cancel_that_crosses_the_timer_is_either_carried_out_or_told_to_be_late(
    shared_world: World, seconds: int
) -> None:
    ann, sam = shared_world.person("ann"), shared_world.person("sam")
    instruction = ann.send(
        shared_world.address, "Cross", f"Write to {sam.address} that we meet at noon and send it in {seconds} seconds."
    )
    draft = ann.reply_number(1, instruction)
    crossing = ann.send(shared_world.address, "Re: Cross", "cancel", draft)

    def answered() -> bool:
        return any(reply["In-Reply-To"] == crossing["Message-ID"] for reply in ann.replies(instruction))

    wait_until(answered, "an answer to the crossing cancel")
    [answer] = [reply for reply in ann.replies(instruction) if reply["In-Reply-To"] == crossing["Message-ID"]]
    text = body_of(answer)
    if sam.messages():
        assert "sent on" in text.replace("\n", " ")
    else:
        assert "CANCELED" in text.upper()


def test_a_translation_is_shown_with_the_way_back_and_is_one_undo_away(shared_world: World) -> None:
    ann, sam = shared_world.person("ann"), shared_world.person("sam")
    instruction = ann.send(shared_world.address, "Spanish", f"Write to {sam.address} that I'm late with the report")
    draft = ann.reply_number(1, instruction)
    ann.send(shared_world.address, "Re: Spanish", "translate to Spanish", draft)
    translated = ann.reply_number(2, instruction)
    assert "Voy con retraso con el informe." in body_of(translated)
    assert "I am late with the report." in body_of(translated)
    ann.send(shared_world.address, "Re: Spanish", "undo", translated)
    assert "I'm late with the report." in body_of(ann.reply_number(3, instruction))
