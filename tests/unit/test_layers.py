"""Walks the imports of every module and fails on an arrow that points the wrong way."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("inbox_agent", "workflows")

# What a module may import of ours: the longest matching prefix decides. A name covers what lies below it.
CORE = ("inbox_agent.models", "inbox_agent.errors", "inbox_agent.ports", "inbox_agent.version")
PURE = ("inbox_agent.mail", "inbox_agent.turn")
ALLOWED: dict[str, tuple[str, ...]] = {
    "inbox_agent.models": (),
    "inbox_agent.errors": (),
    "inbox_agent.ports": ("inbox_agent.models", "inbox_agent.errors", "inbox_agent.turn.schema"),
    "inbox_agent.mail": CORE,
    # Our mail tells times, changes, numbers and what can be replied in the very words of the turn, which reads the replies.
    "inbox_agent.mail.letter": (
        *CORE,
        "inbox_agent.turn.times",
        "inbox_agent.turn.answers",
        "inbox_agent.turn.files",
        "inbox_agent.turn.hints",
        "inbox_agent.turn.planned",
    ),
    "inbox_agent.mail.headline": (
        *CORE,
        "inbox_agent.turn.times",
        "inbox_agent.turn.answers",
        "inbox_agent.turn.standing",
    ),
    "inbox_agent.mail.changes": (
        *CORE,
        "inbox_agent.turn.files",
        "inbox_agent.turn.times",
        "inbox_agent.turn.revisions",
        "inbox_agent.turn.standing",
    ),
    # What may be shown of others' words, and how, is one rule.
    "inbox_agent.turn": (*CORE, "inbox_agent.mail.clean_text", "inbox_agent.mail.others_words"),
    # What a mail server said is told in the same plain words by every mail and by "status".
    "inbox_agent.turn.answers": (*CORE, "inbox_agent.mail.refusals", "inbox_agent.mail.others_words"),
    # One rule says which addresses are one person, for what comes in and for what goes out.
    "inbox_agent.turn.outbound": (
        *CORE,
        "inbox_agent.mail.addresses",
        "inbox_agent.mail.domains",
        "inbox_agent.mail.others_words",
    ),
    "inbox_agent.adapters": (*CORE, *PURE),
    "inbox_agent.adapters.iwf_calls": (*CORE, "workflows"),
    "inbox_agent.adapters.iwf_client": (*CORE, *PURE, "workflows"),
    "inbox_agent.adapters.iwf_memories": (*CORE, *PURE, "workflows"),
    "inbox_agent.reception": (*CORE, "inbox_agent.mail"),
    "inbox_agent.proving": (*CORE, "inbox_agent.mail"),
    "inbox_agent.filing": (*CORE, "inbox_agent.mail"),
    "inbox_agent.sender_gate": (*CORE, "inbox_agent.mail", "inbox_agent.proving"),
    "inbox_agent.poller": (*CORE, *PURE, "inbox_agent.reception", "inbox_agent.proving", "inbox_agent.filing"),
    "inbox_agent.scheduler": (*CORE, "inbox_agent.poller"),
    "inbox_agent.web": (*CORE, *PURE),
    "inbox_agent.secret_strength": (),
    "inbox_agent.embedded": CORE,
    "inbox_agent.embedded.engine": (*CORE, "inbox_agent.embedded", "inbox_agent.secret_strength"),
    "inbox_agent.embedded.model": (*CORE, "inbox_agent.turn"),
    "inbox_agent.embedded.webmail": (*CORE, "inbox_agent.mail"),
    "inbox_agent.bootstrap": ("inbox_agent", "workflows"),
    "inbox_agent.intake_policy": (*CORE, "inbox_agent.mail", "inbox_agent.settings"),
    "inbox_agent.logs": ("inbox_agent.mail.clean_text",),
    "inbox_agent.launcher": ("inbox_agent", "workflows"),
    "inbox_agent.demo": ("inbox_agent", "workflows"),
    "inbox_agent.demo_conversation": CORE,
    "inbox_agent.check": ("inbox_agent", "workflows"),
    "inbox_agent.startup": ("inbox_agent",),
    "inbox_agent.setup": ("inbox_agent",),
    "inbox_agent.listening": ("inbox_agent.errors", "inbox_agent.settings"),
    "inbox_agent.connection_faults": (),
    "inbox_agent.model_probe": ("inbox_agent.adapters.tls", "inbox_agent.connection_faults"),
    "inbox_agent.mailbox_survey": (*CORE, "inbox_agent.adapters"),
    "inbox_agent.providers": ("inbox_agent.adapters.mail_account",),
    "inbox_agent.health": ("inbox_agent", "workflows"),
    "inbox_agent.cli": ("inbox_agent", "workflows"),
    "inbox_agent.__main__": ("inbox_agent.cli",),
    "workflows": (*CORE, *PURE),
    "inbox_agent.settings": ("inbox_agent.errors", "inbox_agent.secret_strength"),
}
# Only these may know the stand-ins.
KNOW_EMBEDDED = ("inbox_agent.embedded", "inbox_agent.launcher", "inbox_agent.cli", "inbox_agent.demo")
# The pure packages do no I/O and read no clock: these modules are out of reach for them.
IMPURE = frozenset(
    """os socket subprocess threading asyncio logging time smtplib imaplib http urllib.request requests httpx aiohttp
    flask imapclient openai agents iwf sqlite3 random secrets pathlib shutil tempfile""".split()
)


def modules() -> Iterator[tuple[str, Path]]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


def imports_of(path: Path, module: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: relative import; write the whole name"
            for alias in node.names:
                yield f"{node.module}.{alias.name}"


def lies_in(name: str, places: tuple[str, ...]) -> bool:
    return any(name == place or name.startswith(place + ".") for place in places)


def rule_for(module: str) -> tuple[str, ...] | None:
    matching = [place for place in ALLOWED if lies_in(module, (place,))]
    return ALLOWED[max(matching, key=len)] if matching else None


@pytest.mark.parametrize(("module", "path"), list(modules()), ids=lambda value: value if isinstance(value, str) else "")
def test_imports_point_inwards(module: str, path: Path) -> None:
    if module == "inbox_agent":
        return
    allowed = rule_for(module)
    assert allowed is not None, f"{module} has no place in the layers: add it to ALLOWED"
    own_package = tuple(place for place in ALLOWED if lies_in(module, (place,)))
    for name in imports_of(path, module):
        if not lies_in(name, PACKAGES):
            continue
        assert lies_in(name, (*allowed, *own_package)), f"{module} must not import {name}"
        if lies_in(name, ("inbox_agent.embedded",)):
            assert lies_in(module, KNOW_EMBEDDED), f"{module} must not know the stand-ins ({name})"


@pytest.mark.parametrize(("module", "path"), list(modules()), ids=lambda value: value if isinstance(value, str) else "")
def test_pure_packages_do_no_io(module: str, path: Path) -> None:
    if not lies_in(module, PURE):
        return
    for name in imports_of(path, module):
        assert not lies_in(name, tuple(IMPURE)), f"{module} is pure and must not import {name}"
