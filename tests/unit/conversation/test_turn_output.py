"""The schema as the provider gets it."""

import json
from typing import Any

from agents import AgentOutputSchema

from inbox_agent.conversation.turn_output import TurnOutput
from tests.unit.conversation.said import at, named, when


def test_the_strict_schema_requires_every_field_and_allows_no_other() -> None:
    schema = AgentOutputSchema(TurnOutput).json_schema()
    objects = [schema, *schema["$defs"].values()]
    for described in (entry for entry in objects if entry.get("type") == "object"):
        assert described["additionalProperties"] is False
        assert set(described["required"]) == set(described["properties"])


# What OpenAI's structured output supports in strict mode.
KEYWORDS = frozenset(
    "type properties required additionalProperties items enum const anyOf $ref $defs description title".split()
)


def keywords(schema: Any) -> set[str]:
    """All keywords of a JSON schema; names of properties and definitions are none."""
    if isinstance(schema, list):
        return set().union(*map(keywords, schema))
    if not isinstance(schema, dict):
        return set()
    found = set(schema)
    for name, value in schema.items():
        if name in ("properties", "$defs"):
            found |= set().union(*map(keywords, value.values()))
        elif name not in ("required", "enum"):
            found |= keywords(value)
    return found


def test_the_schema_uses_only_what_strict_mode_knows() -> None:
    assert keywords(AgentOutputSchema(TurnOutput).json_schema()) <= KEYWORDS


def test_an_output_survives_the_way_over_the_wire() -> None:
    output = TurnOutput(intents=("compose",), when=when(named("tomorrow"), at(9)), body="Grüße 👋")
    assert AgentOutputSchema(TurnOutput).validate_json(output.model_dump_json()) == output


def test_no_text_of_the_model_holds_what_is_not_seen() -> None:
    hostile = "pay\u202e 100\x1b[2J\u2066 now\u200b\x85"
    given = {"body": hostile, "questions": [hostile], "to": [{"name": hostile, "address": "sam@x.example"}]}
    output = AgentOutputSchema(TurnOutput).validate_json(
        json.dumps(TurnOutput().model_dump(mode="json") | given, ensure_ascii=False)
    )
    assert output.body == output.questions[0] == output.to[0].name == "pay 100[2J now\n"
    assert TurnOutput(subject=hostile).subject == "pay 100[2J now\n"
