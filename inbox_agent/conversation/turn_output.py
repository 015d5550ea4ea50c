"""What the model returns: what the person meant, never arithmetic on times.

Every field has a default so that code can build outputs easily; the strict JSON schema that the model gets requires all
of them. The descriptions are part of that schema: the model reads them.
"""

from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from inbox_agent.mail.charset.clean_text import shown

Intent = Literal[
    "compose",
    "revise",
    "translate",
    "reschedule",
    "send_now",
    "approve",
    "as_is",
    "cancel",
    "keep_draft",
    "question",
    "undo",
    "go_back",
    "show_drafts",
    "status",
    "help",
    "retry",
    "remember",
    "forget",
    "show_memory",
    "show_pending",
    "cancel_pending",
]
# What cannot be taken back: it needs words of the owner.
Act = Literal[
    "send_now", "retry", "approve", "as_is", "cancel", "cancel_pending", "attach", "remember", "forget", "zone"
]
Remembered = Literal["name", "signature", "zone", "language", "tone", "contacts", "everything"]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
Unit = Literal["second", "minute", "hour", "day", "business_day", "week", "month", "year"]
Part = Literal["morning", "noon", "afternoon", "evening", "night", "midnight", "end_of_day"]


def _without_defaults(schema: dict[str, Any]) -> None:
    """Strict structured output requires every field and knows no "default"."""
    for described in schema.get("properties", {}).values():
        described.pop("default", None)


def _shown(value: object) -> object:
    """Texts and tuples of texts cleaned, all else as it is."""
    if isinstance(value, str):
        return shown(value)
    return tuple(map(_shown, value)) if isinstance(value, tuple) else value


class Said(BaseModel):
    """Base of what the model says: unknown keys are refused, as the strict schema promises.

    No text of it holds control, bidi or other invisible characters, whatever the model wrote: it goes into mails and headers.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_extra=_without_defaults)

    @model_validator(mode="after")
    def _without_invisible(self) -> Self:
        for name, value in self:
            if (clean := _shown(value)) != value:
                object.__setattr__(self, name, clean)  # not out of the hands of its maker yet
        return self


class Recipient(Said):
    """A person to write to. ``address`` is "" when only a name was said: code looks it up, never the model."""

    name: str = Field(default="", description="Name as said, or empty.")
    address: str = Field(default="", description="Mail address exactly as the owner wrote it; empty if only named.")


class SaidOffset(Said):
    """One amount of "in 2 hours and 30 minutes"."""

    amount: float = Field(description="How many; negative for earlier.")
    unit: Unit


class SaidDate(Said):
    """A day as it was said. ``kind`` tells which fields count."""

    kind: Literal["named", "weekday", "calendar", "period", "nth_weekday"] = Field(
        description="named: today, tomorrow … (named); weekday: 'Friday' (weekday, which); calendar: '3 March 2027', "
        "'the 15th' (day, month, year); period: 'end of next month' (period, which, edge); nth_weekday: 'first Monday "
        "of June' (nth, weekday, month or which)."
    )
    named: Literal["yesterday", "today", "tomorrow", "day_after_tomorrow"] | None = None
    weekday: Weekday | None = None
    which: Literal["coming", "this", "next", "of_next_week", "after_next"] | None = Field(
        default=None,
        description="coming: plain 'Friday'; this: 'this Friday', 'this month'; next: 'next Friday', 'next month'; "
        "of_next_week: 'Friday of next week'; after_next: the one after.",
    )
    day: int | None = Field(default=None, description="Day of the month as said.")
    month: int | None = Field(default=None, description="1 to 12, only if said.")
    year: int | None = Field(default=None, description="Four digits, only if said.")
    day_month_unclear: bool = Field(
        default=False, description="True for '3/4' when nothing tells which number is the day."
    )
    period: Literal["week", "month", "quarter", "year"] | None = None
    edge: Literal["start", "end"] | None = None
    business: bool = Field(default=False, description="True for 'last business day of the month'.")
    nth: int | None = Field(default=None, description="1 to 5, or -1 for the last.")


class SaidTime(Said):
    """A time of day as it was said."""

    hour: int | None = Field(default=None, description="The hour as said: 3 for 'at 3', 15 for '15:00'.")
    minute: int = 0
    second: int = 0
    clock: Literal["am", "pm", "24h"] | None = Field(
        default=None, description="24h for '15:00', '03:00', '15 Uhr'; null for a bare 'at 3', 'um 3 Uhr', 'à 3h'."
    )
    part: Part | None = Field(
        default=None, description="'in the morning', 'noon', 'end of day'; 'tonight' is date today and night."
    )


class When(Said):
    """What was said about the time of sending, symbolically. Code computes the instant."""

    said: str = Field(default="", description="The owner's words about the time, verbatim.")
    offset: tuple[SaidOffset, ...] = Field(default=(), description="'in 2 hours', 'two days later'; empty if none.")
    offset_from: Literal["now", "schedule"] = Field(
        default="now", description="schedule for 'an hour later/earlier than planned'; else now."
    )
    date: SaidDate | None = None
    time: SaidTime | None = None
    zone: str | None = Field(
        default=None, description="Only if a zone or place was named with the time: IANA name, or offset like +02:00."
    )
    repeats: bool = Field(default=False, description="True for 'every Monday'.")


class Asked(Said):
    """The owner's own words that ask for something that cannot be taken back."""

    act: Act
    words: str = Field(description="Copied letter for letter from the OWNER lines of this message.")


class Remember(Said):
    """What is to be known of the owner from now on, in all conversations; null is unchanged."""

    name: str | None = Field(default=None, description="The owner's name, as mails should be signed.")
    signature: str | None = Field(default=None, description="Standing signature below the name; lines as said.")
    tone: str | None = Field(default=None, description="How the owner's mails should always sound, in a few words.")
    language: str | None = Field(default=None, description="BCP 47 language in which the owner wants to be answered.")
    forget: tuple[Remembered, ...] = Field(default=(), description="What should be forgotten.")
    forget_contacts: tuple[str, ...] = Field(default=(), description="Names or addresses of people to forget.")


class TurnOutput(Said):
    """The structured output of one model turn. null always means: unchanged, not said."""

    intents: tuple[Intent, ...] = Field(
        default=(),
        description="All that the owner wants in this message. approve: agrees with the draft, or with "
        "what was asked, without saying when; as_is: declines what was asked or proposed, all stays as it is; "
        "send_now: send at once; keep_draft: do not send yet, keep it; go_back: return to draft draft_number; "
        "retry: once more what failed ('try again' about the wording is revise); "
        "show_memory: asks what you know of them; show_pending: asks which mails are planned, in all threads; "
        "cancel_pending: cancel other planned mails by number (cancel is for the mail of this thread).",
    )
    asked: tuple[Asked, ...] = Field(
        default=(),
        description="For each of these intents, for attachments (attach) and owner_zone (zone): the words that ask for it.",
    )
    to: tuple[Recipient, ...] | None = Field(default=None, description="The whole new To list.")
    cc: tuple[Recipient, ...] | None = Field(default=None, description="The whole new Cc list.")
    bcc: tuple[Recipient, ...] | None = Field(default=None, description="The whole new Bcc list.")
    subject: str | None = Field(default=None, description="New subject, one line.")
    body: str | None = Field(default=None, description="The whole new text of the mail, plain text.")
    language: str | None = Field(default=None, description="BCP 47 language of the body, when it is new or changed.")
    attachments: tuple[str, ...] | None = Field(
        default=None, description="Names of all files that the mail should carry, each exactly as the input lists it."
    )
    when: When | None = Field(
        default=None, description="When to send; null if not said, and for 'now' or 'as planned'."
    )
    owner_zone: str | None = Field(
        default=None,
        description="IANA zone if the owner says where they are or which zone to use from now on; remembered.",
    )
    owner_language: str = Field(default="", description="BCP 47 language in which the owner writes.")
    draft_number: int | None = Field(default=None, description="For go_back: the number of the draft.")
    remember: Remember | None = Field(
        default=None, description="Only for remember and forget: standing facts and wishes, not of this mail alone."
    )
    pending_numbers: tuple[int, ...] = Field(
        default=(), description="For cancel_pending: numbers from the list of the owner's planned mails."
    )
    answer: str = Field(default="", description="Answer to the owner's question, in the owner's language; else empty.")
    back_translation: str = Field(
        default="",
        description="Whenever body is not in the owner's language: the body rendered back into it; else empty.",
    )
    questions: tuple[str, ...] = Field(
        default=(), description="What must be asked before going on, in the owner's language, each with proposals."
    )
    remark: str = Field(default="", description="A word on your own work that the owner must know; usually empty.")
