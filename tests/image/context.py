"""What the Dockerfile copies into the image, and what .dockerignore keeps from it: read from the two files themselves."""

import re
import shlex
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Copy:
    """One COPY of files of the build context: sources relative to it, and where they go in the image."""

    sources: tuple[str, ...]
    target: str

    def place(self, source: str, name: str) -> PurePosixPath:
        """Where the file ``name`` goes, which is ``source`` or lies below it. As COPY does it: a folder's content goes into
        the target, a file into a target that ends with a slash."""
        target = PurePosixPath(self.target)
        if name == source:
            return target / PurePosixPath(name).name if self.target.endswith("/") or len(self.sources) > 1 else target
        return target / PurePosixPath(name).relative_to(source)


def instructions(dockerfile: str) -> Iterator[tuple[str, str]]:
    """The instructions of a Dockerfile in order: the word and what follows, with continued lines joined and comments gone."""
    lines = [line for line in dockerfile.splitlines() if not line.lstrip().startswith("#")]
    for line in re.sub(r"\\\n", " ", "\n".join(lines)).splitlines():
        if line.strip():
            word, _, rest = line.strip().partition(" ")
            yield word.upper(), " ".join(rest.split())


def copies(dockerfile: str) -> list[Copy]:
    """Every COPY from the build context; those from another stage copy nothing of ours."""
    found = []
    for word, rest in instructions(dockerfile):
        if word == "COPY" and "--from=" not in rest:
            *sources, target = [part for part in shlex.split(rest) if not part.startswith("--")]
            found.append(Copy(tuple(sources), target))
    return found


@cache
def _pattern(text: str) -> re.Pattern[str]:
    parts = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    tokens = re.findall(r"\*\*/|\*\*|\*|\?|[^*?]+", text)
    return re.compile("".join(parts.get(token, re.escape(token)) for token in tokens))


def is_sent(name: str, ignore: str) -> bool:
    """Whether a file is part of the build context: the last line of .dockerignore that fits it or a folder above decides."""
    above = [str(folder) for folder in PurePosixPath(name).parents][:-1]
    sent = True
    for line in map(str.strip, ignore.splitlines()):
        if line and not line.startswith("#"):
            kept, pattern = line.startswith("!"), _pattern(line.removeprefix("!").strip("/"))
            if any(pattern.fullmatch(one) for one in (name, *above)):
                sent = kept
    return sent


def image_files(root: Path = ROOT) -> dict[PurePosixPath, Path]:
    """Every file of ours that a build puts below an absolute path of the image: where it goes, and where it comes from.

    Raises:
        FileNotFoundError: a COPY of something that is not there or not sent, on which the build would fail.
    """
    ignore = (root / ".dockerignore").read_text(encoding="utf-8")
    files: dict[PurePosixPath, Path] = {}
    for copy in copies((root / "Dockerfile").read_text(encoding="utf-8")):
        for source in copy.sources:
            path = root / source
            below = [path] if path.is_file() else sorted(one for one in path.rglob("*") if one.is_file())
            sent = {one.relative_to(root).as_posix(): one for one in below}
            sent = {name: one for name, one in sent.items() if is_sent(name, ignore)}
            if not sent:
                raise FileNotFoundError(f"COPY {source}: nothing of it is sent to the build")
            if copy.target.startswith("/"):
                files.update({copy.place(source, name): one for name, one in sent.items()})
    return files


def lay_out(target: Path, root: Path = ROOT) -> None:
    """Copy what the image gets of ours below a folder, in the places that it has there."""
    for place, source in image_files(root).items():
        here = target / place.relative_to("/")
        here.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, here)
