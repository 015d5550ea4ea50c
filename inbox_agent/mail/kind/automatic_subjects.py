"""Absence notes and other automatic replies by their localized subjects, where no header marks them."""

import re
from typing import Final

from inbox_agent.models import Message

_LONGEST: Final = 200


def _words(text: str) -> str:
    found = {word.strip() for word in text.replace("\n", "|").split("|")} - {""}
    return "|".join(re.escape(word) for word in sorted(found, key=len, reverse=True))


# "automatic" × "reply", by language; either may come first. A subject of both is a client's.
_AUTOMATIC_WORDS: Final = _words(
    """
    auto|automatic|automated|automatische|automatisches|automatisch|automatique|automática|automatica|automático
    automatico|automàtica|automatisk|automatiskt|automaattinen|automatyczna|automatická|automaticka|automatikus
    automat|otomatik|автоматический|автоматична|автоматичен|автоматски|automatski|samodejni|automatinis|automātiska
    automaat|automaatne|αυτόματη|אוטומטית|אוטומטי|تلقائي|التلقائي|تلقائية|آلي|خودکار|स्वचालित|automatik|otomatis
    tự động|อัตโนมัติ|自动|自動|자동|automatikoa|sjálfvirkt|авто
    """
)
_REPLY_WORDS: Final = _words(
    """
    reply|response|answer|antwort|e-mail-antwort|antwortschreiben|réponse|reponse|respuesta|risposta|resposta|antwoord
    svar|vastaus|odpowiedź|odpowiedz|odpověď|odpoved|odpoveď|válasz|valasz|răspuns|raspuns|yanıt|yanit|ответ|ответчик
    відповідь|отговор|одговор|odgovor|atsakymas|atbilde|vastus|απάντηση|תשובה|מענה|רד|رد|الرد|إجابة|پاسخ|उत्तर|balas
    balasan|trả lời|ตอบกลับ|การตอบกลับ|答复|回复|回覆|答覆|返信|応答|회신|응답|답장|erantzun|erantzuna|svarskeyti
    """
)
# Whole phrases of programs.
_PHRASES: Final = _words(
    """
    out of office autoreply|out of office auto-reply|out of office reply|out of the office reply|out-of-office reply
    vacation reply|vacation auto-reply|vacation autoreply|automatische abwesenheitsnotiz|abwesenheitsnotiz
    abwesenheitsmeldung|abwesenheitsagent|abwesenheitsassistent|message d'absence|message d’absence
    resposta de ausência temporária|afwezigheidsbericht|afwezigheidsassistent|poissaoloviesti|automatisk fraværsmelding
    automatiskt frånvaromeddelande|réponse automatique d'absence|不在通知|autoresponder
    """
)
# Words that people begin a subject with, too: they say something in an answer only, before a colon.
_ABSENCE_WORDS: Final = _words(
    """
    auto|ooo|out of office|out of the office|out-of-office|i am out of the office|away from my mail|vacation
    abwesenheit|abwesend|urlaub|absence du bureau|absent du bureau|absent(e) du bureau|fuera de la oficina
    fuera de oficina|ausente|fuori sede|fuori ufficio|ausência|ausência temporária|fora do escritório|afwezig|frånvaro
    frånvarande|ikke til stede|fravær|poissa|nieobecność|mimo kancelář|házon kívül|izinde|i̇zinde|отпуск|нет на месте
    부재중|不在|休假|automatic message|message automatique|messaggio automatico|mensaje automático
    mensagem automática|automatisk besked|eingangsbestätigung
    """
)
_EITHER_ORDER: Final = (
    rf"(?:{_AUTOMATIC_WORDS})[ -]?(?:{_REPLY_WORDS})|(?:{_REPLY_WORDS})[ -]?(?:{_AUTOMATIC_WORDS})|{_PHRASES}"
)
_BOTH: Final = rf"(?:thư |부재중 )?(?:{_EITHER_ORDER})"
_AUTOMATIC: Final = re.compile(rf"[\[({{]?{_BOTH}\s{{0,5}}(?:[:：\]】(（-]|$)", re.IGNORECASE)
_REPEATS: Final = re.compile(
    rf"[\[({{]?(?:{_BOTH}|{_ABSENCE_WORDS})[\])}}]?\s{{0,5}}[:：]?\s{{0,5}}"
    r"(?:re|aw|sv|vs|r|ref|antw|odp|ynt|fwd?|wg|tr|rv|回复|回覆|答复|返信|转发|回信)\s?[:：]",
    re.IGNORECASE,
)
_ABSENCE: Final = re.compile(
    rf"(?:[\[({{](?:{_ABSENCE_WORDS})[\])}}]|(?:{_ABSENCE_WORDS})\s{{0,5}}(?:[:：]|$))", re.IGNORECASE
)
# What a gateway puts before the subject of mail from outside.
_GATEWAY: Final = re.compile(
    r"(?:[\[(*<]{1,2}[^\])*>]{1,40}[\])*>]{1,2}|(?:external|externe?|extern[ao]|ext)(?=\s?[:：]))[\s:：]{0,5}",
    re.IGNORECASE,
)


def automatic_by_subject(message: Message, *, known: bool = False) -> tuple[str, str] | None:
    """The rule and reason when the subject is that of an automatic reply.

    Clients put their words before the subject that they answer. A subject that merely speaks of absence is a person's:
    "Out of office: tell Sam" is an instruction where no earlier mail is answered.

    Args:
        known: somebody who may give instructions; what they begin a thread with is one.
    """
    subject = message.subject[:_LONGEST].strip()
    answers = bool(message.in_reply_to or message.references)
    gateway = _GATEWAY.match(subject)
    for form in (subject, subject[gateway.end() :] if gateway else ""):
        automatic = bool(_REPEATS.match(form))
        automatic = automatic or (bool(_AUTOMATIC.match(form)) and (answers or not known))
        automatic = automatic or (answers and bool(_ABSENCE.match(form)))
        if automatic:
            return "absence-subject", f"the subject begins as automatic replies do: {message.subject[:60]!r}"
    return None
