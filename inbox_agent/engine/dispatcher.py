"""Calls to workers over HTTP, bounded per worker so that one that is slow or dead holds up nobody else."""

import asyncio
import json
import logging
import math
import time
from dataclasses import dataclass, field
from typing import Any, Literal

import aiohttp

from inbox_agent.engine.access import WorkerUrls, without_secrets
from inbox_agent.engine.limits import Limits

log = logging.getLogger(__name__)

Lane = Literal["state", "rpc"]

WARN_SECONDS = 60.0
_SHOWN_BODY = 500
_SHOWN_MESSAGE = 200


class CallError(Exception):
    """A worker did not answer a call well.

    Attributes:
        status: HTTP status, 0 when there was no answer.
        body: what it answered.
        reason: what went wrong, for people.
    """

    def __init__(self, reason: str, status: int = 0, body: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status
        self.body = body

    def as_text(self) -> str:
        """As the run's error message shows it."""
        if self.status == 0:
            return _cut(self.reason, _SHOWN_BODY)
        return (
            f"statusCode: {self.status}, responseBody: {_cut(self.body, _SHOWN_BODY)}, "
            f"errMsg: {_cut(self.reason, _SHOWN_MESSAGE)}"
        )


@dataclass(slots=True)
class _Worker:
    """One worker URL's share, for one lane."""

    slots: asyncio.Semaphore
    waiting: int = 0
    active: int = 0


@dataclass(slots=True)
class Dispatcher:
    """Owns the HTTP client. Made and closed inside the event loop."""

    limits: Limits
    worker_urls: WorkerUrls = field(default_factory=WorkerUrls)
    _workers: dict[tuple[str, Lane], _Worker] = field(default_factory=dict)
    _session: aiohttp.ClientSession | None = None
    waiting: int = 0
    active: int = 0
    seconds: float = 0.0
    answered: int = 0
    _warned_at: float = -math.inf

    async def call(self, url: str, path: str, body: dict[str, Any], timeout: float, lane: Lane) -> bytes:
        """Posts a body and returns the answer's.

        Args:
            timeout: seconds for this attempt, from the moment it is its turn; an RPC, for which a client waits, also waits
                no longer than that for its turn.

        Raises:
            CallError: no worker of ours, no answer in time, no connection, or a status other than 200.
        """
        named, url = url, self.worker_urls.resolve(url) or ""
        if not url:
            raise CallError(f"{without_secrets(named)} is not a worker of this engine (INBOX_AGENT_WORKER_URL)")
        worker = self._worker(url, lane)
        worker.waiting += 1
        self.waiting += 1
        try:
            async with asyncio.timeout(timeout if lane == "rpc" else None):
                await worker.slots.acquire()
        except TimeoutError as error:
            raise CallError(
                f"the worker at {without_secrets(url)} is busy with {worker.active} other RPCs (timeout)"
            ) from error
        finally:
            worker.waiting -= 1
            self.waiting -= 1
        worker.active += 1
        self.active += 1
        started = time.perf_counter()
        try:
            return await self._post(url + path, body, timeout)
        finally:
            self.seconds += time.perf_counter() - started
            self.answered += 1
            worker.active -= 1
            self.active -= 1
            worker.slots.release()
            if not worker.active and not worker.waiting:
                self._workers.pop((url, lane), None)

    def waiting_for(self, url: str) -> int:
        """State calls that wait for their turn at the worker that a run names."""
        url = self.worker_urls.resolve(url) or url
        worker = self._workers.get((url, "state"))
        return 0 if worker is None else worker.waiting

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    def _worker(self, url: str, lane: Lane) -> _Worker:
        worker = self._workers.get((url, lane))
        if worker is None:
            worker = self._workers[url, lane] = _Worker(asyncio.Semaphore(self.limits.calls_per_worker))
        return worker

    async def _post(self, url: str, body: dict[str, Any], timeout: float) -> bytes:
        if self._session is None:
            # The bound is per worker and ours; a shared one of the connector would let one worker hold up the others.
            # Idle connections are given up before servers do (the shortest known is 2 s): a call on one that the worker is
            # just closing would be a failed attempt.
            connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=1.0)
            self._session = aiohttp.ClientSession(connector=connector, auto_decompress=False)
        try:
            async with self._session.post(
                url,
                data=json.dumps(body, separators=(",", ":")).encode(),
                headers={"Content-Type": "application/json"},
                timeout=aiohttp.ClientTimeout(total=timeout),
                allow_redirects=False,
            ) as response:
                content = await self._read(response)
                if response.status in (401, 403):
                    self._warn_of_refusal(url)
                if response.status != 200:
                    reason = f"{response.status} {response.reason or ''}".strip()
                    raise CallError(reason, response.status, content.decode("utf-8", "replace"))
                return content
        except TimeoutError as error:
            raise CallError(
                f"the worker at {without_secrets(url)} did not answer within {timeout:g} s (timeout)"
            ) from error
        except (aiohttp.ClientError, ValueError, OSError) as error:
            raise CallError(
                f"the worker at {without_secrets(url)} could not be reached: {type(error).__name__} {error}"
            ) from error

    def _warn_of_refusal(self, url: str) -> None:
        now = time.monotonic()
        if now - self._warned_at >= WARN_SECONDS:
            self._warned_at = now
            log.warning(
                "the worker at %s refuses our calls: its secret is another than that in the engine's "
                "INBOX_AGENT_WORKER_URL; set the same there as at the worker",
                without_secrets(url),
            )

    async def _read(self, response: aiohttp.ClientResponse) -> bytes:
        limit = self.limits.payload_bytes
        if (response.content_length or 0) <= limit:
            content = (
                await response.content.read(limit + 1) if response.content_length is None else await response.read()
            )
            while response.content_length is None and len(content) <= limit and not response.content.at_eof():
                content += await response.content.read(limit + 1 - len(content))
            if len(content) <= limit:
                return content
        response.close()
        raise CallError(f"the worker's answer is larger than {limit} bytes")


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[:length] + "..."
