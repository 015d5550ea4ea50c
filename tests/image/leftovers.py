"""What is in a built image that should not be there, and what is missing: each as a sentence."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from packaging.requirements import Requirement

from inbox_agent import __version__
from tests.image.buildah import Image
from tests.image.context import ROOT, image_files

# Whatever the base brings of these is the base's; none of it may come from the build.
BUILD_TOOLS = ("pip", "setuptools", "hatchling", "wheel", "editables")
OURS = ("opt/inbox-agent", "app", "build", "root", "tmp", "var/lib/inbox-agent", "run/secrets", "var/cache/apt")


def pinned_packages() -> set[str]:
    """The names in requirements/base.txt that are for Linux, spelt as in metadata folders (PEP 503, with underscores)."""
    lines = (ROOT / "requirements/base.txt").read_text(encoding="utf-8").splitlines()
    pins = [Requirement(line.rstrip(" \\")) for line in lines if re.match(r"[A-Za-z0-9]", line)]
    return {normalized(pin.name) for pin in pins if pin.marker is None or pin.marker.evaluate()}


def normalized(name: str) -> str:
    return re.sub(r"[-_.]+", "_", name).lower()


def installed_packages(rootfs: Path) -> set[str]:
    found = (rootfs / "opt/inbox-agent").glob("lib/python3*/site-packages/*.dist-info")
    return {normalized(folder.name.split("-")[0]) for folder in found}


def secrets_left(image: Image, markers: list[str]) -> Iterator[str]:
    """Where a marker of what was mounted for the installation alone is found again."""
    for marker in markers:
        if marker in image.description:
            yield "the image's configuration or history shows a secret of the build"
        command = [
            "grep",
            "--recursive",
            "--files-with-matches",
            "--text",
            "--fixed-strings",
            "--devices=skip",
            marker,
            ".",
        ]
        found = subprocess.run(command, cwd=image.rootfs, capture_output=True, text=True, check=False).stdout
        yield from (f"{name.lstrip('.')} holds a secret of the build" for name in found.splitlines())


def files_differing(rootfs: Path) -> Iterator[str]:
    """Files of ours that are not those of this checkout, or are not compiled, or should not be there."""
    wanted = image_files()
    for place, source in wanted.items():
        here = rootfs / place.relative_to("/")
        if not here.is_file() or here.read_bytes() != source.read_bytes():
            yield f"{place} is not the file of this checkout"
        if here.suffix == ".py" and not list(here.parent.glob(f"__pycache__/{here.stem}.cpython-*.pyc")):
            yield f"{place} is not compiled, so every start has to compile it"
    for here in (rootfs / "app").rglob("*"):
        place = PurePosixPath("/") / here.relative_to(rootfs).as_posix()
        if here.is_file() and here.suffix != ".pyc" and place not in wanted:
            yield f"{place} is nothing that the Dockerfile copies"


def faults(image: Image, markers: list[str]) -> Iterator[str]:
    """All that is wrong with the files and the configuration of an image."""
    rootfs, config = image.rootfs, image.config
    yield from files_differing(rootfs)
    yield from secrets_left(image, markers)
    packages = installed_packages(rootfs)
    if packages != pinned_packages():
        yield f"installed and pinned packages differ: {sorted(packages ^ pinned_packages())}"
    for folder in OURS[2:]:
        if (rootfs / folder).is_dir() and any(
            path for path in (rootfs / folder).rglob("*") if path.name[:1] not in "."
        ):
            yield f"/{folder} is not empty"
    for tool in BUILD_TOOLS:
        if list((rootfs / "opt/inbox-agent").glob(f"bin/{tool}*")):
            yield f"the build tool {tool} was left in"
    if not re.fullmatch(r"[1-9]\d*:[1-9]\d*", config["User"]):
        yield f"USER {config['User']} is no number, so that nobody can tell from outside that it is not root"
    if (config.get("Labels") or {}).get("org.opencontainers.image.version") != __version__:
        yield f"its label does not say version {__version__}"
    if config.get("StopSignal") != "SIGTERM":
        yield "its stop signal is not SIGTERM"
