"""The words of bare commands in the main languages, and of what stands around them. Words only; ``commands`` reads them."""

import re
from enum import StrEnum


class Command(StrEnum):
    CANCEL = "cancel"
    SEND_NOW = "send now"
    STATUS = "status"
    HELP = "help"
    RETRY = "retry"
    DRAFTS = "drafts"
    UNDO = "undo"
    PENDING = "pending"
    CANCEL_PENDING = "cancel by number"
    MEMORY = "memory"
    FORGET = "forget everything"


# One line a language: en, es, fr, de, it, pt, nl, pl, sv/da/no, tr, ru, uk, cs, ja, zh, ko, ar, hi where they differ.
FORMS: dict[Command, str] = {
    Command.CANCEL: """
        cancel|cancel it|cancel this|cancel that|stop|stop it|abort|do not send|do not send it|don't send it|don't send
        cancel the mail|cancel the email|cancel this mail|cancel this email|cancel my mail|do not send the mail
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
    Command.PENDING: """
        pending|what is pending|what's pending|what is planned|what's planned|what is scheduled|what's scheduled|show pending
        list pending|pending mails|pending emails|show pending mails|planned mails|scheduled mails|scheduled emails
        show planned mails|show scheduled mails|list scheduled mails|which mails are planned|which mails are scheduled
        pendientes|qué está pendiente|qué hay pendiente|qué tengo pendiente|qué está programado|correos pendientes
        correos programados|en attente|qu'est-ce qui est en attente|qu'est-ce qui est prévu|mails prévus|e-mails prévus
        was steht an|was steht noch aus|was ist geplant|was ist noch geplant|geplante mails|welche mails sind geplant
        in sospeso|cosa è in sospeso|cosa c'è in sospeso|cosa è programmato|cosa è in programma|mail programmate
        pendentes|o que está pendente|o que está agendado|o que está programado|e-mails agendados|mensagens agendadas
        wat staat er gepland|wat is er gepland|wat is gepland|geplande mails|co jest zaplanowane|zaplanowane wiadomości
        vad är planerat|planerade mejl|hvad er planlagt|planlagte mails|hva er planlagt|planlagte e-poster
        mitä on suunnitteilla|ajastetut viestit|bekleyenler|ne bekliyor|ne planlandı|planlanan postalar
        что запланировано|запланированные письма|що заплановано|заплановані листи|co je naplánováno|naplánované zprávy
        送信予定|予定のメール|予約一覧|待发送|待发邮件|有哪些待发邮件|예약 목록|예정된 메일
        ما المخطط|الرسائل المجدولة|क्या लंबित है""",
    Command.MEMORY: """
        what do you remember|what do you remember about me|what do you remember of me|what do you know about me
        what do you know of me|show what you remember|show me what you remember|show memory|show my memory|memory
        qué recuerdas|qué recuerdas de mí|qué sabes de mí|qué sabe de mí|de quoi te souviens-tu|que sais-tu de moi
        que savez-vous de moi|de quoi vous souvenez-vous|was weißt du über mich|was wissen sie über mich
        was hast du dir gemerkt|was merkst du dir|cosa ricordi|cosa ricordi di me|cosa sai di me|che cosa sai di me
        o que você lembra|o que você sabe sobre mim|o que sabes sobre mim|do que você se lembra|wat weet je over mij
        wat weet je van mij|wat onthoud je|co o mnie wiesz|co pamiętasz|co o mnie pamiętasz|vad vet du om mig|vad minns du
        hvad ved du om mig|hvad husker du|hva vet du om meg|hva husker du|mitä tiedät minusta|mitä muistat minusta
        benim hakkımda ne biliyorsun|ne hatırlıyorsun|что ты помнишь|что ты обо мне помнишь|что ты обо мне знаешь
        что вы обо мне знаете|що ти пам'ятаєш|що ти про мене знаєш|co o mně víš|co si pamatuješ|何を覚えていますか
        私について何を覚えていますか|你记得什么|你记得我什么|你知道我什么|나에 대해 무엇을 기억하나요|무엇을 기억하나요
        ماذا تتذكر عني|ماذا تعرف عني|मेरे बारे में क्या याद है""",
    Command.FORGET: """
        forget everything|forget me|forget everything about me|forget all about me|forget everything you know about me
        forget everything you remember|forget everything you know|delete everything you know about me|delete my memory
        olvida todo|olvida todo sobre mí|olvídame|oublie tout|oubliez tout|oublie-moi|oubliez-moi|vergiss alles|vergiss mich
        vergiss alles über mich|vergessen sie alles|dimentica tutto|dimenticami|esqueça tudo|esquece tudo|esqueça-me
        vergeet alles|vergeet mij|vergeet me|zapomnij wszystko|zapomnij o mnie|glöm allt|glöm mig|glem alt|glem mig|glem meg
        unohda kaikki|unohda minut|her şeyi unut|beni unut|забудь всё|забудь все|забудь меня|забудь обо мне|забудь усе
        забудь мене|zapomeň všechno|zapomeň na mě|全部忘れて|すべて忘れて|忘记一切|忘记我|全部忘记|모두 잊어줘
        انس كل شيء|सब भूल जाओ""",
}
# A planned mail is canceled by its number: one of these before or after it ("cancel 2", "2 stornieren").
CANCEL_VERBS = """
    cancel|cancela|cancelar|cancele|anula|anular|annuler|annule|annulez|storniere|stornieren|abbrechen|annulla|annullare
    annuleer|annuleren|anuluj|odwołaj|avbryt|avbestill|annuller|annullér|afbryd|peruuta|iptal|iptal et|отмени|отменить
    отмена|скасуй|скасувати|zruš|zrušit|anulează|ακύρωση|キャンセル|キャンセルして|取り消し|取消|취소|취소해|취소해줘|إلغاء|ألغ
    रद्द|रद्द करें"""
# What may stand between the verb and its numbers, and between those.
AROUND_NUMBERS = frozenset(
    """the a number numbers no nr num nummer nummern mail mails email emails and y e el la los las et le les und die den der
    número numero números numéro numéros il lo en de och og ja ve i og å numer и і та номер письмо číslo a o os as de het
    と を 和 号 번 을 를 و और nº n""".split()
)
POLITE = re.compile(
    r"^(?:please|pls|ok|okay|yes|hi|hello|por favor|sí|si|s'il te plaît|s'il vous plaît|oui|bitte|ja|per favore|sì"
    r"|sim|alstublieft|graag|proszę|tak)[\s,!.]+|[\s,!.]+(?:please|pls|thanks|thank you|thx|por favor|gracias"
    r"|s'il te plaît|s'il vous plaît|stp|svp|merci|bitte|danke|per favore|grazie|obrigado|obrigada|alstublieft|graag|bedankt"
    r"|proszę|dzięki)$"
)
CONFIRMATIONS = """
        confirm|confirmed|i confirm|confirm it|confirmar|confirmo|confirmado|confirmer|je confirme|confirmé
        bestätigen|bestätigt|ich bestätige|conferma|confermo|confermato
        bevestig|bevestigen|ik bevestig|potwierdzam|bekräfta|bekrefter
        bekræft|vahvistan|onaylıyorum|подтверждаю|підтверджую|potvrzuji|確認|確認しました|确认|확인|أؤكد|पुष्टि"""
