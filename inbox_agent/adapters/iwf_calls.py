"""What the adapters on the official iWF client share: its errors become ours here, attributes become values."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import httpx
from iwf.client import Client
from iwf.errors import (
    ClientSideError,
    ServerSideError,
    WorkflowAlreadyStartedError,
    WorkflowNotExistsError,
    WorkflowRPCAcquiringLockFailure,
    WorkflowRPCExecutionError,
)
from iwf.iwf_api.errors import UnexpectedStatus
from iwf.unregistered_client import UnregisteredClient

from inbox_agent.adapters.tls import http_tls
from inbox_agent.errors import ConversationExists, ConversationNotFound, EngineUnavailable
from workflows.encoding import ENCODER

# A workflow may wait for its owner for ever and schedules may lie a year ahead: 0 is no timeout.
NO_TIMEOUT = 0


def connections_of(*clients: Client | UnregisteredClient, ca_file: str = "") -> list[httpx.Client]:
    """The HTTP connections of the SDK's clients, made now.

    Args:
        ca_file: authorities to trust beside the usual ones; the SDK has no option for them.

    The SDK makes them at the first call, and two when two threads come first; one is then never closed.
    """
    plain = [client._unregistered_client if isinstance(client, Client) else client for client in clients]
    if ca_file:
        tls = http_tls(ca_file)
        for client in plain:
            client.api_client._verify_ssl = tls
    return [client.api_client.get_httpx_client() for client in plain]


def read_attributes(
    client: UnregisteredClient, workflow_id: str, types: Mapping[str, type | None], keys: Sequence[str] | None = None
) -> dict[str, Any]:
    """The data attributes of the latest run, closed or not; {} when there is none. Needs no worker.

    Args:
        types: of the attributes that are decoded; others are left out.
        keys: which to read, by default all.
    """
    try:
        with translated(workflow_id):
            response = client.get_workflow_data_attributes(workflow_id, "", list(keys) if keys else None)
    except ConversationNotFound:
        return {}
    found: dict[str, Any] = {}
    for item in response.objects or []:
        if isinstance(item.key, str) and item.key in types and item.value:
            found[item.key] = ENCODER.decode(item.value, types[item.key])
    return found


class LockBusy(Exception):
    """Another RPC holds the lock that this one needs."""


@contextmanager
def translated(workflow_id: str) -> Iterator[None]:
    """The SDK's errors of one call as ours.

    Raises:
        ConversationNotFound, ConversationExists, EngineUnavailable, LockBusy
    """
    try:
        yield
    except WorkflowNotExistsError as error:
        raise ConversationNotFound(f"no running conversation {workflow_id}") from error
    except WorkflowAlreadyStartedError as error:
        raise ConversationExists(f"conversation {workflow_id} is already running") from error
    except WorkflowRPCAcquiringLockFailure as error:
        raise LockBusy from error
    except WorkflowRPCExecutionError as error:
        raise EngineUnavailable(f"the worker could not answer for conversation {workflow_id}: {error}") from error
    except (ServerSideError, ClientSideError) as error:
        raise EngineUnavailable(f"the iWF server answered {error.status}: {error}") from error
    except UnexpectedStatus as error:
        raise EngineUnavailable(f"the iWF server answered {error.status_code}") from error
    except httpx.HTTPError as error:
        raise EngineUnavailable(f"the iWF server cannot be reached: {type(error).__name__}") from error
    except RuntimeError as error:
        # The SDK answers statuses it does not know with a bare RuntimeError.
        if "unknown error code" not in str(error):
            raise
        raise EngineUnavailable(f"the iWF server gave an unknown answer: {error}") from error
