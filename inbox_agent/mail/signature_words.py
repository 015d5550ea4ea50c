"""The words of device footers, disclaimers and list footers, by language. Data only, casefolded."""

from typing import Final


def _phrases(text: str) -> tuple[str, ...]:
    found = {phrase.strip().casefold() for phrase in text.replace("\n", "|").split("|")}
    return tuple(sorted(found - {""}, key=len, reverse=True))


# "Sent from …" where the verb comes first.
SENT_BEFORE: Final = _phrases(
    """
    sent from|sent via|sent with|sent by|sent using|sent on|composed on|written on|typed on|get|gesendet von
    gesendet mit|gesendet aus|gesendet via|gesendet über|von meinem|von meiner|diese nachricht wurde von
    diese e-mail wurde von|hol dir|holen sie sich|versendet mit|versandt mit|envoyé de|envoyé depuis|envoyé à partir
    envoyé avec|envoyé via|envoyé par|obtenez|télécharger|téléchargez|provenance :|enviado desde|enviado con
    enviado por|enviado mediante|enviado a través|obtener|obtén|descarga|enviado do|enviado de|enviado da
    enviado com|enviada do|enviado a partir|enviado pelo|enviado via|obter|obtenha o|inviato da|inviato dal
    inviato con|inviato dall|inviata da|scarica|ottieni|verzonden met|verzonden vanaf|verzonden via|verstuurd vanaf
    verstuurd met|verstuurd via|download|outlook voor|sendt fra|sendt med|sendt via|skickat från|skickat med
    skickat via|skickades från|hämta|hent|få outlook|last ned|lähetetty|lataa|hanki|wysłane z|wysłano z
    wysłane przez|wysłane za pomocą|pobierz|odesláno z|odesláno ze|odesláno pomocí|odoslané z|odoslané zo
    odoslané pomocou|získat|stiahnuť|elküldve|küldve|az én|iphone-omról|отправлено с|отправлено из|отправлено от
    послано с|надіслано з|надіслано із|відправлено з|изпратено от|скачать|отримати|trimis de pe|trimis de la
    trimis din|trimis cu|obțineți|στάλθηκε από|εστάλη από|αποστολή από|poslano iz|poslano z|poslano s|poslano sa
    poslato sa|poslato sa mog|gửi từ|được gửi từ|dikirim dari|dihantar daripada|dapatkan|从我的|發自我的|发自我的|从
    自|來自|来自|發自|发自|發送自|发送自|寄自|從我的|取得|获取|下载适用于|ส่งจาก|نُشرت من|أُرسلت من|أرسلت من
    تم الإرسال من|مرسل من|ارسال شده از|فرستاده شده از|נשלח מ|נשלח מה|נשלח באמצעות|נשלח דרך|saadetud|išsiųsta iš
    nosūtīts no|enviat des de|des del meu|bidalia|sent fra|enviado dende|mobil
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
DEVICES: Final = _phrases(
    """
    iphon|ipad|ipod|ios|apple watch|mac|android|blackberry|black berry|samsung|galaxy|huawei|xiaomi|redmi|oneplus
    pixel|nokia|sony|motorola|honor|lg|htc|oppo|vivo|realme|windows|lumia|outlook|mailbox|airmail|yahoo|aol|gmail
    gmx|web.de|proton|tutanota|tuta|thunderbird|k-9|k9|fairemail|bluemail|spark|mailspring|canary|edison|newton
    superhuman|polymail|acompli|sparrow|boxer|nine|touchmail|hotmail|yandex|mail.ru|mobile|mobil|cell phone
    cellphone|my cell|phone|smartphone|handy|tablet|téléphone|portable|telefon|teléfono|telefone|celular|móvil
    telefono|cellulare|telefoon|mobiel|mobiltelefon|puhelin|matkapuhelin|komórk|mobiln|телефон|мобильн|мобільн
    смартфон|κινητό|điện thoại|ponsel|手机|手機|行動|携帯|スマート|휴대폰|모바일|נייד|טלפון|هاتف|جوال|گوشی|มือถือ
    ti-8|mail for|mail per|mail pour|mail für|mail voor|courrier pour|correo para|почта для|почты для|poczta|外出先
    airwatch|webmail|zimbra|roundcube|mailfence|hushmail|fastmail|hey|icloud
    """
)
APOLOGIES: Final = _phrases(
    """
    excuse|sorry|apolog|typo|brevity|brief|terse|autocorrect|auto-correct|pardon|forgive|spelling|misspel|fat finger
    thumb|entschuldig|tippfehler|kürze|excusez|brièveté|disculp|brevedad|desculp|scus|excuus|ursäkta|beklager
    """
)
# Two of these in one paragraph make a disclaimer.
DISCLAIMERS: Final = _phrases(
    """
    confidential|privileged|intended recipient|intended only|intended solely|solely for the use|addressee
    unauthorized|unauthorised|if you have received this|received in error|received this email in error
    received this message in error|delete this|notify the sender|disclos|dissemination|any attachments
    this email and any|this e-mail and any|this message and any|is prohibited|strictly prohibited|legally binding
    accepts no liability|no liability|virus|registered in england|registered office|before printing|print this email
    consider the environment|think before you print|checked for viruses|scanned|vertraulich|bestimmungsgemäße
    nicht der richtige adressat|irrtümlich erhalten|informieren sie|vernichten sie|unbefugte|rechtlich geschützt
    diese e-mail enthält|diese e-mail kann|handelsregister|geschäftsführer|amtsgericht|ust-id|sitz der gesellschaft
    confidentiel|destinataire|par erreur|pièces jointes|l'expéditeur|avertir|détruire|toute utilisation
    ce message et|imprimer ce|confidencial|destinatario|por error|remitente|prohibid|ley orgánica
    protección de datos|este mensaje|este correo|archivos adjuntos|imprimir|confidenciais|destinatário|por engano
    por erro|remetente|proibid|esta mensagem|anexos|riservat|destinatari|per errore|mittente|vietat|allegati
    questo messaggio|questa e-mail|d.lgs|gdpr|privacy|vertrouwelijk|geadresseerde|abusievelijk|afzender
    uitsluitend bestemd|dit bericht|bijlagen|konfidentiell|konfidensiell|fortrolig|mottagare|mottaker|modtager
    av misstag|ved en feil|ved en fejl|avsändaren|afsenderen|luottamuksell|vastaanottaja|poufn|adresat|omyłkow
    nadawc|zniszcz|důvěrn|adresát|omylem|odesílatel|dôvern|odosielate|bizalmas|címzett|tévedés|gizli|alıcı
    yanlışlıkla|gönderen|hukuki|конфиденциальн|адресат|получател|по ошибке|отправител|уничтож|конфіденційн|одержувач
    помилков|поверителн|εμπιστευτικ|παραλήπτη|εκ παραδρομής|αποστολέα|confidenț|destinatarul|din greșeală|expeditor
    bảo mật|người nhận|rahasia|penerima|机密|保密|收件人|误收|發件人|机密信息|機密|收件者|誤收|寄件者|秘密|機密情報
    受信者|誤って|기밀|수신인|잘못 수신|סודי|חסוי|הנמען|בטעות|سري|المرسل إليه|بالخطأ|عن طريق الخطأ|محرمانه
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
    antes de imprimir este|prima di stampare questa|questo messaggio e' stato analizzato
    diese e-mail wurde von avast|l'absence de virus dans ce courrier|este correo electrónico ha sido comprobado
    confidentiality notice:|manage your subscription|to view this discussion on the web|unsubscribe:
    """
)
# Headings that stand above a disclaimer.
DISCLAIMER_HEADINGS: Final = frozenset(
    _phrases(
        """
    disclaimer|confidentiality notice|legal notice|notice|haftungsausschluss|rechtlicher hinweis|vertraulichkeitshinweis
    avis de confidentialité|avertissement|aviso legal|aviso de confidencialidad|aviso de confidencialidade|avvertenza
    avviso di riservatezza|informativa privacy|ansvarsfraskrivelse|zastrzeżenie|отказ от ответственности|免责声明|免責聲明
    """
    )
)
# What mail gateways put above mail from outside.
BANNERS: Final = _phrases(
    """
    originated from outside|originated outside|from outside of the organization|from outside the organization
    from outside your organization|external sender|external email|do not click links or open attachments
    do not click on links|don't often get email from|learn why this is important|stammt von außerhalb|externe e-mail
    kommt von außerhalb|ne cliquez pas sur|provient de l'extérieur|expéditeur externe|correo externo|remitente externo
    no haga clic en|e-mail externo|mittente esterno|proviene dall'esterno|externe afzender|van buiten de organisatie
    внешний отправитель|внешняя почта
    """
)
