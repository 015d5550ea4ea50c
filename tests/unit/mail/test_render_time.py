import pytest

from inbox_agent.mail.render_time import describe_instant


@pytest.mark.parametrize(
    ("instant", "zone", "expected"),
    [
        (1772805600, "Europe/Berlin", "Friday, 6 March 2026 at 15:00, Europe/Berlin (UTC+01:00)"),
        (1785585600, "Europe/Berlin", "Saturday, 1 August 2026 at 14:00, Europe/Berlin (UTC+02:00)"),
        (1772805603, "UTC", "Friday, 6 March 2026 at 14:00:03, UTC"),
        (1772805600, "+05:30", "Friday, 6 March 2026 at 19:30, UTC+05:30"),
        (1772805600, "-03:30", "Friday, 6 March 2026 at 10:30, UTC-03:30"),
        (1772805600, "", "Friday, 6 March 2026 at 14:00, UTC"),
        (1772805600, "Nowhere/Land", "Friday, 6 March 2026 at 14:00, UTC"),
        (1772805600, "../etc/passwd", "Friday, 6 March 2026 at 14:00, UTC"),
    ],
)
def test_weekday_zone_and_offset_are_spelled_out(instant: int, zone: str, expected: str) -> None:
    assert describe_instant(instant, zone) == expected
