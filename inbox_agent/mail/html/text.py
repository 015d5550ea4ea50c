"""HTML mail as plain text, for mail that has no text of its own."""

from inbox_agent.mail.html.lines import read_html


def html_to_text(html: str) -> str:
    """What a person sees of the page, as text: blocks as lines, quotes behind ``>``, lists with bullets.

    Hidden text (``display:none``, no size, the colour of the page, …) is left out; ``read_html`` tells it. Time and
    memory are bounded: of a very large page only the beginning is read. Never raises.
    """
    return "\n".join(line.text for line in read_html(html).lines).strip("\n")
