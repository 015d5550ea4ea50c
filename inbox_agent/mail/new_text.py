"""The person's own words apart from quoted history, signatures, footers and forwarded mail."""

from inbox_agent.models import NewText


def split_new_text(text: str, html: str = "") -> NewText:
    """Split a decoded body. When in doubt the text is kept as new, with a note.

    Args:
        text: the plain text body, "" when there is none.
        html: the HTML body, whose structure is used where there is one.
    """
    raise NotImplementedError
