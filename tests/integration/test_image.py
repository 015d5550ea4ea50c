"""The container image, built and run for real where that is possible: ``python -m tests.image`` as one test."""

import subprocess
import sys

import pytest

from tests.image.buildah import why_not
from tests.image.compose import ROLES
from tests.image.context import ROOT

SECONDS = 900


def test_the_image_builds_and_every_role_is_healthy_in_it() -> None:
    if reason := why_not():
        pytest.skip(reason)
    done = subprocess.run(
        [sys.executable, "-m", "tests.image"], cwd=ROOT, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    for role in ROLES:
        assert f"{role.name} is healthy" in done.stdout
        assert f"run: {role.name} is healthy" in done.stdout
