"""``python -m tests.transcript [--no-pictures]``: plays the scenes on the real system and writes docs/transcript.md.

Parts that share nothing are played side by side, each with an owner of its own; those of one owner follow each other.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from inbox_agent.demo.mail_server import MailServer
from inbox_agent.launcher import Process
from tests.e2e.world import AUTHSERV_ID, World, accepts, free_port
from tests.transcript import drafting, remembering, timing, together, trouble
from tests.transcript.model import TranscriptModel
from tests.transcript.pictures import gallery, take_pictures
from tests.transcript.recording import Recorder, as_markdown
from tests.transcript.stage import Stage

DOCS = Path(__file__).parents[2] / "docs"
INTRODUCTION = """# Conversations, as their owners receive them

Written by `make transcript` from a run of the whole system (embedded engine, Dovecot, SMTP, IMAP). A stand-in answered instead
of a model, and says so in every mail; where its rules do not suffice, the model's structured output was scripted, which is
said below the message. Shown is the plain text of each mail in full, each mail once, and of replies the new words without the
quoted history. The HTML says the same; pictures of some are at the end.

Parts 1 to 3 are Ann's. What happens in the others happened to other owners at the same time.
"""
Play = Callable[[Stage], None]
# The parts of a track are played one after the other, the tracks side by side.
TRACKS: tuple[tuple[tuple[str, Play], ...], ...] = (
    (
        ("A draft, and what can be said about it", drafting.play),
        ("When it goes out", timing.play),
        ("Over all threads: memory and planned mails", remembering.play),
    ),
    (("Files", together.play_files), ("Other people in the conversation", together.play_others)),
    (("Trouble with an address", trouble.play_addresses), ("Trouble with the model", trouble.play_model_away)),
    (("Trouble with the mail server", trouble.play_mail_server_down),),
)
PEOPLE = ("ann", "ben", "cleo", "dan", "eva", "fay", "kim", "lee", "pat", "sam", "zoe")
SETTINGS = {
    "INBOX_AGENT_CONFIRM": "@newcomer.test",
    "INBOX_AGENT_SEND_PAUSE": "10",
    # Waiting for what is noted beside the mails asks again and again.
    "INBOX_AGENT_MAX_PER_SENDER": "1000",
    "INBOX_AGENT_MAX_PER_DOMAIN": "1000",
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.transcript", description=__doc__)
    parser.add_argument("--no-pictures", action="store_true", help="write only the text")
    options = parser.parse_args()
    # The zone of the machine stands in the Date of the mails, and so in the answers.
    os.environ["TZ"] = "UTC"
    time.tzset()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        with running_model(root) as model, MailServer(root / "mail", users={}, authserv_id=AUTHSERV_ID) as mail_server:
            # The mail server fails in a world of its own: nobody else's mail may wait for it.
            worlds = [new_world(root / name, mail_server, model) for name in ("agent", "assistant")]
            try:
                for world in worlds:
                    world.start()
                parts = play(worlds, model)
            finally:
                for world in worlds:
                    world.close()
        document = as_markdown(INTRODUCTION, parts, gallery("pictures"))
        (DOCS / "transcript.md").write_text(document, encoding="utf-8")
        if not options.no_pictures:
            pages = {name: html for part in parts for name, html in part.pages.items()}
            take_pictures(pages, DOCS / "pictures", root)
    print(f"wrote {DOCS / 'transcript.md'}")
    return 0


def play(worlds: list[World], model: TranscriptModel) -> list[Recorder]:
    """All tracks side by side, the last one in the second world; the parts in the order of the document."""
    people = {name: worlds[0].person(name, address=f"{name}@world.test") for name in PEOPLE}
    people["noa"] = worlds[0].person("noa", address="noa@newcomer.test")

    def play_track(number: int) -> list[Recorder]:
        world = worlds[1] if number == len(TRACKS) - 1 else worlds[0]
        played = []
        for title, scenes in TRACKS[number]:
            played.append(Recorder(title))
            scenes(Stage(world, model, people, played[-1]))
        return played

    with ThreadPoolExecutor(len(TRACKS)) as pool:
        return [part for track in pool.map(play_track, range(len(TRACKS))) for part in track]


def new_world(folder: Path, mail_server: MailServer, model: TranscriptModel) -> World:
    folder.mkdir()
    return World(folder, mail_server, model, INBOX_AGENT_ADDRESS=f"{folder.name}@world.test", **SETTINGS)


@contextmanager
def running_model(root: Path) -> Iterator[TranscriptModel]:
    """The stand-in, and before it the model that the agents ask."""
    port = free_port()
    standin = Process("stand-in", ["standin-model", "--port", str(port)], log_file=root / "standin.log")
    standin.ready = lambda: accepts(port)
    standin.spawn()
    try:
        standin.wait_until_ready()
        model = TranscriptModel(port)
        try:
            yield model
        finally:
            model.close()
    finally:
        standin.stop()


if __name__ == "__main__":
    raise SystemExit(main())
