"""The HTTP side: routes, bodies, status codes. Knows nothing of runs but through the operations."""

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from aiohttp import web
from aiohttp.typedefs import Middleware

from inbox_agent.engine import pages, protocol, reset, rpc
from inbox_agent.engine.access import Access
from inbox_agent.engine.connections import Connections
from inbox_agent.engine.engine import Engine
from inbox_agent.engine.limits import Limits
from inbox_agent.engine.metrics import Metrics
from inbox_agent.engine.operations import Operations
from inbox_agent.engine.protocol import ApiError
from inbox_agent.engine.search import Search
from inbox_agent.engine.storage import NotStoredError
from inbox_agent.engine.wire import Wire

log = logging.getLogger(__name__)

RequestT = TypeVar("RequestT", bound=Wire)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_PREFIX = "/api/v1/workflow/"


_HEALTH = "/info/healthcheck"


def create_app(
    engine: Engine,
    search: Search,
    metrics: Metrics,
    access: Access | None = None,
    connections: Connections | None = None,
) -> web.Application:
    """The application with all routes.

    Args:
        access: who may call; None lets in everybody who reaches it by a name of this machine.
        connections: is notified of every request.
    """
    app = web.Application(
        client_max_size=engine.limits.payload_bytes + 1,
        middlewares=[_counted(connections or Connections(engine.limits)), _guard(access or Access())],
    )
    operations = Operations(engine)

    def post(path: str, model: type[RequestT], operation: Callable[[RequestT], Awaitable[dict[str, Any]]]) -> None:
        app.router.add_post(_PREFIX + path, _handler(path, model, operation, engine, metrics))

    post("start", protocol.StartRequest, operations.start)
    post("signal", protocol.SignalRequest, operations.signal)
    post("stop", protocol.StopRequest, operations.stop)
    post("get", protocol.GetRequest, operations.get)
    post("getWithWait", protocol.GetRequest, operations.get_with_wait)
    post("waitForStateCompletion", protocol.WaitForStateRequest, operations.wait_for_state)
    post("dataobjects/get", protocol.GetDataRequest, operations.get_data)
    post("dataobjects/set", protocol.SetDataRequest, operations.set_data)
    post("searchattributes/get", protocol.GetSearchAttributesRequest, operations.get_search_attributes)
    post("searchattributes/set", protocol.SetSearchAttributesRequest, operations.set_search_attributes)
    post("search", protocol.SearchRequest, search.search)
    post("publishToInternalChannel", protocol.PublishRequest, operations.publish)
    post("rpc", protocol.RpcRequest, lambda request: rpc.invoke(engine, request))
    post("timer/skip", protocol.SkipTimerRequest, operations.skip_timer)
    post("reset", protocol.ResetRequest, lambda request: reset.reset(engine, request))
    post("config/update", protocol.ConfigUpdateRequest, operations.update_config)
    post("triggerContinueAsNew", protocol.WorkflowRequest, operations.trigger_continue_as_new)
    post("internal/dump", protocol.DumpRequest, operations.dump)

    async def health(_request: web.Request) -> web.Response:
        return _json(200, operations.health())

    async def show_metrics(_request: web.Request) -> web.Response:
        return web.Response(text=await metrics.render(engine), content_type="text/plain")

    app.router.add_get(_HEALTH, health)
    app.router.add_get("/metrics", show_metrics)
    pages.add_routes(app, engine)
    return app


def _handler(
    path: str,
    model: type[RequestT],
    operation: Callable[[RequestT], Awaitable[dict[str, Any]]],
    engine: Engine,
    metrics: Metrics,
) -> Handler:
    async def handle(request: web.Request) -> web.Response:
        started = time.perf_counter()
        try:
            body = await _body(request, engine.limits)
            response = _json(200, await operation(protocol.parse(model, body)))
        except ApiError as error:
            response = _json(error.status, error.body)
            if error.status >= 500:
                log.warning("request refused", extra={"route": path, "status": error.status, "detail": str(error)})
        except NotStoredError as error:
            # The engine stops when it cannot write; what was not stored is not confirmed.
            log.error("not stored", extra={"route": path, "detail": str(error)})
            response = _json(503, ApiError(503, "the change could not be stored", protocol.UNCATEGORIZED).body)
        except Exception:  # the boundary: a client always gets an answer of the API's shape
            log.exception("request failed", extra={"route": path})
            response = _json(
                500, ApiError(500, "internal error of the engine, see its log", protocol.UNCATEGORIZED).body
            )
        metrics.answered(path, response.status, time.perf_counter() - started)
        return response

    return handle


async def _body(request: web.Request, limits: Limits) -> bytes:
    limit = limits.payload_bytes
    too_large = ApiError(413, f"the request is larger than {limit} bytes", protocol.UNCATEGORIZED)
    if (request.content_length or 0) > limit:
        raise too_large
    try:
        async with asyncio.timeout(limits.body_seconds):
            return await request.read()
    except TimeoutError as error:
        request.protocol.force_close()
        raise ApiError(
            408, f"the request did not arrive within {limits.body_seconds:g} s", protocol.UNCATEGORIZED
        ) from error
    except web.HTTPRequestEntityTooLarge as error:
        raise too_large from error


def _counted(connections: Connections) -> Middleware:
    @web.middleware
    async def counted(request: web.Request, handler: Handler) -> web.StreamResponse:
        connections.begin(request)
        transport = request.transport
        try:
            return await handler(request)
        finally:
            connections.end(transport)

    return counted


def _guard(access: Access) -> Middleware:
    """Refuses who may not call, and answers as the server does where there is no route.

    Browsers let any page post to an address of this machine, but they say so in the Origin header, which workers and clients
    never send, and send the name that the page was loaded by in Host.
    """

    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not access.knows_host(request.headers.get("Host")):
            return _refused(421, "this engine does not accept that host name; start it with --allowed-host NAME")
        if request.method != "GET" and "Origin" in request.headers:
            return _refused(403, "requests from web pages are refused")
        if request.path != _HEALTH and not access.lets_in(request.headers.get("Authorization")):
            log.warning("refused a call without the engine's secret", extra={"route": request.path, "status": 401})
            answer = _refused(
                401, "the engine's secret is missing or wrong: send it as the password of HTTP Basic, or as Bearer"
            )
            answer.headers["WWW-Authenticate"] = 'Basic realm="inbox-agent engine"'
            return answer
        try:
            return await handler(request)
        except web.HTTPNotFound:
            return web.Response(status=404, text="404 page not found")

    return guard


def _refused(status: int, reason: str) -> web.Response:
    return _json(status, ApiError(status, reason, protocol.UNCATEGORIZED).body)


def _json(status: int, body: dict[str, Any]) -> web.Response:
    content = json.dumps(body, separators=(",", ":")).encode()
    return web.Response(status=status, body=content, content_type="application/json")
