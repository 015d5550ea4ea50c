"""Whom a delivery report is about, and what it says of each. Pure."""

from dataclasses import dataclass

from inbox_agent.models import Bounce


@dataclass(frozen=True, slots=True)
class Outlook:
    """Addresses by what became of the mail to them.

    Attributes:
        given_up: it is not tried again. refused: those of them where trying again is in vain.
        tried_on: the mail systems go on trying.
    """

    given_up: tuple[str, ...]
    refused: tuple[str, ...]
    tried_on: tuple[str, ...]


def outlook_of(bounce: Bounce) -> Outlook:
    return Outlook(
        given_up=tuple(one.address for one in bounce.each if one.final),
        refused=tuple(one.address for one in bounce.each if one.refused),
        tried_on=tuple(one.address for one in bounce.each if not one.final),
    )
