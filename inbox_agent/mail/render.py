"""A ``Reply`` to text and HTML: what the owner reads after every turn. Everything is escaped; no images, no scripts."""

from inbox_agent.models import RenderedReply, Reply


def render_reply(reply: Reply, *, reply_address: str) -> RenderedReply:
    """Render both alternatives.

    Args:
        reply_address: where an answer goes; the one-tap links (mailto) use it.
    """
    raise NotImplementedError
