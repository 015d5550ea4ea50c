"""What ``send_request`` decides by itself: duplicates, caps, and whose conversation it is."""

import pytest

from inbox_agent.conversation.events.rate_limits import BY_OTHERS, PER_CONVERSATION
from inbox_agent.models import Address, HandOver, UserRequest
from tests.unit.workflows.driver import Run, begun
from tests.workflow_fakes import OWNER, SAM, request
from workflows.conversation import schema as s
from workflows.encoding import ENCODER


def handed(run: Run, one: UserRequest) -> HandOver:
    return HandOver(run.rpc("send_request", one))


def test_the_owners_messages_are_capped_in_the_conversation_itself() -> None:
    run = begun()
    answers = [handed(run, request(f"question {number}")) for number in range(PER_CONVERSATION + 5)]
    assert answers.count(HandOver.ACCEPTED) == PER_CONVERSATION
    assert answers[PER_CONVERSATION:] == [HandOver.TOLD] + [HandOver.IGNORED] * 4
    assert handed(run, request("cancel")) is HandOver.ACCEPTED
    run.later(hours=1, minutes=1)
    assert handed(run, request("question at last")) is HandOver.ACCEPTED


def test_others_are_capped_apart() -> None:
    run = begun()
    others = [request(f"hello {number}", sender=Address(SAM), role="recipient") for number in range(BY_OTHERS + 3)]
    answers = [handed(run, one) for one in others]
    assert answers == [HandOver.ACCEPTED] * BY_OTHERS + [HandOver.TOLD] + [HandOver.IGNORED] * 2
    assert handed(run, request("hello")) is HandOver.ACCEPTED


def test_a_second_delivery_is_a_duplicate_and_counts_once() -> None:
    run = begun()
    one = request("hello")
    assert [handed(run, one) for _ in range(50)] == [HandOver.ACCEPTED] + [HandOver.DUPLICATE] * 49


def test_what_is_told_over_a_cap_is_told_once_also_when_it_comes_again() -> None:
    run = begun()
    for number in range(PER_CONVERSATION):
        handed(run, request(f"question {number}"))
    over = request("one more")
    assert [handed(run, over) for _ in range(2)] == [HandOver.TOLD, HandOver.DUPLICATE]


@pytest.mark.parametrize("kind", ["mail", "refused"])
def test_nobody_else_speaks_as_the_owner_whatever_a_poller_took_them_for(kind: str) -> None:
    run = begun()
    run.attributes[s.DA_OWNER] = ENCODER.encode(OWNER.address)
    before = list(run.published)
    lee = request("cancel").model_copy(update={"sender": Address("lee@demo.test"), "kind": kind})
    assert handed(run, lee) is HandOver.ELSEWHERE
    assert run.published == before
    assert (
        handed(run, request("hello").model_copy(update={"sender": Address(OWNER.address.upper())})) is HandOver.ACCEPTED
    )
