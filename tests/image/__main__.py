"""``python -m tests.image``: build the container image for real, start every role in it, print what it weighs and takes."""

import argparse
import json
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from tests.image.buildah import (
    SUITES,
    Builder,
    BuildFailed,
    Image,
    base_of,
    certificate_authorities,
    pip_settings,
    why_not,
)
from tests.image.context import ROOT
from tests.image.leftovers import faults

PLAY_SECONDS = 420


def say(text: str) -> None:
    print(text, flush=True)


def parser() -> argparse.ArgumentParser:
    described = argparse.ArgumentParser(
        prog="python -m tests.image",
        description="Build the container image with buildah (chroot isolation, no daemon) on a Debian made by debootstrap, "
        "look for what should not be in it, and start every role in it as docker-compose.yml does: without privileges, on a "
        "read-only root, until its health check passes and a mail is answered. Needs root. The base is kept for the next time.",
        epilog="Exit codes: 0 all is well, 1 a fault was found, 2 wrong usage or something needed is not installed.",
    )
    described.add_argument(
        "--suite", choices=SUITES, default=SUITES[0], help="Debian release of the base (default: %(default)s)"
    )
    described.add_argument(
        "--base", metavar="IMAGE", help="build on this image of a registry instead (the Dockerfile's BASE)"
    )
    described.add_argument(
        "--fresh-base", action="store_true", help="make the base again, with today's Debian packages"
    )
    described.add_argument("--forget", action="store_true", help="only remove what is kept for the next time")
    return described


@contextmanager
def build_secrets(folder: Path) -> Iterator[tuple[dict[str, Path], list[str]]]:
    """This machine's way to its package index as files for the build, each with a marker by which it would be found again."""
    marker = f"marker-{secrets.token_hex(16)}"
    given = {"pip.conf": pip_settings()}
    if (authorities := certificate_authorities()) is not None:
        given["ca.pem"] = authorities.read_text(encoding="utf-8")
    files = {name: folder / name for name in given}
    for name, text in given.items():
        files[name].write_text(f"# {marker}\n{text}", encoding="utf-8")
        files[name].chmod(0o600)
    yield files, [marker]


def play(image: Image, folder: Path) -> tuple[dict[str, float], list[str]]:
    """The seconds until each role was healthy, and what was wrong."""
    given = folder / "image.json"
    given.write_text(json.dumps({**asdict(image), "rootfs": str(image.rootfs)}), encoding="utf-8")
    # Whatever ends this process or that one takes every container with it.
    spaces = ["unshare", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"]
    command = ["setpriv", "--pdeathsig", "KILL", *spaces, sys.executable, "-m", "tests.image.play", str(given)]
    done = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, timeout=PLAY_SECONDS, check=False)
    result = given.with_name("played.json")
    if not result.exists():
        return {}, [f"the roles could not be played (exit code {done.returncode})"]
    played = json.loads(result.read_text(encoding="utf-8"))
    return played["times"], played["faults"]


def try_image(base: str, builder: Builder) -> list[str]:
    """Build, look, play; print the figures.

    Returns:
        What is wrong.
    """
    begin = time.monotonic()
    with build_secrets(builder.work) as (files, markers), builder.built(base, files) as image:
        figures = {"build, seconds": time.monotonic() - begin}
        say(f"Built in {figures['build, seconds']:.0f} s. Looking for what should not be in it …")
        found = list(faults(image, markers))
        say("Starting every role …")
        times, more = play(image, builder.work)
        figures |= {"image, MB": image.megabytes, "of that the base, MB": image.base_megabytes}
        figures |= {f"{name}, seconds": value for name, value in times.items()}
    say("")
    for name, value in figures.items():
        say(f"  {name:32} {value:7.1f}")
    return [*found, *more]


def main() -> int:
    options = parser().parse_args()
    if reason := why_not():
        print(f"python -m tests.image: {reason}", file=sys.stderr)
        return 2
    builder = Builder()
    try:
        with builder.alone():
            if options.forget:
                builder.forget()
                return 0
            return build_and_play(builder, options.base, options.suite, fresh_base=options.fresh_base)
    except KeyboardInterrupt:
        return 130


def build_and_play(builder: Builder, base: str | None, suite: str, *, fresh_base: bool) -> int:
    """The whole test, with its exit code."""
    try:
        if base is None and (fresh_base or not builder.has_base(suite)):
            say("Making the base with debootstrap; it is kept for the next time …")
            begin = time.monotonic()
            builder.make_base(suite)
            say(f"The base took {time.monotonic() - begin:.0f} s.")
        say("Building the image …")
        wrong = try_image(base or base_of(suite), builder)
    except BuildFailed as error:
        print(f"python -m tests.image: {error}", file=sys.stderr)
        return 1
    for fault in wrong:
        print(f"FAULT: {fault}", file=sys.stderr)
    say(f"\n{len(wrong)} faults found." if wrong else "\nEvery role is healthy in the image.")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
