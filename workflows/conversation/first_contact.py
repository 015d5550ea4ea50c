"""First contact: people whom the policy knows only after a confirmation, and what of theirs waits for it.

All that is known of them lies in one attribute of the conversation; their words are neither shown to the model nor acted
upon before.
"""

from iwf.persistence import Persistence

from inbox_agent.conversation.commands import is_confirmation
from inbox_agent.conversation.events import decisions
from inbox_agent.conversation.events.decisions import Next, Step
from inbox_agent.models import Conversation, UserRequest
from workflows.conversation import schema as s

# Mails that ask for the confirmation in one conversation: two machines cannot keep each other going.
MOST_ASKED = 2


def admitted(request: UserRequest, persistence: Persistence) -> UserRequest | None:
    """What may be worked on: the message itself once its sender is confirmed, what waited when it is the confirmation; None
    when it has to wait, too."""
    contact = _contact(persistence)
    if contact.confirmed:
        return request
    if contact.waiting and request.answers_ours and is_confirmation(request.text, request.sender):
        persistence.set_data_attribute(s.DA_FIRST_CONTACT, s.FirstContact(asked=contact.asked, confirmed=True))
        # A message that could not be taken is told only when there is nothing else to work on.
        return decisions.merge_requests([one for one in contact.waiting if one.kind == "mail"] or contact.waiting[-1:])
    waiting = (*contact.waiting, request)
    if len(s.FirstContact(waiting=waiting).model_dump_json().encode()) < s.ATTRIBUTE_LIMIT:
        persistence.set_data_attribute(s.DA_FIRST_CONTACT, contact.model_copy(update={"waiting": waiting}))
    return None


def ask(conversation: Conversation, here: Next, persistence: Persistence) -> Step:
    """The mail that asks for the confirmation, or none when it was asked for often enough."""
    contact = _contact(persistence)
    step = decisions.ask_to_confirm(conversation, here)
    if contact.asked >= MOST_ASKED:
        return Step(step.conversation, None, here)
    persistence.set_data_attribute(s.DA_FIRST_CONTACT, contact.model_copy(update={"asked": contact.asked + 1}))
    return step


def _contact(persistence: Persistence) -> s.FirstContact:
    stored = persistence.get_data_attribute(s.DA_FIRST_CONTACT)
    return stored if isinstance(stored, s.FirstContact) else s.FirstContact()
