"""The person's own words apart from quoted history, signatures, footers and forwarded mail.

The rules, and why they are these, are in docs/decisions/0003-new-text-policies.md. Time is linear in the size of the
body. Nothing is rewritten: new text consists of lines as they were received, without the characters that nobody sees.
"""

from collections.abc import Sequence
from dataclasses import replace

from inbox_agent.mail.charset.clean_text import TELLING_KINDS, clean_text
from inbox_agent.mail.html.lines import HtmlLines, read_html
from inbox_agent.mail.html.quote_lines import split_lines
from inbox_agent.mail.new_text.line_roles import split_marked_lines
from inbox_agent.models import NewText

NOTE_INVISIBLE = "invisible characters that can carry hidden words or reorder what is shown were taken out"
NOTE_HIDDEN = "text that the page hides from the eye was left out"
NOTE_PAGE_CUT = "the HTML is very large; only its beginning was read"
NOTE_IN_SIGNATURE = "the words stand inside the element of the signature"


def split_new_text(text: str, html: str = "") -> NewText:
    """Split a decoded body. When in doubt the text is kept as new, with a note.

    Args:
        text: the plain text body, "" when there is none.
        html: the HTML body, whose structure is used where there is one.
    """
    return _cleaned(_split_bodies(text, html))


def _cleaned(split: NewText) -> NewText:
    """Without characters that nobody sees; only those that say something by being there are worth a note."""
    new_text, quoted_text, signature = (
        clean_text(split.new_text),
        clean_text(split.quoted_text),
        clean_text(split.signature),
    )
    telling = any(kind in TELLING_KINDS for part in (new_text, quoted_text) for kind, _ in part.removed)
    notes = (*split.notes, NOTE_INVISIBLE) if telling else split.notes
    return NewText(new_text.text.strip("\n"), quoted_text.text, signature.text, notes)


def _split_bodies(text: str, html: str) -> NewText:
    if not html.strip():
        return _split_text(text)
    page = read_html(html)
    if _says_less(text, page):
        return _split_page(page)
    by_text = _with_notes(_split_text(text), _page_notes(page))
    # Own words that go on beyond what was read of the page are complete in the text part.
    if not page.structured or (page.cut and not by_text.quoted_text):
        return by_text
    by_page = _split_page(page)
    # The same words: then in the form that the client itself gave them as text.
    return by_text if by_text.new_text.split() == by_page.new_text.split() else by_page


def _split_text(text: str) -> NewText:
    lines, rest = split_lines(text)
    return split_marked_lines(lines, rest=rest)


def _says_less(text: str, page: HtmlLines) -> bool:
    """Whether the text part is empty or only says that there is an HTML part."""
    words = sum(len(line.plain.split()) for line in page.lines)
    return len(text.split()) < words / 2


def _split_page(page: HtmlLines) -> NewText:
    split = split_marked_lines(page.lines, forwarded=page.forwarded)
    notes = _page_notes(page)
    if not split.new_text and not split.quoted_text and split.signature:
        # Some clients put the cursor into the signature's element: what was typed there is no signature.
        split = NewText(split.signature, notes=split.notes)
        notes.append(NOTE_IN_SIGNATURE)
    return _with_notes(split, notes)


def _page_notes(page: HtmlLines) -> list[str]:
    notes = []
    if page.hidden:
        notes.append(NOTE_HIDDEN)
    if page.cut:
        notes.append(NOTE_PAGE_CUT)
    return notes


def _with_notes(split: NewText, notes: Sequence[str]) -> NewText:
    return replace(split, notes=(*split.notes, *notes)) if notes else split
