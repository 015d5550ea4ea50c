"""The transcript as Markdown while it grows: parts, chapters, mails, and the HTML of those that are pictured."""

import re
from dataclasses import dataclass, field
from email.message import EmailMessage

from inbox_agent.demo.conversation import body_of

SHOWN_HEADERS = ("From", "To", "Cc", "Subject", "Auto-Submitted")
RECEIVED_HEADERS = ("From", "To", "Cc", "Reply-To", "Subject")
SCRIPTED = "\n*The model's answer to this message is scripted.*\n"


@dataclass
class Chapter:
    """One thing that happens: a title, a sentence or two, and the mails."""

    title: str
    words: str
    mails: list[str] = field(default_factory=list)


@dataclass
class Recorder:
    """The chapters of one part, in order.

    Attributes:
        pages: the HTML of the mails that are pictured, by name.
    """

    title: str
    chapters: list[Chapter] = field(default_factory=list)
    pages: dict[str, str] = field(default_factory=dict)

    def chapter(self, title: str, words: str) -> None:
        print(f"… {self.title}: {title}", flush=True)
        self.chapters.append(Chapter(title, words))

    def tell(
        self,
        who: str,
        message: EmailMessage,
        *,
        scripted: bool = False,
        picture: str = "",
        headers: tuple[str, ...] = SHOWN_HEADERS,
    ) -> None:
        """Show a mail as its reader sees it."""
        label = SCRIPTED if scripted else ""
        self.chapters[-1].mails.append(f"**{who}**\n\n```text\n{shown(message, headers)}\n```\n{label}")
        if picture:
            html = message.get_body(("html",))
            assert html is not None, message["Subject"]
            self.pages[picture] = str(html.get_content())

    def note(self, words: str) -> None:
        """What happens between two mails."""
        self.chapters[-1].mails.append(f"{words}\n")


def shown(message: EmailMessage, names: tuple[str, ...]) -> str:
    """A mail as text: these headers, the plain text, the names of files."""
    headers = "\n".join(f"{name}: {message[name]}" for name in names if message[name] is not None)
    text = "\n".join(line.rstrip() for line in body_of(message).replace("\r\n", "\n").strip().split("\n"))
    files = ", ".join(str(part.get_filename()) for part in message.iter_attachments())
    return f"{headers}\n\n{text}" + (f"\n\n[with the file {files}]" if files else "")


def as_markdown(introduction: str, parts: list[Recorder], pictures: str) -> str:
    """The whole document, with an index of what is in it."""
    index, text = [], []
    for number, part in enumerate(parts, 1):
        heading = f"{number}. {part.title}"
        index.append(f"- {link(heading)}")
        text.append(f"\n## {heading}\n")
        for inner, chapter in enumerate(part.chapters, 1):
            title = f"{number}.{inner} {chapter.title}"
            index.append(f"  - {link(title)}")
            text.append(f"\n### {title}\n\n{chapter.words}\n")
            text += chapter.mails
    return "\n".join([introduction, *index, f"- {link('The HTML mails')}", *text, pictures])


def link(heading: str) -> str:
    """A link to a heading of this document, by GitHub's rule for anchors."""
    anchor = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
    return f"[{heading}](#{anchor})"
