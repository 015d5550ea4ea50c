"""The words by which mail clients mark history: header names, verbs of attributions, forward and reply delimiters.

Data only, grouped by what a word stands for; the languages are those in which Gmail, Outlook, Apple Mail, Thunderbird,
Yahoo, Proton and the mobile clients are shipped. Everything is casefolded and in NFC.
"""

from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(word.strip().casefold() for word in text.replace("\n", "|").split("|") if word.strip())


# Names of the header lines that clients print above the mail they quote, by the RFC 5322 field that they stand for.
HEADER_NAMES: Final[dict[str, frozenset[str]]] = {
    "from": _words(
        """
    from|von|de|da|van|fra|från|lähettäjä|od|от|от кого|від|kimden|gönderen|发件人|寄件者|寄件人|差出人|送信者
    보낸 사람|보낸사람|보낸이|발신|מאת|من|فرستنده|از|από|de la|expeditor|feladó|küldő|từ|người gửi|dari|pengirim
    odesílatel|odesilatel|odosielateľ|expéditeur|mittente|remitente|remetente|afzender|avsender|avsändare|afsender
    nadawca|siuntėjas|nuo|no|saatja|kellelt|pošiljatelj|pošiljalac|šalje|จาก|प्रेषक|de part de|nork|frá|e-mail from
    absender|из
    """
    ),
    "date": _words(
        """
    date|sent|message du|gesendet|datum|gesendet am|envoyé|envoyé le|date d'envoi|date d’envoi|enviado|enviado el
    fecha|fecha de envío|enviada em|enviado em|enviada|data|data de envio|inviato|data invio|verzonden|verzonden op
    отправлено|дата|дата отправки|sendt|dato|skickat|skickades|lähetetty|päivämäärä|päiväys|wysłano|wysłane|odesláno
    odoslané|dátum|elküldve|küldve|küldés ideje|gönderildi|gönderim tarihi|gönderme tarihi|tarih|发送时间|发送日期
    日期|寄件日期|傳送時間|傳送日期|已傳送|时间|時間|送信日時|日付|日時|送信|보낸 날짜|보낸날짜|날짜|발송일|발신일
    נשלח|נשלח ב|תאריך|تاريخ الإرسال|التاريخ|تم الإرسال|أرسلت|تاریخ|ارسال شده|ημερομηνία|εστάλη|στάλθηκε|αποστολή
    trimis|data trimiterii|dată|đã gửi|ngày|gửi lúc|dikirim|tanggal|terkirim|poslano|poslato|poslané|изпратено
    надіслано|надсилання|відправлено|išsiųsta|nosūtīts|datums|saadetud|kuupäev|ส่ง|วันที่|ส่งเมื่อ|दिनांक
    data d'enviament|enviat|bidalia|dagsetning|sent at|date/time
    """
    ),
    "to": _words(
        """
    to|an|à|a|para|aan|til|till|vastaanottaja|do|komu|кому|до|pro|címzett|kime|alıcı|收件人|收件者|宛先|送信先
    받는 사람|받는사람|받는이|수신|אל|إلى|الى|گیرنده|به|προς|către|tới|đến|người nhận|kepada|untuk|za|prima
    primatelj|kam|kellele|ถึง|per|destinataire|destinataires|destinatario|destinatari|destinatário|empfänger
    ontvanger|adresat|gavėjas|saaja|प्रति|per a|nori|til að
    """
    ),
    "cc": _words(
        """
    cc|bcc|kopie|kopie (cc)|copie|copie à|copia|cópia|копия|копія|kopia|kopi|kopio|másolat|bilgi|抄送|副本|密件副本
    참조|עותק|نسخة|رونوشت|κοιν|kopija|koopia|สำเนา
    """
    ),
    "subject": _words(
        """
    subject|betreff|objet|sujet|asunto|assunto|oggetto|onderwerp|тема|относно|emne|ämne|aihe|otsikko|temat|předmět
    predmet|tárgy|konu|主题|主旨|标题|主題|件名|题目|제목|נושא|الموضوع|موضوع|θέμα|subiect|chủ đề|tiêu đề|subjek
    perihal|judul|tema|teema|temats|เรื่อง|zadeva|naslov|विषय|assumpte|gaia|efni|betr
    """
    ),
    "reply-to": _words(
        """
    reply-to|reply to|antwort an|antworten an|répondre à|responder a|rispondi a|risposta|beantwoorden|svar til
    svara till|odpowiedz do|ответить|返信先|回复|回覆|importance|priority|priorité|wichtigkeit|attachments|anlagen
    allegati
    """
    ),
}

# Verbs of attributions ("… wrote:"), in a past or third-person form that no instruction to an agent would use.
_SPACED_VERBS = """
    wrote|writes|schrieb|schreibt|schreef|geschreven|schrijft|a écrit|écrit|a ecrit|ecrit|escribió|escribio|escribe
    ha escrito|escreveu|ha scritto|scrive|scrisse|skrev|skreiv|skriver|kirjoitti|napisał|napisała|napisał(a)
    napisał/a|napisali|pisze|napsal|napsala|napsal(a)|napsal/a|napísal|napísala|napísal(a)|napísal/a|píše|написал
    написала|написал(а)|написал(-а)|написали|написав|написала(в)|написав(ла)|пише|пишет|писал|писала|написа|έγραψε
    a scris|scrie|yazdı|yazmış|írta|đã viết|viết|menulis|tulis|כתב|כתבה|כתב/ה|كتب|كتبت|كتابة|نوشت|नेलिखा|ने लिखा
    napisao|napisala|napisao/la|napisao je|napisal|napisal/-a|napisal/a|rašė|parašė|rakstīja|kirjutas|va escriure
    ha escrit|idatzi du|skrifaði|shkroi|skryf|reageerde|מאת|missatge de|mensaxe de|antwortete|a répondu|respondió
    respondeu|geschrieben|написао|написала/о|је написао/ла|написао/ла|sinulat|எழுதியது|লিখেছেন|napisana przez
    """
SPACED_VERBS: Final = tuple(sorted(_words(_SPACED_VERBS), key=len, reverse=True))
# Scripts without spaces between words: found anywhere in the line.
UNSPACED_VERBS: Final = (
    "写道",
    "寫道",
    "写到",
    "寫到",
    "写了",
    "のメール",
    "書きました",
    "作成",
    "작성",
    "썼습니다",
    "เขียน",
    "님이 씀",
    "さんは書",
)

# How attributions begin, beside a date or a name.
ATTRIBUTION_STARTS: Final = tuple(
    sorted(
        _words(
            """
    on|at|le|am|el|il|op|em|den|på|w dniu|dnia|dne|dňa|v|vào|vào lúc|στις|în|la|pada|pada tanggal|בתאריך|ב|في|بتاريخ
    در|dana|quoting|in a message dated|in the message dated|en date du|van|më|kuupäeval|datē|на|у
    """
        ),
        key=len,
        reverse=True,
    )
)
# How attributions begin that name the author alone: nouns, or a participle.
NOUN_STARTS: Final = tuple(
    _words(
        """
    quoting|zitat von|citation de|cita de|citando a|citazione di|citando|citaat van|citerar|citat fra|cytat z|cituji
    quoting message from|wiadomość napisana przez|цитирование|цитата
        """
    )
)
UNSPACED_STARTS: Final = ("在", "於", "于", "ในวันที่", "ใน")

# What stands between dashes, or alone before a header block, where a client puts the answered mail below.
ORIGINAL_MESSAGE: Final = _words(
    """
    original message|reply message|original appointment|originalnachricht|ursprüngliche nachricht|original-nachricht
    antwort nachricht|antwortnachricht|message d'origine|message d’origine|message original|message initial
    mensaje original|mensagem original|messaggio originale|messaggio original|oorspronkelijk bericht
    origineel bericht|oprindelig meddelelse|oprindelig besked|original meddelelse|opprinnelig melding
    originalmelding|original melding|ursprungligt meddelande|originalmeddelande|alkuperäinen viesti
    oryginalna wiadomość|wiadomość oryginalna|původní zpráva|pôvodná správa|eredeti üzenet|özgün ileti
    orijinal mesaj|orijinal ileti|исходное сообщение|оригинальное сообщение|первоначальное сообщение|исходное письмо
    вихідне повідомлення|оригінальне повідомлення|оригинално съобщение|αρχικό μήνυμα|mesaj original|mesajul original
    tin nhắn gốc|thư gốc|pesan asli|原始邮件|原邮件|原始郵件|原始信件|邮件原件|元のメッセージ|original mail|原文
    원본 메시지|원본 메일|원본메일|הודעה מקורית|الرسالة الأصلية|رسالة أصلية|پیام اصلی|ข้อความต้นฉบับ|मूल संदेश
    originalna poruka|izvirno sporočilo|originali žinutė|sākotnējais ziņojums|algne kiri|algteade|missatge original
    jatorrizko mezua
    """
)
FORWARDED_MESSAGE: Final = _words(
    """
    forwarded message|forwarded mail|begin forwarded message|start of forwarded message|forwarded by|forwarded email
    weitergeleitete nachricht|anfang der weitergeleiteten nachricht|beginn der weitergeleiteten nachricht
    weitergeleitete e-mail|message transféré|message transmis|début du message réexpédié|début du message transféré
    début du message transmis|mail transféré|mensaje reenviado|inicio del mensaje reenviado|mensaje enviado
    comienzo del mensaje reenviado|mensagem encaminhada|mensagem reencaminhada|início da mensagem encaminhada
    início da mensagem reencaminhada|início da mensagem|messaggio inoltrato|inizio messaggio inoltrato
    inizio del messaggio inoltrato|doorgestuurd bericht|begin doorgestuurd bericht|begin van doorgestuurd bericht
    videresendt meddelelse|videresendt melding|videresendt besked|start på videresendt besked
    begynnelse på videresendt melding|start av videresendt melding|vidarebefordrat meddelande|vidarebefordrat brev
    börja vidarebefordrat meddelande|vidarebefordrat mejl|början på vidarebefordrat brev|välitetty viesti
    edelleenlähetetty viesti|välitetty viesti alkaa|przekazana wiadomość|wiadomość przekazana
    początek przekazanej wiadomości|początek wiadomości przekazanej dalej|přeposlaná zpráva
    začátek přeposílané zprávy|přeposílaná zpráva|preposlaná správa|začiatok preposlanej správy|továbbított üzenet
    továbbított üzenet kezdete|iletilen mesaj|iletilmiş mesaj|yönlendirilen mesaj|i̇letilmiş mesajın başlangıcı
    iletilmiş mesajın başlangıcı|iletilen ileti|пересылаемое сообщение|перенаправленное сообщение
    пересланное сообщение|начало переадресованного сообщения|пересланное письмо|переслане повідомлення
    пересилання повідомлення|початок переадресованого повідомлення|препратено съобщение|προωθημένο μήνυμα
    αρχή προωθημένου μηνύματος|mesaj redirecționat|mesaj redirectionat|mesaj transmis
    începutul mesajului redirecționat|tin nhắn đã chuyển tiếp|thư được chuyển tiếp|thư đã chuyển tiếp
    bắt đầu thư được chuyển tiếp|pesan yang diteruskan|pesan terusan|email terusan|转发邮件|转发的邮件|转发的信息
    下面是被转发的邮件|開始轉寄郵件|轉寄郵件|轉寄的郵件|转发邮件信息|已转发邮件|已轉寄的郵件|轉寄訊息|転送メッセージ
    転送されたメッセージ|転送されたメール|転送元メッセージ|전달된 메시지|전달된 메일|전달된 이메일|전달 메일
    הודעה שהועברה|הודעה מועברת|תחילת ההודעה שהועברה|رسالة معاد توجيهها|رسالة معاد إرسالها
    بداية الرسالة المعاد توجيهها|الرسالة المُعاد توجيهها|پیام هدایت‌شده|ข้อความที่ส่งต่อ|अग्रेषित संदेश
    proslijeđena poruka|prosljeđena poruka|posredovano sporočilo|persiųstas laiškas|persiųsta žinutė|pārsūtīta ziņa
    edastatud kiri|missatge reenviat|missatge redirigit|birbidalitako mezua
    """
)

# What people write above a quote whose lines they answered in place.
ANSWERS_WITHIN: Final = tuple(
    _words(
        """
    see below|answers below|answered below|comments below|replies below|my answers in|my comments in|inline below|see inline
    answers inline|comments inline|reply inline|in red|in blue|in green|siehe unten|antworten unten|weiter unten|in rot
    in blau|anmerkungen unten|im text unten|ci-dessous|plus bas|en rouge|en bleu|dans le texte|más abajo|en rojo|en azul
    abajo en|mais abaixo|ver abaixo|em vermelho|em azul|qui sotto|vedi sotto|in rosso|in blu|zie hieronder|hieronder
    in het rood|se nedan|se nedenfor|se under|med rött|med rødt|poniżej|na czerwono|viz níže|červeně|ниже|красным|нижче
    червоним|aşağıda|kırmızı|下記|以下に|赤字|见下|如下|红色|紅色|아래|빨간색
    """
    )
)
