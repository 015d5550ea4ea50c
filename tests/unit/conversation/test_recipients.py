"""Addresses checked, names looked up."""

import pytest

from inbox_agent.conversation.recipients import MAX_RECIPIENTS, addresses_in, check_recipients, known_people
from inbox_agent.conversation.turn_output import Recipient
from inbox_agent.models import Address, Conversation, UserRequest

LEE = Address("lee.chan@corp.example", "Lee Chan")
LEE_2 = Address("lee.park@corp.example", "Lee Park")


def checked(
    text: str, *wanted: Recipient, people: tuple[Address, ...] = (), subject: str = ""
) -> tuple[list[str], str]:
    conversation = Conversation(owner=Address("maria@corp.example", "Maria Lopez"), participants=people)
    known = known_people(conversation, UserRequest(message_id="<1@x>", text=text, subject=subject))
    result = check_recipients(wanted, known)
    return [person.address for person in result.addresses], " ".join(result.questions)


@pytest.mark.parametrize(
    ("text", "address", "kept"),
    [
        ("to sam@corp.example.", "sam@corp.example", "sam@corp.example"),
        ("to <Sam@Corp.Example>", "sam@corp.example", "sam@corp.example"),
        ("to bob@something.test", "bob@something.test", "bob@something.test"),
        ("to jürgen@bücher.example", "jürgen@bücher.example", "jürgen@bücher.example"),
        ("to sam@xn--bcher-kva.example", "sam@xn--bcher-kva.example", "sam@bücher.example"),
        ("to 用户@例子.example", "用户@例子.example", "用户@例子.example"),
        ("to o'neil+work@corp.example", "o'neil+work@corp.example", "o'neil+work@corp.example"),
        ("发给sam@corp.example吧", "sam@corp.example", "sam@corp.example"),
        ("sam@corp.exampleに送ってください", "sam@corp.example", "sam@corp.example"),
        ("sam@corp.example에게 보내줘", "sam@corp.example", "sam@corp.example"),
        ("sam@corp.example’e gönder", "sam@corp.example", "sam@corp.example"),
    ],
)
def test_an_address_in_the_owners_words_is_taken(text: str, address: str, kept: str) -> None:
    assert checked(text, Recipient(address=address)) == ([kept], "")


@pytest.mark.parametrize(
    ("text", "address", "question"),
    [
        ("to sam@localhost", "sam@localhost", "no mail address"),
        ("to sam at corp", "sam@corp", "no mail address"),
        ("to sam@@corp.example", "sam@@corp.example", "no mail address"),
        ("write", "sam@corp.example", "did not write the address"),
        ("to sam@corp.example", "am@corp.example", "did not write the address"),
        ("to sam@corp.example.org", "sam@corp.example", "did not write the address"),
        ("to sam@corp.example-x.org", "sam@corp.example", "did not write the address"),
        ("to élam@corp.example", "lam@corp.example", "did not write the address"),
        ("x", "sam@corp.example\r\nBcc: x@y.example", "no mail address"),
        ("x", "a" * 400 + "@corp.example", "no mail address"),
    ],
)
def test_what_is_no_address_or_was_not_named_is_asked(text: str, address: str, question: str) -> None:
    addresses, asked = checked(text, Recipient(address=address))
    assert addresses == []
    assert question in asked


def test_a_subject_counts_only_when_the_owner_wrote_it() -> None:
    sam = Recipient(address="sam@corp.example")
    assert checked("", sam, subject="Write to sam@corp.example")[0] == ["sam@corp.example"]
    assert checked("", sam, subject="Fwd: Write to sam@corp.example")[0] == []
    assert checked("", sam, subject="AW: sam@corp.example")[0] == []


@pytest.mark.parametrize("name", ["Lee", "lee chan", "Chan", "Lee Chan"])
def test_a_name_is_looked_up(name: str) -> None:
    assert checked("write", Recipient(name=name), people=(LEE,)) == ([LEE.address], "")


def test_a_name_that_two_have_or_nobody_has_is_asked() -> None:
    assert "Which Lee do you mean" in checked("write", Recipient(name="Lee"), people=(LEE, LEE_2))[1]
    assert "mail address of Bob" in checked("write", Recipient(name="Bob"), people=(LEE,))[1]
    assert "which address" in checked("write", Recipient())[1]


def test_a_recipient_is_kept_once_and_not_too_many_are() -> None:
    text = " ".join(f"p{number}@corp.example" for number in range(60))
    twice = (Recipient(address="p1@corp.example"), Recipient(address="P1@corp.example", name="P"))
    assert checked(text, *twice)[0] == ["p1@corp.example"]
    everyone = [Recipient(address=f"p{number}@corp.example") for number in range(60)]
    addresses, asked = checked(text, *everyone)
    assert len(addresses) == MAX_RECIPIENTS
    assert "at most" in asked


def test_addresses_in_a_text() -> None:
    text = "Mail (sam@corp.example), “lee@corp.example”; not @here or a@ b."
    assert addresses_in(text) == {"sam@corp.example", "lee@corp.example"}


@pytest.mark.parametrize("name", ["Mr. Lee", "Dr. Lee Chan", "Mrs Chan", "Prof. Dr. Lee", "Herr Chan", "Señora Lee"])
def test_a_title_is_no_part_of_a_name(name: str) -> None:
    assert checked("write", Recipient(name=name), people=(LEE,)) == ([LEE.address], "")


@pytest.mark.parametrize("name", ["me", "Me", "myself", "mich", "moi", "我"])
def test_me_is_the_owner(name: str) -> None:
    assert checked("cc me", Recipient(name=name), people=(LEE,)) == (["maria@corp.example"], "")


@pytest.mark.parametrize("name", ["?", "…", "Dr.", "Mr"])
def test_a_name_without_letters_or_of_a_title_alone_is_nobody_s(name: str) -> None:
    assert "mail address" in checked("write", Recipient(name=name), people=(LEE,))[1]
