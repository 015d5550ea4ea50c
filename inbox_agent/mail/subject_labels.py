"""What stands before a subject without being part of it: "Re:", "Fwd:" in many languages, tags of gateways and lists.

Programs write them, in any number and order ("[EXTERNAL] AW: [Ticket 12] Re[2]: …").
"""

import re

_REPLY = (
    "re|aw|antw|antwort|sv|svar|vs|vast|vastaus|vá|válasz|odp|odpowiedź|odg|odgovor|ynt|yanıt|cevap|ref|réf|r|rif|resp|rép"
    "|réponse|respuesta|risposta|resposta|răsp|răspuns|bls|balas|ats|atsakymas|atb|atbilde|vastus|yan|tl|trả lời|hồi âm"
    "|回复|回覆|答复|返信|답장|회신|رد|جواب|پاسخ|תגובה|השב|отв|ответ|відп|відповідь|отг|отговор|одг|одговор|απ|απάντηση|σχετ|ตอบ|उत्तर"
)
_FORWARD = (
    "fw|fwd|wg|weitergeleitet|weitergel|tr|transf|transféré|transmis|rv|renv|reenv|reenviado|enc|encaminhado|encaminhada|i"
    "|inoltra|inoltrato|doorst|doorgestuurd|vb|vidarebefordrat|vl|välitetty|vidb|vidsnd|videresendt|pd|przekazano|przek"
    "|továbbítás|tovább|ilt|i̇lt|ileti|fs|chuyển tiếp|ct|转发|轉寄|轉發|転送|전달|إعادة توجيه|הועבר|пересл|переслано|пересылка"
    "|пренас|προωθ|πρθ|ส่งต่อ|přep|přeposláno"
)
# Outlook's and Lotus' counters: "Re[2]:", "Re(2):", "Re^2:".
_COUNTER = r"(?:\s*(?:\[\d+\]|\(\d+\)|\^\d+|\*\d+))?"
_COLON = r"\.?\s*[:：﹕︓꞉]\s*"

REPLY_PREFIX = re.compile(rf"\s*(?:{_REPLY}){_COUNTER}{_COLON}", re.IGNORECASE)
_ANSWER_PREFIX = re.compile(rf"\s*(?:{_REPLY}|{_FORWARD}){_COUNTER}{_COLON}", re.IGNORECASE)
# What gateways and lists put before it: "[EXTERNAL]", "(ext)", "【外部】", "***SPAM***", "{Spam?}", "<External>".
_TAG = re.compile(
    r"\s*(?:\[[^\]]{1,60}\]|\([^)]{1,60}\)|\{[^}]{1,60}\}|<[^>]{1,60}>|【[^】]{1,60}】|\*{2,}[^*]{1,60}\*{2,})\s*[:：-]?\s*"
)
# The same as a word with a colon: "EXTERNAL:", "EXTERN - ", "Caution:".
_WORD_TAG = re.compile(
    r"\s*(?:ext(?:ern(?:al)?)?|spam|caution|warning|achtung|suspected spam)\s*[:：|-]\s*", re.IGNORECASE
)
_MAX_LABELS = 12


def own_subject(subject: str) -> str:
    """The subject as its writer put it, without tags; "" when it is that of an answer or a forwarded mail, which somebody else
    may have written."""
    rest = _without_tags(subject)
    return "" if rest is None or _ANSWER_PREFIX.match(rest) else rest.strip()


def is_answer(subject: str) -> bool:
    """Whether it is the subject of an answer: "Re:" first of all labels, a forwarded answer is none."""
    rest = _without_tags(subject)
    return rest is not None and bool(REPLY_PREFIX.match(rest))


def _without_tags(subject: str) -> str | None:
    """What stands behind the tags of gateways and lists; None behind more of them than any writes."""
    rest = subject.strip()
    for _ in range(_MAX_LABELS):
        label = None if _ANSWER_PREFIX.match(rest) else _TAG.match(rest) or _WORD_TAG.match(rest)
        if label is None:
            return rest
        rest = rest[label.end() :]
    return None
