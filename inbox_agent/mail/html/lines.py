"""HTML mail as lines with what its structure tells: quote depth, attributions, quoted containers, signatures, hidden text.

Clients mark what they quote in their own ways (classes, ids, ``blockquote``); the markers are listed here. Nothing is
decided here: lines carry preset roles, and ``new_text`` weighs them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from inbox_agent.mail.html.markers import (
    FORWARD_MARKERS,
    LEAD_MARKERS,
    QUOTED_BLOCKS,
    TURN_MARKERS,
    is_indentation,
    is_lead_in,
    is_tight,
    markers_of,
    preset_role,
)
from inbox_agent.mail.html.quote_lines import MAX_LINES, Line, Role, read_line
from inbox_agent.mail.html.styles import Ink, Sheet, declarations, hides, ink
from inbox_agent.mail.html.tokens import Cut, Tag, Text, tokenize

_MAX_DEPTH: Final = 400
_VOID: Final = frozenset("area base br col embed hr img input link meta param source track wbr o:p".split())
_BLOCKS: Final = frozenset(
    """address article aside blockquote body center dd details div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5
    h6 header html li main nav ol p pre section table tbody td tfoot th thead tr ul""".split()
)
# Elements with space above and below.
_SPACED: Final = frozenset("p h1 h2 h3 h4 h5 h6 ul ol table pre blockquote".split())
_SKIPPED: Final = frozenset("head script style title template noscript svg xml object audio video select".split())
# What a reader gets to see only where the element itself cannot be shown, or never.
_UNSHOWN: Final = frozenset("iframe noframes noembed canvas datalist annotation annotation-xml".split())

_LETTER: Final = re.compile(r"[^\W_]")
_SPACE: Final = re.compile(r"[ \t\r\n\f]+")
_NAMED: Final = re.compile(r"[^:：@]{1,25}\s?[:：]\s?\S")
_EMPTY_RULE: Final = "-" * 10


@dataclass(slots=True)
class HtmlLines:
    """The visible lines.

    ``hidden`` is the text that nobody could see, ``structured`` whether any client's marker was found, ``images`` whether
    there is a picture outside of hidden elements, ``cut`` whether the page goes on beyond what was read.
    """

    lines: list[Line] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    structured: bool = False
    forwarded: bool = False
    cut: bool = False
    images: bool = False


@dataclass(slots=True)
class _Frame:
    tag: str
    hidden: bool = False
    skipped: bool = False
    depth: int = 0
    loose: bool = False
    role: Role | None = None
    lead: bool = False
    contained: bool = False
    preformatted: bool = False
    ink: Ink = Ink()  # noqa: RUF009 -- frozen
    link: str = ""
    spaced: bool = False
    item: int = 0
    mark_from: int = -1


def read_html(html: str) -> HtmlLines:
    """Read a page; never raises, time and memory are bounded."""
    reader = _Reader()
    tokens = list(tokenize(html))
    # A sheet speaks for what stands before it, too.
    for token in tokens:
        if isinstance(token, Text) and token.style:
            reader.sheet.add(token.text)
    for token in tokens:
        match token:
            case Cut():
                reader.result.cut = True
            case Tag(closing=True):
                reader.close(token.name)
            case Tag():
                reader.open(token)
            case Text(style=False):
                reader.add_text(token.text)
        if len(reader.result.lines) >= MAX_LINES:
            reader.result.cut = True
            break
    return reader.finish()


class _Reader:
    def __init__(self) -> None:
        self.result = HtmlLines()
        self.sheet = Sheet()
        self.stack: list[_Frame] = [_Frame("#root")]
        self.buffer: list[str] = []
        self.blank_wanted = False
        self.turned = False

    # --- tags ---

    def open(self, tag: Tag) -> None:
        name = tag.name
        if name == "br":
            self.end_line(force=True)
            return
        if name == "img":
            self.add_image(tag.attributes)
            return
        parent = self.stack[-1]
        if name in ("p", "li", "tr", "td") and parent.tag == name:
            self.close(name)
            parent = self.stack[-1]
        if name in _BLOCKS and name not in ("td", "th"):
            self.end_line()
        frame = self.frame_of(tag, parent)
        if frame.role is not parent.role or frame.depth != parent.depth:
            self.end_line()
        self.blank_wanted |= frame.spaced
        if name == "hr":
            self.add_rule(tag.attributes)
        if name in ("td", "th") and self.buffer:
            self.buffer.append("\t")
        if name == "li":
            self.add_bullet(parent)
        if name not in _VOID and len(self.stack) < _MAX_DEPTH:
            self.stack.append(frame)

    def frame_of(self, tag: Tag, parent: _Frame) -> _Frame:
        frame = _Frame(
            tag.name,
            hidden=parent.hidden,
            skipped=parent.skipped or tag.name in _SKIPPED,
            depth=parent.depth,
            loose=parent.loose,
            role=parent.role,
            lead=parent.lead,
            contained=parent.contained,
            preformatted=parent.preformatted or tag.name == "pre",
            ink=parent.ink,
            spaced=tag.name in _SPACED,
        )
        by_sheet = self.sheet.style_of(tag.name, tag.attributes)
        if tag.attributes or by_sheet or tag.name == "blockquote":
            self.apply_attributes(frame, tag, by_sheet)
        if tag.name == "summary" and parent.tag == "details" and len(self.stack) > 1:
            frame.hidden = self.stack[-2].hidden
        elif tag.name in _UNSHOWN or (tag.name in ("details", "dialog") and "open" not in tag.attributes):
            frame.hidden = True
        return frame

    def apply_attributes(self, frame: _Frame, tag: Tag, by_sheet: Mapping[str, str]) -> None:
        attributes = tag.attributes
        style = {**by_sheet, **declarations(attributes.get("style", ""))}
        markers = markers_of(attributes)
        frame.hidden |= hides(style) or "hidden" in attributes or "popover" in attributes
        frame.preformatted |= style.get("white-space", "").startswith("pre")
        frame.ink = ink(frame.ink, style, attributes)
        frame.link = attributes.get("href", "") if tag.name == "a" else ""
        frame.spaced = frame.spaced and not is_tight(attributes, style)
        self.apply_markers(frame, tag, markers, style)

    def apply_markers(self, frame: _Frame, tag: Tag, markers: frozenset[str], style: Mapping[str, str]) -> None:
        if tag.name == "blockquote" and not is_indentation(style):
            frame.depth += 1
            strong = tag.attributes.get("type") == "cite" or "cite" in tag.attributes or bool(markers & QUOTED_BLOCKS)
            frame.loose = frame.loose or not (strong or frame.contained)
            frame.lead = False
            self.stack[-1].lead = False
            self.result.structured = True
            return
        if markers & TURN_MARKERS:
            self.turned = self.result.structured = True
            self.end_line()
        preset = preset_role(markers, tag.attributes)
        if preset is not None and frame.role is None:
            frame.role = preset
            self.result.structured = True
        self.result.forwarded |= bool(markers & FORWARD_MARKERS)
        if markers & LEAD_MARKERS:
            frame.lead = frame.contained = self.result.structured = True
        if style.get("border-top") and tag.name == "div":
            frame.mark_from = len(self.result.lines)

    def close(self, name: str) -> None:
        if name == "p" and not any(frame.tag == "p" for frame in self.stack[-8:]):
            self.end_line()
            return
        for position in range(len(self.stack) - 1, max(0, len(self.stack) - 40), -1):
            if self.stack[position].tag == name:
                while len(self.stack) > position:
                    self.leave()
                return

    def leave(self) -> None:
        frame = self.stack[-1]
        if frame.tag == "a":
            self.add_link_target(frame)
        above = self.stack[-2]
        inline = frame.tag not in _BLOCKS or frame.tag in ("td", "th")
        if not inline or frame.role is not above.role or frame.depth != above.depth:
            self.end_line()
        self.blank_wanted |= frame.spaced
        self.stack.pop()
        if frame.mark_from >= 0:
            self.mark_headers(frame.mark_from)

    # --- content ---

    def add_text(self, text: str) -> None:
        frame = self.stack[-1]
        if frame.skipped:
            return
        if frame.hidden or frame.ink.unseen:
            if _LETTER.search(text):
                self.result.hidden.append(" ".join(text.split())[:2000])
            return
        if frame.preformatted:
            first, *others = text.replace("\r\n", "\n").split("\n")
            self.buffer.append(first)
            for other in others:
                self.end_line(force=True)
                self.buffer.append(other)
            return
        self.buffer.append(_SPACE.sub(" ", text))

    def add_image(self, attributes: Mapping[str, str]) -> None:
        """Emoji are sent as images by some clients; any other alternative text is nobody's words."""
        alternative = attributes.get("alt", "")
        frame = self.stack[-1]
        self.result.images |= not (frame.hidden or frame.skipped)
        emoji = 0 < len(alternative) <= 8 and not alternative.isascii() and not _LETTER.search(alternative)
        if emoji and not (frame.hidden or frame.skipped):
            self.buffer.append(alternative)

    def add_link_target(self, frame: _Frame) -> None:
        """A web address that the words do not show: the person may mean it ("attach this")."""
        target = frame.link
        shown = "".join(self.buffer)
        if not target.startswith(("http://", "https://")) or not shown.strip() or frame.hidden or frame.skipped:
            return
        if target.removesuffix("/").split("://")[1] not in shown:
            self.buffer.append(f" <{target[:500]}>")

    def add_rule(self, attributes: Mapping[str, str]) -> None:
        self.end_line()
        if not (self.stack[-1].hidden or self.turned):
            self.buffer.append(_EMPTY_RULE)
            self.end_line()

    def add_bullet(self, parent: _Frame) -> None:
        self.blank_wanted = False
        parent.item += 1
        self.buffer.append(f"{parent.item}. " if parent.tag == "ol" else "- ")

    # --- lines ---

    def end_line(self, *, force: bool = False) -> None:
        """Finish the line in the buffer; ``force`` makes an empty one too (a line break, not a block)."""
        frame = self.stack[-1]
        text = "".join(self.buffer)
        self.buffer = []
        text = text.rstrip() if frame.preformatted else text.strip()
        if not text.strip() and not force:
            return
        last = self.result.lines[-1] if self.result.lines else None
        if self.blank_wanted and last is not None and not last.blank:
            # Between a quote and what is not quoted the way of a mail client is a line without a mark.
            self.append("", frame if frame.depth == last.depth else _Frame("#gap", role=frame.role))
        self.blank_wanted = False
        self.append(text, frame)

    def append(self, text: str, frame: _Frame) -> None:
        line = read_line(text)
        if frame.depth:
            line.text = f"{'>' * frame.depth} {text}".rstrip()
            line.depth += frame.depth
            line.loose = frame.loose
        line.role = Role.HISTORY if self.turned else frame.role
        if frame.lead and line.role is None and not line.depth and is_lead_in(line.plain):
            line.role = Role.MARK
        self.result.lines.append(line)

    def mark_headers(self, start: int) -> None:
        """Outlook draws a line above the headers of the quoted mail: "Name: value", in whatever language."""
        if len(self.result.lines) - start > 24:
            return
        lines = [line for line in self.result.lines[start:] if not line.blank]
        named = [line.plain for line in lines if _NAMED.match(line.plain)]
        told = any("@" in plain or any(character.isdigit() for character in plain) for plain in named)
        if told and 3 <= len(named) <= len(lines) <= min(9, len(named) + 2):
            for line in self.result.lines[start:]:
                line.role = line.role or Role.MARK
            self.turned = self.result.structured = True

    def finish(self) -> HtmlLines:
        while len(self.stack) > 1:
            self.leave()
        self.end_line()
        return self.result
