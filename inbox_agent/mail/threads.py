"""Threads by RFC 5322 only: which conversation a message belongs to, and the signed ids that our own mail carries."""

from inbox_agent.models import Message, ThreadMatch


def thread_root(message: Message) -> str:
    """The first id of References, else In-Reply-To, else the message's own Message-ID."""
    raise NotImplementedError


def workflow_id_of(root: str, mailbox: str) -> str:
    """The workflow id: a pure function of the thread root and the agent's address."""
    raise NotImplementedError


def make_message_id(workflow_id: str, nonce: str, *, secret: bytes, domain: str, revision: int | None = None) -> str:
    """A Message-ID of ours that carries workflow id, draft number and an HMAC signature. ``nonce`` makes it unique."""
    raise NotImplementedError


def make_reply_address(workflow_id: str, *, secret: bytes, mailbox: str) -> str:
    """``agent+TOKEN@…`` for our Reply-To; the local part stays within the 64 octets of RFC 5321, 4.5.3.1.1."""
    raise NotImplementedError


def find_thread(message: Message, *, mailbox: str, secret: bytes, tag_separator: str = "+") -> ThreadMatch:
    """A signed id of ours in In-Reply-To/References (nearest first), else a signed token in a recipient address
    (To, Cc, Delivered-To, X-Original-To, Envelope-To), else the thread root. Forged signatures are passed over."""
    raise NotImplementedError
