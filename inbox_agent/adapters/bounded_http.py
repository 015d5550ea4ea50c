"""Bounds what an HTTP server may answer: more octets than a limit end the call, whatever the server says of their number.

A client reads an answer whole into memory, and decompresses it, before anybody can look at it.
"""

from typing import Any

import httpx2 as httpx

_OF_THE_WIRE = frozenset({"content-encoding", "content-length", "transfer-encoding"})


class AnswerTooLarge(Exception):
    """The server answered with more than the limit."""


class BoundedClient(httpx.AsyncClient):
    """Reads each answer up to ``limit`` octets, counted after decompression. An error's body is cut there instead.

    Raises:
        AnswerTooLarge: from every call.
    """

    def __init__(self, limit: int, **options: Any) -> None:
        super().__init__(**options)
        self._limit = limit

    async def send(self, request: httpx.Request, *, stream: bool = False, **options: Any) -> httpx.Response:
        response = await super().send(request, stream=True, **options)
        try:
            body = await self._read(response)
        finally:
            await response.aclose()
        headers = [(name, value) for name, value in response.headers.multi_items() if name.lower() not in _OF_THE_WIRE]
        return httpx.Response(
            response.status_code,
            headers=headers,
            content=body,
            request=response.request,
            extensions=response.extensions,
        )

    async def _read(self, response: httpx.Response) -> bytes:
        body = bytearray()
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > self._limit:
                if response.is_error:
                    break
                raise AnswerTooLarge(f"the answer has more than {self._limit} octets")
        return bytes(body[: self._limit])
