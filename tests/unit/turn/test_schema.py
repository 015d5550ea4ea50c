"""The schema as the provider gets it."""

from agents import AgentOutputSchema

from inbox_agent.turn.schema import TurnOutput

from .said import at, named, when


def test_the_strict_schema_requires_every_field_and_allows_no_other() -> None:
    schema = AgentOutputSchema(TurnOutput).json_schema()
    objects = [schema, *schema["$defs"].values()]
    for described in (entry for entry in objects if entry.get("type") == "object"):
        assert described["additionalProperties"] is False
        assert set(described["required"]) == set(described["properties"])


def test_an_output_survives_the_way_over_the_wire() -> None:
    output = TurnOutput(intents=("compose",), when=when(named("tomorrow"), at(9)), body="Grüße 👋")
    assert AgentOutputSchema(TurnOutput).validate_json(output.model_dump_json()) == output
