"""Words of the main languages that answer a question: yes, which of a list, all; and what cancels. Words only."""

# One of the times that a question proposed.
ORDINALS = """
    first|second|third|last|former|latter|earlier|later|early|late|erste*|zweite*|dritte*|letzte*|primer*|segund*
    tercer*|último|premi*|deuxi*|dernier*|prim*|second*|ultim*|terceir*|eerste|tweede|laatste|pierwsz*|drug*
    ostatni*|först*|andra|sista|første|anden|andre|sidste|ensimmäi*|toinen|ilk|ikinci|перв*|втор*|последн*|перш*
    друг*|prvn*|druh*|első|második|~最初|~前者|~後者|~最後|~第一|~第二|~첫|~두 번째|الأول*|الثاني*|~पहल|~दूसर"""
# Agrees and says nothing more; no words for anything but an approval.
AGREEMENTS = """
    yes|yep|yeah|yup|ok|okay|sure|agreed|fine|good|great|perfect|do it|go|go ahead|yes please|yes do it|yes go ahead
    yes send it|ok do it|ok do that|do that|👍|👌|✅|ja|jawohl|gerne|passt|in ordnung|einverstanden|klar|mach das
    ja bitte|sí|si|vale|claro|de acuerdo|dale|adelante|hazlo|oui|d'accord|ouais|bien sûr|parfait|vas-y|allez-y
    fais-le|sì|va bene|certo|d'accordo|perfetto|fallo|sim|pode ser|de acordo|perfeito|jawel|akkoord|prima|goed
    doe maar|tak|dobrze|zgoda|jasne|zrób to|jo|japp|okej|gör det|gør det|gjør det|joo|kyllä|selvä|tee se|evet|tamam
    olur|да|ага|хорошо|давай|согласен|согласна|так|добре|ano|dobře|udělej to|igen|rendben|da|bine|ναι|εντάξει|baik
    ya|vâng|được|はい|うん|お願いします|それで|了解|ok です|好|好的|是|是的|可以|行|嗯|对|네|예|응|좋아|좋아요|그래
    نعم|حسنا|موافق|हाँ|जी हाँ|ठीक है|כן|בסדר|ใช่|ตกลง|y|yess|yea|yes yes|of course|absolutely|definitely|certainly
    correct|right|exactly|please do|just do it|do it already|go for it|sure thing|jup|jap|jep|na klar|ja klar
    natürlich|selbstverständlich|genau|richtig|absolument|tout à fait|exactement|claro que sí|por supuesto|exacto
    correcto|certamente|esatto|certo che sì|isso|com certeza|claro que sim|jazeker|zeker|uiteraard|klopt|oczywiście
    pewnie|jasne że tak|självklart|selvfølgelig|tietysti|tabii|tabii ki|elbette|конечно|разумеется|именно|верно
    так точно|určitě|persze|desigur|أيوه|أجل|طبعا|بالتأكيد|أكيد|जी|हां|haan|haan ji|ji|ja graag|お願い|もちろん
    そうです|ええ|넵|넹|응응|ㅇㅇ|그럼요|물론|对的|對|對的|嗯嗯|当然|當然|没错|确定|是啊|ok let's go|affirmative"""
# Agrees by wanting it done.
GO = """
    go|go ahead|yes go ahead|do it|yes do it|yes send it|mach das|dale|adelante|hazlo|vas-y|allez-y|fais-le|fallo
    doe maar|gör det|gør det|давай"""
# Everything, for "forget everything".
EVERYTHING = """
    everything|all|anything|me|alles|mich|todo|todos|toda|tout|toute|tous|moi|tutto|tutti|dimenticami|tudo|mij
    wszystk*|mnie|allt|mig|alt|meg|kaikki|minut|her şey*|hepsi*|beni|все|всё|всех|меня|усе|мене|všechn*|mě|mindent
    tot|~全部|~すべて|~全て|~一切|~所有|~모두|~전부|~كل|~सब"""
# All of a thread, for "cc everyone".
EVERYONE = """
    everyone|everybody|all|both|alle|allen|beide|beiden|jeden|todos|todas|ambos|tous|toutes|les deux|tutti|entrambi
    iedereen|allemaal|wszystkich|wszystkim|alla|kaikille|herkes*|всех|всем|усіх|všem|všechny|~全員|~皆|~所有人|~大家
    ~모두|~전원|الجميع|~सभी|~सबको"""
# Thanks, and what else may stand beside a "yes" and leaves it one.
BESIDE_YES = """
    thanks|thank you|thx|ty|thanks a lot|please|pls|plz|now|already|do|go|it|that|danke|bitte|danke schön
    vielen dank|mach|merci|stp|svp|s'il te plaît|s'il vous plaît|gracias|por favor|grazie|per favore|obrigado
    obrigada|pode|bedankt|dank je|dankjewel|graag|alsjeblieft|dzięki|dziękuję|proszę|poproszę|tack|takk|tak|snälla
    kiitos|teşekkürler|lütfen|спасибо|пожалуйста|дякую|будь ласка|děkuji|prosím|köszönöm|شكرا|من فضلك|شكرًا|धन्यवाद
    शुक्रिया|कृपया|ありがとう|ありがとうございます|감사합니다|고마워요|谢谢|謝謝"""
# Orders to send, as an answer to the question whether to send.
SEND_IT = """
    send|send it|send it now|send now|please send|please send it|senden|schick es|schick es ab|abschicken|ja senden
    envoie|envoie-le|envía|envíalo|mándalo|manda|invia|envia|envie|verstuur|wyślij|отправь|отправляй|gönder|أرسل
    भेजो|भेज दो|送って|送ってください|보내|보내줘|보내주세요|发|发吧|發|發吧"""
# Which of a list: the first, the second …, the last.
ORDER_WORDS = (
    "one|first|eins|erste*|premier*|un|uno|primer*|primo|prima|um|primeir*|een|eerste|pierwsz*|перв*|~一番|~第一|~첫",
    "two|second|zwei|zweite*|deux|deuxième|second*|dos|segund*|due|dois|duas|twee|tweede|dwa|dwójk*|drug*|втор*|два|~二|~두",
    "three|third|drei|dritte*|trois|troisième|tres|tercer*|tre|terz*|três|terceir*|drie|derde|trzy|trzeci*|трет*|три|~三|~세",
    "four|fourth|vier|vierte*|quatre|quatrième|cuatro|cuart*|quattro|quart*|quatro|vierde|cztery|четвер*|~四|~네 번",
)
LAST_WORDS = "last|letzte*|dernier*|último|última|ultim*|laatste|ostatni*|последн*|~最後|~最后|~마지막"
ALL_OF_THEM = """
    both|others|other two|two others|anderen beiden|all|beide*|alle|les deux|toutes|tous|ambos|todos|todas|tutti
    tutte|entrambi|allebei|wszystkie|все|обе|~両方|~全部|~都"""
# The mail itself, for "delete it", "supprime ce mail".
THE_MAIL = """
    it|this|that|mail|email|e-mail|draft|message|the|my|whole|thing|es|das|die|den|diese|diesen|nachricht|entwurf|ce
    cet|cette|le|la|brouillon|courriel|lo|este|esta|el|ese|correo|mensaje|borrador|questa|questo|bozza|messaggio
    isso|isto|o|a|esse|essa|rascunho|mensagem|deze|dit|het|bericht|concept|to|ten|tę|wiadomość|szkic|письмо|это
    черновик|его|maili|postayı|bunu|taslağı|please|bitte|por|favor|svp|now"""
# The mail is not wanted any more.
NO_LONGER = """
    no longer needed|not needed any more|not needed anymore|no need to send|don't need to send|nicht mehr nötig
    nicht mehr|plus besoin|plus la peine|plus nécessaire|ya no hace falta|ya no es necesario|non serve più
    não precisa mais|não é mais preciso|hoeft niet meer|niet meer nodig|już nie trzeba|już niepotrzebn*
    behövs inte längre|gerek kalmadı|больше не нужно|уже не нужно|už není potřeba|~もう不要|~もう必要ない
    ~더 이상 필요|~필요 없어졌|~不用发了|~不需要了|~不用發了|لا داعي لإرسال*|لم يعد ضروريا|अब ज़रूरत नहीं"""
# Signs that cancel.
CANCELING_SIGNS = "❌🗑🚫🛑✖❎"
