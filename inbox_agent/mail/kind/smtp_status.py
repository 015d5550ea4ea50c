"""The enhanced status (RFC 3463) that a server's words tell: by code, by reply code (RFC 5321), else by what they say."""

import re

_ENHANCED = re.compile(r"(?<![\d.:])([245]\.\d{1,3}\.\d{1,3})(?![\d]|\.\d)")
_AFTER_REPLY = re.compile(
    r"(?<![\d.])[45]\d\d[ \-:]{1,3}(?:[45]\d\d[ \-:]{1,3})?#?([45]\.\d{1,3}\.\d{1,3})(?![\d]|\.\d)"
)
_HASHED = re.compile(r"#([45]\.\d{1,3}\.\d{1,3})(?![\d]|\.\d)")
_REPLY = re.compile(
    r"(?<![\w.\-/:#@])([45][0-5]\d)(?=[ \-:,\])]|$)(?! *(?:bytes|seconds|KB|MB|hours|days|minutes))", re.MULTILINE
)
_GENERIC = re.compile(r"[245]\.0\.0")

# Subject and detail of RFC 3463 for what servers say without a code; the class comes from the reply code or the words.
# The order matters: the more telling words come first.
_MEANINGS: tuple[tuple[str, str], ...] = (
    (
        "2.2",
        r"mail(?:box|drop)?.{0,40}(?:is |are )?full|(?:over|exceed\w{0,10}).{0,40}(?:quota|storage|allowed size|mailbox)|"
        r"quota (?:exceeded|is full|violation)|mailbox.{0,30}exceeded|"
        r"out of (?:disk )?space|storage (?:space )?exceeded|"
        r"insufficient (?:system )?storage|disk (?:quota|full)|inbox is full|too full|容量|メールボックスがいっぱい|"
        r"ящик переполнен|bo[iî]te.{0,20}pleine|buz[oó]n.{0,20}llen[oa]|postfach.{0,20}voll|casella.{0,20}piena",
    ),
    (
        "3.4",
        r"message (?:size )?(?:is )?(?:too (?:big|large)|exceeds)|size limit|"
        r"exceeds? (?:the )?(?:maximum|fixed|size)|too large|"
        r"size (?:exceeds|larger)",
    ),
    (
        "2.1",
        r"(?:account|mailbox|user|recipient|address).{0,40}(?:disabled|suspended|"
        r"inactive|discontinued|deactivated|locked|"
        r"not active|no longer|expired|frozen|closed)|not accepting (?:mail|messages)",
    ),
    (
        "1.2",
        r"(?:unknown|no such) (?:mail )?(?:host|domain)|host (?:was |is )?(?:unknown|"
        r"not found|or domain)|domain.{0,60}(?:not found|"
        r"does(?: not|n't) exist|unknown)|name or service not known|name server.{0,30}(?:host|domain) not found|"
        r"couldn't find any host|unrouteable mail domain|no mx|nxdomain|dns error|bad destination (?:host|system)",
    ),
    (
        "1.1",
        r"(?:user|recipient|mailbox|address|account|addressee|alias|"
        r"member)\W.{0,60}(?:unknown|not (?:be )?(?:found|known|exist|listed)|"
        r"does(?: not|n't) (?:exist|have)|doesn't|invalid|rejected|undeliverable|unavailable)|"
        r"(?:unknown|invalid|no such|no valid|nonexistent|not a valid|"
        r"bad) (?:local )?(?:e?-?mail )?(?:user|recipient|"
        r"mailbox|address|account|destination|person)|no mailbox|"
        r"no (?:such )?(?:user|one|person).{0,20}(?:here|by that)|"
        r"unknown (?:local|address|user)|unrouteable address|user name (?:was )?not (?:found|recogni[sz]ed)|"
        r"doesn't have (?:a|an) .{0,40}account|見つかりません|存在しません|宛先不明|не найден|n'existe pas|no existe|"
        r"unbekannt(?:er)? (?:benutzer|empf)|existiert nicht|non esiste|não existe|bestaat niet|nie istnieje",
    ),
    (
        "4.7",
        r"(?:delivery|retry|message|queue).{0,30}(?:time(?:d)?[ -]?out|expired|too long)|"
        r"has been (?:in the queue|undeliverable) for|"
        r"retry time(?:out)? (?:not reached|exceeded)|too old|"
        r"could not be delivered for|given up after|been on (?:the )?queue",
    ),
    (
        "4.1",
        r"connection (?:timed? ?out|refused|reset|lost|was (?:dropped|refused|closed)|"
        r"died|failed)|timed? ?out|no route to host|"
        r"network (?:is )?unreachable|host (?:is )?(?:not reachable|unreachable|down)|"
        r"unable to connect|could ?n[o']t? (?:connect|"
        r"establish)|cannot connect|not respond",
    ),
    ("4.6", r"(?:mail|routing|forwarding)? ?loop(?:s|ed|ing)?\b|too many hops|hop count|duplicated message-id"),
    (
        "7.1",
        r"spam|junk|blocked|black ?list|blocklist|denied|refused|rejected|"
        r"relay(?:ing)?\b|not (?:authori[sz]ed|allowed|permitted|"
        r"a member)|policy|virus|prohibited|dmarc|spf|banned|拒否",
    ),
)
_MEANING_PATTERNS = tuple((detail, re.compile(words, re.IGNORECASE)) for detail, words in _MEANINGS)
_TEMPORARY = re.compile(
    r"temporar|try again|deferred|delayed|will (?:be retried|keep trying|retry|"
    r"continue)|still being retried|not yet been|"
    r"warning message|delay|later|greylist",
    re.IGNORECASE,
)


# The words of systems that do not try any more, and those that promise to try on; a delay warning may hold both.
_GAVE_UP = re.compile(
    r"(?:gave|giv(?:e|en|ing)) up|not going to try again|(?:will|can) ?not be (?:retried|tried again)|"
    r"no (?:more|further) (?:attempts|delivery attempts|retries)|retry time(?:out)? exceeded|"
    r"(?:delivery|message|queue|retry|time)[ -](?:time |to live )?(?:has |have )?expired|too (?:old|long)|"
    r"(?:in the queue|queued|undeliverable|undelivered|delivered) for (?:more than |over )?\d{1,3}(?:\.\d)? day|"
    r"konnte (?:seit|über) \d{1,3} tage|aufgegeben",
    re.IGNORECASE,
)
_TRIES_ON = re.compile(
    r"(?:will|shall) (?:be retried|be tried|keep|continue|retry|try)|still being (?:retried|tried)|continue to (?:be|try)|"
    r"no action is required|(?:do|need) not (?:need to )?resend|not yet been|warning(?: message)? only|wird weiter versucht",
    re.IGNORECASE,
)


def is_final(status: str, words: str, *, action: str = "") -> bool:
    """Whether the mail systems have given a mail up.

    Args:
        action: that of RFC 3464, 2.3.3, which decides where it says so: what failed has failed, whatever its class, since
            a system that gave up after days of trying reports the last temporary answer.
    """
    if action in ("failed", "delayed"):
        return action == "failed"
    if action == "expired" or not status.startswith("4"):
        return True
    if _TRIES_ON.search(words):
        return False
    return bool(_GAVE_UP.search(words)) or not is_temporary(words)


def enhanced_codes(text: str) -> list[str]:
    """Every enhanced status of class 4 or 5 in the words, those after a reply code or ``#`` first."""
    sure = _AFTER_REPLY.findall(text) + _HASHED.findall(text)
    rest = [code for code in _ENHANCED.findall(text) if code[0] in "45"]
    return list(dict.fromkeys([*sure, *rest]))


def reply_code(text: str) -> str:
    """The first three-digit reply of class 4 or 5, "" when there is none."""
    match = _REPLY.search(text)
    return match[1] if match else ""


def is_generic(status: str) -> bool:
    """Whether a status only tells the class (``5.0.0``)."""
    return bool(_GENERIC.fullmatch(status))


def is_temporary(text: str) -> bool:
    """Whether the words say that it will be, or may be, tried again."""
    return bool(_TEMPORARY.search(text))


def status_of(text: str) -> str:
    """The status that the words state or mean, "" when they tell nothing.

    A stated code counts as it is, one that is not generic before a generic one. Otherwise the class is that of the reply
    code, else what the words say of trying again, and subject and detail come from the words.
    """
    stated = enhanced_codes(text)
    telling = next((code for code in stated if not is_generic(code)), "")
    if telling:
        return telling
    reply = reply_code(text)
    # A report without any code is final unless it says that it will be tried again.
    usual = "4" if is_temporary(text) else "5"
    for detail, words in _MEANING_PATTERNS:
        if words.search(text):
            return f"{reply[:1] or (stated[0][0] if stated else usual)}.{detail}"
    if stated:
        return stated[0]
    return f"{reply[0]}.0.0" if reply else ""
