"""What every test leaves as it found it."""

import os
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def _umask() -> Iterator[None]:
    """The commands make everything private from their start (umask 077): a test that runs one in this process must not
    hand that on to what later tests start."""
    before = os.umask(0o077)
    os.umask(before)
    yield
    os.umask(before)
