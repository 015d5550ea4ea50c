"""What stands around the one thing that a short mail says: a greeting above it, a closing formula and a name below. Pure."""

import re

from inbox_agent.models import Address

GREETING_WORDS = (
    "hi|hello|hey|dear|good (?:morning|afternoon|evening)|hola|buenos días|buenas tardes|bonjour|bonsoir|salut|hallo"
    "|guten tag|guten morgen|liebe|lieber|moin|servus|ciao|buongiorno|salve|olá|oi|bom dia|boa tarde|dag|goedemorgen"
    "|cześć|dzień dobry|hej|hei|merhaba|selam|привет|здравствуйте|добрый день|привіт|добрий день|ahoj|dobrý den"
    "|こんにちは|你好|您好|안녕하세요|مرحبا|السلام عليكم|नमस्ते"
)
CLOSING_WORDS = (
    "(?:many |kind |best |warm |with (?:kind|best) )?(?:regards|wishes)"
    "|(?:many |all )?thanks(?: a lot| so much| in advance)?|thank you(?: very much| so much| in advance)?|thx|cheers"
    "|best|sincerely|yours(?: sincerely| truly| faithfully)?"
    "|(?:mit )?(?:freundlichen|besten|vielen|herzlichen|viele|beste|liebe|schöne|freundliche) (?:grüßen|grüße|gruß|dank)"
    "|gruß|grüße|lg|vg|mfg|danke|(?:un )?saludos?(?: cordiales?)?|un abrazo|(?:muchas )?gracias"
    "|(?:bien )?cordialement|merci(?: beaucoup)?|bonne journée|cordiali saluti|(?:tanti )?saluti|grazie(?: mille)?"
    "|atenciosamente|abraços?|obrigad[oa]|(?:met )?vriendelijke groet(?:en)?|groet(?:en|jes)?|bedankt|pozdrawiam"
    "|pozdrowienia|dzięki|dziękuję|(?:med )?vänliga? hälsning(?:ar)?|mvh|tack|(?:med )?venlig hilsen|hilsen|tak|takk"
    "|(?:ystävällisin )?terveisin|kiitos|saygılarımla|teşekkürler|с уважением|спасибо|з повагою|дякую|s pozdravem"
    "|děkuji|よろしくお願いします|ありがとう(?:ございます)?|谢谢|感谢|此致|감사합니다|شكرا|مع التحية|धन्यवाद"
)
NAME = r"[^\W\d_][\w.'’-]*"
GREETING_LINE = re.compile(rf"(?:{GREETING_WORDS})(?:[ ,]+{NAME}){{0,3}}[\s,!.:。！،]*", re.IGNORECASE)
GREETING_BEFORE = re.compile(rf"(?:{GREETING_WORDS})(?: {NAME}){{0,2}}\s*[,!.:،][ \t]+(?=\S)", re.IGNORECASE)
CLOSING_LINE = re.compile(rf"(?:{CLOSING_WORDS})(?P<name>(?:[ ,]+{NAME}){{0,3}})[\s,.!。！،]*", re.IGNORECASE)
NAME_LINE = re.compile(rf"(?:[-–—]+\s*)?(?P<name>{NAME}(?: {NAME}){{0,3}})[\s,.]*")
MOST_NAME_LINES = 3


def without_courtesy_lines(text: str, sender: Address | None = None) -> str:
    """The text without a greeting above and a closing below.

    Args:
        sender: whose name may stand below the text; when it is known, no other one may.
    """
    lines = [line.strip() for line in text.strip().splitlines() if line.strip()]
    if len(lines) > 1 and GREETING_LINE.fullmatch(lines[0]):
        lines = lines[1:]
    elif lines:
        lines[0] = GREETING_BEFORE.sub("", lines[0], count=1)
    names = _names_of(sender)
    end = len(lines)
    while end > 1 and len(lines) - end < MOST_NAME_LINES and _is_name(lines[end - 1], names):
        end -= 1
    closing = CLOSING_LINE.fullmatch(lines[end - 1]) if end > 1 else None
    if closing and (not closing["name"].strip() or _is_name(closing["name"].strip(" ,"), names)):
        return "\n".join(lines[: end - 1])
    # Without a formula only the sender's own name is one: "Tomorrow" stands there as well.
    return "\n".join(lines[:end]) if names else "\n".join(lines)


def _names_of(sender: Address | None) -> frozenset[str]:
    if sender is None:
        return frozenset()
    words = re.findall(r"[^\W\d_]+", f"{sender.display_name} {sender.address.partition('@')[0]}".casefold())
    return frozenset(words)


def _is_name(line: str, names: frozenset[str]) -> bool:
    """Whether a line is a name: one that is known, else by capital letters alone."""
    found = NAME_LINE.fullmatch(line)
    if found is None or CLOSING_LINE.fullmatch(line):
        return False
    words = re.findall(r"[^\W\d_]+", found["name"])
    if not names:
        return not any(word[0].islower() for word in words)
    return all(word.casefold() in names or _is_initial(word, names) for word in words)


def _is_initial(word: str, names: frozenset[str]) -> bool:
    return len(word) == 1 and any(name.startswith(word.casefold()) for name in names)
