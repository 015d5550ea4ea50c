"""The words of device footers, disclaimers and list footers, by language. Data only, casefolded."""

from typing import Final


def _phrases(text: str) -> tuple[str, ...]:
    found = {phrase.strip().casefold() for phrase in text.replace("\n", "|").split("|")}
    return tuple(sorted(found - {""}, key=len, reverse=True))


# "Sent from …" where the verb comes first; a device or app has to follow.
SENT_BEFORE: Final = _phrases(
    """
    sent from|sent via|sent with|sent by|sent using|sent on|composed on|written on|typed on|gesendet von
    gesendet mit|gesendet aus|gesendet via|gesendet über|versendet mit|versandt mit|diese nachricht wurde von
    diese e-mail wurde von|envoyé de|envoyé depuis|envoyé à partir|envoyé avec|envoyé via|envoyé par|provenance :
    enviado desde|enviado con|enviado por|enviado mediante|enviado a través|enviado do|enviado de|enviado da
    enviado com|enviada do|enviado a partir|enviado pelo|enviado via|enviado dende|inviato da|inviato dal
    inviato con|inviato dall|inviata da|verzonden met|verzonden vanaf|verzonden via|verstuurd vanaf|verstuurd met
    verstuurd via|sendt fra|sendt med|sendt via|skickat från|skickat med|skickat via|skickades från|lähetetty
    wysłane z|wysłano z|wysłane przez|wysłane za pomocą|odesláno z|odesláno ze|odesláno pomocí|odoslané z
    odoslané zo|odoslané pomocou|elküldve|küldve|отправлено с|отправлено из|отправлено от|послано с|надіслано з
    надіслано із|відправлено з|изпратено от|trimis de pe|trimis de la|trimis din|trimis cu|στάλθηκε από|εστάλη από
    αποστολή από|poslano iz|poslano z|poslano s|poslano sa|poslato sa|gửi từ|được gửi từ|dikirim dari
    dihantar daripada|从我的|發自|发自|來自我的|来自我的|發送自|发送自|寄自|從我的|ส่งจาก|نُشرت من|أُرسلت من
    أرسلت من|تم الإرسال من|مرسل من|ارسال شده از|فرستاده شده از|נשלח מ|נשלח מה|נשלח באמצעות|נשלח דרך|saadetud
    išsiųsta iš|nosūtīts no|enviat des de|des del meu
    """
)
# "Get Outlook for …": only with the name of a mail app.
GET_BEFORE: Final = _phrases(
    """
    get|download|outlook|hol dir|holen sie sich|laden sie|obtenez|télécharger|téléchargez|obtener|obtén|descarga
    obter|obtenha o|scarica|ottieni|hämta|hent|få|last ned|lataa|hanki|pobierz|získat|získejte|stiahnuť|скачать
    загрузить|отримати|завантажити|obțineți|dapatkan|取得|获取|下载|tải
    """
)
# "… gönderildi" where it comes last.
SENT_AFTER: Final = _phrases(
    """
    gesendet|geschrieben|verschickt|versandt|gönderildi|gönderilmiştir|küldve|elküldve|küldött|küldtem|lähetetty
    sent|から送信|から送信されました|より送信|傳送|发送|發送|寄出|传送|에서 보냄|에서 보낸 메일|에서 전송
    에서 보내진|보냄|भेजा गया|से भेजा गया|verzonden|verstuurd|herunterladen|indir|edinin|letöltése|ダウンロード
    の入手|を入手|다운로드|에서 보냈습니다
    """
)
# How a footer of that kind begins when it does not begin with the device.
FROM_MY: Final = _phrases(
    """
    von meinem|von meiner|vom|diese nachricht wurde|diese e-mail wurde|az|vanaf mijn|van mijn|outlook|從我的
    从我的|我的|私の|나의|내|मेरे|outlook für|outlook voor
    """
)
DEVICES: Final = _phrases(
    """
    iphon|ipad|ipod|ios|apple watch|mac|android|blackberry|black berry|samsung|galaxy|huawei|xiaomi|redmi|oneplus
    pixel|nokia|sony|motorola|honor|lg|htc|oppo|vivo|realme|windows|lumia|outlook|mailbox|airmail|yahoo|aol|gmail
    gmx|web.de|proton|tutanota|tuta|thunderbird|k-9|k9|fairemail|bluemail|spark|mailspring|canary|edison|newton
    superhuman|polymail|acompli|sparrow|boxer|touchmail|hotmail|yandex|mail.ru|mobile|mobil|cell phone|cellphone
    my cell|phone|smartphone|handy|tablet|téléphone|portable|telefon|teléfono|telefone|celular|móvil|telefono
    cellulare|telefoon|mobiel|mobiltelefon|puhelin|matkapuhelin|komórk|mobiln|телефон|мобильн|мобільн|смартфон
    κινητό|điện thoại|ponsel|手机|手機|行動|携帯|スマート|휴대폰|모바일|נייד|טלפון|هاتف|جوال|گوشی|มือถือ|ti-8
    mail for|mail per|mail pour|mail für|mail voor|courrier pour|correo para|почта для|почты для|poczta|外出先
    airwatch|webmail|zimbra|roundcube|mailfence|hushmail|fastmail|icloud
    """
)
APOLOGIES: Final = _phrases(
    """
    excuse|sorry|apolog|typo|brevity|brief|terse|autocorrect|auto-correct|pardon|forgive|spelling|misspel|fat finger
    thumb|entschuldig|tippfehler|kürze|excusez|brièveté|disculp|brevedad|desculp|scus|excuus|ursäkta|beklager
    """
)
# A disclaimer speaks of secrecy, and of what people should do who got the mail by mistake.
SECRECY: Final = _phrases(
    """
    confidential|privileged|vertraulich|rechtlich geschützt|confidentiel|confidencial|confidenciais|riservat
    vertrouwelijk|konfidentiell|konfidensiell|fortrolig|luottamuksell|poufn|důvěrn|dôvern|bizalmas|gizli
    конфиденциальн|конфіденційн|поверителн|εμπιστευτικ|confidenț|bảo mật|rahasia|机密|保密|機密|秘密|기밀|סודי|חסוי
    سري|محرمانه|ความลับ
    """
)
MISDELIVERY: Final = _phrases(
    """
    intended recipient|intended only|intended solely|solely for the use|addressee|unauthorized|unauthorised|in error
    is prohibited|strictly prohibited|dissemination|nicht der richtige|irrtümlich|bestimmungsgemäße|unbefugte
    par erreur|n'êtes pas le destinataire|por error|no es el destinatario|prohibid|por engano|por erro|proibid
    per errore|vietat|abusievelijk|niet de geadresseerde|uitsluitend bestemd|av misstag|ved en feil|ved en fejl
    ved feil|erehdyksessä|omyłkow|omylem|tévedés|yanlışlıkla|по ошибке|ошибочно|помилков|по погрешка|εκ παραδρομής
    din greșeală|nhầm|kesalahan|误收|誤收|错误收到|誤って|잘못 수신|בטעות|بالخطأ|عن طريق الخطأ|اشتباه|โดยผิดพลาด
    """
)
# One of these is enough: no person writes them.
LIST_FOOTERS: Final = _phrases(
    """
    you received this message because you are subscribed|you are receiving this because you
    to unsubscribe from this group|to unsubscribe from this list|to unsubscribe, reply|to unsubscribe send
    reply to this email directly or view it|mailman/listinfo|this email has been checked for viruses
    this message has been scanned for viruses|virus-free. www|virus-free.www|avast.com/sig|virenfrei. www
    sans virus. www|libre de virus. www|virus free. www|privo di virus. www|virusvrij. www|без вирусов. www
    no virus found in this message|please consider the environment before printing|think before you print
    pensez à l'environnement|bevor sie diese e-mail ausdrucken|denken sie an die umwelt|piense antes de imprimir
    antes de imprimir este mensaje|antes de imprimir este correo|antes de imprimir este e-mail
    prima di stampare questa|questo messaggio e' stato analizzato|diese e-mail wurde von avast
    l'absence de virus dans ce courrier|este correo electrónico ha sido comprobado|confidentiality notice:
    manage your subscription|to view this discussion on the web|unsubscribe:
    """
)
# Headings that stand above a disclaimer.
DISCLAIMER_HEADINGS: Final = frozenset(
    _phrases(
        """
    disclaimer|confidentiality notice|legal notice|notice|haftungsausschluss|rechtlicher hinweis
    vertraulichkeitshinweis|avis de confidentialité|avertissement|aviso legal|aviso de confidencialidad
    aviso de confidencialidade|avvertenza|avviso di riservatezza|informativa privacy|ansvarsfraskrivelse
    zastrzeżenie|отказ от ответственности|免责声明|免責聲明
    """
    )
)
# What mail gateways put above mail from outside.
BANNERS: Final = _phrases(
    """
    originated from outside|originated outside|from outside of the organization|from outside the organization
    from outside your organization|external sender|external email|do not click links or open attachments
    do not click on links|don't often get email from|learn why this is important|stammt von außerhalb|externe e-mail
    kommt von außerhalb|ne cliquez pas sur|provient de l'extérieur|expéditeur externe|correo externo
    remitente externo|no haga clic en|e-mail externo|mittente esterno|proviene dall'esterno|externe afzender
    van buiten de organisatie|внешний отправитель|внешняя почта
    """
)
