"""RSA keys that are a function of a name, so that a case of the fuzz is the same in every process. For tests alone."""

import random
from functools import cache

from cryptography.hazmat.primitives.asymmetric import rsa

_EXPONENT = 65537
_PRIME_BITS = 512


@cache
def key_of(name: str) -> rsa.RSAPrivateKey:
    """A key of 1,024 bits."""
    chance = random.Random(name)
    p, q = _prime(chance), _prime(chance)
    private = pow(_EXPONENT, -1, (p - 1) * (q - 1))
    public = rsa.RSAPublicNumbers(_EXPONENT, p * q)
    numbers = rsa.RSAPrivateNumbers(p, q, private, private % (p - 1), private % (q - 1), pow(q, -1, p), public)
    return numbers.private_key()


def _prime(chance: random.Random) -> int:
    while True:
        number = chance.getrandbits(_PRIME_BITS) | 1 | 3 << (_PRIME_BITS - 2)
        if (number - 1) % _EXPONENT and all(_passes(number, chance.randrange(2, number - 1)) for _ in range(12)):
            return number


def _passes(number: int, base: int) -> bool:
    """The test of Miller and Rabin for one base."""
    odd, twos = number - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    power = pow(base, odd, number)
    if power in (1, number - 1):
        return True
    for _ in range(twos - 1):
        power = power * power % number
        if power == number - 1:
            return True
    return False
