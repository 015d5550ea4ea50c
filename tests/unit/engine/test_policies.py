"""Timeouts, retries, what is loaded and what is locked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox_agent.engine import policies
from inbox_agent.engine.wire import EncodedObject, LoadingPolicy, RetryPolicy, StateOptions

DATA = {name: EncodedObject(encoding="json", data=name) for name in ("b", "a", "ab", "z")}


@pytest.mark.parametrize(
    ("policy", "failures", "seconds"),
    [
        (RetryPolicy(), 1, 1),
        (RetryPolicy(), 4, 8),
        (RetryPolicy(), 20, 100),
        (RetryPolicy(initial_interval_seconds=3, backoff_coefficient=1), 7, 3),
        (RetryPolicy(initial_interval_seconds=5, maximum_interval_seconds=7), 3, 7),
        (RetryPolicy(backoff_coefficient=0.5), 3, 1),
        (RetryPolicy(initial_interval_seconds=0), 5, 0),
    ],
)
def test_pause_grows_to_its_maximum(policy: RetryPolicy, failures: int, seconds: float) -> None:
    assert policies.pause_seconds(policy, failures) == seconds


def test_attempts_are_counted_against_their_maximum() -> None:
    policy = RetryPolicy(maximum_attempts=2)
    assert policies.next_attempt_at(policy, 1, 0, 10) == 1010
    assert policies.next_attempt_at(policy, 2, 0, 10) is None


def test_no_attempt_begins_after_the_allowed_duration() -> None:
    policy = RetryPolicy(maximum_attempts_duration_seconds=3, backoff_coefficient=2)
    assert policies.next_attempt_at(policy, 1, 0, 100) == 1100
    assert policies.next_attempt_at(policy, 2, 0, 1100) is None


@given(
    st.builds(
        RetryPolicy,
        initial_interval_seconds=st.none() | st.integers(-5, 10**400),
        backoff_coefficient=st.none() | st.floats(),
        maximum_interval_seconds=st.none() | st.integers(-5, 10**400),
    ),
    st.integers(1, 10**6),
)
def test_every_pause_is_finite(policy: RetryPolicy, failures: int) -> None:
    assert 0 <= policies.pause_seconds(policy, failures) <= 10 * 366 * 86400


@pytest.mark.parametrize(
    ("policy", "keys"),
    [
        (None, ["a", "ab", "b", "z"]),
        (LoadingPolicy(), ["a", "ab", "b", "z"]),
        (
            LoadingPolicy(persistence_loading_type="LOAD_ALL_WITH_PARTIAL_LOCK", locking_keys=["a"]),
            ["a", "ab", "b", "z"],
        ),
        (LoadingPolicy(persistence_loading_type="LOAD_NONE"), []),
        (
            LoadingPolicy(persistence_loading_type="LOAD_PARTIAL_WITHOUT_LOCKING", partial_loading_keys=["z", "no"]),
            ["z"],
        ),
        (
            LoadingPolicy(
                persistence_loading_type="LOAD_PARTIAL_WITH_EXCLUSIVE_LOCK",
                partial_loading_keys=["z"],
                locking_keys=["a"],
            ),
            ["a", "z"],
        ),
        (
            LoadingPolicy(
                persistence_loading_type="LOAD_PARTIAL_WITHOUT_LOCKING",
                partial_loading_keys=["a"],
                use_key_as_prefix=True,
            ),
            ["a", "ab"],
        ),
    ],
)
def test_loads_what_the_policy_names(policy: LoadingPolicy | None, keys: list[str]) -> None:
    assert [item.key for item in policies.load_data(DATA, policy)] == keys


def test_locks_are_apart_for_data_and_search_attributes() -> None:
    exclusive = LoadingPolicy(persistence_loading_type="LOAD_PARTIAL_WITH_EXCLUSIVE_LOCK", locking_keys=["k", "k"])
    unlocked = LoadingPolicy(persistence_loading_type="LOAD_ALL_WITHOUT_LOCKING", locking_keys=["k"])
    assert policies.lock_keys(exclusive, exclusive) == ["data:k", "search:k"]
    assert policies.lock_keys(unlocked, None) == []


def test_each_api_has_its_own_options_before_the_common_ones() -> None:
    common, own = LoadingPolicy(persistence_loading_type="LOAD_NONE"), LoadingPolicy(partial_loading_keys=["x"])
    options = StateOptions(
        data_attributes_loading_policy=common,
        execute_api_data_attributes_loading_policy=own,
        wait_until_api_timeout_seconds=7,
    )
    assert policies.data_policy(options, "wait_until") is common
    assert policies.data_policy(options, "execute") is own
    assert policies.timeout_seconds(options, "wait_until") == 7
    assert policies.timeout_seconds(options, "execute") == policies.DEFAULT_TIMEOUT_SECONDS
    assert policies.timeout_seconds(StateOptions(execute_api_timeout_seconds=10**400), "execute") < 10**9


def test_options_of_older_sdks_are_understood() -> None:
    options = StateOptions.model_validate_json(
        '{"skipStartApi": true, "decideApiTimeoutSeconds": 9,'
        ' "startApiFailurePolicy": "PROCEED_TO_DECIDE_ON_START_API_FAILURE"}'
    )
    assert options.skip_wait_until is True
    assert policies.timeout_seconds(options, "execute") == 9
    assert options.wait_until_api_failure_policy == "PROCEED_TO_DECIDE_ON_START_API_FAILURE"
