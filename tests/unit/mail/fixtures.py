"""The mails under tests/mail, each named by what is wrong or special with it."""

from pathlib import Path

FOLDER = Path(__file__).parents[2] / "mail"


def raw_mail(name: str) -> bytes:
    return (FOLDER / f"{name}.eml").read_bytes()
