"""Whether a secret could be guessed: samples, repetitions and sequences are; what `openssl rand -hex 32` prints is not."""

import itertools
import math
from collections import Counter

MIN_LENGTH = 16
MIN_BITS = 32.0
"""Of Shannon's entropy over the letters: 16 random hexadecimal digits have 40 to 60."""
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


def weakness_of(secret: str) -> str:
    """Why a secret could be guessed, as the end of a sentence that begins with its name; empty when it is strong.

    It finds what people type and what stands in examples. It cannot tell whether a random-looking value is secret.
    """
    if len(secret) < MIN_LENGTH:
        return f"is shorter than {MIN_LENGTH} characters, so it could be guessed"
    if any(word in secret.lower() for word in _SAMPLE_WORDS):
        return "is a sample value that everybody can read"
    core = _without_repetition(secret)
    if len(core) < MIN_LENGTH // 2 or _bits(core) < MIN_BITS or _is_sequence(core):
        return "repeats or counts up a few characters, so it could be guessed"
    return ""


def _without_repetition(text: str) -> str:
    """``abc`` for ``abcabcabca``: the shortest part that the whole is made of."""
    return next(
        text[:size] for size in range(1, len(text) + 1) if all(text[i] == text[i % size] for i in range(len(text)))
    )


def _bits(text: str) -> float:
    shares = [count / len(text) for count in Counter(text).values()]
    return -len(text) * sum(share * math.log2(share) for share in shares)


def _is_sequence(text: str) -> bool:
    """Whether most characters are the same as, or next to, the one before: ``0123456789abcdef``, ``aabbccdd…``."""
    near = sum(abs(ord(one) - ord(other)) <= 1 for one, other in itertools.pairwise(text))
    return near > (len(text) - 1) * 2 / 3
