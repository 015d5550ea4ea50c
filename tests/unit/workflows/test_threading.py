"""A thread stays one in every client: the subject never changes, and References hold the root and what was answered."""

from email.message import EmailMessage

import pytest

from inbox_agent.conversation.events import decisions
from inbox_agent.conversation.events.decisions import absorb, extend_thread
from inbox_agent.mail.outgoing.compose import NEWEST_REFERENCES, compose_reply
from inbox_agent.models import Address, Conversation, Reply, UserRequest
from tests.workflow_fakes import FakeModel, FakePost, services
from workflows.conversation.steps import outgoing_mail

ANN = Address("ann@corp.example", "Ann")


class Client:
    """A mail client that answers the newest mail, naming all ids that it has seen, as many do."""

    def __init__(self, *, keeps_all: bool = True) -> None:
        self.conversation = Conversation(workflow_id="mail-abc")
        self.services = services(FakeModel(), FakePost())
        self.seen: list[str] = []
        self.keeps_all = keeps_all

    def write(self, message_id: str, subject: str, references: tuple[str, ...] | None = None) -> EmailMessage:
        """Send a message; gives the answer."""
        named = tuple(self.seen if self.keeps_all else self.seen[-1:]) if references is None else references
        request = UserRequest(message_id=message_id, sender=ANN, subject=subject, references=named)
        self.conversation = absorb(self.conversation, request)
        mail = outgoing_mail(Reply(kind="notice", conversation=self.conversation), self.services)
        self.conversation = self.conversation.model_copy(
            update={"thread": extend_thread(self.conversation.thread, (mail.message_id,))}
        )
        self.seen += [message_id, mail.message_id]
        return compose_reply(mail, sender=Address("agent@example.com"), now=self.services.clock())


def ids(message: EmailMessage, field: str) -> list[str]:
    return str(message[field]).split()


@pytest.mark.parametrize("keeps_all", [True, False])
def test_root_and_answered_message_are_in_every_answer_however_long_the_thread(keeps_all: bool) -> None:
    client = Client(keeps_all=keeps_all)
    for number in range(80):
        answer = client.write(f"<{number}@corp.example>", "Report")
        references, thread = ids(answer, "References"), client.seen[:-1]
        assert references == (thread if len(thread) <= NEWEST_REFERENCES else [thread[0], *thread[-NEWEST_REFERENCES:]])
        assert str(answer["In-Reply-To"]) == references[-1] == f"<{number}@corp.example>"
        assert len(client.conversation.thread.references) <= decisions.REFERENCES_KEPT


def test_the_subject_never_changes_and_has_one_re() -> None:
    client = Client()
    said = ["Late report", "Re: Late report", "AW: Re: Late report", "RE[3]: Late report", "Something else", ""]
    answers = [client.write(f"<{number}@corp.example>", subject) for number, subject in enumerate(said)]
    assert {str(answer["Subject"]) for answer in answers} == {"Re: Late report"}


def test_a_reply_without_references_is_answered_into_the_thread() -> None:
    client = Client()
    client.write("<0@corp.example>", "Report")
    answer = client.write("<tap@corp.example>", "Re: Report", references=())
    assert str(answer["In-Reply-To"]) == "<tap@corp.example>"
    assert ids(answer, "References")[0] == "<0@corp.example>"


def test_no_thread_index_is_invented() -> None:
    answer = Client().write("<0@corp.example>", "Report")
    assert not {"thread-index", "thread-topic"} & {name.lower() for name in answer}
