"""Caps in one conversation, for its owner and for everybody else apart: machines that write to each other stop, and a person
is told.

Pure. What was counted lies in the conversation (``Rates``), which decides about each message once, whatever poller brings it.
"""

from dataclasses import dataclass

from inbox_agent.models import HandOver, Rates, UserRequest

HOUR = 3600
PER_CONVERSATION = 40
# By all others in a conversation: recipients, colleagues, reports of mail servers. A mail to 10 people may bring as many.
BY_OTHERS = 10
# Answers in a row that change nothing: two machines that answer each other, or another agent.
MOST_WITHOUT_CHANGE = 10
# A person who asks again after this time does not answer us by reflex.
SOON_SECONDS = 600
# What answers us writes only when we do, so a while of silence ends it; a person who writes then has something new to say.
SILENCE_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Admitted:
    """What becomes of a message: what the conversation is told instead of it or the same (None: nothing), and the answer."""

    rates: Rates
    request: UserRequest | None
    answer: HandOver = HandOver.ACCEPTED


def admit_by_rate(
    rates: Rates,
    request: UserRequest,
    now: int,
    *,
    state: str,
    is_stop: bool,
    per_conversation: int = PER_CONVERSATION,
) -> Admitted:
    """The first message over a cap is answered with the reason, the rest of the hour is ignored; all stay in the mailbox.

    What comes by the HTTP API and from the owner's other conversations is not counted.

    Args:
        now: Unix seconds.
        state: of the conversation, another text after every change of its draft, time or status; "" while it is at work.
        is_stop: it only takes something back; the owner's word for that has a cap of its own, which nothing else uses up.
    """
    if request.kind == "api":
        return Admitted(rates, request)
    rates = _of_the_last_hour(rates, now)
    # What may be the owner's mail to somebody else, handed on by a person who got it, is not the owner's doing either.
    if request.role != "owner" or request.kind == "bounce" or request.doubt:
        return _by_other(rates, request, now)
    stop = is_stop and request.kind == "mail" and not request.unconfirmed
    name, seen = ("stops", rates.stops) if stop else ("owner", rates.owner)
    if len(seen) >= per_conversation:
        return _over(rates, request, now, name, seen[0], per_conversation)
    if not stop:
        silenced = _standing_still(rates, request, now, state)
        if silenced.request is not request:
            return silenced
        rates = silenced.rates
    return Admitted(rates.model_copy(update={name: (*seen, now)}), request)


def refused(request: UserRequest, text: str) -> UserRequest:
    """What the person is told instead of what they wrote."""
    return request.model_copy(
        update={"kind": "refused", "text": text, "quoted_text": "", "attachments": (), "bounce": None, "doubt": ""}
    )


def minutes_until(instant: float, now: float) -> int:
    """Whole minutes, at least one."""
    return max(1, round((instant - now) / 60))


def _of_the_last_hour(rates: Rates, now: int) -> Rates:
    since = now - HOUR
    return rates.model_copy(
        update={
            "owner": tuple(one for one in rates.owner if one > since),
            "stops": tuple(one for one in rates.stops if one > since),
            "others": tuple(one for one in rates.others if one > since),
            "told_until": {name: until for name, until in rates.told_until.items() if until > now},
        }
    )


def _over(rates: Rates, request: UserRequest, now: int, name: str, oldest: int, cap: int) -> Admitted:
    if name in rates.told_until:
        return Admitted(rates, None, HandOver.IGNORED)
    text = (
        f"More than {cap} messages came in this conversation within an hour, so this one and the next ones are not worked "
        f"on; “cancel” still is. Please write again in {minutes_until(oldest + HOUR, now)} minutes. Whatever is scheduled "
        "already stays scheduled."
    )
    told = rates.model_copy(update={"told_until": {**rates.told_until, name: now + HOUR}})
    return Admitted(told, refused(request, text), HandOver.TOLD)


def _by_other(rates: Rates, request: UserRequest, now: int) -> Admitted:
    if len(rates.others) < BY_OTHERS:
        taken = rates.model_copy(update={"others": (*rates.others, now), "held_back": 0})
        return Admitted(taken, _with_note(request, rates.held_back) if rates.held_back else request)
    if "others" in rates.told_until:
        return Admitted(rates.model_copy(update={"held_back": rates.held_back + 1}), None, HandOver.IGNORED)
    until = rates.others[0] + HOUR
    text = (
        f"Others sent more than {BY_OTHERS} messages in this conversation within an hour. This one and those that "
        f"follow in the next {minutes_until(until, now)} minutes are not shown to you; they are kept in my mailbox. Nothing "
        "was changed, and what you write is worked on as always."
    )
    told = rates.model_copy(update={"told_until": {**rates.told_until, "others": until}, "held_back": 1})
    return Admitted(told, refused(request, text), HandOver.TOLD)


def _with_note(request: UserRequest, held_back: int) -> UserRequest:
    """What is shown again after an hour tells how much was not."""
    note = f"{held_back} more messages by others came before this one and were not shown; they are kept in my mailbox."
    return request.model_copy(update={"notes": (*request.notes, note)})


def _standing_still(rates: Rates, request: UserRequest, now: int, state: str) -> Admitted:
    if now < rates.silent_until:
        return Admitted(rates, None, HandOver.IGNORED)
    again = bool(state) and state == rates.state and now - rates.last < SOON_SECONDS and request.answers_ours
    count = rates.unchanged + 1 if again else 1
    rates = rates.model_copy(update={"state": state, "unchanged": count, "last": now})
    if count <= MOST_WITHOUT_CHANGE:
        return Admitted(rates, request)
    text = (
        f"{MOST_WITHOUT_CHANGE} messages in a row in this conversation changed nothing, as if two machines answered each "
        f"other. So I am silent here for {SILENCE_SECONDS // 60} minutes; only “cancel” is worked on. After that, please write "
        "what I should do. What is already scheduled stays scheduled."
    )
    silent = rates.model_copy(update={"unchanged": 0, "silent_until": now + SILENCE_SECONDS})
    return Admitted(silent, refused(request, text), HandOver.TOLD)
