"""The HTTP API: start, request, describe, save_draft. Every refusal says in JSON what to do."""

import json
import uuid
from collections.abc import Mapping
from typing import NoReturn

from flask import Blueprint, Response, abort, jsonify, make_response, request
from flask.typing import ResponseReturnValue

from inbox_agent.models import HandOver, UserRequest
from inbox_agent.ports import Conversations
from inbox_agent.web.security import Doorkeeper, Rights

LONGEST_TEXT = 32 * 1024
"""Octets of UTF-8 in a request or draft: what is stored of a conversation stays below 64 KB an attribute."""
LONGEST_NAME = 200


def api_blueprint(conversations: Conversations, doorkeeper: Doorkeeper) -> Blueprint:
    """The routes of the API, all behind a bearer token: that for reading opens GET alone."""
    api = Blueprint("api", __name__, url_prefix="/api/ai-agent")

    @api.before_request
    def authenticate() -> ResponseReturnValue | None:
        rights = doorkeeper.bearer_rights()
        if rights is Rights.ALL or (rights is Rights.READ and request.method == "GET"):
            return None
        if rights is Rights.READ:
            return _refusal(403, "forbidden", "This token can only read. To make changes, use INBOX_AGENT_API_TOKEN.")
        response = _refusal(
            401, "unauthorized", "Send the header Authorization: Bearer TOKEN with the token of the settings."
        )
        response.headers["WWW-Authenticate"] = 'Bearer realm="inbox-agent"'
        return response

    @api.post("/start")
    def start() -> ResponseReturnValue:
        """Start an empty conversation under an id of the client's choice."""
        workflow_id = _name(_fields(), "workflow_id")
        conversations.start(workflow_id)
        return jsonify(workflow_id=workflow_id, started=True)

    @api.post("/request")
    def request_() -> ResponseReturnValue:
        """Queue what the person wants. The same ``request_id`` twice is carried out once."""
        fields = _fields()
        workflow_id = _name(fields, "workflow_id")
        text = _text(fields, "request")
        if not text.strip():
            _refuse(400, "empty_request", 'The field "request" is empty. Say what to do, e.g. "translate to Spanish".')
        request_id = _name(fields, "request_id") if fields.get("request_id") is not None else uuid.uuid4().hex
        answer = conversations.request(
            workflow_id, UserRequest(message_id=f"api:{request_id}", kind="api", role="owner", text=text)
        )
        return jsonify(accepted=True, duplicate=answer is HandOver.DUPLICATE)

    @api.get("/describe")
    def describe() -> ResponseReturnValue:
        """What is known of a conversation."""
        return jsonify(conversations.describe(_name(request.args, "workflow_id")))

    @api.post("/save_draft")
    def save_draft() -> ResponseReturnValue:
        """Keep the unsent input of a client."""
        fields = _fields()
        conversations.save_draft(_name(fields, "workflow_id"), _text(fields, "draft"))
        return jsonify(saved=True)

    return api


def _fields() -> Mapping[str, object]:
    """The JSON object in the body."""
    if not request.is_json:
        abort(415)
    try:
        body = json.loads(request.get_data())
    except (ValueError, RecursionError):
        _refuse(400, "no_json", 'The body is no JSON. Send an object, e.g. {"workflow_id": "my-1"}.')
    if not isinstance(body, dict):
        _refuse(400, "no_object", 'The body must be a JSON object, e.g. {"workflow_id": "my-1"}.')
    return body


def _name(fields: Mapping[str, object], field: str) -> str:
    """A short printable text, such as an id."""
    value = _string(fields, field)
    if not value.strip() or not value.isprintable() or len(value) > LONGEST_NAME:
        _refuse(400, "bad_field", f'The field "{field}" must hold 1 to {LONGEST_NAME} printable characters.')
    return value


def _text(fields: Mapping[str, object], field: str) -> str:
    value = _string(fields, field)
    if len(value.encode("utf-8", "replace")) > LONGEST_TEXT:
        _refuse(
            413,
            "too_long",
            f'The field "{field}" is longer than {LONGEST_TEXT // 1024} KB. Shorten it and send it again.',
        )
    return value


def _string(fields: Mapping[str, object], field: str) -> str:
    if field not in fields:
        _refuse(400, "missing_field", f'The field "{field}" is missing.')
    value = fields[field]
    if not isinstance(value, str):
        _refuse(400, "bad_field", f'The field "{field}" must be a text.')
    return value.encode("utf-8", "replace").decode("utf-8")


def _refusal(status: int, error: str, reason: str) -> Response:
    return make_response(jsonify(error=error, reason=reason), status)


def _refuse(status: int, error: str, reason: str) -> NoReturn:
    abort(_refusal(status, error, reason))
