"""Scenes: what the owner is told when an address is wrong, a mail comes back, the model is away, the mail server is down."""

from tests.e2e.test_trust_and_loops import bounce_of
from tests.transcript.stage import Stage


def play_addresses(stage: Stage) -> None:
    cleo, pat = stage.people["cleo"], stage.people["pat"]
    chapter = stage.recorder.chapter
    chapter(
        "A refused recipient keeps the draft",
        "The mail server refuses the address at once. Cleo gets the reason in plain words and the server's own.",
    )
    thread = stage.thread(cleo, "Meeting")
    thread.ask("Write to nobody@world.test that the meeting is moved to Monday and send it in 2 seconds.")
    thread.hear(picture="trouble")
    thread.ask(f"Send it to {pat.address} instead and send it in 3 seconds.")
    thread.hear()

    chapter(
        "A mail that comes back reopens the conversation",
        "The server took the mail and later returns it. The draft is there again, and Cleo says whom to send it to.",
    )
    returned = bounce_of(stage.received(pat, cleo), pat.address, stage.world.address)
    pat.submit(returned, stage.world.address, login=False)
    thread.hear()
    thread.ask(f"send it to {stage.people['kim'].address} instead and send it in 3 days")


def play_model_away(stage: Stage) -> None:
    dan, lee = stage.people["dan"], stage.people["lee"]
    stage.recorder.chapter(
        "The model is away: the text is kept",
        "From now on the model answers “503”. Dan's change waits; commands still work. When the mail falls due, Dan is told "
        "that it waits with his text. Once the model is back, the change is made; he is asked, since the time has passed.",
    )
    thread = stage.thread(dan, "Invoice")
    thread.ask(f"Write to {lee.address} that the invoice is overdue and send it in 20 seconds.")
    stage.model.away_for.add("Invoice")
    thread.say("add that I will call you on Monday")
    stage.wait_for_trouble(thread)
    thread.ask("status")
    thread.hear()
    stage.model.away_for.discard("Invoice")
    stage.recorder.note("*The model is back.*")
    thread.hear()
    thread.ask("send it now")
    thread.hear()


def play_mail_server_down(stage: Stage) -> None:
    """Needs a world of its own, since nobody's mail gets out meanwhile."""
    fay, lee = stage.people["fay"], stage.people["lee"]
    stage.recorder.chapter(
        "The mail server is down when a mail is due",
        "The mail goes out once, as soon as the server takes it again; Fay is told that it is late, then gets the receipt.",
    )
    thread = stage.thread(fay, "Rent")
    thread.ask(f"Write to {lee.address} that the invoice has been paid and send it in 5 seconds.")
    stage.world.smtp.shut()
    stage.wait_for_trouble(thread)
    stage.world.smtp.open()
    stage.recorder.note("*The mail server works again.*")
    thread.hear()
    thread.hear()
    stage.show_received(lee, fay)
