"""A reply as plain text: short lines of ours, the draft word for word."""

import textwrap

from inbox_agent.conversation.others_words import blocks, quoted, wrap_marked
from inbox_agent.mail.charset.clean_text import shown
from inbox_agent.reply.changes import Change, Segment
from inbox_agent.reply.view import ReplyView

WIDTH = 72
_RULES = "-=*~#+"


def render_text(view: ReplyView) -> str:
    """The plain alternative. The draft's own lines are left as they are."""
    parts = [
        _head(view),
        *(_wrapped(paragraph) for paragraph in view.said),
        _wrapped(f"The server's words:\n{quoted(view.server_words)}") if view.server_words else "",
        _list("Please tell me:", view.questions),
        _list("Please note:", view.notices) if len(view.notices) > 1 else _wrapped("".join(view.notices)),
        _planned(view),
        *(_card(f"{card.heading}:", card.fields, card.body) for card in view.drafts),
        _card("", view.fields, view.body) if view.body is not None else "",
        _back_translation(view),
        _changes(view),
        _wrapped(f"Note on how this was written: {view.remark}") if view.remark else "",
        _list("Reply in your own words, for example:", tuple(f'"{hint.words}"' for hint in view.hints)),
    ]
    return shown("\n\n".join(block for block in parts if block.strip())) + "\n"


def _head(view: ReplyView) -> str:
    return "\n".join(filter(None, [view.title.upper() if view.title.isascii() else view.title, _wrapped(view.when)]))


def _wrapped(paragraph: str, indent: str = "", first: str = "") -> str:
    """Short lines; each of others' words keeps its mark, before every piece of it."""
    done: list[str] = []
    for marked, lines in blocks(paragraph.strip()):
        for line in lines:
            lead = indent if done else first
            if marked:
                if lead.strip():
                    done.append(lead.rstrip())
                done += [indent + piece for piece in wrap_marked(line, WIDTH - len(indent))]
            else:
                done.append(_filled(line, lead, indent))
    return "\n".join(done)


def _filled(line: str, first: str, indent: str) -> str:
    return textwrap.fill(
        line, WIDTH, initial_indent=first, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )


def _row(value: str, indent: str, first: str) -> str:
    """A value beside its label; every line that is not the first one is indented."""
    lines = shown(value).strip().split("\n")
    return "\n".join(_filled(line, first if number == 0 else indent, indent) for number, line in enumerate(lines))


def _rule(text: str) -> str:
    """A line to stand above and below a text, of a kind that the text does not hold: it cannot seem to end before it does."""
    held = {line.strip()[:1] for line in text.split("\n") if len(line.strip()) > 2 and len(set(line.strip())) == 1}
    return next((mark for mark in _RULES if mark not in held), _RULES[0]) * WIDTH


def _list(heading: str, items: tuple[str, ...]) -> str:
    return "\n".join([heading, *(_wrapped(item, "    ", "  - ") for item in items)]) if items else ""


def _planned(view: ReplyView) -> str:
    """The planned mails, each with its number; of one of them the words that cancel it."""
    if not view.planned:
        return ""
    lines = ["Planned mails, the next one first:"]
    for mail in view.planned:
        here = " (this conversation)" if mail.here else ""
        lines.append(_row(f"{mail.subject}{here}", "      ", f"{mail.number:>3}.  "))
        lines.append(_row(f"to {mail.people}", "      ", "      "))
        lines.append(_row(mail.when, "      ", "      "))
    lines += ["", f'To cancel one, reply with its number: "{view.planned[0].cancel.words}"']
    return "\n".join(lines)


def _card(heading: str, fields: tuple[tuple[str, str], ...], body: str) -> str:
    """A draft between two rules, word for word."""
    width = max(len(label) for label, _ in fields) + 2
    rows = [_row(value, " " * width, f"{label}:".ljust(width)) for label, value in fields]
    text = shown(body).strip("\n") or "(no text yet)"
    rule = _rule(text)
    return "\n".join([*filter(None, [heading]), rule, *rows, "", text, rule])


def _back_translation(view: ReplyView) -> str:
    if not view.back_translation:
        return ""
    return "\n".join(
        [
            "What it says, translated back for you:",
            textwrap.indent(view.back_translation.strip(), "  | ", lambda _: True),
        ]
    )


def _changes(view: ReplyView) -> str:
    if not view.changes:
        return ""
    legend = " ([-removed-] {+added+})" if any(change.segments for change in view.changes) else ""
    heading = f"Changed since draft {view.changes_since}{legend}:"
    return "\n".join([heading, *(_change(change) for change in view.changes)])


def _change(change: Change) -> str:
    if change.segments:
        text = f"{change.label}: " + "".join(_marked(segment) for segment in change.segments).strip()
        return "\n".join(f"  {line}".rstrip() for line in shown(text).split("\n"))
    if change.note:
        return f"  {change.label}: {change.note}"
    return (
        _row(f"{change.label}: {change.now or '(none)'}", "    ", "  ")
        + "\n"
        + _row(f"(was: {change.was or '(none)'})", "    ", "    ")
    )


def _marked(segment: Segment) -> str:
    kind, text = segment
    if kind == "same" or not text.strip():
        return text
    opening, closing = ("[-", "-]") if kind == "gone" else ("{+", "+}")
    core = text.strip()
    start = text.index(core)
    return f"{text[:start]}{opening}{core}{closing}{text[start + len(core) :]}"
