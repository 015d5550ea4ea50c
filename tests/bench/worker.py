"""The worker's process: Flask on waitress with the official WorkerService, and a bare echo to compare with."""

from flask import Flask, request
from iwf.iwf_api.models import WorkflowStateExecuteRequest, WorkflowStateWaitUntilRequest, WorkflowWorkerRpcRequest
from iwf.worker_service import WorkerService
from waitress.server import create_server

from tests.bench.flow import registry

THREADS = 48  # more than the clients: waitress warns of every request that has to queue


def app() -> Flask:
    """The worker's routes, and /echo."""
    flask = Flask("bench_worker")
    service = WorkerService(registry())

    @flask.post(WorkerService.api_path_workflow_state_wait_until)
    def wait_until() -> dict[str, object]:
        return service.handle_workflow_state_wait_until(WorkflowStateWaitUntilRequest.from_dict(request.json)).to_dict()

    @flask.post(WorkerService.api_path_workflow_state_execute)
    def execute() -> dict[str, object]:
        return service.handle_workflow_state_execute(WorkflowStateExecuteRequest.from_dict(request.json)).to_dict()

    @flask.post(WorkerService.api_path_workflow_worker_rpc)
    def rpc() -> dict[str, object]:
        return service.handle_workflow_worker_rpc(WorkflowWorkerRpcRequest.from_dict(request.json)).to_dict()

    @flask.post("/echo")
    def echo() -> dict[str, object]:
        return dict(request.json or {})

    @flask.errorhandler(Exception)
    def failed(error: Exception) -> tuple[dict[str, object], int]:
        return service.handle_worker_error(error).to_dict(), 500

    return flask


def main() -> None:
    server = create_server(
        app(),
        host="127.0.0.1",
        port=0,
        threads=THREADS,
        backlog=512,
        connection_limit=512,
    )
    print(server.effective_port, flush=True)
    server.run()


if __name__ == "__main__":
    main()
