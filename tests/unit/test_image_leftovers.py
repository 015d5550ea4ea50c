"""The look for leftovers in an image finds each kind of them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.image.buildah import Image
from tests.image.context import lay_out
from tests.image.leftovers import faults, pinned_packages

MARKER = "marker-of-a-secret"
CONFIG = {
    "User": "10001:10001",
    "Env": [],
    "Labels": {"org.opencontainers.image.version": "0.1.0"},
    "StopSignal": "SIGTERM",
}


@pytest.fixture
def image(tmp_path: Path) -> Image:
    """An image in which all is well, as files alone."""
    lay_out(tmp_path)
    for source in list((tmp_path / "app").rglob("*.py")):
        compiled = source.parent / "__pycache__" / f"{source.stem}.cpython-311.pyc"
        compiled.parent.mkdir(exist_ok=True)
        compiled.touch()
    for name in pinned_packages():
        (tmp_path / f"opt/inbox-agent/lib/python3.11/site-packages/{name}-1.dist-info").mkdir(parents=True)
    (tmp_path / "opt/inbox-agent/bin").mkdir()
    return Image(CONFIG, "{}", tmp_path, 1.0, 1.0)


def write(root: Path, name: str, text: str = "") -> None:
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text(text)


def test_an_image_in_which_all_is_well_has_no_faults(image: Image) -> None:
    assert list(faults(image, [MARKER])) == []


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda root: write(root, "etc/pip.conf", f"# {MARKER}"), "/etc/pip.conf holds a secret"),
        (lambda root: write(root, "opt/inbox-agent/ca.pem", MARKER), "/opt/inbox-agent/ca.pem holds a secret"),
        (lambda root: write(root, "opt/inbox-agent/bin/pip3"), "the build tool pip was left in"),
        (lambda root: write(root, "opt/inbox-agent/bin/hatchling"), "the build tool hatchling was left in"),
        (lambda root: write(root, "build/wheels/a.whl"), "/build is not empty"),
        (lambda root: write(root, "root/pip.log"), "/root is not empty"),
        (lambda root: write(root, "app/config/inbox-agent.env"), "is nothing that the Dockerfile copies"),
        (
            lambda root: (root / "app/inbox_agent/settings/trust.py").unlink(),
            "trust.py is not the file of this checkout",
        ),
        (lambda root: write(root, "app/inbox_agent/cli.py", "changed"), "cli.py is not the file of this checkout"),
        (
            lambda root: (root / "app/workflows/__pycache__/registry.cpython-311.pyc").unlink(),
            "registry.py is not compiled",
        ),
        (
            lambda root: (root / "opt/inbox-agent/lib/python3.11/site-packages/flask-1.dist-info").rmdir(),
            "installed and pinned packages differ: ['flask']",
        ),
    ],
)
def test_each_kind_of_leftover_is_found(image: Image, spoil: Callable[[Path], None], words: str) -> None:
    spoil(image.rootfs)
    found = list(faults(image, [MARKER]))
    assert len(found) == 1
    assert words in found[0]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"User": "inbox-agent"}, "is no number"),
        ({"User": "0:0"}, "is no number"),
        ({"Labels": {}}, "does not say version"),
        ({"StopSignal": "SIGINT"}, "stop signal"),
    ],
)
def test_each_fault_of_the_configuration_is_found(image: Image, changed: dict[str, object], words: str) -> None:
    spoilt = Image({**CONFIG, **changed}, "{}", image.rootfs, 1.0, 1.0)
    [fault] = faults(spoilt, [MARKER])
    assert words in fault


def test_a_secret_in_the_history_is_found(image: Image) -> None:
    [fault] = faults(Image(CONFIG, f'{{"history": "{MARKER}"}}', image.rootfs, 1.0, 1.0), [MARKER])
    assert "history" in fault
