"""A headless Chromium for tests, driven over the DevTools protocol; as much of it as our pages need.

``python -m tests.browser`` prints the browser that the tests use; exit code 1 when there is none.
"""

import base64
import itertools
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.sync.client import connect
from websockets.sync.connection import Connection

DEADLINE_SECONDS = 30.0
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_chromium() -> str | None:
    """The first browser on the PATH that tests can use; None without one."""
    found = (shutil.which(name) for name in BROWSERS)
    return next((path for path in found if path is not None and not is_snap(Path(path))), None)


def is_snap(program: Path) -> bool:
    """Whether it is a snap, or the script that stands in for one (Ubuntu): a snap cannot reach the folders of tests."""
    real = program.resolve()
    return "snap" in real.parts or real.name == "snap" or b"/snap/bin/" in real.read_bytes()[:4096]


def chromium_is_missing() -> bool:
    """Whether the browser tests are skipped: a browser is optional unless ``WITH_BROWSER=required``."""
    return find_chromium() is None and os.environ.get("WITH_BROWSER") != "required"


needs_chromium = pytest.mark.skipif(
    chromium_is_missing(), reason="needs Chromium (apt-get install chromium) or Google Chrome, not as a snap"
)


class Page:
    """One tab."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._numbers = itertools.count(1)

    def call(self, method: str, **params: object) -> dict[str, Any]:
        number = next(self._numbers)
        self._connection.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            answer = json.loads(self._connection.recv(timeout=DEADLINE_SECONDS))
            if answer.get("id") == number:
                assert "error" not in answer, answer
                return dict(answer["result"])

    def evaluate(self, script: str) -> Any:
        """The value of a JavaScript expression in the page."""
        result = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")

    def open(self, url: str) -> None:
        self.call("Page.navigate", url=url)
        self.wait_for(
            lambda: (
                self.evaluate("document.readyState") == "complete" and self.evaluate("location.href") != "about:blank"
            )
        )

    def click(self, selector: str) -> None:
        self.evaluate(f"document.querySelector({json.dumps(selector)}).click()")

    def tap(self, x: float, y: float) -> None:
        """A person's click at a place of the window; unlike ``click`` it counts as theirs (user activation)."""
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def fill(self, selector: str, text: str) -> None:
        self.evaluate(f"document.querySelector({json.dumps(selector)}).value = {json.dumps(text)}")

    @property
    def text(self) -> str:
        return str(self.evaluate("document.body ? document.body.innerText : ''"))

    def wait_for_text(self, words: str) -> None:
        self.wait_for(lambda: words in self.text, f"{words!r} on the page")

    def wait_for(self, condition: Callable[[], object], what: str = "the page") -> None:
        deadline = time.monotonic() + DEADLINE_SECONDS
        while not condition():
            assert time.monotonic() < deadline, f"timed out waiting for {what}: {self.text[:500]}"
            time.sleep(0.05)

    def look(self, *, width: int, height: int = 900, dark: bool = False) -> None:
        """Set the window's size and the preferred colours."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])

    def scrolls_sideways(self) -> bool:
        return bool(self.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))

    def screenshot(self, path: Path) -> None:
        picture = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=True)
        path.write_bytes(base64.b64decode(picture["data"]))


@contextmanager
def chromium(profile: Path) -> Iterator[Page]:
    """A browser with a profile of its own, ended with the block."""
    binary = find_chromium()
    assert binary is not None, "there is no Chromium"
    # Chromium's sandbox works neither for root nor in most containers; these pages are our own.
    options = (
        "--headless --no-sandbox --disable-gpu --disable-background-networking --disable-sync --no-first-run "
        "--disable-dev-shm-usage --disable-component-update --hide-scrollbars --remote-debugging-port=0"
    ).split()
    profile.mkdir(exist_ok=True)
    complaints = profile / "stderr.txt"
    with complaints.open("wb") as stderr:
        process = subprocess.Popen(
            [binary, *options, f"--user-data-dir={profile}", "about:blank"], stdout=subprocess.DEVNULL, stderr=stderr
        )
    try:
        with connect(_page_address(profile, process, complaints), max_size=None, proxy=None) as connection:
            page = Page(connection)
            page.call("Page.enable")
            yield page
    finally:
        process.terminate()
        process.wait(DEADLINE_SECONDS)


def _page_address(profile: Path, process: subprocess.Popen[bytes], complaints: Path) -> str:
    """The WebSocket of the first tab; Chromium writes the port that it took into its profile."""
    port_file = profile / "DevToolsActivePort"
    deadline = time.monotonic() + DEADLINE_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, f"Chromium ended at once: {complaints.read_text(errors='replace')[-2000:]}"
        lines = port_file.read_text().splitlines() if port_file.exists() else []
        if len(lines) == 2:
            with httpx.Client(trust_env=False) as client:
                tabs = client.get(f"http://127.0.0.1:{lines[0]}/json/list").json()
            pages = [tab["webSocketDebuggerUrl"] for tab in tabs if tab["type"] == "page"]
            if pages:
                return str(pages[0])
        time.sleep(0.05)
    raise AssertionError(f"Chromium did not start: {complaints.read_text(errors='replace')[-2000:]}")


if __name__ == "__main__":
    print(find_chromium() or "no Chromium that tests can use")
    sys.exit(find_chromium() is None)
