"""What a mail says that its owner cannot read: the text rendered back into their language, kept with the draft."""

from inbox_agent.conversation.state import Turn

# It is stored beside other details of the draft, which together stay under the limit of a data attribute.
MAX_BYTES = 16 * 1024


def back_translation_for(turn: Turn, language: str) -> str:
    """The way back of a new text in that language; where one is needed and missing, or cut, that is told."""
    text = turn.output.back_translation.strip()
    if not text and _is_foreign(language, turn.conversation.language):
        turn.notices.append(
            "I have no translation of this text back into your language. Have it read by somebody who knows the language, "
            "or ask me to translate it back."
        )
    kept = bounded(text)
    if len(kept) < len(text):
        turn.notices.append("The translation back into your language is longer than I can keep; its end is missing.")
    return kept


def bounded(text: str) -> str:
    return text.strip().encode("utf-8", "replace")[:MAX_BYTES].decode("utf-8", "ignore")


def _is_foreign(language: str, owner_language: str) -> bool:
    """By primary language (BCP 47); what is not known is not foreign."""
    primary, own = (tag.strip().partition("-")[0].casefold() for tag in (language, owner_language))
    return bool(primary and own and primary != own)
