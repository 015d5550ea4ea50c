"""What words of the main languages say of a clause: a negation, a hold, a condition, sending, canceling, a time. Words only.

Written as they are spoken; ``clauses`` and ``holds`` compare them in lower case and without accents. A word that ends
with "*" may go on; what begins with "~" is looked for anywhere, also within a word: scripts without spaces, and prefixes.
"""

# A question that begins so asks something; "can you send it?" wants it.
QUESTION_WORDS = """
    when|who|whom|what|why|how|where|which|did|does|do you|have|has|was|were|is|are|should|shall|must|wann|wer|wen
    wem|warum|wieso|wie|wo|welche*|hast|hat|haben|ist|sind|soll|sollte|sollen|cuándo|quién|qué|por qué|cómo|dónde
    cuál|debo|debería|quand|qui|quoi|pourquoi|comment|où|quel*|est-ce|dois-je|as-tu|avez|perché|chi|cosa|come|dove
    quale|devo|hai|quem|o que|por que|como|onde|qual|você já|wanneer|wat|waarom|hoe|waar|moet|heb|kiedy|kto|co
    dlaczego|jak|gdzie|czy|när|vem|vad|varför|hur|ska|hvornår|hvem|hva|hvad|hvorfor|hvordan|skal|milloin|kuka|mitä
    miksi|ne zaman|kim|neden|nasıl|когда|кто|что|почему|как|где|стоит ли|надо ли|kdy|kdo|proč|hasn't|haven't|didn't
    isn't|wasn't|weren't|doesn't|hadn't|don't i|don't we|can't i|can't it|won't it|couldn't it|muss ich|müssen wir
    kann ich|puedo|posso|puis-je|kan ik|czy muszę|нужно ли"""
# Begins what the mail should say, when it stands first in its clause.
WRITING = """
    write*|tell|tells|say|ask|asks|inform|remind|let * know|reply|answer|respond|add|mention|invite|thank
    include the|state|explain|warn|schreib*|sag|sagen|sage|frag|frage|informier*|erinner*|antwort*|teil|teile|richte
    ergänz*|erwähn*|escrib*|dile|diles|dígale|pregunt*|infórm*|responde*|contesta*|cuénta*|recuérda*|écri*|dis|dites
    demande*|répond*|préviens|informe*|rappelle*|scriv*|di'|dica|dille|digli|chied*|rispond*|escrev*|diga*|pergunt*
    respond*|avise|schrijf*|zeg|vertel*|vraag|antwoord*|napisz|powiedz|zapytaj|odpisz|przekaż|skriv*|säg|fråga
    berätta|svara|sig|spørg|fortæl|svar|spør|kirjoita|kerro|kysy|vastaa|напиши*|скажи*|спроси*|ответь*|сообщи*
    запитай*|napiš*|řekni*|zeptej*|írd|írj|scrie|spune|~書い|~書く|~伝え|~返信|~写|~寫|~告诉|~告訴|~转告|~回复|~써
    ~쓰|~말해|~전해|~답장|اكتب*|قل|أخبر*|اسأل*|~लिख|~बता|di que|di a|di al"""
# Ends it in languages that put the verb last.
WRITING_AT_END = "yaz|yazın|söyle|sor|bildir"
# Goes on with what the mail should say.
GOES_ON = """
    that|he|she|they|him|her|them|his|their|i|i'm|i'll|we|we're|will|would|can|could|should|am|is|are|was|were|have
    has|had|to|dass|er|sie|ich|wir|werde|wird|que|él|ella|yo|qu'*|il|elle|je|nous|che|lui|lei|io|ele|ela|eu|dat|hij
    zij|ik|że|iż|on|ona|att|han|hon|jag|hun|jeg|että|hän|ki|что|он|она|я|що|він|вона|že|hogy|că|أن*|कि"""
# What stands between what is said first and what it says.
SAYS_THAT = "that|saying|to say|dass|que|qu'*|che|dat|że|att|että|что|що|že|hogy|أن*|أنني"
# What the text of a mail begins with, after whom and when: "tell Sam at 9 that …" …
TEXT_BEGINS = """
    that|saying|to say|telling * that|dass|daß|que|qu'*|che|dat|że|att|että|ki|что|що|že|hogy|că|أن*|أنني|कि"""
# … and "ask him whether …".
ASKED_BEGINS = """
    whether|if|not to|to not|ob|si|se|of|czy|чтобы|ли|чи|jestli|dacă"""
# The mail that is to be written, where a verb of sending names it.
MAIL = """
    send * an e-mail|send * a mail|send an email|send an e-mail|send a mail|send a message|schick * eine mail
    sende eine mail|schick eine mail|envía un correo|manda un correo|envoie un mail|envoie un e-mail|manda una mail
    invia una mail|stuur een mail|wyślij maila|отправь письмо|bir mail"""
# What the owner does or thinks.
OF_OWN = """
    i|i'm|i'll|i'd|i've|we|we'll|we're|let me|ich|wir|je|j'*|nous|on|yo|nosotros|tengo|quiero|debo|io|noi|devo
    voglio|eu|preciso|quero|ik|wij|ja|muszę|sprawdzę|jag|jeg|minä|minun|ben|я|мне|мы|já|musím|~私|~自分|~我|~나는
    ~내가|~제가|أنا|~मैं|~मुझे"""
SENDING = """
    send*|sent|ship*|submit*|dispatch*|deliver*|go out|goes out|going out|fire|schick*|abschick*|verschick*|versend*
    absend*|raus*|abgehen|envi*|envía*|mand*|mánda*|remit*|envoi*|envoy*|expédi*|invi*|spedi*|spedisc*|verstuur*
    verzend*|verzonden|stuur*|zend*|wyśl*|wysyła*|wysłać|skick*|lähet*|gönder*|yolla*|отправ*|отсыл*|пошл*|посыл*
    шли|выслать|вышли|надісл*|надсил*|відправ*|pošl*|posíl*|posla*|odešl*|odesíl*|odesla*|neposíl*|neodesíl*|küld*
    trimit*|στείλ*|στέλν*|kirim*|gửi|~送|~発信|~发|~發|~寄|~보내|~발송|~전송|~رسل|~भेज|~שלח|~ส่ง|~بفرست|snd|sned
    enverr*|verstur*|~보낼|bhej*|~بعت|~ابعث"""
CANCELING = """
    cancel*|stop|stopp*|abort*|annul*|call off|withdraw|revoke|forget it|forget about|drop it|drop the|scrap*
    never mind|nevermind|bin it|abbrech*|brich|abbruch|storn*|absag*|widerruf*|zurückzieh*|vergiss es|vergessen sie
    lass es|lass das|anul*|cancél*|olvíd*|olvida*|déjalo|laisse tomber|laissez tomber|oublie*|arrêt*|lascia perdere
    lascia stare|ferma*|blocca*|esquec*|deixa pra|deixe para|annuleer*|laat maar|zet stop|odwoł*|anuluj*|zapomnij
    avbryt*|avbest*|afbryd*|glöm|strunta|glem det|peru*|peruuta|iptal*|vazgeç*|отмен*|забудь|скасу*|zruš*|mégse
    lemond*|renunț*|ακύρ*|batal*|hủy|~キャンセル|~取り消|~取消|~中止|~やめ|~作废|~算了|~撤销|~취소|~그만|~إلغ|~ألغ
    ~रद्द|~בטל|~ยกเลิก"""
FORGETTING = """
    forget*|vergiss*|vergess*|olvid*|oubli*|dimentic*|esque*|vergeet|vergeten|zapomn*|glöm*|glem*|unohd*|unut*
    забуд*|zapome*|felejt*|uită*|~忘|~잊|~انس|~भूल"""
# They forget what is known of the owner only with words that say so: mostly they are about the text.
DELETING = """
    delete*|remove*|erase*|wipe*|clear*|lösch*|borr*|elimin*|supprim*|effac*|cancell*|apag*|verwijder*|wis|usuń
    skasuj|radera*|slet*|poista|sil|удали*|стереть|видали*|smaž*|töröl*|șterge*|~削除|~消し|~删|~刪|~삭제|~지워
    ~احذف|~हटा"""
ATTACHING = """
    attach*|enclos*|include*|with the|anhäng*|häng*|anhang|beifüg*|füge*|beileg*|adjunt*|añad*|join*|joint*|pièce*
    alleg*|anex*|junt*|bijvoeg*|voeg*|bijlage*|meestur*|załącz*|dołącz*|bifog*|vedhæft*|vedlegg*|legg ved|liit*
    ekle*|прикреп*|прилож*|влож*|додай*|прикріп*|přilož*|přip*|csatol*|atașe*|~添付|~附|~첨부|~أرفق|~مرفق|~संलग्न
    here's|here is|here you go|along|goes with|add it|add them|anbei|mitschick*|mitsenden|ci-joint|aquí va|aquí está
    te mando|ecco|segue|hierbij|добавь|जोड़*|~同封|~附上|~이거"""
# Of files, with a word that takes them or puts them in the place of others.
TAKING = """
    replac*|swap|use|take|put|nimm|nehmen|tausch*|ersetz*|usa|usar|toma|pon|reemplaz*|utilise*|prends|mets|remplac*
    prendi|metti|sostitu*|pegue|coloque|substitu*|gebruik|neem|vervang*|użyj|weź|zamień*|använd|ta|ersätt*|brug|bruk
    erstatt*|käytä|korvaa|kullan|değiştir*|используй|возьми|замени*|použij|vezmi|nahraď*|~使|~差し替え|~用|~替换|~换
    ~사용|~교체|استخدم|استبدل|~इस्तेमाल|~बदल"""
FILES = """
    file|files|attachment*|pdf*|document*|picture*|photo*|spreadsheet|version|datei*|anhang|anhänge|dokument*|bild
    archivo*|adjunto*|foto*|fichier*|pièce*|allegat*|arquivo*|anexo*|bestand*|bijlage*|plik*|załącznik*|fil|filen
    filer|bilag*|bilaga*|liite*|tiedosto*|dosya*|файл*|вложени*|документ*|soubor*|příloh*|~ファイル|~資料|~文件
    ~附件|~파일|ملف*|~फ़ाइल"""
# Of all mails to come, not of this one alone.
STANDING = """
    always|from now on|in future|in the future|remember*|keep in mind|by default|immer|ab jetzt|ab sofort|künftig
    in zukunft|merk*|siempre|a partir de ahora|de ahora en adelante|recuerda*|toujours|désormais|dorénavant
    souviens*|retiens|sempre|d'ora in poi|ricorda*|a partir de agora|lembre*|altijd|vanaf nu|voortaan|onthoud*
    zawsze|od teraz|zapamiętaj*|alltid|från och med nu|kom ihåg|altid|fra nå av|fra nu af|husk|aina|tästä lähtien
    muista|her zaman|bundan sonra|hatırla|adım|всегда|отныне|впредь|запомни*|завжди|відтепер|запам'ятай|vždy|odteď
    pamatuj*|mindig|mereu|~いつも|~今後|~これから|~常に|~覚えて|~总是|~以后|~今后|~記住|~记住|~항상|~앞으로|~기억
    دائما|~من الآن|تذكر|~हमेशा|~याद रख"""
# Of the owner, or of what stands in all of their mails.
OF_THE_OWNER = """
    every mail|every email|all my mails|all my emails|all mails|my name|call me|sign my|my signature|my mails
    my emails|my e-mails|meine mails|meine e-mails|mein name|ich heiße|mis correos|me llamo|mi nombre|mi firma
    mes mails|mes e-mails|je m'appelle|mon nom|ma signature|mi chiamo|le mie mail|meu nome|meus e-mails|mijn naam
    mijn mails|moje maile|nazywam się|меня зовут"""
# Changes the mail, and is no idiom for sending, canceling or agreeing.
CHANGING = """
    short*|long|longer|lengthen*|formal*|informal*|polite*|friendl*|warm*|translat*|subject*|rewrit*|rephras*
    reword*|correct*|fix*|change*|replac*|add|adds|remov*|delet*|cc|bcc|insert*|wording|spell*|sentenc*|paragraph*
    tone|kürz*|länger*|formell*|förmlich*|höflich*|freundlich*|übersetz*|betreff*|änder*|korrigier*|ersetz*|hinzu*
    ergänz*|satz|sätze|absatz|corto|corta|acorta*|larg*|traduc*|tradúc*|asunto|cambi*|corrig*|corríg*|añad*|agreg*
    quita*|frase|amable*|court*|raccourci*|tradui*|objet|chang*|ajout*|enlev*|phrase|brev*|oggetto|aggiung*|togli*
    gentil*|curt*|assunto|mud*|adicion*|kort*|vertaal*|onderwerp|verander*|voeg|vriendelijk*|skróć|krót*
    przetłumacz*|temat|zmień*|dodaj*|översätt*|ämne*|oversæt*|oversett*|emne*|lyhyem*|käännä*|kısalt*|çevir*|konu*
    değiştir*|короч*|перевед*|тему|тема|измени*|добав*|вежлив*|zkrať|přelož*|předmět|změň*|přidej*|~短|~長く|~翻訳
    ~訳し|~件名|~修正|~変更|~追加|~丁寧|~翻译|~翻譯|~主题|~主題|~修改|~改成|~加上|~짧|~번역|~제목|~수정|~추가|~اختصر
    ~ترجم|~موضوع|~غير|~अनुवाद|~छोटा|~विषय|accorci*|abbrevi*|encurt*|сокра*|сдела*|~改短|~缩短|~縮短|~缩|~简|~簡
    ~짧게|~줄여|~短く|rövid*"""
# A time that is not now; digits say one, too.
TIMES = """
    tomorrow*|tonight|today|later|soon|morning|noon|midday|afternoon|evening|night|midnight|monday*|tuesday*
    wednesday*|thursday*|friday*|saturday*|sunday*|week*|month*|year*|quarter*|hour*|minute*|seconds|moment|day|days
    next|january|february|april|june|july|august|september|october|november|december|end of|o'clock|half|yesterday
    morgen*|übermorgen|heute|später|mittag*|vormittag*|nachmittag*|abend*|nacht*|montag*|dienstag*|mittwoch*
    donnerstag*|freitag*|samstag*|sonntag*|woche*|monat*|jahr*|stunde*|sekunde*|uhr|tag|tagen|halb|viertel|januar
    märz|mai|juni|juli|oktober|dezember|mañana|pasado|hoy|tarde|noche|mediodía|lunes|martes|miércoles|jueves|viernes
    sábado|domingo|semana*|mes|meses|año*|hora*|minuto*|luego|después|próxim*|demain|après-demain|aujourd'hui|soir*
    matin*|midi|après-midi|nuit|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|semaine*|mois|heure*|prochain*
    plus tard|domani|dopodomani|oggi|sera|stasera|mattina|pomeriggio|notte|mezzogiorno|lunedì|martedì|mercoledì
    giovedì|venerdì|sabato|domenica|settiman*|mese|ora|ore|minut*|dopo|più tardi|prossim*|amanhã|depois|hoje|manhã
    noite|segunda*|terça*|quarta*|quinta*|sexta*|mês|mais tarde|morgen|overmorgen|vandaag|vanavond|straks|ochtend
    middag*|avond|maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag|maand|uur|jutro|pojutrze|dziś|dzisiaj
    wieczor*|rano|południ*|poniedział*|wtorek|wtorku|środ*|czwartek|czwartku|piątek|piątku|sobot*|niedziel*|tydzień
    tygodni*|miesiąc*|godzin*|później|imorgon|i morgon|idag|i dag|ikväll|måndag*|tisdag*|onsdag*|torsdag*|fredag*
    lördag*|söndag*|vecka*|månad*|timm*|klockan|senare|i morgen|i aften|mandag*|tirsdag*|lørdag*|søndag*|uge*|uke*
    måned*|timer|klokken|senere|huomenna|tänään|illalla|maanantai*|tiistai*|keskiviikko*|torstai*|perjantai*
    lauantai*|sunnuntai*|viiko*|tunti*|tunnin|yarın|bugün|akşam*|sabah*|öğle*|pazartesi*|salı*|çarşamba*|perşembe*
    cuma*|cumartesi*|pazar|hafta*|ay|saat*|dakika*|sonra|завтра*|послезавтра|сегодня|вечер*|утр*|полдень
    понедельник*|вторник*|сред*|четверг*|пятниц*|суббот*|воскресень*|недел*|месяц*|час*|минут*|позже|через|позднее
    сьогодні|понеділ*|вівтор*|п'ятниц*|тижн*|годин*|zítra|dnes|večer|ráno|pondělí|úterý|středu|čtvrtek|pátek|sobotu
    neděli|týden|týdnu|hodin*|později|holnap|ma|este|reggel|hétfő*|kedd*|szerda*|csütörtök*|péntek*|óra*|mâine|luni
    marți|miercuri|joi|vineri|αύριο|besok|nanti|ngày mai|~明日|~明後日|~今日|~今晩|~朝|~昼|~午前|~午後|~夕|~夜|~曜
    ~正午|~明天|~后天|~今天|~今晚|~早上|~上午|~中午|~下午|~晚上|~星期|~小时|~分钟|~稍后|~以后|~내일|~모레|~오늘
    ~아침|~오전|~오후|~저녁|~밤|~요일|~나중|غدا|~غدًا|بعد*|اليوم|مساء*|صباح*|ظهر*|الساعة|ساعة|دقيقة|دقائق|الاثنين
    الثلاثاء|الأربعاء|الخميس|الجمعة|السبت|الأحد|أسبوع*|لاحقا|~कल|~आज|~शाम|~सुबह|~दोपहर|~रात|~बजे|~घंटे|~मिनट|~सोम
    ~मंगल|~बुध|~गुरु|~शुक्र|~शनि|~रवि|~बाद|מחר|היום|בערב|שעה|~พรุ่งนี้|~โมง|~今週|~来週|~來週|~毎週|~周一|~周二
    ~周三|~周四|~周五|~周六|~周日|~周天|~下周|~本周|~周末|~一周|~两周|~週|~月曜|~来月|~月末|~下个月|~月日|~時に
    ~時半|~時頃|~時まで|~時から|~一時|~二時|~三時|~四時|~五時|~六時|~七時|~八時|~九時|~十時|~分後|~分鐘|~秒后|~秒後
    ~後で|~日後|~時間後|~週間後|~两点|~三点|~四点|~五点|~六点|~七点|~八点|~九点|~十点|~兩點|~三點|~四點|~五點|~六點
    ~七點|~八點|~九點|~十點|~点钟|~點鐘|~点半|~刻钟|~이번 주|~다음 주|~이번주|~다음주|~주말|~주일|~주 후|~주 뒤
    ~한 시|~두 시|~세 시|~네 시|~다섯 시|~시간|~시에|~시까지|~분 후|~분 뒤|~분 있다|quarter|viertelstunde
    quart d'heure|cuarto|quarto|kwartier|kwadrans|tmrw|tmr|tomo"""
NOW = """
    now|immediately|right away|straight away|at once|asap|instantly|this minute|jetzt|sofort|gleich|umgehend|direkt
    ahora|ya|inmediat*|maintenant|immédiat*|tout de suite|subito|adesso|ora|immediat*|agora|já|imediat*|nu|meteen
    onmiddellijk|direct|teraz|natychmiast|od razu|genast|nå|med en gång|med det samme|med en gang|heti|nyt|hemen
    şimdi|сейчас|немедленно|сразу|зараз|негайно|teď|hned|ihned|most|azonnal|acum|imediat|τώρα|sekarang|ngay|~今すぐ
    ~すぐ|~直ちに|~马上|~馬上|~立即|~立刻|~现在|~現在|~지금|~바로|~당장|~الآن|~فور|~अभी|~तुरंत|עכשיו|~ทันที"""
TODAY = """
    today|heute|hoy|aujourd'hui|oggi|hoje|vandaag|dziś|dzisiaj|idag|i dag|tänään|bugün|сегодня|сьогодні|dnes|ma
    ~今日|~今天|~오늘|اليوم|~आज"""
# A mail may go out in minutes only for words that say so.
MINUTES = """
    minute*|second*|moment|soon|sekunde*|minuto*|segundo*|seconde*|minut*|sekund*|dakika*|saniye*|минут*|секунд*
    хвилин*|perc|gleich|bald|en seguida|bientôt|fra poco|em breve|straks|zaraz|snart|kohta|birazdan|скоро|brzy|~分
    ~秒|~분|~초|~دقيق|~ثاني|~मिनट|~सेकंड|quarter*|viertelstunde|quart d'heure|cuarto|kwartier|kwadrans"""
# What may stand at the head of a clause and says nothing.
FILLERS = """
    and|then|please|pls|ok|okay|thank you|so|just|also|well|now|yes|can you|could you|would you|will you|kindly
    perfect|great|thanks|und|bitte|dann|nun|ja|kannst du|können sie|könntest du|y|por favor|luego|entonces|puedes|et
    puis|alors|s'il te plaît|s'il vous plaît|peux-tu|pouvez-vous|e|poi|per favore|puoi|então|pode|você pode|en|dan
    graag|alsjeblieft|kun je|i|proszę|och|sen|snälla|kan du|og|så|ve|lütfen|sonra|и|а|затем|потом|пожалуйста|та
    будь ласка|a|pak|prosím|请|請|どうぞ|من فضلك|ثم|و|कृपया|is it possible to|is it possible|would it be possible to
    how about|what about|would you mind|ist es möglich|est-il possible de|es posible|è possibile|é possível
    is het mogelijk|czy można|czy możesz|można|możesz|möchtest du|you can|you may|haan|हाँ|हां|जी|네|はい|是的|好的
    да|oui|sí|sì|sim|tak|evet|نعم"""
# Parts a sentence into what each says for itself …
CONTRASTS = """
    but|however|aber|jedoch|sondern|doch|pero|sino|mais|cependant|però|porém|echter|ale|lecz|men|utan|mutta|ama
    fakat|но|однако|але|~但是|~但|~でも|~しかし|~하지만|لكن|ولكن|~लेकिन"""
# … and what it says in a row.
JOINTS = """
    and then|and|then|und dann|und|dann|y luego|y|e poi|e depois|e|et puis|et|puis|en dan|och sedan|och|og så|og
    sekä|ve|и|затем|та|și|so send|so please send|so please|so go|so ship|also schick|also sende|alors envoie
    así que envía*|così invia"""
# Somebody who says so is not sure of it.
UNSURE = """
    maybe|perhaps|possibly|might|we could|we should|i doubt|mistake|too early|too soon|unsure|vielleicht|eventuell
    zu früh|quizá*|tal vez|peut-être|trop tôt|forse|troppo presto|talvez|muito cedo|misschien|te vroeg|może
    za wcześnie|kanske|för tidigt|måske|kanskje|for tidlig*|ehkä|liian aikaista|belki|может быть|возможно|рано|~かも
    ~也许|~可能|~어쩌면|ربما|~शायद|asi"""
# Somebody else's words or wishes; the owner's own are none.
SAID_BY = """
    said|says|saying|told me|tells me|wants|wanted|wrote|writes|asked me|asks me|sagt|sagte|schreibt|schrieb
    will dass|möchte dass|dice|dijo|quiere|escribió|dit|disent|veut|a écrit|disse|dice che|vuole|scrive|quer
    escreveu|zegt|zei|wil dat|mówi|powiedział*|säger|sa|siger|sier|sagde|diyor|dedi|сказал*|говорит|хочет|написал*
    řekl*|říká|~と言|~말했|~라고|قال*|يقول|~कहा|~कहता|~他说|~她说|~老板说|~他說|~她說|~说要|~說要|~说过"""
OWN_SAYING = """
    i said|as i said|i wrote|i told you|wie gesagt|ich sagte|como dije|comme je l'ai dit|come ho detto|как я сказал*
    ~言った通り|~我说"""
# It is done already, as the owner says.
PAST = """
    already|i sent|was sent|were sent|has been sent|have sent|had sent|bereits|schon gesendet|schon verschickt
    ya fue|ya envié|ya mandé|déjà|già|já foi|já enviei|al verstuurd|już|redan|allerede|jo lähetin|zaten|уже|už
    ~もう送|~已经|~已經|~이미|بالفعل|~पहले ही"""
# To the owner, who wants to see something.
TO_ME = """
    send me|show me|schick mir|schicke mir|sende mir|zeig mir|envíame|mándame|muéstrame|envoie-moi|envoyez-moi
    montre-moi|inviami|mandami|envia-me|me envia|me envie|me mande|stuur me|stuur mij|wyślij mi|pokaż mi|skicka mig
    visa mig|send mig|send meg|vis mig|lähetä minulle|bana|пришли мне|отправь мне|покажи мне|pošli mi|ukaž mi
    ~私に送|~给我发|~发给我|~나에게|~저에게|أرسل لي|~मुझे"""
# A statement begins so, and is no idiom that sends.
STATEMENT = """
    i|i'm|i'll|i'd|i've|we|we're|he|she|they|the|this|these|those|it is|it's|there|our|my|your|his|her|ich|wir|er
    sie|der|die|das ist|diese*|es ist|unser*|mein*|yo|nosotros|él|ella|el|la|las|este|esta|je|nous|il y a|le|les|ce
    cette|io|noi|il|lo|gli|questo|questa|eu|nós|os|as|ik|wij|het|deze|dit|ja jestem|ten|to jest|jag|vi|den|det är
    jeg|det er|minä|ben|biz|я|мы|это|этот|эта|já jsem|my jsme|~私は|~この|~我|~这|~나는|~저는|أنا|هذا|~मैं|~यह"""
# A statement about somebody or something else than the owner.
OF_OTHERS = """
    he|she|they|the|this|these|those|it is|it's|it was|there|our|your|his|her|their|er|sie|der|die|das|diese*|es ist
    él|ella|el|la|las|este|esta|il|elle|le|les|ce|cette|lui|lei|lo|gli|questo|questa|ele|ela|os|hij|zij|het|deze|on
    ona|oni|ten|han|hon|hun|den|det|hän|он|она|они|этот|эта|это|~彼|~この|~他|~她|~这|~그는|~이|هو|هي|هذا|~वह|~यह"""
# Where the owner is.
I_AM_IN = """
    i am|i'm|we are|we're|i live|i moved|ich bin|wir sind|ich wohne|estoy|vivo|je suis|j'habite|sono|abito|estou
    moro|ik ben|ik woon|jestem|mieszkam|jag är|jag bor|jeg er|jeg bor|olen|asun|я в|я на|я сейчас|jsem|~にいます
    ~に住|~我在|~저는|أنا في|~मैं|i'm on|landed in|just landed in|bin in|~在上海|~있어요|~있습니다|~にいる|~दिल्ली
    में हूँ"""
# Of what is remembered, and not of the mail.
KNOWN = """
    know|remember*|memory|about me|weißt|weiß|wissen|gemerkt|sabes|sabe|recuerda*|sais|savez|souviens|sai|ricordi
    lembra*|weet|onthoud*|wiesz|pamiętasz|vet|minns|ved|husker|tiedät|muistat|biliyorsun|знаешь|помнишь|знаєш|víš
    ~知って|~覚え|~知道|~记得|~알고|~기억|تعرف|تتذكر|~जानते|~याद"""
# Takes files off.
WITHOUT = """
    without|ohne|sin|sans|senza|sem|zonder|bez|utan|uten|uden|ilman|без|~なし|~不带|~없이|بدون|~बिना|remove*|delete*
    detach*|drop|entfern*|lösch*|quita*|elimin*|enlèv*|supprim*|togli*|rimuov*|remov*|tire|verwijder*|usuń|ta bort
    fjern*|poista|çıkar*|удали*|убери|odstraň*|~外して|~删|~빼"""
# The fields of the memory.
FIELD_WORDS = {
    "name": """
    name*|nombre|nom|nome|naam|imię|imienia|nazwisko|namn|navn|nimi*|adım*|isim
    имя
    ім'я
    jmén*
    név
    nume
    ~名前
    ~名字
    ~이름|~اسم
    ~नाम|call*""",
    "signature": """
    sign*|unterschr*|firma*|assinatura
    handtekening
    podpis*
    signatur*
    underskrift
    allekirjoitus*
    imza*
    подпис*
    підпис*
    aláírás*
    semnătur*
    ~署名|~签名
    ~簽名|~서명
    ~توقيع|~हस्ताक्षर""",
    "zone": """
    zone*|time|zeit*|zona|huso|fuseau|heure*|fuso|fuso horário|tijd*
    stref*
    czas*
    tid*
    aikavyöhyk*
    saat*
    пояс*
    время
    часов*
    pásm*|~時間|~時区|~时区|~시간
    ~توقيت
    ~समय""",
    "language": """
    language|sprache|idioma|langue|lingua|língua|taal|język*|språk*|sprog*
    kieli*
    dil*
    язык*
    мов*
    jazyk*
    nyelv*
    limb*
    ~言語
    ~语言|~語言|~언어|~لغة|~भाषा""",
    "tone": """
    tone|ton|tono|tom|toon|tons|sävy*|üslup*|тон*|tón*|style|stil*|estilo
    stile
    stijl
    styl
    ~口調
    ~トーン
    ~语气
    ~語氣
    ~어조|~말투|~نبرة
    ~लहज""",
    "contacts": """
    contact*|kontakt*|contatt*|contat*|people|person*|address*
    adress*
    direccion*
    gente
    leute
    yhteys*
    kişi*
    контакт*
    ~連絡先
    ~联系人|~聯絡人
    ~연락처|~جهات
    ~संपर्क""",
}
# Says that something is not right: no idiom that sends or agrees.
WRONG = """
    wrong|incorrect|mistake*|error*|typo|typos|bad|falsch|fehler*|faux|erreur*|incorrecto|error|sbagliat*|errore
    errad*|erro|fout*|verkeerd|błąd|błęd*|źle|fel|feil|forkert|väärin|yanlış|hata|ошибк*|неправильно|не то|chyb*
    špatně|~間違|~错|~錯|~틀렸|~잘못|خطأ|गलत"""
# Writes at once: "email Sam now".
MAILING = "mail|email|e-mail|quick mail|quick email|message|write|schreib*|écri*|escrib*|scriv*|escrev*|schrijf*|napisz|напиши"
