"""One turn while it is applied: the state so far, what will be told, and what holds of a conversation."""

from dataclasses import dataclass, field
from datetime import datetime

from inbox_agent.conversation.revisions import find_revision
from inbox_agent.conversation.turn_output import TurnOutput, When
from inbox_agent.conversation.when.times import instant_of
from inbox_agent.conversation.words.holds import Standing
from inbox_agent.models import Conversation, Draft, MemoryNote, OpenQuestions, PlannedMail, UserRequest

# What is only told, or is about the owner or other mails than the one at hand.
LEAVES_THE_MAIL = frozenset(
    ("question", "show_drafts", "status", "help", "remember", "forget", "show_memory", "show_pending", "cancel_pending")
)


@dataclass
class Turn:
    """One turn while it is applied: the state so far, and what will be told."""

    conversation: Conversation
    request: UserRequest
    output: TurnOutput
    now: datetime
    default_zone: str
    pause: int
    draft: Draft
    notices: list[str] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    refused: bool = False
    anew: bool = False
    # How many of the questions leave an armed schedule as it is.
    asides: int = 0
    # An approval of a draft that is out of date frees nothing that is held.
    unapproved: bool = False
    # What stays open after this turn, if it changes something.
    open: OpenQuestions = field(default_factory=OpenQuestions)
    # What can be replied to the questions of this turn.
    hints: list[str] = field(default_factory=list)
    note: MemoryNote | None = None
    planned: tuple[PlannedMail, ...] | None = None
    cancels: tuple[str, ...] = ()
    # Whether code read or asked for what is to be done, so that no words of the owner have to be found for it.
    commanded: bool = False
    # What the model says in its own words: answers, questions, remark.
    spoken: list[str] = field(default_factory=list)
    # Whether what is planned waits, though no question of this turn holds it.
    stays: bool = False
    own: Standing | None = None
    # Whether the owner may have said "no" where the model understood "yes".
    stays_in_doubt: bool = False
    # Whether the one question is about files that came along.
    asks_for_files: bool = False
    # Whether what is planned waits for a "yes", because of a doubtful hold or a change that was not asked for.
    unsure: bool = False

    def ask_aside(self, question: str) -> None:
        """Ask about something other than the mail, which leaves an armed schedule as it is."""
        self.questions.append(question)
        self.asides += 1

    def means(self, *intents: str) -> bool:
        """Whether the model understood any of these."""
        return any(intent in self.output.intents for intent in intents)

    @property
    def changes_fields(self) -> bool:
        """Whether the model filled in anything of the mail or its time."""
        output = self.output
        fields = (self.when, output.to, output.cc, output.bcc, output.subject, output.body, output.attachments)
        return any(bool(value) for value in fields)

    @property
    def changes_something(self) -> bool:
        """Whether the owner asked for more than to be told something."""
        return not set(self.output.intents) <= LEAVES_THE_MAIL or self.changes_fields

    @property
    def answers_outdated(self) -> bool:
        """Whether the owner answers a draft that differs from the current one; a number alone makes no difference."""
        return answers_outdated(self.conversation, self.request)

    @property
    def when(self) -> When | None:
        """What was said about the time; a model that fills the object with nothing said nothing, nor does "now" besides
        ``send_now``."""
        said = self.output.when
        if said is None or said.offset or said.date or said.time or said.zone or said.repeats:
            return said
        return said if said.said.strip() and not self.means("send_now") else None


def answers_outdated(conversation: Conversation, request: UserRequest) -> bool:
    """Whether a request answers a draft that differs from the current one."""
    answered = request.answers_revision
    if answered is None or answered >= conversation.revision:
        return False
    seen = find_revision(conversation, answered)
    return seen is None or seen.draft != conversation.draft


def is_armed(conversation: Conversation) -> bool:
    """Whether the draft goes out at its time unless someone says otherwise."""
    return conversation.schedule is not None and not conversation.held and is_complete(conversation.draft)


def is_complete(draft: Draft) -> bool:
    """Whether somebody would get some text."""
    return bool((draft.to or draft.cc or draft.bcc) and draft.body.strip())


def already_sent(conversation: Conversation) -> bool:
    """Whether the current draft is what went out last, with nothing planned after it."""
    if not conversation.sent or conversation.sent[-1].draft != conversation.draft:
        return False
    planned = conversation.schedule
    return planned is None or instant_of(planned) <= conversation.sent[-1].sent_at
