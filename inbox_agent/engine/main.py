"""The command: ``inbox-agent engine``, also ``python -m inbox_agent.engine``."""

import argparse
import asyncio
import json
import logging
import os
import signal
import sqlite3
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp import web

from inbox_agent.engine import listing
from inbox_agent.engine.access import Access, WorkerUrls, is_loopback
from inbox_agent.engine.connections import Connections
from inbox_agent.engine.dispatcher import Dispatcher
from inbox_agent.engine.engine import Engine
from inbox_agent.engine.limits import Limits
from inbox_agent.engine.metrics import Metrics
from inbox_agent.engine.retention import forget_closed_runs
from inbox_agent.engine.schema import FILE_NAME, UnusableFileError
from inbox_agent.engine.search import Search
from inbox_agent.engine.server import create_app
from inbox_agent.engine.storage import Storage
from inbox_agent.engine.wire import SearchAttributeType
from inbox_agent.hosts_and_ports import host_argument, port_argument
from inbox_agent.private_files import close_to_others, lock_file, make_private_folder, write_privately
from inbox_agent.secret_strength import weakness_of

log = logging.getLogger(__name__)

DEFAULT_PORT = 8801
LOCK_NAME = "engine.lock"
_EXIT_UNUSABLE = 2


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the engine until SIGTERM or SIGINT.

    Returns:
        0 after a clean stop; 1 when the disk failed; 2 when it could not start, with the reason on standard error.
    """
    options = _parser().parse_args(argv)
    _configure_logging(options.log_level)
    secret = os.environ.get("INBOX_AGENT_ENGINE_SECRET", "")
    if problem := problem_with_access(options.host, secret, is_open=options.open):
        print(f"engine: {problem}", file=sys.stderr)
        return _EXIT_UNUSABLE
    access = Access(secret, frozenset(name.lower() for name in (options.host, *options.allowed_host)))
    write_privately()
    attributes = {**listing.BUILT_IN, **dict(options.search_attribute)}
    limits = Limits(calls_per_worker=options.calls_per_worker, retention_seconds=round(options.retention_days * 86400))
    try:
        make_private_folder(options.data, ours=(LOCK_NAME, f"{FILE_NAME}*"))
        with _locked(options.data):
            close_to_others(sorted(options.data.glob(f"{FILE_NAME}*")))
            return asyncio.run(_serve(options, access, attributes, limits))
    except (UnusableFileError, OSError) as error:
        print(f"engine: {error}", file=sys.stderr)
        return _EXIT_UNUSABLE
    except sqlite3.Error as error:
        print(f"engine: the data in {options.data} could not be written: {error}", file=sys.stderr)
        return _EXIT_UNUSABLE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="inbox-agent engine",
        description="The iWF server's HTTP API on one SQLite file: workflows without a cluster. Callers show the secret of "
        "INBOX_AGENT_ENGINE_SECRET (http://inbox-agent:SECRET@HOST:PORT). INBOX_AGENT_WORKER_URL names the workers to "
        "call (default: those on this machine).",
    )
    parser.add_argument(
        "--host", type=host_argument, default="127.0.0.1", help="address to listen on (default: %(default)s)"
    )
    parser.add_argument(
        "--open",
        action="store_true",
        help="run without a secret: every user of this machine can call it; loopback only",
    )
    parser.add_argument(
        "--allowed-host",
        type=host_argument,
        action="append",
        default=[],
        metavar="NAME",
        help="a host name that callers use; can be repeated (IP addresses and localhost are always accepted)",
    )
    parser.add_argument(
        "--port", type=port_argument, default=DEFAULT_PORT, help="0 takes a free one (default: %(default)s)"
    )
    parser.add_argument(
        "--data", type=Path, default=Path("var/engine"), help="directory of the file (default: %(default)s)"
    )
    parser.add_argument(
        "--search-attribute",
        type=_registration,
        action="append",
        default=[],
        metavar="NAME=TYPE",
        help="register a search attribute: Keyword, Text, Int, Double, Bool, Datetime, KeywordList; may be repeated",
    )
    parser.add_argument(
        "--retention-days", type=float, default=30, help="how long closed runs are kept (default: %(default)s)"
    )
    parser.add_argument(
        "--calls-per-worker",
        type=int,
        default=Limits().calls_per_worker,
        help="worker calls in flight per URL (default: %(default)s)",
    )
    parser.add_argument("--log-level", default="warning", choices=["debug", "info", "warning", "error"])
    return parser


def _registration(text: str) -> tuple[str, SearchAttributeType]:
    try:
        return listing.parse_registration(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def problem_with_access(host: str, secret: str, *, is_open: bool) -> str:
    """Why the engine may not listen there with that secret, and what to do; empty when it may."""
    how = "INBOX_AGENT_ENGINE_SECRET: {}; make one with: openssl rand -hex 32"
    if secret and (weakness := weakness_of(secret)):
        return how.format(weakness)
    if secret or (is_open and is_loopback(host)):
        return ""
    if not is_loopback(host):
        return how.format(f"is missing; without it the engine does not listen beyond this machine ({host})")
    return how.format("is missing, so every user of this machine could read and change all workflows") + (
        " (or use --open if you want that; `inbox-agent run` needs neither)"
    )


def _worker_urls() -> WorkerUrls:
    return WorkerUrls(url for url in os.environ.get("INBOX_AGENT_WORKER_URL", "").replace(",", " ").split() if url)


async def _serve(
    options: argparse.Namespace, access: Access, attributes: dict[str, SearchAttributeType], limits: Limits
) -> int:
    host, port = options.host, options.port
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    failures: list[BaseException] = []

    def disk_failed(error: BaseException) -> None:
        failures.append(error)
        loop.call_soon_threadsafe(stop.set)

    store = Storage(options.data, disk_failed)
    dispatcher = Dispatcher(limits, _worker_urls())
    engine = Engine(store, dispatcher, attributes, limits)
    search = Search(store, attributes)
    connections = Connections(limits)
    runner = web.AppRunner(
        create_app(engine, search, Metrics(), access, connections),
        access_log=None,
        handle_signals=False,
        shutdown_timeout=1.0,
    )
    await runner.setup()
    await web.TCPSite(runner, host, port, backlog=1024).start()
    await engine.start()
    assert runner.server is not None, "it was set up"
    watching = asyncio.create_task(connections.watch(runner.server))
    forgetting = asyncio.create_task(forget_closed_runs(engine))
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    shown = f"[{host}]" if ":" in host else host
    print(f"engine ready on http://{shown}:{runner.addresses[0][1]}", flush=True)
    await stop.wait()
    forgetting.cancel()
    watching.cancel()
    await engine.stop()
    await runner.cleanup()
    await dispatcher.close()
    search.close()
    store.close()
    if failures:
        print(
            f"engine: stopped because the data in {options.data} could not be written: {failures[0]}", file=sys.stderr
        )
    return 1 if failures else 0


@contextmanager
def _locked(directory: Path) -> Iterator[None]:
    """Holds the directory against a second engine; the lock ends with the process, however it ends."""
    try:
        lock = lock_file(directory / LOCK_NAME)
    except BlockingIOError as error:
        raise UnusableFileError(
            f"another engine is running on {directory}; stop it, or choose another --data directory"
        ) from error
    with lock:
        yield


class _JsonFormatter(logging.Formatter):
    """One JSON object a line. Values of workflows are never logged."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        for name in ("workflow", "route", "status", "detail", "count", "rid"):
            if hasattr(record, name):
                line[name] = getattr(record, name)
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line)


def _configure_logging(level: str) -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(_JsonFormatter())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
