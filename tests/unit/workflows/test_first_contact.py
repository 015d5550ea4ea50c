"""First contact: asked at most twice, nothing done before the signed confirmation, everything after it."""

from typing import Any, cast

from iwf.persistence import Persistence

from inbox_agent.models import Address, Conversation, UserRequest
from workflows.conversation import first_contact

KIM = Address("kim@new.test", "Kim")


class Attributes:
    """The part of iWF's persistence that is used, in memory."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}

    def get_data_attribute(self, key: str) -> Any:
        return self.values.get(key)

    def set_data_attribute(self, key: str, value: Any) -> None:
        self.values[key] = value


def attributes() -> Persistence:
    return cast("Persistence", Attributes())


def request(text: str, *, answers_ours: bool = False, **fields: object) -> UserRequest:
    given = UserRequest(message_id=f"<{text[:9]}@new.test>", sender=KIM, text=text, unconfirmed=True)
    return given.model_copy(update={"answers_ours": answers_ours, **fields})


def test_what_waited_is_worked_on_after_the_signed_confirmation() -> None:
    persistence = attributes()
    assert first_contact.admitted(request("Write to Sam."), persistence) is None
    assert first_contact.admitted(request("And to Lee."), persistence) is None
    known = first_contact.admitted(request("Confirm, please!", answers_ours=True), persistence)
    assert known is not None
    assert known.text == "Write to Sam.\n\nAnd to Lee."
    later = request("translate to Spanish")
    assert first_contact.admitted(later, persistence) is later


def test_neither_an_unsigned_confirmation_nor_another_answer_counts() -> None:
    persistence = attributes()
    assert first_contact.admitted(request("Write to Sam."), persistence) is None
    assert first_contact.admitted(request("confirm"), persistence) is None
    assert first_contact.admitted(request("I am away until Monday.", answers_ours=True), persistence) is None


def test_a_confirmation_of_nothing_is_not_worked_on() -> None:
    assert first_contact.admitted(request("confirm", answers_ours=True), attributes()) is None


def test_what_could_not_be_taken_does_not_stand_for_what_could() -> None:
    persistence = attributes()
    first_contact.admitted(request("Write to Sam."), persistence)
    first_contact.admitted(request("too large", kind="refused"), persistence)
    known = first_contact.admitted(request("confirm", answers_ours=True), persistence)
    assert known is not None
    assert (known.kind, known.text) == ("mail", "Write to Sam.")


def test_they_are_asked_twice_at_most() -> None:
    persistence, conversation = attributes(), Conversation(owner=KIM)
    replies = [first_contact.ask(conversation, "agent", persistence).reply for _ in range(4)]
    assert [reply is not None for reply in replies] == [True, True, False, False]
