"""The words by which mail systems say that a mail was not delivered, in the languages they say it in."""

import re

# The senders that only mail systems use. A person's name or address never matches.
SYSTEM_LOCAL_PART = re.compile(
    r"(?:mailer[-_. ]?daemon|mail[-_. ]?daemon|post[-_.]?master|mdaemon|mail[-_.]?delivery[-_.]?(?:sub)?system|"
    r"mail[-_.]?system|delivery[-_.]?(?:daemon|system)|mail[-_.]?deliver(?:y)?|bounces?|mmsc?|"
    r"microsoftexchange[0-9a-f]{20,}|mailsystem|listserv|majordomo|\S+[-_](?:bounces?|daemon))$",
    re.IGNORECASE,
)
# List software answers in the name of those who run the list.
LIST_KEEPER_LOCAL_PART = re.compile(r"(?:\S+-(?:admin|owner|request|ctl)|owner-\S+|ezmlm\S*)$", re.IGNORECASE)
SYSTEM_NAME = re.compile(
    r"mail(?:er)?[- ]?daemon|mail deliver(?:y)? (?:sub)?system|"
    r"delivery (?:sub)?system|mail administrator|system administrator|"
    r"postmaster|delivery status|mail system|\bNDR\b|non-?delivery",
    re.IGNORECASE,
)

SUBJECT = re.compile(
    r"undeliver(?:ed|able)|undelivrable|non[- ]?delivery|not delivered|"
    r"delivery (?:has )?(?:fail|error|problem|status|report|"
    r"notification|delayed|incomplete|unsuccess)|deliver(?:y|ing) .{0,20}fail|(?:could|can) ?n[o']t be delivered|"
    r"failed to deliver|failure notice|failure (?:to deliver|delivery)|(?:mail|"
    r"message|delivery) .{0,20}fail(?:ure|ed)|"
    r"returned (?:mail|to sender|message)|returning (?:mail|message)|"
    r"mail system error|error (?:sending|delivering)|bounced?\b|"
    r"message (?:not|status|delayed|undeliver)|mail (?:status|delivery|error)|"
    r"delayed mail|warning: (?:message|could not)|"
    r"unknown (?:user|address)|rejected (?:mail|message|posting)|rejected:|nondeliverable|delivery (?:delay|warning)|"
    r"has been delayed|are not (?:a )?member|loop alert|permanent (?:delivery )?(?:error|failure)|"
    # de, nl, sv, da, no, fi
    r"unzustellbar|nicht zugestellt|zustell(?:ung|fehler|probleme|status)|"
    r"unzugestellt|onbestelbaar|niet (?:af|be)geleverd|"
    r"bezorgingsfout|(?:kunde|kunne) (?:inte|ikke) lever|ej levererb?art|olevererb?ar|ikke levert|kan ikke leveres|"
    r"toimittamat|ei voitu toimittaa|perille toimittamaton|"
    # fr, es, it, pt, ro, ca
    r"non[- ](?:remis|délivr|distribu|recapit|consegnat)|"
    r"[ée]chec (?:de (?:la )?)?(?:remise|livraison|distribution|d'envoi)|"
    r"non (?:è stato )?(?:consegnato|recapitato)|mancat[ao] (?:consegna|recapito)|impossibile recapitare|"
    r"no (?:se ha podido |se pudo |pudo ser )?entrega|error (?:de|en la) entrega|n[ãa]o (?:foi )?entregue|"
    r"n[ãa]o (?:foi poss[íi]vel|pôde ser) entreg|falha (?:na|de) entrega|fallo (?:en la|de) entrega|nelivr|"
    # pl, cs, hu, tr, ru, uk, el
    r"niedor[ęe]cz|nie (?:mo[żz]na|uda[łl]o si[ęe]) dostarczy|nedoru[čc]|k[ée]zbes[íi]thetetlen|teslim edilemed|"
    r"не (?:было )?доставлен|недоставлен|не может быть доставлен|невозможно доставить|не вдалося доставити|"
    r"ошибка доставки|μη παραδοτέο|"
    # he, ar, th, vi, id
    r"לא ניתן (?:למסור|לשלוח)|تعذر (?:تسليم|إرسال)|غير قابل للتسليم|فشل (?:تسليم|التسليم)|không (?:thể )?gửi|"
    r"gagal (?:dikirim|terkirim)|ไม่สามารถส่ง|"
    # ja, zh, ko
    r"配信(?:でき|不能|エラー|失敗)|(?:送信|配送|送達|転送)(?:でき|不能|エラー|"
    r"失敗|不達)|配信できません|不達|エラーメール|"
    r"退信|(?:未|无法|無法|不能)(?:能)?(?:送达|投递|傳遞|投遞|送達|传递)|投递失败|"
    r"发送失败|傳送失敗|系统退信|반송|전송 ?실패|배달",
    re.IGNORECASE,
)

BODY = re.compile(
    r"(?:could|can|was|were|is|has|have|been|be|did) ?n(?:o|')t .{0,40}(?:deliver|reach|sent|send|accept|like)|"
    r"unable to (?:deliver|send|relay)|(?:undeliverable|undelivered)|(?:delivery|"
    r"deliver|send).{0,60}(?:fail|error|problem|"
    r"rejected|unsuccessful)|(?:fail|error|problem|trouble|rejected).{0,60}deliver|returned to (?:the )?sender|"
    r"permanent (?:fatal )?(?:error|failure)|following (?:address|recipient)|"
    r"transcript of session|mailbox (?:is )?full|"
    r"(?:user|recipient|host|address|mailbox) (?:is )?(?:unknown|not found)|unknown (?:user|address|recipient|host)|"
    r"invalid (?:user|recipient|address)|rejected by|bounce action|no such user|not (?:a )?member|not accepted|"
    r"(?:over|exceed\w{0,10}).{0,20}(?:quota|allowed size)|quota exceeded|<<< [45]\d\d|said: [45]\d\d|fatal errors|"
    r"(?:account|mailbox).{0,60}(?:disabled|suspended|inactive)|sent <<<|duplicated message-id|"
    r"nicht zugestellt|unzustellbar|niet (?:worden )?(?:af|be)geleverd|n'a (?:pas )?pu [êe]tre|"
    r"impossible de (?:remettre|d[ée]livrer|distribuer)|no (?:se )?(?:ha |"
    r"pudo )?(?:podido )?(?:ser )?entrega|non è stato (?:possibile|"
    r"recapitato|consegnato)|n[ãa]o (?:foi|p[ôo]de) .{0,20}entreg|не (?:может|"
    r"могло|было|удалось|вдалося) .{0,20}доставл?|"
    r"できません|できなかった|失敗しました|存在しない|无法(?:投递|送达|传递)|退回|未能|無法|실패|배달되지 않",
    re.IGNORECASE,
)
