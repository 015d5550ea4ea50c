"""What the timers' keys mean."""

import pytest

from inbox_agent.engine import events as ev
from inbox_agent.engine.state import DELAY_TIMER, TIMEOUT_TIMER, command_timer, retry_timer
from inbox_agent.engine.timers import event_of


@pytest.mark.parametrize(
    ("key", "event"),
    [
        (TIMEOUT_TIMER, ev.TimedOut()),
        (DELAY_TIMER, ev.StartDelayOver()),
        (retry_timer("S:x-1"), ev.RetryDue(state_execution_id="S:x-1")),
        (command_timer("S:x-1", 12), ev.TimerFired(state_execution_id="S:x-1", index=12)),
    ],
)
def test_a_key_says_what_is_due_whatever_the_state_is_called(key: str, event: ev.Event) -> None:
    assert event_of(key) == event
