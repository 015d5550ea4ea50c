"""Scenes: when a mail goes out: zones, times that have passed or mean two things, and the pause before "now"."""

from tests.transcript.stage import Stage


def play(stage: Stage) -> None:
    ann, sam = stage.people["ann"], stage.people["sam"]
    chapter = stage.recorder.chapter
    thread = stage.thread(ann, "Contract")

    chapter(
        "The zone that was assumed is told",
        "Ann names no time zone, so that of her mail counts. The answer says so, and how to change it.",
    )
    thread.ask(f"Write to {sam.address} that the contract is signed and send it tomorrow at 9.")

    chapter(
        "Another time zone",
        "“Tomorrow at 9” stays 9 o'clock, now in Madrid; the zone is remembered for all of Ann's mails.",
    )
    thread.ask("use Europe/Madrid time")

    chapter("A question about a time that has passed", "With proposals; nothing is armed meanwhile.")
    thread.ask("send it yesterday at 10:00")

    chapter(
        "A question about a time that could mean two things",
        "The answer needs to say only what was open: “15:00” is that of the day that was asked about.",
    )
    thread.ask("send it tomorrow at 3", picture="question")
    thread.ask("15:00")

    chapter(
        "“Now” leaves time to cancel",
        "“Send it now” waits for a short pause, ten seconds unless set otherwise. “Cancel” within it still works.",
    )
    thread.ask("send it now")
    thread.ask("cancel")

    chapter("Sent, with a receipt", "Ann wants it sent after all. The receipt has the time and the Message-ID.")
    thread.ask("send it in 5 seconds")
    thread.hear(picture="receipt")
    stage.show_received(sam, ann)

    chapter("A cancel that comes too late", "It is said plainly, with the time of sending.")
    thread.ask("cancel")

    chapter(
        "After the end: a follow-up knows what was sent",
        "A reply in the same thread is enough; text and subject are those of the mail that went out.",
    )
    thread.ask(f"send the same to {stage.people['kim'].address} tomorrow at 9")
