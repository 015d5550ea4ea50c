"""Bare commands that need no model: cancel, send now, status, help, retry, drafts, undo, in the main languages.

Only a text that is nothing but the command counts; anything more is a request for the model.
"""

import re
import unicodedata
from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum

from inbox_agent.models import Conversation, Outcome, UserRequest
from inbox_agent.turn.decision import decide
from inbox_agent.turn.schema import Intent, TurnOutput


class Command(StrEnum):
    CANCEL = "cancel"
    SEND_NOW = "send now"
    STATUS = "status"
    HELP = "help"
    RETRY = "retry"
    DRAFTS = "drafts"
    UNDO = "undo"


INTENTS: dict[Command, Intent] = {
    Command.CANCEL: "cancel",
    Command.SEND_NOW: "send_now",
    Command.STATUS: "status",
    Command.HELP: "help",
    Command.RETRY: "retry",
    Command.DRAFTS: "show_drafts",
    Command.UNDO: "undo",
}
# One line a language: en, es, fr, de, it, pt, nl, pl, sv/da/no, tr, ru, uk, cs, ja, zh, ko, ar, hi where they differ.
FORMS: dict[Command, str] = {
    Command.CANCEL: """
        cancel|cancel it|cancel this|cancel that|stop|stop it|abort|do not send|do not send it|don't send it|don't send
        cancelar|cancela|cancélalo|cancelalo|cancele|anular|anula|no lo envíes|no enviar|detener|para
        annuler|annule|annulez|annule-le|annulez-le|arrête|arrêter|ne l'envoie pas|n'envoie pas|n'envoyez pas
        abbrechen|stornieren|storniere|absagen|abbruch|stopp|nicht senden|nicht abschicken|brich ab|nicht versenden
        annulla|annullare|annullalo|non inviare|non inviarlo|ferma
        cancelar|cancele|cancela|não envie|não enviar|pare|parar
        annuleren|annuleer|stoppen|niet versturen|niet verzenden
        anuluj|anulować|odwołaj|nie wysyłaj
        avbryt|avbestill|annuller|afbryd|annullér|skicka inte|send ikke|peruuta|iptal|iptal et|gönderme
        отмена|отменить|отмени|стоп|не отправляй|скасувати|скасуй|zrušit|zruš|neposílat|mégse|anulează|ακύρωση
        キャンセル|取り消し|中止|取消|取消发送|不要发送|취소|취소해|إلغاء|ألغ|रद्द करें|रद्द""",
    Command.SEND_NOW: """
        send|send now|send it|send it now|send this now|send now please|send immediately|send it immediately
        enviar|enviar ahora|envía|envíalo|envíalo ya|envíalo ahora|envialo ahora|enviar ya|mándalo|mándalo ya
        envoyer|envoie|envoyez|envoyer maintenant|envoie-le|envoie-le maintenant|envoyez-le|envoyez-le maintenant
        senden|jetzt senden|sende|sende es|sende es jetzt|sofort senden|abschicken|jetzt abschicken|schick es ab|schick es jetzt
        invia|invia ora|invia adesso|invialo|invialo ora|inviare ora|manda|mandalo
        enviar agora|envie|envie agora|envia agora|mande|manda agora
        verstuur|verstuur nu|nu versturen|nu verzenden|verzend|verzend nu|stuur het nu
        wyślij|wyślij teraz|wyślij to teraz
        skicka|skicka nu|send nå|send nu|send det nu|lähetä|lähetä nyt|gönder|şimdi gönder|hemen gönder
        отправь|отправить|отправь сейчас|отправить сейчас|надіслати|надішли зараз|odeslat|odeslat teď|pošli|pošli to teď
        送信|今すぐ送信|送って|发送|现在发送|立即发送|보내|지금 보내|지금 보내줘|أرسل|أرسل الآن|भेजें|अभी भेजें""",
    Command.STATUS: """
        status|state|what is the status|what's the status
        estado|estatus|statut|état|stato|situação|stand|wie ist der stand|stan|läge|durum|статус|stav
        ステータス|状況|状态|상태|الحالة|स्थिति""",
    Command.HELP: """
        help|help me|what can you do|ayuda|aide|aidez-moi|hilfe|aiuto|ajuda|hulp|pomoc|hjälp|hjelp|hjælp|apua|yardım
        помощь|справка|допомога|nápověda|ヘルプ|助けて|帮助|도움말|مساعدة|मदद""",
    Command.RETRY: """
        retry|try again|try it again|reintentar|inténtalo de nuevo|réessayer|réessaie|réessayez|erneut versuchen
        nochmal versuchen|noch einmal versuchen|riprova|tentar novamente|tente novamente|opnieuw proberen|probeer opnieuw
        spróbuj ponownie|försök igen|prøv igen|prøv igjen|yeritä uudelleen|tekrar dene|повторить|повтори|попробуй снова
        zkusit znovu|再試行|重试|다시 시도|أعد المحاولة|पुनः प्रयास करें""",
    Command.DRAFTS: """
        drafts|show drafts|show all drafts|show me all drafts|all drafts|list drafts|show me the drafts
        borradores|muéstrame los borradores|brouillons|montre les brouillons|entwürfe|alle entwürfe|zeig alle entwürfe|bozze
        rascunhos|concepten|szkice|utkast|udkast|luonnokset|taslaklar|черновики|чернетки|koncepty
        下書き|草稿|초안|المسودات|ड्राफ्ट""",
    Command.UNDO: """
        undo|undo that|undo it|undo this|revert|go back|deshacer|deshaz|deshazlo|annuler la modification|défaire|défais
        rückgängig|rückgängig machen|mach das rückgängig|annulla modifica|disfare|desfazer|desfaça|ongedaan maken
        maak ongedaan|cofnij|ångra|angre|fortryd|kumoa|geri al|отменить изменение|верни назад|вернуть|zpět
        元に戻す|撤销|撤消|실행 취소|되돌리기|تراجع|पूर्ववत करें""",
}
POLITE = re.compile(
    r"^(?:please|pls|ok|okay|yes|hi|hello|por favor|sí|si|s'il te plaît|s'il vous plaît|oui|bitte|ja|per favore|sì"
    r"|sim|alstublieft|graag|proszę|tak)[\s,!.]+|[\s,!.]+(?:please|pls|thanks|thank you|thx|por favor|gracias"
    r"|s'il te plaît|s'il vous plaît|stp|svp|merci|bitte|danke|per favore|grazie|obrigado|obrigada|alstublieft|graag|bedankt"
    r"|proszę|dzięki)$"
)


def _plain(text: str) -> str:
    """Lower case, straight apostrophes, no punctuation or emoji around, one space between words."""
    folded = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", text).casefold()).replace("’", "'")
    return re.sub(r"^[^\w]+|[^\w]+$", "", " ".join(folded.split()))


def _table() -> dict[str, Command]:
    table: dict[str, Command] = {}
    for command, forms in FORMS.items():
        for form in re.split(r"[|\n]", forms):
            if form.strip():
                table.setdefault(_plain(form), command)
    return table


TABLE = _table()
LONGEST = max(map(len, TABLE)) + 40
CONFIRMATIONS = frozenset(
    map(
        _plain,
        """confirm|confirmed|i confirm|confirm it|confirmar|confirmo|confirmado|confirmer|je confirme|confirmé|bestätigen
        |bestätigt|ich bestätige|conferma|confermo|confermato|bevestig|bevestigen|ik bevestig|potwierdzam|bekräfta|bekrefter
        |bekræft|vahvistan|onaylıyorum|подтверждаю|підтверджую|potvrzuji|確認|確認しました|确认|확인|أؤكد|पुष्टि""".split(
            "|"
        ),
    )
)
APPLY = re.compile(r"apply (?:the )?suggestion (?:no\.? ?|number )?([0-9]{1,4})")


def find_command(text: str) -> Command | None:
    """The command that a text is, when it is nothing else but courtesy around it."""
    return next((TABLE[words] for words in without_courtesy(text) if words in TABLE), None)


def is_confirmation(text: str) -> bool:
    """Whether a text says nothing but that something is confirmed; an "ok" is too little for what needs a confirmation."""
    return any(words in CONFIRMATIONS for words in without_courtesy(text))


def applied_suggestion(text: str) -> int | None:
    """The number in "apply suggestion 1", when the text is nothing else."""
    found = (APPLY.fullmatch(words) for words in without_courtesy(text))
    return next((int(match[1]) for match in found if match), None)


def without_courtesy(text: str) -> Iterator[str]:
    """The text in plain form, as it is and with less and less courtesy around it; nothing for what is too long."""
    if len(text.strip()) > LONGEST:
        return
    plain = _plain(text)
    for _ in range(4):
        yield plain
        shorter = _plain(POLITE.sub("", plain))
        if shorter == plain:
            return
        plain = shorter


def apply_command(
    conversation: Conversation,
    request: UserRequest,
    command: Command,
    *,
    now: datetime,
    default_zone: str,
    send_pause_seconds: int = 0,
) -> Outcome:
    """Carry out a bare command, by the same rules as if a model had understood it."""
    return decide(
        conversation,
        request,
        TurnOutput(intents=(INTENTS[command],)),
        now=now,
        default_zone=default_zone,
        send_pause_seconds=send_pause_seconds,
    )


def approve(
    conversation: Conversation,
    request: UserRequest,
    *,
    now: datetime,
    default_zone: str,
    send_pause_seconds: int = 0,
) -> Outcome:
    """Carry out the owner's approval of the draft as it was shown."""
    return decide(
        conversation,
        request,
        TurnOutput(intents=("approve",)),
        now=now,
        default_zone=default_zone,
        send_pause_seconds=send_pause_seconds,
    )
