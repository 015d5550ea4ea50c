"""Replies to render, shared by the tests of the renderer."""

from inbox_agent.models import (
    Address,
    AttachmentRef,
    Conversation,
    Draft,
    Reply,
    Revision,
    Schedule,
    SentRecord,
    ThreadHeaders,
)

REPLY_ADDRESS = "agent+AbC123@example.com"
THURSDAY = Schedule(instant=1772697600, zone="Europe/Berlin", local="2026-03-05T09:00:00")
FRIDAY = Schedule(instant=1772805600, zone="Europe/Berlin", local="2026-03-06T15:00:00")
FIRST = Draft(
    to=(Address("sam@corp.example", "Sam Carter"),),
    subject="Late report",
    body="Hello Sam,\n\nYou will have the report by Thursday evening, sorry for the delay.\n\nBest regards,\nAnn",
    language="en",
)
SECOND = FIRST.model_copy(
    update={
        "cc": (Address("lee@corp.example", "Lee"),),
        "body": FIRST.body.replace("Thursday evening", "Friday noon"),
        "attachments": (
            AttachmentRef(message_id="<m@x>", part="2", name="plan.pdf", content_type="application/pdf", size=183_422),
        ),
    }
)


def conversation(**changes: object) -> Conversation:
    values: dict[str, object] = {
        "workflow_id": "w",
        "owner": Address("ann@corp.example", "Ann"),
        "zone": "Europe/Berlin",
        "draft": SECOND,
        "revision": 2,
        "schedule": FRIDAY,
        "thread": ThreadHeaders(root="<r@x>", references=("<r@x>",), subject="A mail to Sam & co"),
    }
    return Conversation.model_validate(values | changes)


SCHEDULED = Reply(
    kind="scheduled",
    conversation=conversation(),
    seen=Revision(number=1, draft=FIRST, schedule=THURSDAY),
    notices=("I used the zone Europe/Berlin.",),
    remark="Written by nobody in particular.",
    hints=("send it now", "make it Monday & 9:00", "cancel"),
)
SENT = Reply(
    kind="sent",
    conversation=conversation(sent=(SentRecord(message_id="<out@example.com>", sent_at=1772805603, draft=SECOND),)),
)
FAILED = Reply(
    kind="failed",
    conversation=conversation(schedule=None),
    detail="550 5.1.1 <sam@corp.example>: User unknown",
    hints=("retry", "cancel"),
)
