"""Scenes: what is remembered of an owner over all threads, and the list of everything that is planned."""

from inbox_agent.conversation.turn_output import Recipient, TurnOutput
from tests.transcript.stage import Stage, Thread

MEMORY = "What do you remember about me?"
PENDING = "What is pending?"


def play(stage: Stage) -> None:
    invitation = names(stage)
    memory(stage)
    planned(stage, invitation)


def names(stage: Stage) -> Thread:
    ann, sam, zoe = (stage.people[name] for name in ("ann", "sam", "zoe"))
    stage.wait_until_remembered(ann, MEMORY, sam.address)
    stage.recorder.chapter(
        "A name is enough for somebody who was written to",
        "In a new thread Ann writes “Sam”: she had mail sent to one person of that name. Nobody is known as Zoe: she is asked.",
    )
    invitation = stage.thread(ann, "Invitation")
    invitation.ask("Write to Sam and Zoe that the meeting is on Friday at 10:00 and send it in 3 days.")
    both = (Recipient(address=sam.address), Recipient(name="Zoe", address=zoe.address))
    invitation.ask(zoe.address, scripted=TurnOutput(intents=("revise",), to=both))
    return invitation


def memory(stage: Stage) -> None:
    ann, sam = stage.people["ann"], stage.people["sam"]
    chapter = stage.recorder.chapter
    chapter(
        "What Ann says of all her mails is remembered",
        "Told when it is new, with the words that show and delete it.",
    )
    thread = stage.thread(ann, "About me")
    thread.ask("My name is Ann Miller. Always write in a friendly tone.")
    thread.ask("sign my mails as Ann Miller, Sales")
    stage.wait_until_remembered(ann, MEMORY, "Ann Miller", "Sales", "friendly")

    chapter("It is used in the next thread", "Signature, tone and zone are there without another word.")
    stage.thread(ann, "Delivery").ask(f"Write to {sam.address} that the delivery is late and send it in 4 days.")

    chapter("Shown, changed, deleted", "All by mail, from any thread.")
    thread.ask(MEMORY, picture="memory")
    thread.ask("sign my mails as Ann Miller, Head of Sales")
    stage.wait_until_remembered(ann, MEMORY, "Head of Sales")
    thread.ask("forget my signature")
    thread.ask("forget everything")
    stage.wait_until_remembered(ann, MEMORY, "remember nothing")
    thread.ask(MEMORY)


def planned(stage: Stage, invitation: Thread) -> None:
    ann = stage.people["ann"]
    stage.wait_until_remembered(ann, PENDING, "meeting is on Friday", "delivery is late")
    stage.recorder.chapter(
        "What is pending, over all threads",
        "A new thread lists what is planned in the others. A number cancels one of them, which is confirmed in its own thread.",
    )
    thread = stage.thread(ann, "Overview")
    thread.ask(PENDING, picture="planned")
    thread.ask("cancel 2")
    invitation.hear()
    thread.ask(PENDING)
