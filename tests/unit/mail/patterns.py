"""Every regular expression of a package, with the method by which it is used: compiled ones of its modules (also within
tables), and those written in a call (``re.sub("…", …)``)."""

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

_WITH_PATTERN = frozenset("compile search match fullmatch sub subn split findall finditer".split())


@dataclass(frozen=True, slots=True)
class Used:
    """``anchored`` when it is only ever tried at the beginning of a text (match, fullmatch), not at every position."""

    where: str
    pattern: re.Pattern[str] | re.Pattern[bytes]
    anchored: bool


def patterns_of(package: ModuleType) -> list[Used]:
    """Each pattern once."""
    inside = f"{package.__name__}."
    modules = {
        info.name.removeprefix("inbox_agent."): importlib.import_module(info.name)
        for info in pkgutil.walk_packages(package.__path__, inside)
    }
    trees = {
        name: ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8")) for name, module in modules.items()
    }
    anchored = _only_anchored(trees)
    found: dict[tuple[str | bytes, int], Used] = {}
    for module_name, module in modules.items():
        for name, value in vars(module).items():
            for where, pattern in _within(value, f"{module_name}.{name}"):
                used = Used(where, pattern, f"{module_name}.{name}" in anchored)
                found.setdefault((pattern.pattern, pattern.flags), used)
        for used in _written_in_calls(trees[module_name], module_name):
            found.setdefault((used.pattern.pattern, used.pattern.flags), used)
    return list(found.values())


def _within(value: object, where: str) -> Iterator[tuple[str, re.Pattern[str]]]:
    if isinstance(value, re.Pattern):
        yield where, value
    elif isinstance(value, dict):
        for key, one in value.items():
            yield from _within(one, f"{where}[{key}]")
    elif isinstance(value, tuple):
        for index, one in enumerate(value):
            yield from _within(one, f"{where}[{index}]")


def _only_anchored(trees: dict[str, ast.Module]) -> frozenset[str]:
    """The ``module.NAME`` of which match or fullmatch is called and nothing else, in the module and where it is imported.

    A private name belongs to its module; a public one is taken to be the same everywhere.
    """
    methods: dict[str, set[str]] = {}
    for module, tree in trees.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute):
                owner = node.value.value if isinstance(node.value, ast.Subscript) else node.value
                if isinstance(owner, ast.Name):
                    methods.setdefault(f"{module}.{owner.id}", set()).add(node.attr)
                    if not owner.id.startswith("_"):
                        methods.setdefault(owner.id, set()).add(node.attr)
    found = set()
    for module, tree in trees.items():
        for name in {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}:
            used = methods.get(f"{module}.{name}" if name.startswith("_") else name, set())
            if used and used <= {"match", "fullmatch"}:
                found.add(f"{module}.{name}")
    return frozenset(found)


def _written_in_calls(tree: ast.Module, module: str) -> Iterator[Used]:
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and ast.unparse(node.func).startswith("re.")):
            continue
        function = ast.unparse(node.func).removeprefix("re.")
        first = node.args[0] if node.args else None
        if function not in _WITH_PATTERN or not isinstance(first, ast.Constant):
            continue
        words = [*node.args[1:], *(keyword.value for keyword in node.keywords)]
        flags = re.RegexFlag(0)
        for name in re.findall(r"\bre\.([A-Z]+)\b", " ".join(map(ast.unparse, words))):
            flags |= re.RegexFlag[name]
        assert isinstance(first.value, str | bytes)
        pattern = re.compile(first.value, flags)
        yield Used(f"{module}:{node.lineno}", pattern, function in {"match", "fullmatch"})
