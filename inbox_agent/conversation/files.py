"""The files of a conversation: what each is called towards model and owner, and how it is described. They stay in the mailbox.

Two files may have the same name, and a name is all that a person or a model says. So each has a label of its own: the
second "report.pdf" of a conversation is "report.pdf (2)". What is sent keeps its own name.
"""

import unicodedata
from collections.abc import Iterable, Sequence

from inbox_agent.conversation.others_words import named
from inbox_agent.models import AttachmentRef, Conversation, UserRequest

MAX_NAME_SHOWN = 120
# Smaller pictures and cards are what mail programs add to a signature.
SIGNATURE_PICTURE_BYTES = 100_000
_KINDS = {
    "application/pdf": "PDF document",
    "application/zip": "ZIP archive",
    "application/json": "JSON data",
    "application/ics": "calendar invitation",
    "application/msword": "Word document",
    "application/vnd.ms-excel": "Excel spreadsheet",
    "application/vnd.ms-powerpoint": "PowerPoint presentation",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "Word document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "Excel spreadsheet",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "PowerPoint presentation",
    "application/vnd.oasis.opendocument.text": "text document",
    "application/vnd.oasis.opendocument.spreadsheet": "spreadsheet",
    "application/vnd.oasis.opendocument.presentation": "presentation",
    "message/rfc822": "mail",
    "text/calendar": "calendar invitation",
    "text/csv": "CSV table",
    "text/html": "web page",
    "text/plain": "text",
    "text/vcard": "contact card",
    "text/x-vcard": "contact card",
}
_FAMILIES = {"image": "picture", "audio": "sound", "video": "video", "text": "text", "font": "font", "message": "mail"}
_BY_ENDING = {
    "csv": "CSV table",
    "doc": "Word document",
    "docx": "Word document",
    "eml": "mail",
    "gz": "archive",
    "heic": "picture",
    "ics": "calendar invitation",
    "jpeg": "picture",
    "jpg": "picture",
    "pdf": "PDF document",
    "png": "picture",
    "ppt": "PowerPoint presentation",
    "pptx": "PowerPoint presentation",
    "txt": "text",
    "vcf": "contact card",
    "xls": "Excel spreadsheet",
    "xlsx": "Excel spreadsheet",
    "zip": "ZIP archive",
}


def known_files(conversation: Conversation, request: UserRequest) -> tuple[AttachmentRef, ...]:
    """Every file that can be attached, each once, the oldest first."""
    drafts = (
        *(revision.draft for revision in conversation.revisions),
        *(record.draft for record in conversation.sent),
        conversation.draft,
    )
    everything = (*conversation.files, *(file for draft in drafts for file in draft.attachments), *request.attachments)
    return tuple({_place(file): file for file in everything}.values())


def labelled(files: Iterable[AttachmentRef]) -> dict[str, AttachmentRef]:
    """Label → file, for files that are each there once, in their order."""
    labels: dict[str, AttachmentRef] = {}
    taken: set[str] = set()
    for file in files:
        label, number = file.name, 1
        while folded(label) in taken:
            number += 1
            label = f"{file.name} ({number})"
        taken.add(folded(label))
        labels[label] = file
    return labels


def labels_of(files: Sequence[AttachmentRef], labels: dict[str, AttachmentRef]) -> list[str]:
    """How these are called."""
    names = {_place(file): label for label, file in labels.items()}
    return [names.get(_place(file), file.name) for file in files]


def folded(name: str) -> str:
    """A name for comparison: letters may come in composed or decomposed form, and nobody repeats capitals."""
    return unicodedata.normalize("NFC", " ".join(name.split())).casefold()


def is_inside(file: AttachmentRef, files: Iterable[AttachmentRef]) -> bool:
    """Whether a file lies in another one, a forwarded mail."""
    return any(file.message_id == other.message_id and file.part.startswith(f"{other.part}.") for other in files)


def left_out(request: UserRequest, attached: Sequence[AttachmentRef]) -> list[AttachmentRef]:
    """The files on the owner's mail that the draft has not, without what belongs to a signature or lies in another file."""
    with_content = {_place(file) for file in attached}
    return [
        file
        for file in request.attachments
        if _place(file) not in with_content
        and not (file.size < SIGNATURE_PICTURE_BYTES and describe_type(file) in ("picture", "contact card"))
        and not is_inside(file, request.attachments)
        and not any(is_inside(other, [file]) for other in attached)
    ]


def describe_type(file: AttachmentRef) -> str:
    """What it is, in words, by its type and, where that says nothing, by its name's ending."""
    content_type = file.content_type.strip().lower()
    ending = file.name.rpartition(".")[2].lower() if "." in file.name else ""
    known = _KINDS.get(content_type) or _FAMILIES.get(content_type.partition("/")[0])
    if known and not (known == "text" and ending in _BY_ENDING):
        return known
    return _BY_ENDING.get(ending, "file")


def describe_files(files: Sequence[AttachmentRef], conversation: Conversation) -> str:
    """Name, type and size of each in a line, e.g. ``report.pdf (PDF document, 1.4 MB)``.

    Where two have one name, the labels tell them apart, so that the owner can say which one is meant.
    """
    names = [file.name for file in files]
    if len({folded(name) for name in names}) < len(names):
        names = labels_of(files, labelled(known_files(conversation, UserRequest(message_id=""))))
    described = zip((named(name, MAX_NAME_SHOWN) for name in names), files, strict=True)
    return "\n".join(f"{name} ({describe_type(file)}, {describe_size(file.size)})" for name, file in described)


def describe_size(octets: int) -> str:
    """E.g. ``empty``, ``812 bytes``, ``1.4 KB``, ``23 MB``; 1 KB is 1,000 bytes, as mail clients count."""
    if octets == 0:
        return "empty"
    if octets < 1000:
        return "1 byte" if octets == 1 else f"{octets} bytes"
    size = float(octets)
    for unit in ("KB", "MB", "GB"):
        size /= 1000
        # 999,960 bytes are 1.0 MB, not 1000 KB.
        if round(size) < 1000 or unit == "GB":
            break
    return f"{size:.0f} {unit}" if size >= 9.95 else f"{size:.1f} {unit}"


def _place(file: AttachmentRef) -> tuple[str, str]:
    return file.message_id, file.part
