"""Scenes: a draft comes into being, is changed, translated, taken back and asked about; nothing goes out yet."""

from inbox_agent.conversation.turn_output import TurnOutput
from tests.transcript.stage import Stage

POLITE = "Is that polite enough for a customer whom I do not know well?"
POLITE_ANSWER = (
    "It is correct and friendly, but short: it gives no reason for the delay and no apology. “I am sorry for the delay.” as "
    "a first sentence would make it sound more considerate."
)


def play(stage: Stage) -> None:
    ann, sam, lee, kim = (stage.people[name] for name in ("ann", "sam", "lee", "kim"))
    chapter = stage.recorder.chapter
    thread = stage.thread(ann, "Late report")

    chapter(
        "An instruction is answered with the draft and its time",
        "Ann writes as she would to an assistant. The answer holds the draft word for word, when it will go out, and what "
        "can be replied.",
    )
    first = thread.ask(
        f"Write to Sam Jones <{sam.address}> that I'm late with the report and send it tomorrow at 9am New York time."
    )

    chapter(
        "Several things at once, and what changed",
        "One message changes the subject, the text and the time and adds two people, Kim for a blind copy. The answer shows "
        "what is new since the draft that Ann saw last.",
    )
    thread.ask(
        "Change the subject to Report delayed until Friday and add that I will call you on Monday "
        f"and cc {lee.address} and bcc {kim.address} and make it 10:00.",
        picture="changes",
    )

    chapter(
        "A question about the draft and its answer",
        "A question changes nothing: it is answered, and the mail stays planned as it was.",
    )
    thread.ask(POLITE, scripted=TurnOutput(intents=("question",), answer=POLITE_ANSWER, owner_language="en"))

    chapter(
        "A translation comes with its back-translation",
        "Ann can approve what she cannot read: below the Spanish text stands what it says, in her own language.",
    )
    thread.ask("translate to Spanish")

    chapter("Undo", "The original is one word away.")
    thread.ask("undo")

    chapter("“Show me all drafts”", "Every draft has a number and is kept.")
    thread.ask("show me all drafts")

    chapter("“Back to draft 3”", "Any draft that is kept can be taken again; here the Spanish one.")
    thread.ask("back to draft 3")

    chapter(
        "An approval of an outdated draft is not carried out",
        "Ann answers the very first mail with “send it now”. Meanwhile the draft is another one, so she is asked.",
    )
    stale = thread.ask("send it now", answers=first)

    chapter("Keep as draft", "Nothing goes out until Ann says so.")
    thread.ask("Not yet, keep it as a draft.", answers=stale)

    chapter("Bare commands need no model", "“status” and “help” are answered by code alone.")
    thread.ask("status")
    thread.ask("help")
