"""The files of a draft, read from the mailbox at the moment of sending."""

from inbox_agent.conversation.others_words import named
from inbox_agent.errors import MalformedMessageError
from inbox_agent.models import AttachmentRef, Draft, FileContent
from inbox_agent.ports import MailSender


def read_files(draft: Draft, post: MailSender) -> list[FileContent]:
    """The contents of ``draft.attachments``, in order.

    Raises:
        MalformedMessageError: a file is gone; the words are for the owner and say what to do.
        SendUnavailable: the mailbox cannot tell.
    """
    return [_read(file, post) for file in draft.attachments]


def _read(file: AttachmentRef, post: MailSender) -> FileContent:
    try:
        return post.fetch_part(file.message_id, file.part, file.sha256)
    except MalformedMessageError as error:
        raise MalformedMessageError(
            f"The file “{named(file.name)}” is no longer in my mailbox: the mail it came with was deleted. Please send "
            "it again with your reply and write “replace the file”, or write “remove the file”. Then say when to send the mail."
        ) from error
