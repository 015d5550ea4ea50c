"""A reply as HTML for mail clients: inline styles, dark mode, no images or scripts, everything escaped.

Mail clients differ: Gmail keeps a style element but not ``prefers-color-scheme``, Outlook ignores ``pre-wrap`` and
``max-width``. So the light look is inline, the dark one comes on top by classes, and lines are elements of their own, each
with its own direction (``dir=auto``), which also keeps a stray bidi control from reaching beyond its line.
"""

import re
from html import escape

from inbox_agent.conversation.others_words import blocks, quoted
from inbox_agent.mail.charset.clean_text import shown
from inbox_agent.reply.changes import Change
from inbox_agent.reply.view import Hint, PlannedLine, ReplyView

_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")

_QUOTE = "margin:0 0 12px;padding:2px 0 2px 12px;border-left:3px solid #cbd2d9;color:#52606d"
_ACCENTS = {"open": "#475569", "scheduled": "#1d4ed8", "done": "#15803d", "stopped": "#6b7280", "trouble": "#b91c1c"}

_STYLE = """
:root { color-scheme: light dark; supported-color-schemes: light dark; }
a { color: #1d4ed8; }
@media (prefers-color-scheme: dark) {
  .page { background: #0f141b !important; color: #e6e9ee !important; }
  .card { background: #1a212b !important; border-color: #364152 !important; }
  .quiet { color: #a3adba !important; } .edge { border-color: #364152 !important; }
  .gone { background: #4c1d1d !important; color: #fecaca !important; }
  .new { background: #14391f !important; color: #bbf7d0 !important; }
  .ask { background: #3a2d0a !important; border-color: #a16207 !important; }
  .tap { background: #1a212b !important; border-color: #4b5b70 !important; color: #93c5fd !important; }
  .open { color: #cbd5e1 !important; } .scheduled { color: #93c5fd !important; } .done { color: #86efac !important; }
  .stopped { color: #cbd5e1 !important; } .trouble { color: #fca5a5 !important; }
}
"""


def render_html(view: ReplyView) -> str:
    """The HTML alternative, a whole document."""
    inner = "".join(
        (
            _head(view),
            "".join(_paragraph(paragraph, "margin:0 0 12px") for paragraph in view.said),
            _server_words(view.server_words),
            _questions(view.questions),
            _notices(view.notices),
            _planned(view.planned or ()),
            "".join(_heading(card.heading) + _card(card.fields, card.body) for card in view.drafts),
            _card(view.fields, view.body) if view.body is not None else "",
            _back_translation(view.back_translation),
            _changes(view),
            _hints(view.hints),
            _remark(view.remark),
        )
    )
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">'
        f"<title>{_text(view.title)}</title><style>{_STYLE}</style></head>"
        '<body class="page" style="margin:0;padding:0;background:#ffffff;color:#1f2933">'
        '<div class="page" style="max-width:600px;margin:0 auto;padding:16px;background:#ffffff;color:#1f2933;'
        "font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif;"
        f'overflow-wrap:anywhere;word-break:break-word">\n{inner}</div></body></html>\n'
    )


def _text(text: str) -> str:
    """Escaped, and without the characters that HTML forbids."""
    return escape(_CONTROLS.sub("\ufffd", shown(text)), quote=True)


def _spaced(line: str) -> str:
    """Escaped, with runs of spaces and leading ones kept, as the line was written."""
    return re.sub(r"^ | (?= )", "\u00a0", _text(line.replace("\t", "    ")))


def _lines(text: str, style: str, css_class: str = "") -> str:
    """Each line an element of its own."""
    inner = _each_line(shown(text).strip("\n").split("\n"))
    return f'<div class="{css_class}" style="{style}">{inner}</div>\n'


def _each_line(lines: list[str]) -> str:
    return "".join(f'<div dir="auto">{_spaced(line) or "<br>"}</div>' for line in lines)


def _paragraph(text: str, style: str, css_class: str = "") -> str:
    """What we say; others' words within it stand in a frame of their own that holds all of them."""
    pieces = []
    for marked, lines in blocks(text.strip("\n")):
        if marked:
            pieces.append(f'<blockquote class="edge quiet" style="{_QUOTE}">{_each_line(lines)}</blockquote>\n')
        elif any(line.strip() for line in lines):
            pieces.append(_lines("\n".join(lines), style, css_class))
    return "".join(pieces)


def _heading(words: str) -> str:
    return f'<h2 class="quiet" style="margin:0 0 6px;font-size:14px;line-height:1.4;color:#52606d">{_text(words)}</h2>'


def _head(view: ReplyView) -> str:
    title = (
        f'<h1 class="{view.tone}" style="margin:0 0 4px;font-size:20px;line-height:1.3;color:{_ACCENTS[view.tone]}">'
        f"{_text(view.title)}</h1>\n"
    )
    when = f'<p style="margin:0 0 16px">{_text(view.when)}</p>\n' if view.when else '<div style="height:8px"></div>\n'
    return title + when


def _server_words(words: str) -> str:
    if not words:
        return ""
    return _paragraph(f"The server's words:\n{quoted(words)}", "margin:0 0 6px;font-size:14px;color:#52606d", "quiet")


def _questions(questions: tuple[str, ...]) -> str:
    if not questions:
        return ""
    asked = "".join(_paragraph(question, "margin:0 0 6px") for question in questions)
    style = "margin:0 0 16px;padding:10px 12px 4px;border:1px solid #eab308;border-radius:8px;background:#fefce8"
    return f'<div class="ask" style="{style}">{asked}</div>\n'


def _notices(notices: tuple[str, ...]) -> str:
    return "".join(_paragraph(notice, "margin:0 0 10px") for notice in notices)


def _planned(planned: tuple[PlannedLine, ...]) -> str:
    if not planned:
        return ""
    card = "margin:0 0 10px;padding:10px 14px 4px;border:1px solid #cbd2d9;border-radius:8px;background:#f8fafc"
    lines = []
    for mail in planned:
        here = " (this conversation)" if mail.here else ""
        lines.append(
            f'<div class="card" style="{card}"><div><span class="quiet" style="color:#52606d">{mail.number}.</span> '
            f'<bdi dir="auto">{_text(mail.subject)}</bdi>{here}</div>'
            f'<div><span class="quiet" style="color:#52606d">To:</span> <bdi dir="auto">{_text(mail.people)}</bdi></div>'
            f'<div style="margin:0 0 8px">{_text(mail.when)}</div><div>{_tap(mail.cancel)}</div></div>\n'
        )
    return _heading("Planned mails, the next one first") + "".join(lines)


def _card(fields: tuple[tuple[str, str], ...], body: str) -> str:
    rows = "".join(
        f'<div style="margin:0 0 2px"><span class="quiet" style="color:#52606d">{_text(label)}:</span> '
        f"{_value(value)}</div>"
        for label, value in fields
    )
    text = _lines(body, "") if body.strip() else '<p class="quiet" style="margin:0">(no text yet)</p>'
    card = "margin:4px 0 16px;padding:12px 14px;border:1px solid #cbd2d9;border-radius:8px;background:#f8fafc"
    inner = "margin:0 0 10px;padding:0 0 10px;border-bottom:1px solid #cbd2d9;font-size:15px"
    return f'<div class="card" style="{card}"><div class="card" style="{inner};background:#f8fafc">{rows}</div>{text}</div>\n'


def _value(value: str) -> str:
    """A field's value; of several lines (files) each stands in a line of its own, from the left."""
    lines = shown(value).strip().split("\n")
    if len(lines) < 2:
        return f'<bdi dir="auto">{_text(value)}</bdi>'
    return "".join(
        f'<div dir="ltr" style="padding:0 0 0 12px"><bdi dir="ltr">{_text(line)}</bdi></div>' for line in lines
    )


def _back_translation(text: str) -> str:
    if not text:
        return ""
    quoted = _lines(text, "margin:0 0 16px;padding:0 0 0 12px;border-left:3px solid #cbd2d9", "edge")
    return _heading("What it says, translated back for you") + quoted


def _changes(view: ReplyView) -> str:
    if not view.changes:
        return ""
    changes = "".join(_change(change) for change in view.changes)
    return f'{_heading(f"Changed since draft {view.changes_since}")}<div style="margin:0 0 16px">{changes}</div>\n'


def _change(change: Change) -> str:
    if change.segments:
        marked = "".join(_marked(kind, text) for kind, text in change.segments)
    elif change.note:
        marked = _text(change.note)
    else:
        marked = f"{_marked('gone', change.was or '(none)')} {_marked('new', change.now or '(none)')}"
    label = f'<span class="quiet" style="color:#52606d">{_text(change.label)}:</span>'
    return f'<div style="margin:0 0 4px">{label} <bdi dir="auto">{marked}</bdi></div>'


def _marked(kind: str, text: str) -> str:
    words = _text(text).replace("\n", "<br>")
    if kind == "gone":
        return f'<del class="gone" style="background:#fee2e2;color:#7f1d1d">{words}</del>'
    if kind == "new":
        return f'<ins class="new" style="background:#dcfce7;color:#14532d;text-decoration:none">{words}</ins>'
    return words


def _tap(hint: Hint) -> str:
    """A link that looks like something to tap."""
    style = (
        "display:inline-block;margin:0 8px 8px 0;padding:9px 14px;border:1px solid #cbd2d9;border-radius:8px;"
        "background:#ffffff;color:#1d4ed8;text-decoration:none"
    )
    return f'<a class="tap" style="{style}" href="{escape(hint.link, quote=True)}">{_text(hint.words)}</a>'


def _hints(hints: tuple[Hint, ...]) -> str:
    if not hints:
        return ""
    links = "".join(map(_tap, hints))
    return f"{_heading('Reply in your own words, or tap one')}<div>{links}</div>\n"


def _remark(remark: str) -> str:
    remark = f"Note on how this was written: {remark}" if remark else ""
    return _lines(remark, "margin:12px 0 0;font-size:13px;color:#52606d", "quiet") if remark else ""
