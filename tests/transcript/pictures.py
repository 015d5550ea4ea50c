"""The HTML of mails as pictures, made by a headless Chromium: light, dark, and as on a phone of 320 px."""

from pathlib import Path

from tests.browser import chromium

# What each picture shows, in the order of the document.
PICTURED = {
    "changes": "A draft with its changes",
    "question": "A question",
    "receipt": "A receipt",
    "memory": "What is remembered",
    "planned": "The planned mails",
    "trouble": "Trouble",
}
LOOKS = (("light", 640, False), ("dark", 640, True), ("phone", 320, False))


def take_pictures(pages: dict[str, str], pictures: Path, scratch: Path) -> None:
    """Each page in each look; older pictures go.

    Args:
        scratch: a folder for the browser's profile.
    """
    pictures.mkdir(exist_ok=True)
    for old in pictures.glob("*.png"):
        old.unlink()
    with chromium(scratch / "profile") as page:
        for name in PICTURED:
            file = scratch / "mail.html"
            file.write_text(pages[name], encoding="utf-8")
            for look, width, dark in LOOKS:
                page.look(width=width, height=100, dark=dark)
                page.open(file.as_uri())
                assert not page.scrolls_sideways(), f"{name} is wider than {width} px"
                page.screenshot(pictures / f"{name}-{look}.png")


def gallery(folder: str) -> str:
    """The pictures as Markdown."""
    lines = ["\n## The HTML mails\n", "Each in light, in dark, and on a phone of 320 px."]
    for name, words in PICTURED.items():
        lines += [f"\n**{words}**\n", "| light | dark | phone |", "| --- | --- | --- |"]
        lines.append("".join(f"| ![{words}, {look}]({folder}/{name}-{look}.png) " for look, _, _ in LOOKS) + "|")
    return "\n".join([*lines, ""])
