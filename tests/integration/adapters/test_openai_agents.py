"""The model's adapter over HTTP: against ``llmock``, against scripted answers, and against the stand-in."""

import gzip
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from inbox_agent.adapters.openai_agents import CHAIN_TOKENS, OpenAIModel
from inbox_agent.conversation.turn.decision import decide
from inbox_agent.conversation.turn_output import TurnOutput
from inbox_agent.demo.model.server import Memory, StandinServer
from inbox_agent.errors import InvalidModelOutput, ModelBusy, ModelUnavailable
from inbox_agent.models import Address, Conversation, Exchange, UserRequest
from tests.scripted_responses import Answer, refused, response, said, scripted, text

if TYPE_CHECKING:
    from llmock.pytest_plugin import LLMock

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
NEW = Conversation(owner=Address("maria@corp.example", "Maria"))
CHAINED = NEW.model_copy(
    update={
        "previous_response_id": "resp_0",
        "exchanges": (
            Exchange(request="Write to sam@corp.example", outcome="draft 1"),
            Exchange(request="shorter", outcome="draft 2"),
        ),
    }
)
ASKED = UserRequest(message_id="<1@x>", text="cancel the mail")
MakeModel = Callable[..., OpenAIModel]


@pytest.fixture
def model() -> Iterator[MakeModel]:
    made: list[OpenAIModel] = []

    def make(url: str, **options: Any) -> OpenAIModel:
        made.append(OpenAIModel("test-key", url, "test-model", **options))
        return made[-1]

    yield make
    for each in made:
        each.close()


def test_a_turn_sends_the_schema_and_returns_output_id_and_tokens(model: MakeModel) -> None:
    with scripted(said(TurnOutput(intents=("cancel",)))) as server:
        result = model(server.url).take_turn(CHAINED, ASKED, NOW)
    assert result.output.intents == ("cancel",)
    assert (result.response_id, result.input_tokens, result.output_tokens) == ("resp_1", 100, 20)
    (sent,) = server.asked
    assert sent["text"]["format"]["type"] == "json_schema"
    assert sent["text"]["format"]["strict"] is True
    assert sent["previous_response_id"] == "resp_0"
    assert "tools" not in sent or sent["tools"] == []
    words = str(sent["input"])
    assert "OWNER| cancel the mail" in words
    assert "Write to sam@corp.example" not in words, "the provider has the history already"


@pytest.mark.parametrize("status", [400, 404])
def test_a_forgotten_response_is_replayed_from_the_history_once(model: MakeModel, status: int) -> None:
    with scripted(refused(status, "previous_response_not_found"), said()) as server:
        result = model(server.url).take_turn(CHAINED, ASKED, NOW)
    assert result.response_id == "resp_1"
    first, second = server.asked
    assert first["previous_response_id"] == "resp_0"
    assert second.get("previous_response_id") is None
    assert "Write to sam@corp.example" in str(second["input"])


def test_a_chain_that_grew_too_long_is_not_gone_on_from(model: MakeModel) -> None:
    usage = said().body["usage"] | {"input_tokens": CHAIN_TOKENS}
    with scripted(said(usage=usage)) as server:
        assert model(server.url).take_turn(CHAINED, ASKED, NOW).response_id == ""


INVALID = {
    "refusal": response([{"type": "refusal", "refusal": "I can't help with that."}]),
    "no output": response(None),
    "empty text": response(text("")),
    "no json": response(text("Sure! I canceled it.")),
    "broken json": response(text('{"intents": ["cancel"')),
    "cut json": response(
        text('{"intents": ["cancel"], "body": "Dear S'),
        "incomplete",
        incomplete_details={"reason": "max_output_tokens"},
    ),
    "outside the schema": response(text('{"intents": ["world domination"]}')),
    "unknown field": response(text('{"intents": [], "sudo": true}')),
    "list": response(text("[]")),
    "null content": Answer({"id": "x", "object": "response", "output": None, "status": "completed"}),
    "page of html": Answer(b"<html>gateway</html>", headers={"Content-Type": "text/html"}),
    "json that is none": Answer(b"{", headers={"Content-Type": "application/json"}),
    "empty object": Answer({}),
    "failed": response(None, "failed", error={"code": "server_error", "message": "boom"}),
}


@pytest.mark.parametrize("name", INVALID)
def test_an_unusable_answer_is_asked_for_once_more(model: MakeModel, name: str) -> None:
    with scripted(INVALID[name], said()) as server:
        assert model(server.url).take_turn(NEW, ASKED, NOW).output.intents == ("cancel",)
    assert len(server.asked) == 2
    assert "could not be used" in str(server.asked[1]["input"])


@pytest.mark.parametrize("name", INVALID)
def test_two_unusable_answers_are_an_error_that_quotes_no_mail(model: MakeModel, name: str) -> None:
    with scripted(INVALID[name]) as server, pytest.raises(InvalidModelOutput) as raised:
        model(server.url).take_turn(NEW, ASKED, NOW)
    assert len(server.asked) == 2
    assert "Dear S" not in str(raised.value)


def compressed(answer: Answer) -> Answer:
    raw = gzip.compress(json.dumps(answer.body).encode())
    return Answer(raw, headers={"Content-Encoding": "gzip"})


HUGE = said(TurnOutput(intents=("compose",), body="x" * 5_000_000))


@pytest.mark.parametrize("answer", [HUGE, compressed(HUGE), Answer(b"x" * 5_000_000)], ids=["json", "gzip", "no json"])
def test_an_answer_beyond_the_limit_costs_one_call(model: MakeModel, answer: Answer) -> None:
    with scripted(answer) as server:
        with pytest.raises(InvalidModelOutput, match="more than 1000000 octets"):
            model(server.url).take_turn(NEW, ASKED, NOW)
        assert len(server.asked) == 1


def test_a_compressed_answer_within_the_limit_is_read(model: MakeModel) -> None:
    with scripted(compressed(said(TurnOutput(intents=("cancel",))))) as server:
        assert model(server.url).take_turn(NEW, ASKED, NOW).output.intents == ("cancel",)


def test_a_long_page_of_an_error_is_the_error(model: MakeModel) -> None:
    with (
        scripted(Answer(b"x" * 2_000_000, 503, {"Retry-After": "60"})) as server,
        pytest.raises(ModelUnavailable, match="503"),
    ):
        model(server.url).take_turn(NEW, ASKED, NOW)


@pytest.mark.parametrize(
    ("status", "words"),
    [(401, "OPENAI_API_KEY"), (403, "OPENAI_API_KEY"), (404, "OPENAI_BASE_URL"), (500, "500"), (503, "503")],
)
def test_trouble_of_the_service_is_worth_trying_again(model: MakeModel, status: int, words: str) -> None:
    with scripted(refused(status)) as server, pytest.raises(ModelUnavailable, match=words):
        model(server.url).take_turn(NEW, ASKED, NOW)
    assert len(server.asked) <= 2


def test_a_request_that_the_service_refuses_for_good_is_not_repeated(model: MakeModel) -> None:
    with scripted(refused(400, "invalid_schema")) as server, pytest.raises(InvalidModelOutput, match="invalid_schema"):
        model(server.url).take_turn(NEW, ASKED, NOW)
    assert len(server.asked) == 1


def test_a_long_retry_after_is_handed_on_and_not_waited_for(model: MakeModel) -> None:
    began = time.monotonic()
    with scripted(refused(429, headers={"Retry-After": "120"})) as server, pytest.raises(ModelUnavailable) as raised:
        model(server.url).take_turn(NEW, ASKED, NOW)
    assert raised.value.retry_after_seconds == 120
    assert len(server.asked) == 1
    assert time.monotonic() - began < 10


def test_a_service_that_hangs_ends_at_the_deadline(model: MakeModel) -> None:
    began = time.monotonic()
    with scripted(Answer({}, hold=True)) as server, pytest.raises(ModelUnavailable, match="in time"):
        model(server.url, timeout=1).take_turn(NEW, ASKED, NOW)
    assert time.monotonic() - began < 5
    assert len(server.asked) == 1


def test_a_service_that_is_not_there_is_unavailable(model: MakeModel) -> None:
    with scripted(said()) as server:
        url = server.url
    with pytest.raises(ModelUnavailable, match="cannot be reached"):
        model(url).take_turn(NEW, ASKED, NOW)


def test_beyond_a_number_of_calls_none_is_made_until_one_ends(model: MakeModel) -> None:
    with scripted(Answer({}, hold=True), said()) as server:
        narrow = model(server.url, timeout=1, max_calls=1)

        def hang() -> None:
            with pytest.raises(ModelUnavailable):
                narrow.take_turn(NEW, ASKED, NOW)

        hanging = threading.Thread(target=hang)
        hanging.start()
        deadline = time.monotonic() + 10
        while not server.asked and time.monotonic() < deadline:
            time.sleep(0.01)
        with pytest.raises(ModelBusy):
            narrow.take_turn(NEW, ASKED, NOW)
        hanging.join(10)
        assert narrow.take_turn(NEW, ASKED, NOW).response_id == "resp_1"
        assert len(server.asked) == 2


def test_many_threads_do_not_wait_for_one_that_hangs(model: MakeModel) -> None:
    with scripted(Answer({}, hold=True), said()) as server:
        shared = model(server.url, timeout=20)
        slow = threading.Thread(target=lambda: shared.take_turn(NEW, ASKED, NOW))
        slow.start()
        deadline = time.monotonic() + 10
        while not server.asked and time.monotonic() < deadline:
            time.sleep(0.01)
        done: list[str] = []
        threads = [
            threading.Thread(target=lambda: done.append(shared.take_turn(NEW, ASKED, NOW).response_id))
            for _ in range(20)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(15)
        assert done == ["resp_1"] * 20
        assert slow.is_alive()
        server.stopping.set()  # its connection breaks, and it is answered when it asks once more
        slow.join(20)
        assert not slow.is_alive()


# --- llmock: a mock of the provider that also judges the client


def test_llmock_rate_limits_are_respected(model: MakeModel, llmock: "LLMock") -> None:
    llmock.rate_limit(times=1, retry_after=0.2)
    llmock.reply(TurnOutput(intents=("cancel",)).model_dump_json())
    assert model(llmock.base_url()).take_turn(NEW, ASKED, NOW).output.intents == ("cancel",)
    llmock.assert_resilient()


def test_llmock_an_overload_is_tried_once_more_and_then_left_to_the_workflow(
    model: MakeModel, llmock: "LLMock"
) -> None:
    llmock.fail(503, times=None)
    with pytest.raises(ModelUnavailable):
        model(llmock.base_url()).take_turn(NEW, ASKED, NOW)


def test_llmock_structured_output_passes_the_schema(model: MakeModel, llmock: "LLMock") -> None:
    """It generates an object from the strict schema that we send: whatever it holds, it is one of ours."""
    assert isinstance(model(llmock.base_url()).take_turn(NEW, ASKED, NOW).output, TurnOutput)


# --- the stand-in


@pytest.fixture
def standin() -> Iterator[str]:
    server = StandinServer(("127.0.0.1", 0), Memory(None))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield server.base_url
    server.shutdown()
    server.server_close()
    thread.join(5)


def test_the_standin_goes_on_from_its_responses_and_forgets_unknown_ones(model: MakeModel, standin: str) -> None:
    shared = model(standin)
    request = UserRequest(message_id="<1@x>", text="Write to sam@corp.example that I am late")
    first = shared.take_turn(NEW, request, NOW)
    assert first.output.to is not None
    assert first.output.to[0].address == "sam@corp.example"
    chained = NEW.model_copy(update={"previous_response_id": first.response_id})
    second = shared.take_turn(chained, ASKED, NOW)
    assert second.input_tokens > first.input_tokens
    unknown = NEW.model_copy(update={"previous_response_id": "resp_unknown"})
    assert shared.take_turn(unknown, ASKED, NOW).response_id


def test_the_tokens_of_a_turn_are_bounded_however_long_the_thread_grows(model: MakeModel, standin: str) -> None:
    shared, conversation = model(standin), NEW
    used = []
    for number in range(60):
        words = (
            "Write to sam@corp.example that I am late" if number == 0 else f"add that point {number} is {'open ' * 40}"
        )
        request = UserRequest(message_id=f"<{number}@x>", text=words)
        result = shared.take_turn(conversation, request, NOW)
        used.append(result.input_tokens)
        conversation = decide(
            conversation.model_copy(update={"previous_response_id": result.response_id}),
            request,
            result.output,
            now=NOW,
            default_zone="UTC",
        ).conversation
    assert "Point 59" in conversation.draft.body
    assert max(used) < 2 * CHAIN_TOKENS
    assert used[-1] < max(used)


@pytest.mark.parametrize("level", ["INFO", "DEBUG"])
@pytest.mark.parametrize("answer", [said(), refused(401, "invalid_api_key"), refused(503, "overloaded")])
def test_the_credentials_of_a_url_are_in_no_log(level: str, answer: Answer) -> None:
    """In a process of its own, whose logging is as that of ``inbox-agent run``."""
    with scripted(answer, answer, answer) as server:
        url = server.url.replace("http://", "http://ann:hunter2-in-the-url@")
        program = (
            "import sys; from datetime import UTC, datetime; from inbox_agent.logs import configure_logging\n"
            "from inbox_agent.adapters.openai_agents import OpenAIModel\n"
            "from inbox_agent.errors import AgentError\n"
            "from inbox_agent.models import Address, Conversation, UserRequest\n"
            "import logging; configure_logging(sys.argv[2]); log = logging.getLogger('inbox_agent')\n"
            "model = OpenAIModel('key-of-the-test', sys.argv[1], 'test-model')\n"
            "try:\n"
            "    model.take_turn(Conversation(owner=Address('ann@x.example', 'Ann')), UserRequest(message_id='<1@x>',"
            " text='cancel'), datetime.now(UTC))\n"
            "except AgentError as error:\n"
            "    log.exception('the turn failed: %s', error)\n"
            "log.info('the turn is over'); model.close()\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", program, url, level], capture_output=True, text=True, timeout=60, check=True
        )
        assert server.asked
    assert "the turn is over" in done.stderr
    assert "hunter2" not in done.stdout + done.stderr
    assert "key-of-the-test" not in done.stdout + done.stderr
