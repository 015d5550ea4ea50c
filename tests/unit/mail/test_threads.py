"""Threads: the root, signed ids, reply addresses, and what forged ones lead to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox_agent.mail.mime.parse import parse_message
from inbox_agent.mail.threads import (
    count_signed,
    find_thread,
    group_threads,
    is_mark_of,
    looks_like_own_id,
    make_message_id,
    make_reply_address,
    read_message_id,
    read_reply_address,
    thread_root,
    workflow_id_of,
)
from inbox_agent.models import Message

SECRET = b"a secret for tests"
MAILBOX = "agent@inbox.example"
WORKFLOW = workflow_id_of("<root@a.example>", MAILBOX)


def mail(**fields: str) -> Message:
    lines = ["From: Ann <ann@a.example>", "Message-ID: <own@a.example>"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in fields.items()]
    return parse_message(("\r\n".join(lines) + "\r\n\r\nHello\r\n").encode())


def test_only_ids_that_we_signed_count_and_each_once() -> None:
    ours = [make_message_id("mail-x", nonce, secret=b"s", domain="inbox.example") for nonce in "ab"]
    forged = make_message_id("mail-x", "c", secret=b"another", domain="inbox.example")
    assert count_signed([*ours, ours[0], forged, "<1@a.example>", ""], secret=b"s") == 2


def test_the_root_is_the_first_reference_then_in_reply_to_then_the_own_id() -> None:
    assert thread_root(mail(References="<a@x> <b@x>", In_Reply_To="<c@x>")) == "<a@x>"
    assert thread_root(mail(In_Reply_To="<c@x>")) == "<c@x>"
    assert thread_root(mail()) == "<own@a.example>"


def test_the_workflow_id_depends_on_root_and_mailbox_only() -> None:
    assert workflow_id_of("<root@a.example>", "Agent@Inbox.Example") == WORKFLOW
    assert workflow_id_of("<root@a.example>", "other@inbox.example") != WORKFLOW
    assert workflow_id_of("<Root@a.example>", MAILBOX) != WORKFLOW
    assert WORKFLOW.startswith("mail-")


def test_the_conversation_of_another_sender_in_the_thread_has_an_id_of_its_own() -> None:
    lees = workflow_id_of("<root@a.example>", MAILBOX, sender="lee@a.example")
    assert lees == workflow_id_of("<root@a.example>", MAILBOX, sender="Lee@a.example")
    assert len({WORKFLOW, lees, workflow_id_of("<root@a.example>", MAILBOX, sender="kim@a.example")}) == 3
    assert read_message_id(make_message_id(lees, "n", secret=SECRET, domain="x.test"), secret=SECRET) == (lees, None)


@given(st.text(min_size=1, max_size=60), st.text(max_size=40), st.none() | st.integers(0, 10**6))
def test_an_own_id_carries_workflow_and_draft_through_any_change_of_case(
    workflow_id: str, nonce: str, revision: int | None
) -> None:
    message_id = make_message_id(workflow_id, nonce, secret=SECRET, domain="inbox.example", revision=revision)
    assert read_message_id(message_id.upper(), secret=SECRET) == (workflow_id, revision)
    assert looks_like_own_id(message_id)
    assert len(message_id) < 990


def test_the_same_arguments_give_the_same_id_and_another_nonce_another() -> None:
    first = make_message_id(WORKFLOW, "a", secret=SECRET, domain="d.example")
    assert first == make_message_id(WORKFLOW, "a", secret=SECRET, domain="d.example")
    assert first != make_message_id(WORKFLOW, "b", secret=SECRET, domain="d.example")


def test_a_forged_or_altered_id_is_passed_over() -> None:
    genuine = make_message_id(WORKFLOW, "n", secret=SECRET, domain="d.example", revision=2)
    forged = make_message_id(WORKFLOW, "n", secret=b"guessed", domain="d.example", revision=2)
    assert read_message_id(forged, secret=SECRET) is None
    assert read_message_id(genuine.replace(".r2.", ".r3."), secret=SECRET) is None
    match = find_thread(mail(In_Reply_To=forged), mailbox=MAILBOX, secret=SECRET)
    assert (match.how, match.ours) == ("root", False)


def test_the_nearest_id_of_ours_wins_and_tells_the_draft() -> None:
    old = make_message_id(WORKFLOW, "1", secret=SECRET, domain="d.example", revision=1)
    new = make_message_id(WORKFLOW, "2", secret=SECRET, domain="d.example", revision=2)
    match = find_thread(mail(References=f"<root@a.example> {old} {new}"), mailbox=MAILBOX, secret=SECRET)
    assert (match.workflow_id, match.how, match.revision, match.root) == (WORKFLOW, "message-id", 2, "<root@a.example>")


@pytest.mark.parametrize(
    ("field", "found_in"),
    [("To", "to"), ("Cc", "cc"), ("Delivered_To", "trace"), ("X_Original_To", "trace"), ("Envelope_To", "trace")],
)
def test_a_token_in_a_recipient_field_finds_the_thread(field: str, found_in: str) -> None:
    address = make_reply_address(WORKFLOW, secret=SECRET, mailbox=MAILBOX)
    match = find_thread(mail(**{field: f"Agent <{address.upper()}>"}), mailbox=MAILBOX, secret=SECRET)
    assert (match.workflow_id, match.how, match.ours, match.found_in) == (WORKFLOW, "token", True, found_in)


@pytest.mark.parametrize("field", ["Delivered-To", "X-Original-To", "Envelope-To"])
def test_a_delivery_field_is_the_servers_above_every_received_alone(field: str) -> None:
    note = f"{field}: {make_reply_address(WORKFLOW, secret=SECRET, mailbox=MAILBOX)}\r\n"
    received = "Received: from a.example by mx.inbox.example; Mon, 2 Mar 2026 10:00:00 +0000\r\n"
    plain = f"{field}: {MAILBOX}\r\n"
    rest = f"From: a@a.example\r\nTo: {MAILBOX}\r\nMessage-ID: <1@a.example>\r\n\r\nx\r\n"
    for header, found_in in (
        (note + received, "delivery"),
        (received + note, "trace"),
        (note, "trace"),
        (plain + note + received, "trace"),
        (received + note + received, "trace"),
    ):
        match = find_thread(parse_message((header + rest).encode()), mailbox=MAILBOX, secret=SECRET)
        assert (match.workflow_id, match.found_in) == (WORKFLOW, found_in), header


def test_a_reply_address_fits_the_local_part_or_is_the_plain_mailbox() -> None:
    address = make_reply_address(WORKFLOW, secret=SECRET, mailbox=MAILBOX)
    assert len(address.rpartition("@")[0]) <= 64
    long_name = "a-mailbox-with-quite-a-long-name@inbox.example"
    assert make_reply_address(WORKFLOW, secret=SECRET, mailbox=long_name) == long_name
    assert make_reply_address("an id of the API " * 5, secret=SECRET, mailbox=MAILBOX) == MAILBOX


def test_a_token_is_no_id_and_holds_for_its_mailbox_only() -> None:
    address = make_reply_address(WORKFLOW, secret=SECRET, mailbox=MAILBOX)
    assert read_reply_address(address, secret=b"other", mailbox=MAILBOX) is None
    assert read_reply_address(address, secret=SECRET, mailbox="someone@inbox.example") is None
    token = address.partition("+")[2].partition("@")[0]
    assert read_message_id(f"<ia1.{token}@inbox.example>", secret=SECRET) is None


def box(*mails: tuple[str, str]) -> list[Message]:
    """Messages of (own id, ids of References), ids as bare words."""
    raws = [
        f"From: a@x.example\r\nMessage-ID: <{own}@x>\r\nReferences: {' '.join(f'<{one}@x>' for one in refs.split())}\r\n\r\nx"
        for own, refs in mails
    ]
    return [parse_message(raw.encode()) for raw in raws]


@pytest.mark.parametrize(
    ("mails", "groups"),
    [
        ([("a", ""), ("b", "a"), ("c", "a b"), ("d", "")], [[0, 1, 2], [3]]),
        ([("c", "a b"), ("b", "a")], [[0, 1]]),
        ([("b", "gone"), ("c", "gone"), ("d", "other")], [[0, 1], [2]]),
        ([("a", "b"), ("b", "a")], [[0, 1]]),
        ([("a", "a"), ("b", "a")], [[0, 1]]),
        ([("a", ""), ("a", ""), ("b", "a")], [[0, 2], [1]]),
        ([], []),
    ],
)
def test_messages_are_grouped_by_their_references(mails: list[tuple[str, str]], groups: list[list[int]]) -> None:
    assert group_threads(box(*mails)) == groups


def test_equal_subjects_do_not_make_a_thread() -> None:
    raws = [f"From: a@x.example\r\nSubject: Re: x\r\nMessage-ID: <{one}@x>\r\n\r\nx".encode() for one in "ab"]
    assert group_threads([parse_message(raw) for raw in raws]) == [[0], [1]]


@given(st.lists(st.tuples(st.sampled_from("abcde"), st.lists(st.sampled_from("abcdef"), max_size=4)), max_size=8))
def test_every_message_is_in_one_group_whatever_the_loops(mails: list[tuple[str, list[str]]]) -> None:
    groups = group_threads(box(*((own, " ".join(refs)) for own, refs in mails)))
    assert sorted(position for group in groups for position in group) == list(range(len(mails)))


# --- for whom an id was made -------------------------------------------------------------------------------------

OWNER = "Ann@a.example"


def test_ids_and_reply_addresses_of_version_1_still_find_their_conversation() -> None:
    """As they were stored by the version before."""
    stored = "mail-abcdefghij234567klmnopqrst"
    message_id = "<ia1.mabcdefghij234567klmnopqrst.r3.35yqafiq6p7ymk3t.bdc2jxhlr5u7ntz7@inbox.example>"
    address = "agent+mabcdefghij234567klmnopqrst.6uz4sg4vzz3mu7nx@inbox.example"
    assert read_message_id(message_id, secret=SECRET) == (stored, 3)
    assert looks_like_own_id(message_id)
    of_api = "<ia1.xn5tca5dimuqgc4dj.n.35yqafiq6p7ymk3t.lc3ripfyugspqjdc@inbox.example>"
    assert read_message_id(of_api, secret=SECRET) == ("of the api", None)
    assert read_reply_address(address, secret=SECRET, mailbox=MAILBOX) == stored
    for fields in ({"In_Reply_To": message_id}, {"To": address}):
        found = find_thread(mail(**fields), mailbox=MAILBOX, secret=SECRET)
        assert (found.workflow_id, found.ours, found.owner_mark) == (stored, True, "")


@pytest.mark.parametrize("workflow_id", [WORKFLOW, "of the api"])
def test_an_id_and_a_reply_address_say_for_whom_they_were_made(workflow_id: str) -> None:
    message_id = make_message_id(workflow_id, "n", secret=SECRET, domain="inbox.example", owner=OWNER, revision=2)
    address = make_reply_address(workflow_id, secret=SECRET, mailbox=MAILBOX, owner=OWNER)
    assert read_message_id(message_id.upper(), secret=SECRET) == (workflow_id, 2)
    assert read_reply_address(address.upper(), secret=SECRET, mailbox=MAILBOX) == workflow_id
    assert "ann" not in message_id + address
    for fields in ({"In_Reply_To": message_id}, {"To": address}):
        mark = find_thread(mail(**fields), mailbox=MAILBOX, secret=SECRET).owner_mark
        assert is_mark_of(mark, "ann@A.example", secret=SECRET)
        assert not is_mark_of(mark, "eve@a.example", secret=SECRET)
        assert not is_mark_of(mark, OWNER, secret=b"another")
    assert not is_mark_of("", OWNER, secret=SECRET)


@pytest.mark.parametrize("local", ["agent", "a.mailbox.of.19.chs"])
def test_a_reply_address_with_its_owner_is_as_long_as_before(local: str) -> None:
    address = make_reply_address(WORKFLOW, secret=SECRET, mailbox=f"{local}@inbox.example", owner=OWNER)
    assert len(address.partition("@")[0]) <= 64
    assert read_reply_address(address, secret=SECRET, mailbox=f"{local}@inbox.example") == WORKFLOW


def test_the_owner_in_an_id_or_reply_address_cannot_be_exchanged() -> None:
    ids = [make_message_id(WORKFLOW, "n", secret=SECRET, domain="x.test", owner=one) for one in (OWNER, "eve@x.test")]
    marks = [one.split(".")[4] for one in ids]
    assert read_message_id(ids[0].replace(marks[0], marks[1]), secret=SECRET) is None
    assert read_message_id(ids[0].replace(f".{marks[0]}", ""), secret=SECRET) is None
    assert read_message_id(ids[0].replace("ia2", "ia1"), secret=SECRET) is None
    hers, eves = (
        make_reply_address(WORKFLOW, secret=SECRET, mailbox=MAILBOX, owner=one) for one in (OWNER, "eve@x.test")
    )
    start = hers.index(".") + 1
    assert (
        read_reply_address(hers[:start] + eves[start : start + 6] + hers[start + 6 :], secret=SECRET, mailbox=MAILBOX)
        is None
    )
    assert read_reply_address(hers.replace("+n", "+m"), secret=SECRET, mailbox=MAILBOX) is None
