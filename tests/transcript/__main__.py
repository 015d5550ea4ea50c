"""``python -m tests.transcript [--pictures]``: plays the scenes on the real system and writes docs/transcript.md.

The stand-in answers instead of a model. Times and Message-IDs are those of the run.
"""

import argparse
import tempfile
from email.message import EmailMessage
from pathlib import Path

from inbox_agent.demo_conversation import body_of
from inbox_agent.embedded.mail_server import MailServer
from inbox_agent.launcher import Process
from tests.browser import chromium
from tests.e2e.slow_model import SlowModel
from tests.e2e.world import AUTHSERV_ID, World, accepts, free_port
from tests.transcript.scenes import play

DOCS = Path(__file__).parents[2] / "docs"
INTRODUCTION = """# A conversation, as its owner receives it

Written by `make transcript` from a run of the whole system (embedded engine, Dovecot, SMTP, IMAP). A stand-in answered
instead of a model, and says so. Shown is the plain text of each mail; the HTML says the same.
"""
PICTURED = {
    "A translation comes with its back-translation": "translation",
    "Sent, with a receipt": "receipt",
    "A file is listed with the draft": "files",
}
SHOWN_HEADERS = ("From", "To", "Subject", "Auto-Submitted")


class Writer:
    """Collects the transcript as Markdown, and the HTML of the agent's mails for the pictures."""

    def __init__(self) -> None:
        self.lines = [INTRODUCTION]
        self.title = ""
        self.pages: dict[str, str] = {}

    def chapter(self, title: str) -> None:
        print(f"… {title}", flush=True)
        self.title = title
        self.lines.append(f"\n## {title}\n")

    def tell(self, who: str, message: EmailMessage) -> None:
        headers = "\n".join(f"{name}: {message[name]}" for name in SHOWN_HEADERS if message[name] is not None)
        text = "\n".join(line.rstrip() for line in body_of(message).replace("\r\n", "\n").strip().split("\n"))
        names = ", ".join(str(part.get_filename()) for part in message.iter_attachments())
        text += f"\n\n[with the file {names}]" if names else ""
        self.lines.append(f"**{who}**\n\n```text\n{headers}\n\n{text}\n```\n")
        html = message.get_body(("html",))
        if self.title in PICTURED and html is not None:
            self.pages[PICTURED[self.title]] = str(html.get_content())


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.transcript", description=__doc__)
    parser.add_argument("--no-pictures", action="store_true", help="write only the text")
    options = parser.parse_args()
    writer = Writer()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "world").mkdir()
        with MailServer(root / "mail", users={}, authserv_id=AUTHSERV_ID) as mail_server:
            port = free_port()
            standin = Process("stand-in", ["standin-model", "--port", str(port)], log_file=root / "standin.log")
            standin.ready = lambda: accepts(port)
            standin.spawn()
            standin.wait_until_ready()
            model = SlowModel(port)
            world = World(root / "world", mail_server, model)
            try:
                world.start()
                play(world, writer.chapter, writer.tell)
            finally:
                world.close()
                model.close()
                standin.stop()
        (DOCS / "transcript.md").write_text("\n".join(writer.lines), encoding="utf-8")
        if not options.no_pictures:
            take_pictures(writer.pages, root)
    print(f"wrote {DOCS / 'transcript.md'}")
    return 0


def take_pictures(pages: dict[str, str], folder: Path) -> None:
    """Each page in light and dark, and as on a phone of 320 px."""
    (DOCS / "pictures").mkdir(exist_ok=True)
    with chromium(folder / "profile") as page:
        for name, html in pages.items():
            file = folder / "mail.html"
            file.write_text(html, encoding="utf-8")
            for look, width, dark in (("light", 640, False), ("dark", 640, True), ("phone", 320, False)):
                page.look(width=width, height=100, dark=dark)
                page.open(file.as_uri())
                page.screenshot(DOCS / "pictures" / f"{name}-{look}.png")


if __name__ == "__main__":
    raise SystemExit(main())
