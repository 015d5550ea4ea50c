"""The ids of states are the names of their classes, since stored runs hold them."""

from workflows.conversation.state_ids import StateId
from workflows.conversation.workflow import EmailAgentWorkflow
from workflows.services import client_only


def test_every_state_has_its_id() -> None:
    states = EmailAgentWorkflow(client_only()).get_workflow_states().states
    assert {type(definition.state).__name__ for definition in states} == set(StateId)
