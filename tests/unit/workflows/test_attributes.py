"""Data attributes hold a conversation without loss, each below the size limit."""

from collections.abc import Callable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from iwf.object_encoder import ObjectEncoder

from inbox_agent.models import (
    Address,
    AttachmentRef,
    Conversation,
    Draft,
    Exchange,
    Listed,
    OpenQuestions,
    Revision,
    Schedule,
    SentRecord,
    Status,
    ThreadHeaders,
)
from workflows.conversation import schema as s
from workflows.conversation.attributes import (
    attributes_of,
    changed_attributes,
    describe,
    newest_that_fit,
    read_conversation,
)
from workflows.encoding import ENCODER

TYPES = {field.key: field.value_type for field in s.DATA_ATTRIBUTES}
DRAFT = Draft(
    to=(Address("sam@corp.example", 'Sam, the "boss" O\'Neil'), Address("李@例え.テスト", "李")),
    cc=(Address("a,b@corp.example".replace(",", "."), ""),),
    bcc=(Address("lee@corp.example", "Lee"),),
    subject="Bericht — später 🙂",
    body="Hallo Sam,\n\nשלום\n",
    language="de",
    back_translation="I am late.",
    attachments=(AttachmentRef(message_id="<a@b>", part="2", name="ä.pdf", content_type="application/pdf", size=3),),
)
FULL = Conversation(
    workflow_id="mail-x",
    status=Status.SCHEDULED,
    owner=Address("ann@demo.example", "Ann"),
    zone="Europe/Berlin",
    zone_source="words",
    language="de",
    draft=DRAFT,
    revision=3,
    schedule=Schedule(instant=1_800_000_000, zone="Europe/Berlin", local="2027-01-15T09:00:00"),
    held=True,
    restored=2,
    stopped=1,
    open=OpenQuestions(questions=("When?",), left_out=("Bob",), offered_now=True),
    revisions=(Revision(number=2, draft=DRAFT),),
    exchanges=(Exchange(request="translate", outcome="draft 3"),),
    previous_response_id="resp_1",
    thread=ThreadHeaders(root="<r@x>", references=("<r@x>", "<s@x>"), subject="Bericht"),
    sent=(SentRecord(message_id="<m@x>", sent_at=5, draft=DRAFT),),
    participants=(Address("cc@demo.example", "C"),),
    last_error="x",
    listed=(Listed(number=2, workflow_id="mail-y", subject="Rechnung", mark="f00"),),
)


def reader(stored: dict[str, Any]) -> Callable[[str], Any]:
    def read(key: str) -> Any:
        return stored.get(key)

    return read


def through_the_wire(values: dict[str, Any]) -> dict[str, Any]:
    return {key: ENCODER.decode(ENCODER.encode(value), TYPES[key]) for key, value in values.items()}


def test_a_full_conversation_comes_back_as_it_was() -> None:
    stored = through_the_wire(attributes_of(FULL))
    assert read_conversation(reader(stored), "mail-x") == FULL


def test_an_empty_store_is_an_empty_conversation() -> None:
    assert read_conversation(reader({}), "w") == Conversation(workflow_id="w")


def test_only_changes_are_written() -> None:
    after = FULL.model_copy(update={"status": Status.SENT})
    assert changed_attributes(FULL, after) == {s.DA_STATUS: "sent"}


def test_a_removed_schedule_is_gone_after_reading() -> None:
    stored = attributes_of(FULL) | changed_attributes(FULL, FULL.model_copy(update={"schedule": None}))
    assert read_conversation(reader(stored), "mail-x").schedule is None


def test_every_attribute_of_a_long_conversation_stays_below_the_limit() -> None:
    long = Draft(to=DRAFT.to, body="ä" * 16_000)
    conversation = FULL.model_copy(
        update={
            "draft": long,
            "revisions": tuple(Revision(number=n, draft=long) for n in range(20)),
            "sent": tuple(SentRecord(message_id=f"<{n}@x>", sent_at=n, draft=long) for n in range(20)),
            "exchanges": tuple(Exchange(request="x" * 1000, outcome="y" * 500) for _ in range(200)),
            "participants": tuple(Address(f"{n}@demo.example", "N" * 50) for n in range(500)),
        }
    )
    for key, value in attributes_of(conversation).items():
        encoded = ENCODER.encode(value)
        assert len(str(encoded.data).encode()) < s.ATTRIBUTE_LIMIT, key  # type: ignore[union-attr]


def test_histories_drop_their_oldest_entries() -> None:
    exchanges = [Exchange(request=str(n), outcome="x" * 1000) for n in range(100)]
    kept = newest_that_fit(exchanges)
    assert kept[-1] is exchanges[-1]
    assert 0 < len(kept) < 100
    assert list(kept) == exchanges[-len(kept) :]


def test_pending_input_shows_as_processing() -> None:
    stored = attributes_of(FULL)
    assert describe(reader(stored), 1)["status"] == "processing"
    described = describe(reader(stored), 0)
    assert described["status"] == "scheduled"
    assert described["send_time_seconds"] == 1_800_000_000
    assert described["email_subject"] == DRAFT.subject


def test_describe_has_the_names_of_the_seeds_from_the_start() -> None:
    described = describe(reader({}), 0)
    wanted = "status current_request current_request_draft response_id email_recipient email_subject email_body"
    assert set(wanted.split()) | {"send_time_seconds"} <= described.keys()


@given(st.text(), st.text(max_size=30))
def test_any_text_survives(body: str, name: str) -> None:
    body, name = (text.encode("utf-8", "replace").decode() for text in (body, name))
    draft = Draft(to=(Address("sam@corp.example", name),), body=body, subject=name)
    conversation = Conversation(workflow_id="w", draft=draft)
    stored = through_the_wire(attributes_of(conversation))
    assert read_conversation(reader(stored), "w") == conversation


def test_plain_values_are_encoded_as_the_sdk_does() -> None:
    for value in ("x", 3, True, ["a"], {"a": 1}, None):
        assert ENCODER.encode(value) == ObjectEncoder.default.encode(value)
