"""The model behind its port: OpenAI's Responses API, or any server that speaks it, through the OpenAI Agents SDK.

One background thread runs the SDK's event loop for all callers, so that any number of worker threads share connections
and none waits for another. Every failure ends as one of two: ``ModelUnavailable`` (try later) or
``InvalidModelOutput`` (asked twice without success). Beyond a number of calls none is made: ``ModelBusy``.
"""

import asyncio
import logging
import threading
import time
from concurrent.futures import TimeoutError as FutureTimeout
from datetime import datetime

import openai
from agents import Agent, AgentOutputSchema, ModelSettings, OpenAIResponsesModel, RunConfig, Runner
from agents.exceptions import AgentsException, ModelRefusalError, ModelTimeoutError
from agents.result import RunResult

from inbox_agent.adapters.bounded_http import AnswerTooLarge, BoundedClient
from inbox_agent.adapters.tls import http_tls
from inbox_agent.conversation.turn.prompt import INSTRUCTIONS, build_input
from inbox_agent.conversation.turn_output import TurnOutput
from inbox_agent.errors import InvalidModelOutput, ModelBusy, ModelUnavailable
from inbox_agent.models import Conversation, UserRequest
from inbox_agent.ports import ModelResult

OPENAI_URL = "https://api.openai.com/v1"
# The workflow's state gives a turn 90 s; what is left is for reading and writing its attributes.
DEFAULT_TIMEOUT_SECONDS = 80.0
# A pause that the service asks for is waited out within the turn only when it is short; the workflow's retry does the rest.
LONGEST_PAUSE_SECONDS = 5.0
# A chain of responses is charged in full each turn: beyond this many tokens the next turn starts again from the
# conversation's compact history.
CHAIN_TOKENS = 24_000
MAX_OUTPUT_TOKENS = 16_000
# Octets of an answer. The longest text that a mail may have, escaped, with all that the service says besides, is a third of it.
# A larger answer would not pass the workflow server (4 MB), which would have the model called again and again.
MAX_ANSWER_BYTES = 1_000_000
ASK_AGAIN = (
    "\n\nYour last answer could not be used: {reason}. Answer again with the complete JSON object of the schema."
)

log = logging.getLogger(__name__)


class _Invalid(Exception):
    """The service answered, but not with what the schema demands."""


class _ForgottenResponse(Exception):
    """The service does not know, or cannot use, the previous response."""


class OpenAIModel:
    """Implements ``ports.Model``; safe to use from many threads at once."""

    def __init__(
        self,
        api_key: str,
        base_url: str = "",
        model: str = "gpt-5-mini",
        timeout: float = DEFAULT_TIMEOUT_SECONDS,
        default_zone: str = "UTC",
        max_calls: int = 48,
        ca_file: str = "",
    ) -> None:
        """
        Args:
            base_url: of the Responses API, ending in ``/v1``; "" is OpenAI's own.
            timeout: seconds for one whole turn, repeated asking included.
            default_zone: the zone in which the model is told the present when the conversation knows none.
            max_calls: turns under way at once. Each holds a thread of the worker, which has other things to do, too, when
                the service hangs.
            ca_file: authorities to trust beside the usual ones.
        """
        self._client = openai.AsyncOpenAI(
            api_key=api_key,
            base_url=base_url or OPENAI_URL,
            max_retries=0,
            timeout=timeout,
            http_client=BoundedClient(
                MAX_ANSWER_BYTES,
                verify=http_tls(ca_file) if ca_file else True,
                limits=openai.DEFAULT_CONNECTION_LIMITS,
                timeout=timeout,
                follow_redirects=True,
            ),
        )
        self._agent = Agent(
            name="inbox-agent",
            instructions=INSTRUCTIONS,
            model=OpenAIResponsesModel(model=model, openai_client=self._client),
            output_type=AgentOutputSchema(TurnOutput),
            model_settings=ModelSettings(max_tokens=MAX_OUTPUT_TOKENS, store=True),
        )
        self._timeout = timeout
        self._default_zone = default_zone
        self._max_calls = max_calls
        self._calls = threading.BoundedSemaphore(max_calls)
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    def take_turn(self, conversation: Conversation, request: UserRequest, now: datetime) -> ModelResult:
        """See ``ports.Model``."""
        if not self._calls.acquire(blocking=False):
            raise ModelBusy(f"{self._max_calls} calls of the model are under way in this worker")
        try:
            return self._call(conversation, request, now)
        finally:
            self._calls.release()

    def _call(self, conversation: Conversation, request: UserRequest, now: datetime) -> ModelResult:
        deadline = time.monotonic() + self._timeout
        turn = self._turn(conversation, request, now, deadline)
        future = asyncio.run_coroutine_threadsafe(turn, self._running_loop())
        try:
            # The turn keeps its own deadline; this one is for an event loop that hangs.
            return future.result(self._timeout + 5)
        except FutureTimeout as error:
            future.cancel()
            raise ModelUnavailable("the model did not answer in time") from error

    def close(self) -> None:
        """End the background thread and its connections."""
        with self._lock:
            loop, thread, self._loop, self._thread = self._loop, self._thread, None, None
        if loop is None or thread is None:
            return
        asyncio.run_coroutine_threadsafe(self._client.close(), loop).result(5)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.close()

    def _running_loop(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._thread = threading.Thread(target=self._loop.run_forever, name="model-calls", daemon=True)
                self._thread.start()
            return self._loop

    async def _turn(
        self, conversation: Conversation, request: UserRequest, now: datetime, deadline: float
    ) -> ModelResult:
        """Ask; once more for each of: a forgotten chain, an unusable answer, a short pause that the service asked for."""
        previous = conversation.previous_response_id
        reason = ""
        asked_again = paused = False
        while True:
            text = build_input(conversation, request, now, default_zone=self._default_zone, replay=not previous)
            if reason:
                text += ASK_AGAIN.format(reason=reason)
            try:
                return await self._ask(text, previous, deadline)
            except _ForgottenResponse:
                log.info("the model's service does not know the previous response; replaying the history")
                previous = ""
            except _Invalid as error:
                if asked_again:
                    raise InvalidModelOutput(f"the model's answer cannot be used: {error}") from error
                log.warning("the model's answer cannot be used (%s); asking once more", error)
                asked_again, reason = True, str(error)
            except ModelUnavailable as error:
                pause = 0.5 if error.retry_after_seconds is None else error.retry_after_seconds
                if paused or pause > LONGEST_PAUSE_SECONDS or time.monotonic() + pause >= deadline:
                    raise
                paused = True
                await asyncio.sleep(pause)

    async def _ask(self, text: str, previous: str, deadline: float) -> ModelResult:
        """One call. Every exception of the SDKs ends here."""
        try:
            async with asyncio.timeout(max(0.0, deadline - time.monotonic())):
                result = await Runner.run(
                    self._agent,
                    text,
                    max_turns=1,
                    previous_response_id=previous or None,
                    run_config=RunConfig(tracing_disabled=True),
                )
            return _read(result)
        except AnswerTooLarge as error:
            # Asked again it would cost the same once more, and be as long.
            raise InvalidModelOutput(f"the model's answer cannot be used: {error}") from error
        except openai.APIStatusError as error:
            raise _status_error(error, bool(previous)) from error
        except (TimeoutError, openai.APITimeoutError, ModelTimeoutError) as error:
            raise ModelUnavailable("the model did not answer in time", retry_after_seconds=60) from error
        except openai.APIConnectionError as error:
            raise ModelUnavailable("the model's service cannot be reached") from error
        except ModelRefusalError as error:
            raise _Invalid("it refused to answer") from error
        except AgentsException as error:
            # Its message quotes the answer, which may be mail: the type has to do.
            raise _Invalid(f"it is not the JSON object that was asked for ({type(error).__name__})") from error
        except (AttributeError, TypeError, ValueError, KeyError, IndexError, openai.OpenAIError) as error:
            # The client does not validate what the service sends: a page of HTML or a missing key surfaces anywhere.
            raise _Invalid(f"the service sent no response of the Responses API ({type(error).__name__})") from error


def _read(result: RunResult) -> ModelResult:
    output = result.final_output
    if not isinstance(output, TurnOutput):
        raise _Invalid("it holds no text")
    usage = result.context_wrapper.usage
    tokens = usage.input_tokens + usage.output_tokens
    return ModelResult(
        output=output,
        response_id=(result.last_response_id or "") if tokens <= CHAIN_TOKENS else "",
        input_tokens=usage.input_tokens,
        output_tokens=usage.output_tokens,
    )


def _status_error(error: openai.APIStatusError, chained: bool) -> Exception:
    """What an HTTP error means for the turn."""
    status = error.status_code
    if status in (401, 403):
        return ModelUnavailable(f"the model's service refused the key ({status}); check OPENAI_API_KEY", 300)
    if status in (408, 409, 425, 429) or status >= 500:
        return ModelUnavailable(f"the model's service answered {status}", _retry_after(error))
    if chained and status in (400, 404, 410, 422):
        # An id that expired is 400 with OpenAI and 404 elsewhere; a chain that outgrew the context is 400 too.
        return _ForgottenResponse()
    if status in (404, 405):
        # Nothing about this mail: the admin named a model or an address that is not there, and can correct that.
        return ModelUnavailable(
            f"the model's service does not know the model or the address ({status}); "
            "check INBOX_AGENT_MODEL and OPENAI_BASE_URL with: inbox-agent check",
            300,
        )
    return InvalidModelOutput(f"the model's service refused the request ({status} {error.code or ''})".rstrip())


def _retry_after(error: openai.APIStatusError) -> float | None:
    """Seconds of the Retry-After header (RFC 9110, 10.2.3); None when missing or a date."""
    try:
        return max(0.0, float(error.response.headers.get("retry-after", "")))
    except ValueError:
        return None
