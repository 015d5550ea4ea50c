"""Thread groups over imaptest_threads, REFERENCES algorithm only.

What is stated includes the merging of threads by subject, which this project leaves out on purpose. So a step is right
when the groups found are the stated ones, or become them by nothing but that merging.
"""

import json
import mailbox
import re
from pathlib import Path
from typing import Any

from inbox_agent.mail.mime.parse import parse_message
from inbox_agent.mail.threads import group_threads
from inbox_agent.models import Message
from tests.mail_scoring.table import Row

Groups = set[frozenset[int]]


def score(corpora: Path) -> list[Row]:
    folder = corpora / "imaptest_threads"
    if not folder.is_dir():
        return []
    stated = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    total, by_subject, wrong = 0, 0, []
    for name, case in stated.items():
        if case["algorithm"] != "REFERENCES":
            continue
        for number, (messages, thread) in enumerate(_steps(folder, case), 1):
            total += 1
            found = {frozenset(position + 1 for position in group) for group in group_threads(messages)}
            if found == _groups(thread):
                continue
            if _merged_by_subject(found, messages) == _groups(thread):
                by_subject += 1
            else:
                wrong.append(f"{name} step {number}: stated {thread}, found {sorted(map(sorted, found))}")
    name = f"imaptest REFERENCES steps ({by_subject} but for subjects)"
    return [Row("threads", name, total - len(wrong), total, target="all", failures=tuple(wrong))]


def _steps(folder: Path, case: dict[str, Any]) -> list[tuple[list[Message], str]]:
    """The mailbox after each step's operations, and what is stated of it."""
    box = mailbox.mbox(folder / case["mbox"], create=False)
    waiting = [parse_message(message.as_bytes()) for message in box]
    box.close()
    # The first step is the mailbox as it is, unless it starts by appending: then the mailbox is created empty.
    present: list[Message] = []
    if "append" not in case["steps"][0]["after"]:
        present, waiting = waiting, []
    steps = []
    deleted: set[int] = set()
    for step in case["steps"]:
        for operation in step["after"]:
            if operation == "append":
                present.append(waiting.pop(0))
            elif operation.startswith("store"):
                deleted = {int(number) for number in operation.split()[1].split(",")}
            elif operation == "expunge":
                present = [message for number, message in enumerate(present, 1) if number not in deleted]
        steps.append((list(present), step["thread"]))
    return steps


def _groups(thread: str) -> Groups:
    """The numbers of each top-level thread of a THREAD response."""
    groups, depth, current = set(), 0, ""
    for char in thread:
        depth += (char == "(") - (char == ")")
        current += char
        if depth == 0 and current.strip():
            groups.add(frozenset(int(number) for number in re.findall(r"\d+", current)))
            current = ""
    return groups


def _merged_by_subject(groups: Groups, messages: list[Message]) -> Groups:
    merged: dict[str, frozenset[int]] = {}
    for group in groups:
        subject = messages[min(group) - 1].subject
        base = re.sub(r"^(?:re|fwd?)\s*:\s*", "", subject, flags=re.IGNORECASE)
        key = base or f"no subject {min(group)}"
        merged[key] = merged.get(key, frozenset()) | group
    return set(merged.values())
