"""The workflow that is measured: a state that waits for an RPC's message, then one that completes."""

from iwf.command_request import CommandRequest, InternalChannelCommand
from iwf.command_results import CommandResults
from iwf.communication import Communication
from iwf.communication_schema import CommunicationMethod, CommunicationSchema
from iwf.persistence import Persistence
from iwf.registry import Registry
from iwf.rpc import rpc
from iwf.state_decision import StateDecision
from iwf.state_schema import StateSchema
from iwf.workflow import ObjectWorkflow
from iwf.workflow_context import WorkflowContext
from iwf.workflow_state import WorkflowState

CHANNEL = "go"


class FirstState(WorkflowState[None]):
    """Waits for the RPC."""

    def wait_until(
        self, ctx: WorkflowContext, input: None, persistence: Persistence, communication: Communication
    ) -> CommandRequest:
        return CommandRequest.for_all_command_completed(InternalChannelCommand.by_name(CHANNEL))

    def execute(
        self,
        ctx: WorkflowContext,
        input: None,
        command_results: CommandResults,
        persistence: Persistence,
        communication: Communication,
    ) -> StateDecision:
        return StateDecision.single_next_state(SecondState)


class SecondState(WorkflowState[None]):
    """Completes the workflow."""

    def execute(
        self,
        ctx: WorkflowContext,
        input: None,
        command_results: CommandResults,
        persistence: Persistence,
        communication: Communication,
    ) -> StateDecision:
        return StateDecision.graceful_complete_workflow("done")


class BenchWorkflow(ObjectWorkflow):
    """start → rpc → two states → completion."""

    def get_workflow_states(self) -> StateSchema:
        return StateSchema.with_starting_state(FirstState(), SecondState())

    def get_communication_schema(self) -> CommunicationSchema:
        return CommunicationSchema.create(CommunicationMethod.internal_channel_def(CHANNEL, int))

    @rpc()
    def go(self, number: int, communication: Communication) -> int:
        communication.publish_to_internal_channel(CHANNEL, number)
        return number


def registry() -> Registry:
    """The workflows that client and worker know."""
    known = Registry()
    known.add_workflow(BenchWorkflow())
    return known
