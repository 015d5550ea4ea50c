"""What words of the main languages say against an act: a negation, a hold, a condition. Words only, see ``clause_words``."""

# Says the contrary of what stands beside it: English, German, Spanish, French, Italian, Portuguese, Dutch, Polish, Swedish,
# Danish, Norwegian, Finnish, Turkish, Czech, Hungarian, Romanian, Russian, Ukrainian, Greek, and languages of Asia.
NEGATORS = """
    not|don't|dont|doesn't|didn't|won't|can't|cant|cannot|couldn't|shouldn't|wouldn't|mustn't|isn't|aren't|haven't
    hasn't|never|no|nope|nah|nein|nej|nee|~いいえ|아니|아니요|no one|nobody|nothing|none|neither|nor|refrain*|avoid
    nicht|nie|niemals|kein*|nichts|keinesfalls|keineswegs|nunca|jamás|nada|ningun*|ningún*|tampoco|ne|n'*|pas|jamais
    rien|aucun*|non|niente|nessun*|nulla|não|nao|nenhum*|niet|nooit|geen|niets|nigdy|nic|inte|ej|aldrig|inget|ingen
    inga|ikke|aldri|intet|ikkje|älä|älkää|ei|gönderme|göndermeyin*|göndermeyiniz|yollama|yollamayın|iletme|değil
    hayır|sakın|asla|etme|nikdy|neposíl*|neodesíl*|neposlat|neodeslat|neruš*|neposielaj|neodosielaj|nem|soha|semmi
    nu trimite*|nu o trimite*|nu îl trimite*|niciodată|nimic|не|ни|нет|нельзя|никогда|ничего|нічого|ніколи|ні
    не надо|μη|μην|δεν|όχι|ποτέ|jangan|tidak|bukan|đừng|không|chưa|~ないで|~ません|~ないよう|~なくて|~ないほうが
    ~るな|~すな|~まだ|~だめ|~ダメ|~禁止|~不|~别|~別|~勿|~没|~沒|~未|~莫|~지 마|~지마|~지 말|~지말|~않|안 *|~안보내
    못 *|~아직|لا|ولا|لم|لن|ليس|ليست|بدون|मत|~नहीं|न करें|न भेजें|אל|לא|בלי|~อย่า|~ไม่|نفرست*|نکن*|nadie|personne
    nessuno|ninguém|niemand|nikt|evit*|évite*|vermeide*|vermijd*|unikaj|undvik|undgå|unngå|избегай*|neposiel*
    neodosiel*|göndermey*|göndermesin*|göndermeme*|göndermiyo*|gönderemey*|yollamay*|yollamasın*|yollamıyo*|iletmey*
    ~ما ترسل|~ما تبعت|~متبعت|~ما تبعث|مش|mat|nahi|nahin|nich|nech|n mand*|n envi*|ni se te ocurra|dno't|donot|nto|nt
    ~らんといて|~んといて|~お控え|~控えて|~見合わせ|~見送|~甭|~暂缓|~暫緩|no pas|niks|ohne zu senden|hands off
    finger weg|不能|~ちゃだめ|~しないで|يُمنع|ممنوع"""
# They hold a negation in themselves and say none.
HARMLESS = """
    no problem|no problems|no worries|no changes|no more changes|no further changes|no objections|no comments
    not bad|why not|don't wait|do not wait|don't hesitate|do not hesitate|can't wait|cannot wait|not only
    nothing to add|no rush|nothing else|kein problem|keine änderungen|keine einwände|nicht schlecht|warum nicht
    nicht warten|nichts mehr|nichts hinzuzufügen|nicht nur|no hay problema|ningún problema|sin problema|sin cambios
    no pasa nada|por qué no|nada más|no esperes|pas de problème|pas mal|aucun problème|pourquoi pas|n'hésite pas
    n'hésitez pas|n'attends pas|n'attendez pas|rien à ajouter|rien à changer|non c'è problema|nessun problema
    perché no|niente da aggiungere|sem problema|sem problemas|não tem problema|por que não|geen probleem|waarom niet
    niets toe te voegen|nie ma problemu|nie ma sprawy|czemu nie|inga problem|ikke noget problem|ei hätää|sorun değil
    sorun yok|без проблем|почему бы и нет|не вопрос|~没问题|~沒問題|~特别|~特別|~すみません|~不错|~不錯|~不用改了
    ~不用改|~没事|~不要紧|~問題ありません|~問題ない|~問題なし|~構いません|~문제없어|~문제 없어|~괜찮아|لا مشكلة
    لا بأس|कोई बात नहीं|at once|once more|once again|las once|nothing to change|nothing to correct|no complaints
    no corrections|no edits|no questions|no further questions|no remarks|no reason to wait|no need to wait
    no need to hold|without waiting|why wait|what are you waiting for|wait no more|wait no longer|sorry for the wait
    for the wait|hold on tight|no doubt|nothing wrong|no comment|not a problem|no hurry|no typos|no mistakes
    no errors|no issues|no issue|no concerns|couldn't be better|couldn't agree more|can't complain|don't worry
    do not worry|never better|no more questions|if not already|haven't any|if it's ready|if it is ready
    if you're done|if you are done|if you're ready|when you're ready|when you are ready|when ready|once ready
    if that's ok|if that is ok|if it's ok|if everything is ok|if everything's fine|if all is well|if possible
    if you can|if you like|if you want|if you don't mind|if there's nothing else|wenn möglich|wenn du fertig bist
    wenn alles passt|wenn es geht|wenn es fertig ist|falls möglich|si es posible|si puedes|si está listo
    si todo está bien|si possible|si tu peux|si c'est prêt|si tout va bien|se possibile|se puoi|se è pronto
    se possível|se puder|se estiver pronto|als het kan|als het klaar is|als je klaar bent|jeśli możesz|jeśli gotowe
    если можно|если готово|если всё готово|если все готово|mümkünse|hazırsa|nichts zu ändern|nichts zu verbessern
    nichts auszusetzen|keine fehler|keine fragen|keine sorge|nichts dagegen|ohne zu warten|nada que añadir
    nada que cambiar|sin esperar|no tengo nada que añadir|rien à redire|sans attendre|niente da cambiare
    nulla da aggiungere|senza aspettare|nada a acrescentar|nada a mudar|sem esperar|niets te veranderen
    niets aan te merken|geen bezwaar|geen opmerkingen|zonder te wachten|bez zmian|bez uwag|nie mam uwag|nic dodać
    inga ändringar|inget att ändra|ingen ändring|ingen endringer|ingen ændringer|ei muutoksia|değişiklik yok
    beklemeden|нет замечаний|замечаний нет|нечего добавить|нечего менять|без изменений|не проблема|bez problému
    beze změn|nincs változtatás|fără modificări|może iść|może pójść|może wyjść|~变更无|~変更なし|~変更ありません
    ~不備はない|~不備はあ|~不備なし|~不要なので|~不要な|~不足|~不明|~不具合|~不在|~不安|~不便|~不多说|~不客气
    ~不好意思|~差不多|~不过|~不久|~不改了|~不用等|~别等了|~不等了|~别改了|~别改|~不要改|~不必改|~没毛病|~没意见
    ~沒意見|~没什么要改|~没什么问题|~无需修改|~个别|~区别|~別の|~別紙|~別件|~別途|~别人|~別人|~级别|~性别
    ~申し分ない|~問題ないので|~間違いない|~待たなくて|~待たずに|~すぐに|~수정할 것 없|~바꿀 것 없|~나쁘지 않|~문제없
    ~기다릴 필요 없|~기다리지 말|~기다리지 않|कोई बदलाव नहीं|कोई दिक्कत नहीं|कोई समस्या नहीं|रुकना नहीं|لا تعديلات
    لا تغييرات|لا ملاحظات|لا داعي للانتظار|دون انتظار|بدون انتظار|not a bad idea|no need to wait until *
    no need to wait for *|no need to *|no need|nie czekaj*|nie czekaj do *|warte nicht bis *|wacht niet tot *
    non aspettare|no esperes hasta *|não espere até *|n'attends pas *|не жди*|не ждите|не надо ждать|never mind
    nevermind|kein einwand|keinen einwand|if not sent yet|if not yet sent|if it hasn't gone out
    if it hasn't been sent|if you haven't|if you haven't yet|falls noch nicht geschehen|falls noch nicht
    wenn noch nicht geschehen|si ce n'est pas déjà fait|si aún no|se non ancora fatto|se ainda não|als dat nog niet
    если ещё не|если еще не|jak dla mnie|jak zwykle|jak najszybciej|jak jest|jak wyżej|jak zawsze"""
# Of one's own doing, not of what the agent has to do: "I couldn't send it yesterday".
OWN_DOING = """
    i can't|i cannot|i couldn't|i didn't|i haven't|i won't|i will not|i did not|i have not|i could not|we can't
    we cannot|we didn't|we haven't|ich kann|ich konnte|ich habe|ich hab|wir haben|wir können|no pude|no puedo|no he
    je n'ai|je ne peux|non ho|non posso|não consegui|não pude|ik heb|ik kan|jag kan|jag har|я не|i'll wait
    i will wait|i am waiting|i'm waiting|i'm still waiting|i wait|i was waiting|we'll wait|i see nothing|i don't see
    i do not see|can't see|cannot see|i didn't get|i did not get|ich warte|ich sehe nicht*|j'attends|yo espero
    estoy esperando|aspetto|estou esperando|ik wacht|czekam|jag väntar|jeg venter|odotan|bekliyorum|я жду|жду|čekám
    ~待ってい|~待ってます|~기다릴게|~기다리고|~我等着|أنتظر|can't do it|couldn't do it"""
# Whatever stands between, these go with all of their sentence.
EMPHATIC = """
    under no circumstances|on no account|in no case|by no means|auf keinen fall|unter keinen umständen
    en ningún caso|bajo ningún concepto|bajo ninguna circunstancia|en aucun cas|sous aucun prétexte|in nessun caso
    per nessun motivo|em hipótese alguma|de forma alguma|in geen geval|onder geen beding|w żadnym wypadku
    pod żadnym pozorem|under inga omständigheter|under ingen omstendigheter|under ingen omstændigheder
    ни в коем случае|ні в якому разі|~絶対に|~千万|~絶対|under any circumstances|unter gar keinen umständen
    auf gar keinen fall|ni se te ocurra|~くれぐれも"""
# They hold the mail without a negation beside a verb of sending.
HOLDS = """
    not yet|wait|not now|on hold|pause|keep it as a draft|keep as draft|keep it as draft|keep the draft
    save as draft|as a draft only|draft only|only a draft|just a draft|just draft it|noch nicht|warte|warten sie
    abwarten|zurückhalten|halt es zurück|nur als entwurf|nur entwurf|nur ein entwurf|als entwurf|todavía no|aún no
    espera|espere|esperad|solo borrador|como borrador|pas encore|pas maintenant|attends|attendez|comme brouillon
    juste un brouillon|non ancora|aspetta|aspetti|come bozza|solo bozza|ainda não|espere um|aguarde|como rascunho
    nog niet|wacht|als concept|jeszcze nie|poczekaj|zaczekaj|wstrzymaj|jako szkic|inte än|inte ännu|vänta|ikke ennå
    ikke enda|ikke endnu|vent|som utkast|som kladde|ei vielä|odota|henüz değil|bekle|dur|taslak olarak|пока не
    ещё не|еще не|подожди|подождите|погоди|как черновик|ще не|почекай|зачекай|ještě ne|počkej|počkejte|még ne|várj
    ~まだ|~待って|~待て|~ちょっと待|~保留|~先别|~先別|~等一下|~等等|~稍等|~暂时别|~아직|~기다려|~잠깐|~보류|انتظر
    ليس بعد|~अभी नहीं|~रुको|~रुकिए|hang on|hold off|hold back|hold your horses|hold it|hold fire|just a moment|a sec
    gimme a minute|give me a minute|give me a moment|just a minute|let me think|let me sleep|sleep on it
    need to think|need to check|have to check|want to check|must check|think about it|not so fast|easy there
    slow down|whoa|woah|too early|too soon|postpone*|delay it|delay this|delay the|defer|put off|put it off
    leave it for now|leave it for later|leave it in|park it|park this|sit on it|sit on this|keep it in drafts
    keep it in the drafts|keep it until|keep it for now|keep it for later|keep it back|save it for later|save it as
    in my drafts|in drafts|stay put|stand by|standby|sit tight|hold that|pending approval|pending my|for my approval
    actually don't|rather not|better not|would rather not|bad idea|no way|no go|absolutely not|not today
    i will say when|i'll say when|i'll tell you when|until i say|before i say|on my word|my signal|my go-ahead
    my okay first|moment noch|moment mal|einen moment|sekunde noch|nicht so schnell|immer langsam|auf eis
    liegen lassen|liegenlassen|lass mal|lass es liegen|zu früh|verschieb*|aufschieb*|zurückstell*|lieber nicht
    besser nicht|ich überlege|muss noch|ich melde mich|ich gebe bescheid|wenn ich es sage|bleib* im entwurf
    minute papillon|laisse-moi réfléchir|je réfléchis|pas si vite|mets en attente|en attente|en suspens|on attend
    trop tôt|reporte*|repouss*|plutôt pas|surtout pas|je te dirai|je vous dirai|garde-le|déjame pensar*|déjame ver
    lo pienso|no tan rápido|más despacio|aguanta|demasiado pronto|pospón*|pospon*|aplaza*|ponlo en pausa|en pausa
    déjalo en|mejor no|ahora no|yo te aviso|ya te aviso|fammi pensare|fammi controllare|non così in fretta
    troppo presto|posticip*|rinvia*|in sospeso|meglio di no|ti dico io|ti avviso io|peraí|perai|deixa eu pensar
    deixe-me pensar|deixa eu ver|muito cedo|adia*|adie|segure|em espera|melhor não|agora não|eu te aviso
    deixa quieto|even wachten|momentje|een moment|even geduld|laat me nadenken|niet zo snel|te vroeg|uitstel*
    stel uit|in de wacht|liever niet|beter niet|ik laat het weten|chwileczkę|chwilka|momencik|czekaj|zostaw na razie
    na razie zostaw|nie tak szybko|za wcześnie|odłóż|odkładam|wstrzymać|lepiej nie|dam znać|skjut upp|udsæt*|utsett*
    hellre inte|helst inte|lykkää|mieluummin ei|bekleyin|beklesin|beklet|acele etme|şimdilik kalsın|ertele*
    çok erken|ben söyleyince|ben deyince|стой|стоп|погодите|не так быстро|дай подумать|дайте подумать|жди моего
    ждите моего|рано ещё|рано еще|ещё рано|еще рано|отлож*|придерж*|лучше не|пусть полежит|я скажу когда|стій|počkat
    odlož*|zatím ne|raději ne|čekej*|așteaptă|amân*|περίμεν*|μια στιγμή|tunggu|khoan|chờ|đợi|~少々お待ち|~お待ちくだ
    ~待った|~ストップ|~後で送|~考えさせ|~見送り|~中断|~延期|~まだ早|~잠시|~나중에|~멈춰|~멈추|~미뤄|~연기|~생각해 볼
    ~생각해볼|~안 돼|~안돼|~慢着|~且慢|~等会|~等會|~等一等|~先等|~先放|~先搁|~先擱|~先不|~暂停|~暫停|~推迟|~推遲
    ~延后|~缓一缓|~等我的|~等我通知|~听我通知|~还没|~還沒|~我再想想|~让我想|~發什麼發|~发什么发|~稍後再|~稍后再|لحظة
    استنى|استنا|مهلا|تمهل|توقف|أوقف*|أجّل*|ليس الآن|مش دلوقتي|فكرة سيئة|ruko|rukiye|ruk jao|thehro|thoda ruk*
    abhi nahi*|अभी मत|ठहरो|~ठहरि|रुक जाओ|थोड़ा रुक*|बाद में|lass es erst|pls wait|hold up|on ice|put it on ice
    hold the mail|hold the email|hold this|hold the draft|please hold|hold for|hold until|hold till|hold on
    hold them|i'd rather not|i'd rather wait|i'd rather you didn't|önce olmaz|rimandiamo|минутку подожди|nt yet
    ~は後で|~说发再|~說發再|~내가 말하면|~慢著|off the table|over my dead body|let's wait|let us wait|warten wir
    lass uns warten|attendons|esperemos|aspettiamo|laten we wachten|poczekajmy|подождём|подождем|vi väntar
    another look|the outbox|stays here|stay here|keep holding|holding it|bleibt erstmal|bleibt liegen|bleibt hier
    bleibt vorerst|reste ici|se queda aquí|resta qui|fica aqui|blijft hier"""
# At the end of what stands before a parenthesis they go on after it: "do not, whatever he says, send it".
UNFINISHED = """
    do not|don't|dont|never|not|must not|should not|bitte nicht|nicht|niemals|niet|nooit|inte|ikke|aldrig|jangan|не
    ніколи|никогда|nie|nigdy|sakın|لا"""
# What condition a clause names, at its beginning …
CONDITIONS = """
    if|once|unless|until|till|as soon as|when|whenever|in case|provided|assuming|only if|only when|wenn|sobald|falls
    sofern|bis|erst|erst wenn|nur wenn|cuando|hasta que|en cuanto|en caso|solo si|si no|quand|dès que|lorsque
    jusqu'*|seulement si|quando|appena|non appena|finché|assim que|caso|zodra|wanneer|als|totdat|jeśli|gdy|kiedy
    dopóki|när|hvis|når|kun hvis|jos|kun|eğer|если|когда|пока|как только|якщо|коли|pokud|až|jestli|amikor|s'il est
    s'il a|s'il dit|s'ils|si tu|si vous|si él|si ella|si * está|si * dice|si * acepta|se lui|se lei|se * dice
    se * accetta|se ele|se ela|se * concordar|om han|om hon|om de|om du|~もし|~如果|~等他|~等我|~等到|~만약|إذا
    عندما|حتى|~अगर|~जब|only after|after i've|after i have|after he*|after she*|after they*|after my|seulement après
    seulement quand|solo después|solo dopo|só depois|pas als|pas nadat|alleen als|dopiero|только после|только когда
    nachdem|après que|après mon|después de que|dopo il mio|dopo che|depois que|nadat|po mojej|po moim|после моего
    после того|onayımdan|onaydan|بعد موافق*|بعد أن|~等你|~等她|~等他们|~等老板|~等确认|~等確認|~若|~要是|~只要|jak"""
# … or anywhere.
WITHIN = """
    if|unless|until|till|as soon as|after i|after he|after she|after they|only if|only when|only after|wenn|sobald
    falls|erst wenn|erst nach|cuando|hasta que|en cuanto|solo si|quand|dès que|lorsque|jusqu'*|seulement si|quando
    appena|assim que|zodra|wanneer|totdat|jeśli|gdy|kiedy|dopóki|hvis|når|när|eğer|если|когда|как только|якщо|коли
    pokud|~たら|~れば|~てから|~まで|~如果|~之后再|~以后再|~으면|~하면|~되면|إذا|عندما|~अगर|once|when|after * has
    after * have|after * agree*|after * confirm*|after * approv*|after my|after legal|after * okay*|after * ok
    after * says|after * sign*|only once|seulement après|seulement quand|après mon|après l'accord|solo después
    después de mi|solo dopo|dopo il mio|só depois|depois do meu|pas als|pas nadat|alleen als|alleen na|nach meine*
    nachdem|dopiero jak|dopiero gdy|dopiero kiedy|dopiero po|po mojej|po moim|po moje|только после|после моего
    после моей|onayımdan sonra|onaydan sonra|söyleyince|deyince|dediğimde|onaylayınca|onaylarsa*|بعد موافق*|بعد أن
    عند موافق*|कहने पर|कहने के बाद|मंज़ूरी के बाद|~承認後|~確認後|~了承後|~許可が出|~確認してから|~확인 후|~승인 후
    ~동의 후|~허락 후|~확인한 다음|~확인하고|~다음에 보내|~오면 보내|~等*再|~等我|~等他|~等她|~同意后|~同意後
    ~确认后|~批准后|~批准後|~了就发|~了就發|~的话就|depois que|después de que|dopo che|après que|nadat|bara om
    endast om|kun hvis|solo se|só se|tylko jeśli|tylko gdy|nur wenn|nur falls|только если|~한 후에 보|~한 뒤에 보
    ~한 후 보|~나서 보|*irse gönder*|*erse gönder*|*arsa gönder*|*ırsa gönder*|*ursa gönder*|*ürse gönder*
    *ince gönder*|*ınca gönder*|*unca gönder*|*ünce gönder*"""
# A negation beside these says when: "nicht vor Freitag".
BEFORE = """
    before|until|till|earlier|sooner|later than|vor|bevor|früher|später als|bis|antes|hasta|más tarde|avant|jusqu'*
    plus tard|prima|fino|più tardi|até|mais tarde|voor|tot|eerder|later dan|przed|wcześniej|później|före|tills
    förrän|før|til|ennen|önce|kadar|раньше|до|позже|před|dříve|později|~前|~まで|~之前|~以前|~晚于|~전에|~까지|قبل
    ~से पहले|erst|dopiero|not until|~より前"""
YET = """
    yet|for now|for the moment|noch|encore|todavía|aún|ancora|ainda|nog|jeszcze|ännu|ennå|endnu|vielä|henüz|ещё|еще
    ще|ještě|~まだ|~先|~还|~還|~아직|بعد|~अभी|пока|пока что"""
# Before the sending something else is to come.
FIRST = """
    before you send|before sending|before it goes|before it is sent|before we send|before you mail|let me read
    let me check|let me see|bevor du|bevor sie|bevor es|bevor die|vor dem senden|vor dem absenden|antes de enviar*
    antes de mandar*|antes de que|avant d'envoyer|avant de l'envoyer|avant que|avant l'envoi|prima di inviar*
    prima di mandar*|antes de envi*|voordat|przed wysłaniem|zanim|innan du|innan det|før du|før den|ennen kuin
    göndermeden|прежде чем|перед отправкой|до отправки|než odeš*|než pošl*|~送る前|~送信前|~发送前|~发之前|~发出前
    ~보내기 전|قبل إرسال*|قبل أن|~भेजने से पहले|before it leaves|before you dispatch|check it first|i want to read
    i need to read|ich will * erst|ich möchte * erst|erst lesen|erst prüfen|ich prüfe|je vérifie|déjame leer*
    fammi leggere|laisse-moi lire|дай прочитать|дай проверить|~發之前|~發送前|~寄出前|~送る前に|~先给我看|~先給我看
    ~先让我看|~見せて|~먼저 보여|~보여 줘|~보여줘|needs to see|has to see|must see|wants to see|needs to read
    has to read|must read|needs to approve|has to approve|must approve|needs to sign|must sign|has to sign
    needs to check|has to check|must check|vorher nochmal|vorher noch|vorher lesen|vorher prüfen|muss erst
    muss zuerst|muss vorher|soll vorher|doit d'abord|doit le voir|doit valider|tiene que verlo|tiene que aprobar*
    deve prima|deve vederlo|deve approvar*|precisa ver|precisa aprovar|moet eerst|musi najpierw|musi zobaczyć
    musi zatwierdzić|måste först|~先に確認|~先让|~得先|~要先|~먼저 확인"""
# They hold the mail only where they are all that a part says: elsewhere they say something else ("at the moment").
STOPS = """
    moment|momento|instant|sekunde|sec|minute|minuto|later|hmm|hm|pause|halt|stop|stopp|hold|wait|easy|calma
    doucement|piano|später|plus tard|más tarde|dopo|mais tarde|později|позже|потом|ストップ|停|别|別|待って|후에
    توقف|قف|रुको|dur|durun|stój|stoj|stanna|stopper|odottakaa|seis|un momento|un segundo|un attimo|un secondo
    um momento|um segundo|une minute|un instant|un moment|bir dakika|bir saniye|one sec|one second|one moment
    секунду|секундочку|минутку|минуту|doch nicht|toch niet|jednak nie|lugn|hetki|hetkinen|dursun|chwila|ogenblik
    augenblick|ett ögonblick|et øyeblikk|et øjeblik|olmaz|sekunda|moment bitte|calma aí|stopp mal|halt mal|stop mal
    finger weg|hands off|warte mal|no go|nogo|hmm wait|stop right there|hold it right there|慢著|慢着|且慢"""
# Signs that stop; a message that holds one of them sends nothing.
STOP_SIGNS = "👎🛑✋⏸❌🤔🙅⏳🚫⛔🤚✖❎🙈😬😱⚠⏰🔴😡😠🤨🧐😕🙁☹⌛💤🤐✍"
# The only signs that mean "send it" where nothing else is said.
SENDING_SIGNS = "👍👌✅✔🚀📨📤📬✉💯🆗🙌💪🎉🫡👏🙏❤😊😀😃😄🙂😎🤝✨🔥🟢🏁🤙☑▶➡🛫💨📩"
# "Wait" and the like: with a negation beside them they ask for the contrary.
WAITING = """
    wait*|hold off|hold back|hesitate|delay*|postpone*|warte*|zöger*|abwarten|espere*|espera|esperar|esperes|demores
    attend*|hésit*|tarde|aspett*|esitare|aguard*|wacht*|czeka*|poczeka*|zwleka*|vänta*|vent|vente|odota*|bekle*
    bekleme*|жди|ждать|ждите|подожд*|медли|тяни|ček*|várj*|~待|~기다|~等|انتظر|تنتظر|रुक*"""
# What leaves the text as it is, with a negation beside it: "don't change anything and send it".
TOUCHING = """
    chang*|touch*|edit*|alter*|modif*|tweak*|correct*|fix*|add|adding|remov*|rewrit*|rephras*|shorten*|translat*
    bother*|worry|improv*|mess with|änder*|anfass*|rühr*|anrühr*|verbesser*|korrigier*|ergänz*|übersetz*|cambi*|toc*
    toqu*|tocar*|modifi*|corrig*|añad*|traduc*|ajout*|corrige*|retouch*|tocca*|modific*|aggiung*|corregg*|mud*|mex*
    aanpass*|aanpas*|verander*|wijzig*|zmieni*|zmienia*|popraw*|ruszaj|dotyka*|ändra*|rör*|endr*|rør*|ændr*|muuta*
    koske*|değiştir*|dokunma*|elleme*|меня*|измен*|трога*|исправ*|добавля*|měň*|měni*|uprav*|~変更|~変え|~直さ|~修正
    ~いじ|~触|~修改|~改|~动|~動|~바꾸|~바꿀|~수정|~고치|~건드|~تغير|~تعدل|~تعديل|~बदल|think|overthink|piens*|pensar
    überleg*|nachdenk*|réfléch*|nadenk*|myśl*|zastanawia*|дума*|düşün*"""
# The owner does it: "I'll send it myself".
MYSELF = """
    myself|ourselves|selbst|selber|moi-même|nous-mêmes|yo mismo|yo misma|io stesso|io stessa|eu mesmo|eu mesma|zelf
    själv|selv|itse|kendim|сам|сама|lo mando yo|lo envío yo|yo lo envío|yo lo mando|lo mando io|lo invio io|eu envio
    eu mando|ik stuur|ich schicke es|ich sende es|ich verschicke es|je l'enverrai|je l'envoie|i'll send it
    i'll send this|i'll send that|i will send it|wyślę to|ben gönder*|ben yolla*|я отправлю|~自分で送|~私が送
    ~自己发|~自己發|~我来发|~我來發|~제가 보내|~직접 보내|بنفسي|खुद|sam wyślę|sam to wyślę|sama wyślę|sama to wyślę
    wyślę sam|wyślę sama|wyślę to sam|sám pošlu|~직접 보|~제가 보낼|~제가 직접|~自己来发|~自己來發|~我自己"""
# Asks to be told of the sending; what hangs on it ("when it's sent") is no condition.
TELLING_ME = """
    let me know|tell me|ping me|notify me|inform me|text me|drop me a line|confirm when|confirm once|confirm after
    confirm as soon|confirm that|please confirm|remind me|sag mir|melde dich|informier mich|préviens-moi
    prévenez-moi|dis-moi|dites-moi|confirme-moi|avísame|avíseme|dime|confírmame|avvisami|fammi sapere|dimmi|me avisa
    me avise|avise-me|avisa-me|me diga|me confirme|laat weten|laat me weten|laat het weten|geef een seintje|daj znać
    daj mi znać|powiadom|powiedz mi|сообщи|сообщите|дай знать|дайте знать|скажи мне|напиши мне|haber ver*|bildir
    söyle bana|säg till|meddela mig|si fra|gi beskjed|sig til|giv besked|kerro minulle|ilmoita|dej vědět
    dej mi vědět|szólj|~教えて|~知らせて|~告诉我|~告訴我|~通知我|~告我|~알려|أخبرني|أعلمني|~बता दे|~बताना
    gib * bescheid|gib bescheid|sag * bescheid|sag bescheid|bescheid sagen|bescheid geben|gebt bescheid
    geben sie * bescheid|bescheid wenn|bescheid sobald"""
# A hold of this kind is about a mail in another thread.
OF_ANOTHER = """
    the other one|the other mail|the others|other one|other ones|die andere|den anderen|l'autre|les autres|el otro
    la otra|los otros|l'altra|l'altro|gli altri|o outro|a outra|de andere|drugi|drugą|другое|другие|diğerini|~另一封
    ~其他|~他のメール|~다른 메일"""
# "Remember to": a negation beside it wants it done.
DONT_FORGET = """
    don't forget|dont forget|do not forget|never forget to|didn't forget|forgot|vergiss nicht|nicht vergessen
    vergessen sie nicht|n'oublie pas|n'oubliez pas|no olvides|no olvide|no te olvides|non dimenticare
    non dimenticarti|não esqueça|não se esqueça|não esquece|niet vergeten|vergeet niet|nie zapomnij|glöm inte
    ikke glem|glem ikke|älä unohda|unutma|не забудь|не забудьте|nezapomeň|~忘れない|~忘れず|~别忘|~別忘|~不要忘
    ~잊지|لا تنس*|मत भूल*|भूलना मत"""
# Uncertain, though it looks like a wish: "do you think I should send it", "why would I send that".
WONDERING = """
    why would|do you think|should i|should we|shall i|shall we|what if|are you sure|is it wise|why should|soll ich
    sollen wir|sollte ich|sollten wir|dois-je|devrais-je|on devrait|debería|debo|dovrei|devo|devo enviar|moet ik
    zal ik|czy mam|czy powin*|стоит ли|надо ли|может не"""
# "No" before "wait" says both, and no contrary.
NO_WAIT = """
    no wait|oh wait|but wait|nein warte|non attends|no espera|no aspetta|nee wacht|нет подожди|нет стой|hayır bekle
    nej vänta|nei vent|nej vent"""
# A question that asks for something to be done.
REQUESTS = """
    can you|could you|would you|will you|can we|could we|please|pls|don't|do not|kannst du|könntest du|können sie
    bitte|puedes|podrías|por favor|peux-tu|pouvez-vous|pourrais-tu|puoi|potresti|pode|você pode|kun je|wil je|możesz
    kan du|можешь|можете"""
# "No objections", in any language: one of these before one of those.
NO_WORDS = """
    no|not any|any|without|kein*|ohne|aucun*|sans|pas de|ningun*|sin|nessun*|senza|nenhum*|sem|geen|zonder|żadn*
    brak|bez|nie mam|inga|ingen|inget|utan|uten|uden|ei|нет|без|никаких|nincs|nemám|žádn*|hiç|hiçbir|not a single
    not one|not a|kein einzig*|pas un seul|pas une seule|ni un solo|ni una|nemmeno un|ani jedn*|ни одного|ни единого"""
OBJECTIONS = """
    further|more|other|objection*|comment*|remark*|issue*|problem*|change*|edit*|correction*|question*|concern*
    complaint*|einwand|einwänd*|anmerkung*|änderung*|korrektur*|fragen|bedenken|weiter*|objeccion*|objecion*|pega*
    comentario*|cambio*|duda*|remarque*|commentaire*|souci*|changement*|autre*|obiezion*|modific*|osservazion*
    dubbi*|alteraç*|observaç*|objeç*|opmerking*|bezwaar*|bezwaren|wijziging*|uwag*|zmian*|zastrzeż*|synpunkt*
    ändring*|kommentar*|innvending*|invending*|indvending*|endring*|ændring*|muutoksia|huomautettavaa|замечани*
    изменени*|возражени*|вопрос*|правок|itiraz*|değişiklik*|kifogás*|připomín*|námit*"""
# "If" in languages where it may be "yes" as well: a condition where something else than agreement follows.
IF_OR_YES = "si|se|om"
# What was asked for is taken back.
TAKEN_BACK = """
    scratch that|strike that|second thought*|just kidding|kidding|only joking|was a joke|actually no|changed my mind
    take that back|finalement non|non finalement|je rigole|pensándolo bien|era broma|es broma|anzi no|ripensandoci
    scherzo|scherzavo|pensando bem|brincadeira|toch maar niet|grapje|żartuję|żartowałem|żartowałam|şaka|vazgeçtim
    хотя нет|передумал*|шучу|~やっぱりやめ|~やっぱやめ|~やめて|~冗談|~농담|~그만둬|~算了|~开玩笑|~開玩笑|غيرت رأيي
    أمزح|quatsch"""
# The owner has not made up their mind.
UNDECIDED = """
    haven't decided|have not decided|not decided|undecided|make up my mind|made up my mind|still thinking|noch nicht entschieden
    noch unentschlossen|pas encore décidé|pas décidé|no he decidido|no me decido|non ho deciso|não decidi|nog niet besloten
    nie zdecydował*|не решил*|karar vermedim|~まだ決め|~迷って|~还没决定|~還沒決定|~아직 결정"""
