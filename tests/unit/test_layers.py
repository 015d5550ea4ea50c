"""Walks the imports of every module: arrows between rooms point one way, and no rooms import each other in a circle."""

import ast
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("inbox_agent", "workflows")

# What a module may import of ours: the longest matching prefix decides. A name covers what lies below it; a room may always
# import itself.
CORE = ("inbox_agent.models", "inbox_agent.errors", "inbox_agent.ports")
MAIL = "inbox_agent.mail"
CONVERSATION = "inbox_agent.conversation"
PURE = (MAIL, CONVERSATION, "inbox_agent.reply")
# Addresses, domains and clean text mean the same in what comes in and in what goes out.
SHARED = (f"{MAIL}.charset.clean_text", f"{MAIL}.mime.addresses", f"{MAIL}.domains")
EVERYTHING = ("inbox_agent", "workflows")
ALLOWED: dict[str, tuple[str, ...]] = {
    "inbox_agent.models": (),
    "inbox_agent.errors": (),
    "inbox_agent.ports": ("inbox_agent.models", "inbox_agent.errors", f"{CONVERSATION}.turn_output"),
    # --- foundations without a word of mail
    "inbox_agent.command_line": (),
    "inbox_agent.private_files": ("inbox_agent.errors",),
    "inbox_agent.secret_strength": (),
    "inbox_agent.hosts_and_ports": (),
    "inbox_agent.settings": (
        "inbox_agent.errors",
        "inbox_agent.hosts_and_ports",
        "inbox_agent.secret_strength",
        f"{MAIL}.domains",
    ),
    "inbox_agent.listening": ("inbox_agent.errors", "inbox_agent.settings"),
    "inbox_agent.logs": (f"{MAIL}.charset.clean_text",),
    # --- mail: bytes to objects and back
    MAIL: (),
    f"{MAIL}.charset": CORE,
    f"{MAIL}.domains": CORE,
    f"{MAIL}.own_addresses": (*CORE, f"{MAIL}.domains"),
    f"{MAIL}.subject_labels": CORE,
    f"{MAIL}.mime": (*CORE, f"{MAIL}.charset", f"{MAIL}.domains"),
    f"{MAIL}.html": (*CORE, f"{MAIL}.charset"),
    f"{MAIL}.new_text": (*CORE, f"{MAIL}.charset", f"{MAIL}.html"),
    f"{MAIL}.sender": (*CORE, f"{MAIL}.charset", f"{MAIL}.domains", f"{MAIL}.mime"),
    f"{MAIL}.threads": (*CORE, f"{MAIL}.mime", f"{MAIL}.sender"),
    f"{MAIL}.outgoing": (*CORE, f"{MAIL}.charset", f"{MAIL}.sender", f"{MAIL}.subject_labels"),
    f"{MAIL}.kind": (
        *CORE,
        f"{MAIL}.html",
        f"{MAIL}.mime",
        f"{MAIL}.outgoing",
        f"{MAIL}.own_addresses",
        f"{MAIL}.threads",
    ),
    # --- every rule of a conversation
    CONVERSATION: (*CORE, CONVERSATION, *SHARED),
    "inbox_agent.reply": (*CORE, CONVERSATION, f"{MAIL}.charset.clean_text", f"{MAIL}.outgoing"),
    # --- from a fetched message to what its conversation is told
    "inbox_agent.intake": (*CORE, MAIL, f"{CONVERSATION}.events.rate_limits", f"{CONVERSATION}.others_words"),
    "inbox_agent.intake.policy": (*CORE, MAIL, "inbox_agent.settings"),
    "inbox_agent.poller": (*CORE, "inbox_agent.intake"),
    "inbox_agent.scheduler": (*CORE, "inbox_agent.poller"),
    # --- the outside
    "inbox_agent.adapters": (*CORE, MAIL, CONVERSATION),
    "inbox_agent.adapters.iwf_calls": (*CORE, "workflows"),
    "inbox_agent.adapters.iwf_client": (*CORE, "workflows"),
    "inbox_agent.adapters.iwf_memories": (*CORE, CONVERSATION, "workflows"),
    "workflows": (
        "workflows",
        *CORE,
        CONVERSATION,
        "inbox_agent.reply",
        f"{MAIL}.outgoing",
        f"{MAIL}.sender.trust",
        f"{MAIL}.threads",
    ),
    "inbox_agent.web": (*CORE, f"{MAIL}.charset.clean_text", f"{CONVERSATION}.when"),
    # --- products of their own: what they share with us knows nothing of mail
    "inbox_agent.engine": (
        "inbox_agent.errors",
        "inbox_agent.hosts_and_ports",
        "inbox_agent.private_files",
        "inbox_agent.secret_strength",
    ),
    "inbox_agent.demo": (*CORE, "inbox_agent.hosts_and_ports", "inbox_agent.private_files"),
    "inbox_agent.demo.model": (*CORE, CONVERSATION, "inbox_agent.hosts_and_ports", "inbox_agent.private_files"),
    "inbox_agent.demo.webmail": (
        *CORE,
        f"{MAIL}.outgoing",
        "inbox_agent.demo.mail_accounts",
        "inbox_agent.hosts_and_ports",
    ),
    # --- what puts the parts together
    "inbox_agent.demo.command": EVERYTHING,
    "inbox_agent.bootstrap": EVERYTHING,
    "inbox_agent.launcher": (
        "inbox_agent.errors",
        "inbox_agent.settings",
        "inbox_agent.private_files",
        "inbox_agent.listening",
    ),
    "inbox_agent.checks": EVERYTHING,
    "inbox_agent.setup": EVERYTHING,
    "inbox_agent.cli": EVERYTHING,
    "inbox_agent.__main__": ("inbox_agent.cli",),
}
# Only these may know the stand-ins and the embedded engine.
KNOW_EMBEDDED = ("inbox_agent.demo", "inbox_agent.engine", "inbox_agent.cli")
# Directories whose modules are each a room of their own; elsewhere a directory is one room.
OPEN_PLAN = ("inbox_agent", MAIL, CONVERSATION, "workflows", "workflows.conversation")
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


@cache
def imports_of(path: Path, module: str) -> tuple[str, ...]:
    found: list[str] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: relative import; write the whole name"
            found += (f"{node.module}.{alias.name}" for alias in node.names)
    return tuple(found)


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
    own = room_of(module)
    own_room = () if own in OPEN_PLAN else (own,)
    for name in imports_of(path, module):
        if not lies_in(name, PACKAGES):
            continue
        assert lies_in(name, (*allowed, *own_room)), f"{module} must not import {name}"
        if lies_in(name, ("inbox_agent.demo", "inbox_agent.engine")):
            assert lies_in(module, KNOW_EMBEDDED), f"{module} must not know the stand-ins ({name})"


@pytest.mark.parametrize(("module", "path"), list(modules()), ids=lambda value: value if isinstance(value, str) else "")
def test_pure_packages_do_no_io(module: str, path: Path) -> None:
    if not lies_in(module, PURE):
        return
    for name in imports_of(path, module):
        assert not lies_in(name, tuple(IMPURE)), f"{module} is pure and must not import {name}"


def room_of(module: str) -> str:
    """The directory of a module; in an open-plan directory, and for a package itself, the module."""
    path = ROOT / module.replace(".", "/")
    parent = module.rpartition(".")[0]
    return module if path.is_dir() or parent in OPEN_PLAN or not parent else parent


def test_no_rooms_import_each_other_in_a_circle() -> None:
    known = {module for module, _ in modules()}
    arrows: dict[str, set[str]] = {}
    for module, path in modules():
        for name in imports_of(path, module):
            target = name if name in known else name.rpartition(".")[0]
            if target in known and room_of(target) != room_of(module):
                arrows.setdefault(room_of(module), set()).add(room_of(target))
    # Raises CycleError, which names the circle.
    TopologicalSorter(arrows).prepare()
