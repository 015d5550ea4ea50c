"""Messages that the server cannot hand out are skipped for a while."""

from inbox_agent.adapters.unreadable_messages import FAILURES_BEFORE, PASSED_OVER_SECONDS, UnreadableMessages


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_only_repeated_failures_lead_to_passing_over_and_not_for_ever() -> None:
    clock = Clock()
    unreadable = UnreadableMessages(clock)
    for _ in range(FAILURES_BEFORE - 1):
        unreadable.note(7, 1)
    assert unreadable.passed_over(7) == set()
    unreadable.note(7, 1)
    assert unreadable.passed_over(7) == {1}
    assert unreadable.passed_over(8) == set(), "another UIDVALIDITY, another message"
    clock.now = PASSED_OVER_SECONDS
    assert unreadable.passed_over(7) == set()
