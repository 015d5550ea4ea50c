"""New text over email_reply_trimmer, github_zapier and talon (see each corpus's INDEX.md for its policy)."""

import email
import email.policy
import json
import time
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from inbox_agent.mail.new_text.extract import split_new_text
from inbox_agent.models import NewText
from tests.mail_scoring.table import Row

SECTION = "new text"


def score(corpora: Path) -> list[Row]:
    """One row a corpus, in the order of the target; a corpus that is not there is left out."""
    sources: list[tuple[str, str, Callable[[Path], Iterator[Case]], tuple[str, str]]] = [
        ("email_reply_trimmer", "", _trimmer_cases, ("33 of 64", "")),
        ("github_zapier", "", _github_cases, ("21 of 24", "")),
        ("talon", " .eml", _talon_eml_cases, ("", "")),
        ("talon", " .html", _talon_html_cases, ("", "")),
        ("talon", " text", _talon_text_cases, ("", "")),
    ]
    rows = [
        _run(name + suffix, cases(corpora / name), known)
        for name, suffix, cases, known in sources
        if (corpora / name).is_dir()
    ]
    main = [row for row in rows if row.name in ("email_reply_trimmer", "github_zapier")]
    if len(main) == 2:
        right, total = (sum(row.right for row in main), sum(row.total for row in main))
        rows.insert(2, Row(SECTION, "trimmer + github_zapier", right, total, "53 of 88", "81 of 88"))
    return rows


class Case:
    """One mail: its bodies and what its reading must satisfy; ``limit`` is seconds."""

    def __init__(
        self,
        name: str,
        text: str,
        check: Callable[[NewText], bool],
        html: str = "",
        *,
        limit: float = 0.1,
        scored: bool = True,
    ) -> None:
        self.name = name
        self.text = text
        self.html = html
        self.check = check
        self.limit = limit
        self.scored = scored


def _run(name: str, cases: Iterator[Case], known: tuple[str, str]) -> Row:
    right = total = 0
    failures: list[str] = []
    slowest, slowest_name = 0.0, ""
    for case in cases:
        started = time.process_time()
        result = split_new_text(case.text, case.html)
        seconds = time.process_time() - started
        if seconds > slowest:
            slowest, slowest_name = seconds, case.name
        passed = case.check(result) and seconds <= case.limit
        total += case.scored
        right += case.scored and passed
        if not passed:
            failures.append(f"{case.name}: {result.new_text[:300]!r} notes={result.notes}")
    return Row(SECTION, name, right, total, *known, f"{slowest * 1000:.1f} ms {slowest_name}", tuple(failures))


def collapse(text: str) -> str:
    return " ".join(text.split())


def _exactly(expected: str) -> Callable[[NewText], bool]:
    return lambda result: collapse(result.new_text) == collapse(expected)


def _without_quotations(expected: str) -> Callable[[NewText], bool]:
    """Talon removes quotations only, so the signature counts as kept."""
    return lambda result: collapse(f"{result.new_text}\n{result.signature}") == collapse(expected)


def _trimmer_cases(folder: Path) -> Iterator[Case]:
    for path in sorted((folder / "emails").glob("*.txt")):
        expected = (folder / "trimmed" / path.name).read_bytes().decode()
        yield Case(path.stem, path.read_bytes().decode().strip(), _exactly(expected))


def _github_cases(folder: Path) -> Iterator[Case]:
    for name, rule in json.loads((folder / "expected.json").read_text(encoding="utf-8")).items():
        text = (folder / name).read_bytes().decode()
        timed = "max_seconds" in rule
        yield Case(name, text, _github_check(rule), limit=min(rule.get("max_seconds", 0.1), 0.1), scored=not timed)


def _github_check(rule: dict[str, Any]) -> Callable[[NewText], bool]:
    def check(result: NewText) -> bool:
        lines = "\n".join(line.rstrip() for line in result.new_text.splitlines()).strip()
        if "exact" in rule and lines != rule["exact"].strip():
            return False
        return all(part in lines for part in rule.get("contains", ())) and not any(
            part in lines for part in rule.get("not_contains", ())
        )

    return check


def _talon_text_cases(folder: Path) -> Iterator[Case]:
    for index, case in enumerate(json.loads((folder / "text_cases.json").read_text(encoding="utf-8"))):
        yield Case(f"{index} {case['name']}", case["input"], _without_quotations(case["expected"]))


def _talon_eml_cases(folder: Path) -> Iterator[Case]:
    for name, expected in json.loads((folder / "expected_files.json").read_text(encoding="utf-8")).items():
        if not name.endswith(".eml"):
            continue
        message = email.message_from_bytes(
            (folder / name).read_bytes(), _class=EmailMessage, policy=email.policy.default
        )
        plain, html = message.get_body(("plain",)), message.get_body(("html",))
        yield Case(
            Path(name).stem,
            plain.get_content() if plain else "",
            _without_quotations(expected),
            html.get_content() if html else "",
        )


def _talon_html_cases(folder: Path) -> Iterator[Case]:
    for name, expected in json.loads((folder / "expected_files.json").read_text(encoding="utf-8")).items():
        if name.endswith(".html"):
            yield Case(Path(name).stem, "", _without_quotations(expected), (folder / name).read_text(errors="replace"))
