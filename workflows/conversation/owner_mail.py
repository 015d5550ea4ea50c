"""Our own mail to the owner: sent by the states that notify, each mail after its predecessor."""

from iwf.communication import Communication
from iwf.iwf_api.models import RetryPolicy
from iwf.persistence import Persistence
from iwf.workflow_context import WorkflowContext

from inbox_agent.errors import SendRejected
from inbox_agent.mail.outgoing.compose import compose_reply
from workflows.conversation import schema as s
from workflows.services import Services

SMTP_TIMEOUT_SECONDS = 60
# Without end: a reply that is late is better than one that is lost.
NOTIFY_RETRY = RetryPolicy(initial_interval_seconds=1, backoff_coefficient=2, maximum_interval_seconds=60)


def deliver_to_owner(
    notification: s.Notification,
    ctx: WorkflowContext,
    persistence: Persistence,
    communication: Communication,
    services: Services,
) -> None:
    """Send one mail of ours and let its successor go. A permanent refusal is noted: nobody is left to be told by mail."""
    mail = notification.mail
    if mail is None:
        return
    try:
        message = compose_reply(
            mail, sender=services.identity.mailbox, now=services.clock(), secret=services.identity.secret
        )
        services.post.deliver(message, recipients=[mail.to.address], first_attempt=(ctx.attempt or 1) == 1)
    except SendRejected as error:
        persistence.set_data_attribute(s.DA_LAST_ERROR, f"a reply to the owner was refused: {error}"[:2_000])
    communication.publish_to_internal_channel(f"{s.CH_NOTIFIED_PREFIX}{notification.number}", notification.number)
