"""The workflows this program runs, and the worker service that serves them."""

from iwf.registry import Registry
from iwf.worker_service import WorkerOptions, WorkerService

from workflows.conversation.workflow import EmailAgentWorkflow
from workflows.encoding import ENCODER
from workflows.owner.workflow import OwnerWorkflow
from workflows.services import Services


def build_registry(services: Services) -> Registry:
    registry = Registry()
    registry.add_workflow(EmailAgentWorkflow(services))
    registry.add_workflow(OwnerWorkflow(services))
    return registry


def build_worker_service(services: Services) -> WorkerService:
    return WorkerService(build_registry(services), WorkerOptions(ENCODER))
