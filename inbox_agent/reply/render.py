"""A ``Reply`` to text and HTML: what the owner reads after every turn. Everything is escaped; no images, no scripts."""

from inbox_agent.models import RenderedReply, Reply
from inbox_agent.reply.render_html import render_html
from inbox_agent.reply.render_text import render_text
from inbox_agent.reply.view import view_reply


def render_reply(reply: Reply, *, reply_address: str) -> RenderedReply:
    """Render both alternatives.

    Args:
        reply_address: where an answer goes; the one-tap links (mailto) use it.
    """
    view = view_reply(reply, reply_address=reply_address)
    return RenderedReply(text=render_text(view), html=render_html(view))
