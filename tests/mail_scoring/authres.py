"""Authentication-Results values: the valid ones read rightly, the invalid ones refused."""

import json
from pathlib import Path
from typing import Any

from inbox_agent.mail.sender.authres import MethodResult, parse_authentication_results
from tests.mail_scoring.table import Row


def score(corpora: Path) -> list[Row]:
    path = corpora / "authres" / "expected.json"
    if not path.is_file():
        return []
    cases = json.loads(path.read_text(encoding="utf-8"))["parse"]
    return [
        _row("authres valid", [case for case in cases if case["valid"]]),
        _row("authres invalid", [case for case in cases if not case["valid"]]),
    ]


def _row(name: str, cases: list[dict[str, Any]]) -> Row:
    wrong = [case for case in cases if not _is_right(case)]
    failures = tuple(f"{case['value']!r}: read {parse_authentication_results(case['value'])}" for case in wrong)
    return Row("identity", name, len(cases) - len(wrong), len(cases), target="all", failures=failures)


def _is_right(case: dict[str, Any]) -> bool:
    results = parse_authentication_results(case["value"])
    if results is None or not case["valid"]:
        return (results is not None) is bool(case["valid"])
    found = [_as_stated(result) for result in results.results]
    stated = [{"props": [], **result} for result in case["results"]]
    return (results.authserv_id, found) == (case["authserv_id"], stated)


def _as_stated(result: MethodResult) -> dict[str, Any]:
    properties = [{"ptype": one.ptype, "property": one.property, "value": one.value} for one in result.properties]
    return {"method": result.method, "result": result.result, "props": properties}
