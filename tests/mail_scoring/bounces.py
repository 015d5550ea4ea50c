"""Kinds and delivery failures over sisimai, and people's mails of every corpus that must not be taken for machines'.

The corpus states no recipients, only one entry for each, so recipients are scored by their number; whether the addresses
are the right ones is held by tests with mails of our own.
"""

import json
import mailbox
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from inbox_agent.errors import MalformedMessageError
from inbox_agent.mail.kind.classify import classify
from inbox_agent.mail.mime.parse import parse_message
from inbox_agent.models import Classification, MessageKind
from tests.mail_scoring.table import Row

SECTION = "kinds"
OWN_ADDRESS = "agent@inbox.example"
# Sisimai's own codes for what states none: 5.0.911 and the like.
PSEUDO_STATUS = re.compile(r"\.9\d\d$")
MACHINES = frozenset({MessageKind.AUTO_REPLY, MessageKind.BOUNCE, MessageKind.FEEDBACK, MessageKind.LIST})


class Case:
    """One mail of sisimai: what is stated of it, what it was taken for, and how long that took."""

    def __init__(self, path: Path, name: str, entries: list[dict[str, Any]]) -> None:
        self.name = name
        self.entries = entries
        started = time.process_time()
        self.verdict = classify(parse_message(path.read_bytes()), OWN_ADDRESS)
        self.seconds = time.process_time() - started

    @property
    def reason(self) -> str:
        return str(self.entries[0]["reason"]) if self.entries else "none"

    @property
    def stated_status(self) -> str:
        return str(self.entries[0]["status"])


def score(corpora: Path) -> list[Row]:
    rows = []
    if (corpora / "sisimai").is_dir():
        rows += _sisimai(corpora / "sisimai")
    return [*rows, _people(corpora)]


def _sisimai(folder: Path) -> list[Row]:
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    cases = [Case(folder / name, name, entries) for name, entries in sorted(expected.items())]
    failures = [case for case in cases if case.reason not in {"none", "vacation", "feedback", "delivered"}]
    stated = [case for case in failures if not PSEUDO_STATUS.search(case.stated_status)]
    return [
        _row("seen as bounce", failures, "99 %", lambda case: case.verdict.kind is MessageKind.BOUNCE),
        _row("class 4 or 5", failures, "95 %", _right_class),
        _row("exact status", stated, "85 %", lambda case: _status(case.verdict) == case.stated_status),
        _row("recipients (count)", failures, "95 %", _right_recipients),
        _row("vacation", _of(cases, "vacation"), "all", lambda case: case.verdict.kind is MessageKind.AUTO_REPLY),
        _row("feedback", _of(cases, "feedback"), "all", lambda case: case.verdict.kind is MessageKind.FEEDBACK),
        _row("no failure", _of(cases, "none", "delivered"), "all", lambda case: case.verdict.bounce is None),
    ]


def _of(cases: list[Case], *reasons: str) -> list[Case]:
    return [case for case in cases if case.reason in reasons]


def _row(name: str, cases: list[Case], target: str, check: Callable[[Case], bool]) -> Row:
    wrong = [case for case in cases if not check(case)]
    slowest = max((case.seconds for case in cases), default=0.0)
    return Row(
        SECTION,
        f"sisimai {name}",
        len(cases) - len(wrong),
        len(cases),
        target=target,
        slowest=f"{slowest * 1000:.0f} ms",
        failures=tuple(f"{case.name}: stated {case.entries[:3]}, read {case.verdict}" for case in wrong),
    )


def _status(verdict: Classification) -> str:
    return verdict.bounce.status if verdict.bounce else ""


def _right_class(case: Case) -> bool:
    bounce = case.verdict.bounce
    return bounce is not None and ("5" if bounce.permanent else "4") == case.stated_status[:1]


def _right_recipients(case: Case) -> bool:
    bounce = case.verdict.bounce
    # Two entries with one index are two answers about one recipient or two recipients: either count is right.
    counts = {len(case.entries), len({entry["index"] for entry in case.entries})}
    return bounce is not None and len(bounce.recipients) in counts


# --- people ------------------------------------------------------------------------------------------------------


def _people(corpora: Path) -> Row:
    total, wrong = 0, []
    for name, raw in _mails_by_people(corpora):
        try:
            verdict = classify(parse_message(raw), OWN_ADDRESS)
        except MalformedMessageError:
            continue
        total += 1
        if verdict.kind in MACHINES:
            wrong.append(f"{name}: {verdict.kind} by {verdict.rule}")
    return Row(SECTION, "people's mails of all corpora", total - len(wrong), total, target="all", failures=tuple(wrong))


def _mails_by_people(corpora: Path) -> Iterator[tuple[str, bytes]]:
    """Whole mails as they are; bodies alone under a plain header."""
    for path in sorted([*corpora.glob("talon/**/*.eml"), *corpora.glob("sisimai/not/*.eml")]):
        yield str(path.relative_to(corpora)), path.read_bytes()
    header = b"From: Ann <ann@a.example>\r\nSubject: Re: a matter\r\nMessage-ID: <a@a.example>\r\n\r\n"
    for folder in ("email_reply_trimmer/emails", "github_zapier"):
        for path in sorted((corpora / folder).rglob("*.txt")):
            yield str(path.relative_to(corpora)), header + path.read_bytes()
    for path in sorted(corpora.glob("imaptest_threads/*.mbox")):
        box = mailbox.mbox(path, create=False)
        for key, message in box.items():
            yield f"{path.name} {key}", message.as_bytes()
        box.close()
