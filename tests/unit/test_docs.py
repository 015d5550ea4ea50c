"""What the documents name exists: tests, modules, and other documents."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / "README.md", ROOT / "SECURITY.md", *sorted((ROOT / "docs").glob("*.md"))]
_TEST = re.compile(r"`(tests/[\w/]+(?:\.py|/))(?:::(\w+)(…?))?`")
_MODULE = re.compile(r"`((?:inbox_agent|workflows)/[\w/]+\.py)`")
_LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)[^)]*\)")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_what_a_document_names_exists(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    missing = [name for name in _MODULE.findall(text) if not (ROOT / name).exists()]
    missing += [name for name in _LINK.findall(text) if not (document.parent / name).exists()]
    for path, name, cut in _TEST.findall(text):
        missing += _missing_test(path, name, cut)
    assert not missing


def _missing_test(path: str, name: str, cut: str) -> list[str]:
    file = ROOT / path
    if not file.exists():
        return [path]
    if name and not re.search(rf"def {re.escape(name)}{'' if cut else r'[(]'}", file.read_text(encoding="utf-8")):
        return [f"{path}::{name}"]
    return []
