"""Whether a secret could be guessed: samples, words and sequences could; what a random generator prints could not."""

import itertools
import math
import re
from collections import Counter

MIN_LENGTH = 16
MIN_BITS = 32.0
"""Of Shannon's entropy over the letters: 16 random hexadecimal digits have 40 to 60."""
MIN_UNPREDICTABLE = 9
"""Characters that belong to nothing known: with so many of them, words around them do no harm."""
_SAMPLE_WORDS = (
    "change",
    "placeholder",
    "example",
    "sample",
    "your-",
    "your_",
    "password",
    "fill-in",
    "fill_in",
    "replace",
)
# Pairs of letters that make up four fifths of the words of English and its neighbours. Of random letters a fifth are such.
_PAIRS_OF_WORDS = frozenset(
    """es re er in ed on te st en se co or de nt ar le an at ti ng ve al ro ta ne li nd ns me ou ts ma un ra he ri io ch
    lo ce ec it th ea tr la pa ai il ac rs el et ct si ge pr is ur di to ll om ad as pe ut ie ss ic ow be em ho ot id ha ca
    ke ap ol os us nc fi rt po no da su ls ck tt oo ag pl bo vi ds od hi mi im ep mp mo fo iv op rd ee ex ig ov na sa ay wa
    do qu ev bl ue pt cl am ab so sh sc pp ry oc rr ip wo rk ey my tu ks ly ul ni ir sp we ld ru pi au
    wh cr rn fa gr du gi fe ua ci ia ei nv rg rm uc wi um ib cu va ht tw ki ob ox ix gh nb kn ub ju mb ug""".split()
)
_SIGNS_LIKE, _DIGITS_LIKE = str.maketrans("@$!", "asi"), str.maketrans("013457", "oleast")
_LETTERS_OF_HEX = re.compile(r"[a-fA-F]{6,}")
_DATE = re.compile(r"(?<!\d)(?:19|20)\d\d(?:[01]\d[0-3]\d)?(?!\d)")
# What lies side by side on keyboards, along the rows and down the columns.
_KEYBOARD = (
    *(
        "qwertyuiop",
        "asdfghjkl",
        "zxcvbnm",
        "azertyuiop",
        "qsdfghjklm",
        "wxcvbn",
        "qwertzuiop",
        "yxcvbnm",
        "1234567890",
    ),
    *(
        "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
        "qazwsxedcrfvtgbyhnujmikolp",
        "1q2w3e4r5t6y7u8i9o0p",
        "q1w2e3r4t5y6u7i8o9p0",
    ),
)
_KEYBOARD_RUNS = frozenset(
    run[at : at + 3] for row in _KEYBOARD for run in (row, row[::-1]) for at in range(len(run) - 2)
)


def weakness_of(secret: str) -> str:
    """Why a secret could be guessed, as the end of a sentence that begins with its name; empty when it is strong.

    It finds what people type and what stands in examples. It cannot tell whether a random-looking value is secret.
    """
    if len(secret) < MIN_LENGTH:
        return f"is shorter than {MIN_LENGTH} characters, so it could be guessed"
    if any(word in secret.lower() for word in _SAMPLE_WORDS):
        return "is a sample value from the documentation"
    core = _without_repetition(secret)
    if len(core) < MIN_LENGTH // 2 or _bits(core) < MIN_BITS or _counts_up(core):
        return "repeats or counts up a few characters, so it could be guessed"
    if _is_predictable(core):
        return "is made of words or of keys that lie side by side, so it could be guessed"
    return ""


def _without_repetition(text: str) -> str:
    """``abc`` for ``abcabcabca``: the shortest part that the whole is made of."""
    return next(
        text[:size] for size in range(1, len(text) + 1) if all(text[i] == text[i % size] for i in range(len(text)))
    )


def _bits(text: str) -> float:
    shares = [count / len(text) for count in Counter(text).values()]
    return -len(text) * sum(share * math.log2(share) for share in shares)


def _counts_up(text: str) -> bool:
    """Whether it is a sequence, or two that alternate: ``a1b2c3d4e5f6g7h8``."""
    return _is_sequence(text) or (_is_sequence(text[::2]) and _is_sequence(text[1::2]))


def _is_sequence(text: str) -> bool:
    """Whether most characters are the same as, or next to, the one before: ``0123456789abcdef``, ``aabbccdd…``."""
    near = sum(abs(ord(one) - ord(other)) <= 1 for one, other in itertools.pairwise(text))
    return near > (len(text) - 1) * 2 / 3


def _is_predictable(secret: str) -> bool:
    """Whether most of it belongs to words, to runs of keys or numbers, to a date, or to what stood in it before.

    Three characters in a row are looked at, so that chance hits are rare. It must be more than half by five characters,
    since chance has more weight in a short text.
    """
    text = re.sub(r"[\W_]", "", secret.translate(_SIGNS_LIKE))
    # Of hexadecimal digits letters stand side by side by chance, unless many do.
    is_hex = re.fullmatch(r"[0-9a-fA-F]*", text)
    known = (_LETTERS_OF_HEX if is_hex else _DATE).finditer(text)
    predicted = {at for part in known for at in range(*part.span())}
    seen: set[str] = set()
    for at in range(len(text) - 2):
        three = text[at : at + 3]
        if three.lower() in seen or _is_run(three.lower()) or (not is_hex and _is_of_a_word(three)):
            predicted.update(range(at, at + 3))
        seen.add(three.lower())
    unpredictable = len(text) - len(predicted)
    return len(predicted) >= len(text) / 2 + 5 and unpredictable < MIN_UNPREDICTABLE


def _is_of_a_word(three: str) -> bool:
    # Words are written in one case, but for their first letter; and of three letters one may be a digit in disguise.
    if sum(map(str.isdigit, three)) > 1:
        return False
    plain = three.translate(_DIGITS_LIKE)
    if not (three.isupper() or plain[1:].islower()):
        return False
    three = plain.lower()
    return three[:2] in _PAIRS_OF_WORDS and three[1:] in _PAIRS_OF_WORDS


def _is_run(three: str) -> bool:
    steps = {ord(other) - ord(one) for one, other in itertools.pairwise(three)}
    return steps in ({-1}, {0}, {1}) or three in _KEYBOARD_RUNS
