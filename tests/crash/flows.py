"""The workflows of the crash test. Each has one right result, which a lost or doubled effect would change.

How a doubled effect shows: the states of a workflow *append* to the internal channel ``effects`` (attributes would only be
overwritten). ``Collect`` takes as many messages as there should be and closes only if none is left, else moves to
``Surplus``. A lost message leaves ``Collect`` waiting for ever.
"""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from tests.crash.client import PersistentCalls
from tests.iwf_script import (
    Json,
    channel,
    close_if_empty,
    complete,
    dead_end,
    decide,
    decoded,
    encoded,
    nothing,
    pairs,
    publish,
    signal,
    timer,
    to,
    unpaired,
    waiting,
)
from tests.scripted_worker import Answer, Reply, ScriptedWorker

SLOWEST_SECONDS = 0.2
RETRY_SOON = {"executeApiRetryPolicy": {"initialIntervalSeconds": 1, "backoffCoefficient": 1}}


@dataclass(frozen=True)
class Flow:
    """One kind of workflow.

    Attributes:
        name: its workflow type.
        script: tells the worker what to answer.
        drive: does the client's part, and returns why the result of the workflow is wrong, or None. Arguments: the
            calls and the workflow's id.
        states: the executions that one workflow needs at least (calls beyond that were repeated).
    """

    name: str
    script: Callable[[ScriptedWorker], None]
    drive: Callable[[PersistentCalls, str], str | None]
    states: int


def slowly(answer: Answer) -> Answer:
    """The answer after a random while: most kills should fall into a call."""

    def wait_and_answer(request: Json) -> Json | Reply:
        time.sleep(random.uniform(0, SLOWEST_SECONDS) ** 2 / SLOWEST_SECONDS)
        return answer(request) if callable(answer) else answer

    return wait_and_answer


def effect(request: Json) -> list[Json]:
    """The message by which a state execution leaves its mark."""
    return [publish("effects", request["context"]["stateExecutionId"])]


def script_collect(worker: ScriptedWorker, flow: str) -> None:
    """``Collect`` gets the number of effects as its input; the result is the sorted list of them."""

    def wait(request: Json) -> Json:
        wanted = decoded(request["stateInput"])
        return waiting("ALL_COMPLETED", channels=tuple(channel(f"c{n}", "effects") for n in range(wanted)))

    def execute(request: Json) -> Json:
        taken = [decoded(result["value"]) for result in request["commandResults"]["interStateChannelResults"]]
        return close_if_empty("INTERNAL", "effects", sorted(taken), to("Surplus", taken))

    worker.state(flow, "Collect", slowly(wait), slowly(execute))
    worker.state(flow, "Surplus", nothing(), complete("surplus"))


def expect(calls: PersistentCalls, workflow_id: str, expected: object) -> str | None:
    """None if the workflow completes with this result, else what it did."""
    closed = calls.result(workflow_id)
    results = [decoded(result.get("completedStateOutput")) for result in closed.get("results") or ()]
    if closed["workflowStatus"] == "COMPLETED" and results == [expected]:
        return None
    return f"{closed['workflowStatus']} {results}, not {expected}; {closed.get('errorMessage', '')}"


# ---- a chain of states


def script_chain(worker: ScriptedWorker) -> None:
    script_collect(worker, "chain")

    def step(request: Json) -> Json:
        left = decoded(request["stateInput"])
        following = to("Step", left - 1) if left > 1 else to("Collect", 6)
        return decide(following, publishToInterStateChannel=effect(request))

    worker.state("chain", "Step", slowly(nothing()), slowly(step))


def drive_chain(calls: PersistentCalls, workflow_id: str) -> str | None:
    calls.start("chain", workflow_id, "Step", 6)
    return expect(calls, workflow_id, [f"Step-{n}" for n in range(1, 7)])


# ---- parallel states, some behind timers, some failing at first


def script_parallel(worker: ScriptedWorker) -> None:
    script_collect(worker, "parallel")

    def split(request: Json) -> Json:
        children = [to("Child", n) for n in range(4)] + [to("Timed", n) for n in range(3)]
        return decide(*children, to("Collect", 8), publishToInterStateChannel=effect(request))

    def child(request: Json) -> Json:
        return dead_end() | {"publishToInterStateChannel": effect(request)}

    def timed(request: Json) -> Json:
        return waiting(timers=(timer("t", decoded(request["stateInput"])),))

    worker.state("parallel", "Split", slowly(nothing()), slowly(split))
    worker.state("parallel", "Child", slowly(nothing()), slowly(child))
    worker.state("parallel", "Timed", slowly(timed), slowly(child))


def drive_parallel(calls: PersistentCalls, workflow_id: str) -> str | None:
    calls.start("parallel", workflow_id, "Split")
    executions = [f"Child-{n}" for n in range(1, 5)] + ["Split-1"] + [f"Timed-{n}" for n in range(1, 4)]
    return expect(calls, workflow_id, executions)


# ---- states that fail at first


def script_retries(worker: ScriptedWorker) -> None:
    script_collect(worker, "retries")
    failures: Counter[str] = Counter()
    guard = threading.Lock()

    def shaky(request: Json) -> Json | Reply:
        execution = request["context"]["stateExecutionId"]
        with guard:
            failures[request["context"]["workflowId"] + execution] += 1
            tried = failures[request["context"]["workflowId"] + execution]
        if tried < 3:
            return Reply(
                500, {"detail": "not yet", "errorType": "Shaky", "publishToInterStateChannel": effect(request)}
            )
        left = decoded(request["stateInput"])
        following = to("Shaky", left - 1, RETRY_SOON) if left > 1 else to("Collect", 2)
        return decide(following, publishToInterStateChannel=effect(request))

    worker.state("retries", "Shaky", slowly(nothing()), slowly(shaky))


def drive_retries(calls: PersistentCalls, workflow_id: str) -> str | None:
    calls.start("retries", workflow_id, "Shaky", 2, stateOptions=RETRY_SOON)
    return expect(calls, workflow_id, ["Shaky-1", "Shaky-2"])


# ---- RPCs that count, under a lock


LOCK = {
    "persistenceLoadingType": "LOAD_PARTIAL_WITH_EXCLUSIVE_LOCK",
    "partialLoadingKeys": ["seen"],
    "lockingKeys": ["seen"],
}


def script_rpcs(worker: ScriptedWorker) -> None:
    script_collect(worker, "rpcs")

    def add(request: Json) -> Json:
        token, seen = decoded(request["input"]), unpaired(request.get("dataAttributes")).get("seen", [])
        if token in seen:  # the client repeated a call whose answer it did not get
            return {"output": encoded(len(seen))}
        return {
            "output": encoded(len(seen) + 1),
            "upsertDataAttributes": pairs({"seen": [*seen, token]}),
            "publishToInterStateChannel": [publish("effects", token)],
        }

    def go_on(request: Json) -> Json:
        return decide(to("Collect", len(unpaired(request["DataObjects"])["seen"])))

    worker.state("rpcs", "Hold", slowly(waiting(channels=(channel("c", "end"),))), slowly(go_on))
    worker.rpc("rpcs", "add", slowly(add))
    worker.rpc("rpcs", "finish", {"publishToInterStateChannel": [publish("end", True)]})


def drive_rpcs(calls: PersistentCalls, workflow_id: str) -> str | None:
    calls.start("rpcs", workflow_id, "Hold")
    for n in range(5):
        counted = decoded(calls.rpc(workflow_id, "add", input=encoded(n), dataAttributesLoadingPolicy=LOCK)["output"])
        if counted != n + 1:
            return f"RPC {n} counted {counted}"
    calls.rpc(workflow_id, "finish")
    return expect(calls, workflow_id, list(range(5)))


# ---- signals, which a client may send twice when it got no answer


def script_signals(worker: ScriptedWorker) -> None:
    def take(request: Json) -> Json:
        value = decoded(request["commandResults"]["signalResults"][0]["signalValue"])
        taken = unpaired(request.get("DataObjects")).get("taken", [])
        if value == "end":
            return complete(taken)
        return decide(to("Take"), upsertDataObjects=pairs({"taken": [*taken, value]}))

    worker.state("signals", "Take", slowly(waiting(signals=(signal("s", "sig"),))), slowly(take))


def drive_signals(calls: PersistentCalls, workflow_id: str) -> str | None:
    calls.start("signals", workflow_id, "Take")
    sent = {n: calls.signal(workflow_id, "sig", n) for n in range(5)}
    calls.signal(workflow_id, "sig", "end")
    closed = calls.result(workflow_id)
    if closed["workflowStatus"] != "COMPLETED":
        return f"{closed['workflowStatus']}"
    taken = decoded(closed["results"][0]["completedStateOutput"])
    counts = Counter(taken)
    # Answered once: there exactly once more than tries without an answer may have added.
    right = taken == sorted(taken) and all(1 <= counts[n] <= tries for n, tries in sent.items())
    return None if right else f"signals taken {taken}, tries {sent}"


FLOWS = (
    Flow("chain", script_chain, drive_chain, 7),
    Flow("parallel", script_parallel, drive_parallel, 9),
    Flow("retries", script_retries, drive_retries, 3),
    Flow("rpcs", script_rpcs, drive_rpcs, 2),
    Flow("signals", script_signals, drive_signals, 6),
)
