"""The secrets among the settings: none may be weak, and none may stand for two things."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import combinations
from urllib.parse import unquote, urlsplit

from inbox_agent.secret_strength import MIN_LENGTH, weakness_of
from inbox_agent.settings.agent import Settings, variable_of

HOW_TO_MAKE_ONE = "Make one with: openssl rand -hex 32"
_OUTSIDE = "another service"


@dataclass(frozen=True, slots=True)
class _Secret:
    """
    Attributes:
        where: the setting that holds it, for a sentence.
        use: what it opens; secrets of one use may be the same.
    """

    where: str
    value: str
    use: str

    @property
    def plain(self) -> str:
        """Without what people change to make another one of it: case and separators."""
        return "".join(filter(str.isalnum, self.value.casefold()))


def shared_secrets(settings: Settings) -> Iterator[str]:
    """A sentence for each two settings of which one tells the other."""
    for one, other in combinations(_secrets(settings), 2):
        if one.use != other.use and _tells(one, other):
            yield (
                f"{other.where}: is the same as {one.where}, or nearly, so who learns one has both. "
                f"Take another secret for one of them. {HOW_TO_MAKE_ONE}"
            )


def weak_secrets_in_urls(settings: Settings) -> Iterator[str]:
    """A sentence for each URL whose secret could be guessed. Those that are settings of their own are checked there."""
    for field in ("worker_url", "iwf_url"):
        for secret in _in_url(settings, field):
            if weakness := weakness_of(secret.value):
                yield f"{secret.where}: the secret in it {weakness}. {HOW_TO_MAKE_ONE}"


def weak_former_keys(settings: Settings) -> list[str]:
    """Why former keys could be guessed, a clause for each weak one."""
    weaknesses = (weakness_of(key.get_secret_value()) for key in settings.former_secret_keys)
    return [f"key {number} {weakness}" for number, weakness in enumerate(weaknesses, 1) if weakness]


def _tells(one: _Secret, other: _Secret) -> bool:
    if one.value == other.value or (one.plain and one.plain == other.plain):
        return True
    # By chance two random secrets do not have so many characters in a row in common.
    return SequenceMatcher(None, one.plain, other.plain, autojunk=False).find_longest_match().size >= MIN_LENGTH


def _secrets(settings: Settings) -> Iterator[_Secret]:
    for field in ("api_token", "read_token", "secret_key", "engine_secret"):
        use = "engine" if field == "engine_secret" else field
        yield from _given(variable_of(field), getattr(settings, field).get_secret_value(), use)
    for key in settings.former_secret_keys:
        yield from _given(variable_of("former_secret_keys"), key.get_secret_value(), "secret_key")
    for field in ("worker_url", "iwf_url", "openai_base_url"):
        yield from _in_url(settings, field)
    for field in ("imap_password", "smtp_password", "oauth_client_secret", "oauth_refresh_token", "openai_api_key"):
        yield from _given(variable_of(field), getattr(settings, field).get_secret_value(), _OUTSIDE)


def _in_url(settings: Settings, field: str) -> Iterator[_Secret]:
    """The password in a URL; in the worker's the path is one, too."""
    parts = urlsplit(getattr(settings, field))
    use = {"worker_url": "worker", "iwf_url": "engine"}.get(field, _OUTSIDE)
    yield from _given(variable_of(field), unquote(parts.password or ""), use)
    if field == "worker_url":
        yield from _given(variable_of(field), parts.path.strip("/"), use)


def _given(where: str, value: str, use: str) -> Iterator[_Secret]:
    if value:
        yield _Secret(where, value, use)
