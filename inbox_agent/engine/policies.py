"""The arithmetic of state options: timeouts, retries, what a call loads and what it locks. Pure."""

from collections.abc import Iterable, Mapping
from typing import Literal, TypeVar

from inbox_agent.engine.wire import (
    EncodedObject,
    KeyValue,
    LoadingPolicy,
    RetryPolicy,
    SearchAttribute,
    StateOptions,
    WorkflowRetryPolicy,
)

Api = Literal["wait_until", "execute"]
ValueT = TypeVar("ValueT")

DEFAULT_TIMEOUT_SECONDS = 30
_LOCKING = frozenset({"LOAD_PARTIAL_WITH_EXCLUSIVE_LOCK", "LOAD_ALL_WITH_PARTIAL_LOCK"})
_PARTIAL = frozenset({"LOAD_PARTIAL_WITHOUT_LOCKING", "LOAD_PARTIAL_WITH_EXCLUSIVE_LOCK"})
# No timeout or pause is longer than ten years, whatever was asked for or coefficient and attempts multiply to.
_LONGEST_SECONDS = 10 * 365 * 86400


def timeout_seconds(options: StateOptions, api: Api) -> int:
    """How long one attempt may take, in seconds."""
    own = options.wait_until_api_timeout_seconds if api == "wait_until" else options.execute_api_timeout_seconds
    return min(own, _LONGEST_SECONDS) if own is not None and own > 0 else DEFAULT_TIMEOUT_SECONDS


def retry_policy(options: StateOptions, api: Api) -> RetryPolicy:
    own = options.wait_until_api_retry_policy if api == "wait_until" else options.execute_api_retry_policy
    return own or RetryPolicy()


def pause_seconds(policy: RetryPolicy | WorkflowRetryPolicy, failures: int) -> float:
    """The pause after the ``failures``-th failure: initial · coefficient^(failures-1), at most the maximum interval."""
    initial = min(_or(policy.initial_interval_seconds, 1), _LONGEST_SECONDS)
    coefficient = max(1.0, float(_or(policy.backoff_coefficient, 2.0)))
    longest = min(_or(policy.maximum_interval_seconds, 100) or _LONGEST_SECONDS, _LONGEST_SECONDS)
    try:
        grown = initial * coefficient ** (failures - 1)
    except OverflowError:
        grown = longest
    return max(0.0, min(grown, longest))


def next_attempt_at(policy: RetryPolicy, failures: int, first_attempt_at: int, now: int) -> int | None:
    """When to try again after the ``failures``-th failure, in Unix milliseconds.

    Returns:
        None when the policy is exhausted: by attempts, or because the next one would begin after the allowed duration.
    """
    attempts = _or(policy.maximum_attempts, 0)
    if 0 < attempts <= failures:
        return None
    at = now + round(pause_seconds(policy, failures) * 1000)
    duration = _or(policy.maximum_attempts_duration_seconds, 0)
    if duration > 0 and at >= first_attempt_at + duration * 1000:
        return None
    return at


def data_policy(options: StateOptions, api: Api) -> LoadingPolicy | None:
    own = (
        options.wait_until_api_data_attributes_loading_policy
        if api == "wait_until"
        else options.execute_api_data_attributes_loading_policy
    )
    return own or options.data_attributes_loading_policy


def search_policy(options: StateOptions, api: Api) -> LoadingPolicy | None:
    own = (
        options.wait_until_api_search_attributes_loading_policy
        if api == "wait_until"
        else options.execute_api_search_attributes_loading_policy
    )
    return own or options.search_attributes_loading_policy


def lock_keys(data: LoadingPolicy | None, search: LoadingPolicy | None) -> list[str]:
    """The locks that a call with these policies needs, as ``data:KEY`` and ``search:KEY``."""
    return [*_locks("data", data), *_locks("search", search)]


def _locks(prefix: str, policy: LoadingPolicy | None) -> Iterable[str]:
    if policy is None or policy.persistence_loading_type not in _LOCKING:
        return ()
    return dict.fromkeys(f"{prefix}:{key}" for key in policy.locking_keys or ())


def load_data(data: Mapping[str, EncodedObject | None], policy: LoadingPolicy | None) -> list[KeyValue]:
    """The data attributes that a call with this policy gets, by key."""
    return [KeyValue(key=key, value=data[key]) for key in _loaded(data, policy)]


def load_search(attributes: Mapping[str, SearchAttribute], policy: LoadingPolicy | None) -> list[SearchAttribute]:
    """The search attributes that a call with this policy gets, by key."""
    return [attributes[key] for key in _loaded(attributes, policy)]


def _loaded(values: Mapping[str, ValueT], policy: LoadingPolicy | None) -> list[str]:
    if policy is None or policy.persistence_loading_type is None:
        return sorted(values)
    kind = policy.persistence_loading_type
    if kind == "LOAD_NONE":
        return []
    if kind not in _PARTIAL:
        return sorted(values)
    wanted = set(policy.partial_loading_keys or ())
    if kind == "LOAD_PARTIAL_WITH_EXCLUSIVE_LOCK":
        wanted.update(policy.locking_keys or ())
    if policy.use_key_as_prefix:
        prefixes = tuple(wanted)
        return sorted(key for key in values if key.startswith(prefixes))
    return sorted(wanted & values.keys())


def _or(value: ValueT | None, default: ValueT) -> ValueT:
    return default if value is None else value
