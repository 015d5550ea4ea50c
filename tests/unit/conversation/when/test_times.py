"""Time expressions × zones × reference instants: what comes out, to the minute and the offset, or what is asked."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox_agent.conversation.turn_output import SaidDate, SaidOffset, SaidTime, When
from inbox_agent.conversation.when.times import (
    Ask,
    Resolved,
    at_instant,
    at_local,
    describe_instant,
    describe_time,
    instant_of,
    resolve,
)
from inbox_agent.conversation.when.zones import offset_text, tzinfo_of
from inbox_agent.models import Schedule
from tests.unit.conversation.said import after, at, h24, named, nth, on, period, weekday, when

BERLIN, NEW_YORK, TOKYO, KOLKATA, SYDNEY = (
    "Europe/Berlin",
    "America/New_York",
    "Asia/Tokyo",
    "Asia/Kolkata",
    "Australia/Sydney",
)
SAT = "2026-11-21T09:00Z"  # a Saturday: Berlin 10:00, New York 04:00, Tokyo 18:00, Kolkata 14:30, Sydney 20:00
WED = "2027-06-16T12:00Z"  # a Wednesday in summer: Berlin 14:00, New York 08:00
GAP_EVE = "2027-03-27T11:00Z"  # the day before Berlin's clocks go forward at 02:00
LAP_EVE = "2027-10-30T10:00Z"  # the day before Berlin's clocks go back at 03:00
US_GAP_EVE = "2027-03-13T17:00Z"
US_LAP_EVE = "2027-11-06T16:00Z"
NEW_YEAR = "2026-12-31T22:30Z"  # Berlin still 2026, Tokyo and Kolkata 2027
JAN_31 = "2027-01-31T08:00Z"
LEAP = "2028-02-28T10:00Z"

TABLE: list[tuple[str, When, str, str, str]] = [
    # --- days by name
    ("tomorrow at 9", when(named("tomorrow"), at(9)), SAT, BERLIN, "2026-11-22T09:00+01:00"),
    ("tomorrow at 9", when(named("tomorrow"), at(9)), SAT, NEW_YORK, "2026-11-22T09:00-05:00"),
    ("tomorrow at 9", when(named("tomorrow"), at(9)), SAT, TOKYO, "2026-11-22T09:00+09:00"),
    ("tomorrow at 9", when(named("tomorrow"), at(9)), SAT, KOLKATA, "2026-11-22T09:00+05:30"),
    ("tomorrow at 9", when(named("tomorrow"), at(9)), SAT, SYDNEY, "2026-11-22T09:00+11:00"),
    ("tomorrow at 9", when(named("tomorrow"), at(9)), SAT, "+02:00", "2026-11-22T09:00+02:00"),
    ("tomorrow at 9", when(named("tomorrow"), at(9)), SAT, "-03:30", "2026-11-22T09:00-03:30"),
    ("tomorrow at 9", when(named("tomorrow"), at(9)), SAT, "Asia/Kathmandu", "2026-11-22T09:00+05:45"),
    ("tomorrow at 9", when(named("tomorrow"), at(9)), SAT, "Pacific/Kiritimati", "2026-11-22T09:00+14:00"),
    ("tomorrow at 9", when(named("tomorrow"), at(9)), NEW_YEAR, BERLIN, "2027-01-01T09:00+01:00"),
    ("tomorrow at 9", when(named("tomorrow"), at(9)), NEW_YEAR, TOKYO, "2027-01-02T09:00+09:00"),
    ("tomorrow at 9", when(named("tomorrow"), at(9)), NEW_YEAR, KOLKATA, "2027-01-02T09:00+05:30"),
    ("tomorrow at 9", when(named("tomorrow"), at(9)), NEW_YEAR, NEW_YORK, "2027-01-01T09:00-05:00"),
    ("tomorrow at 9", when(named("tomorrow"), at(9)), LEAP, BERLIN, "2028-02-29T09:00+01:00"),
    ("tomorrow at 9 pm", when(named("tomorrow"), at(9, clock="pm")), SAT, BERLIN, "2026-11-22T21:00+01:00"),
    ("tomorrow at 12 am", when(named("tomorrow"), at(12, clock="am")), SAT, BERLIN, "2026-11-22T00:00+01:00"),
    ("tomorrow at 12 pm", when(named("tomorrow"), at(12, clock="pm")), SAT, BERLIN, "2026-11-22T12:00+01:00"),
    ("tomorrow at 12", when(named("tomorrow"), at(12)), SAT, BERLIN, "2026-11-22T12:00+01:00"),
    ("tomorrow 00:00", when(named("tomorrow"), h24(0)), SAT, BERLIN, "2026-11-22T00:00+01:00"),
    ("tomorrow 24:00", when(named("tomorrow"), h24(24)), SAT, BERLIN, "2026-11-23T00:00+01:00"),
    ("tomorrow 03:00", when(named("tomorrow"), h24(3)), SAT, BERLIN, "2026-11-22T03:00+01:00"),
    ("tomorrow at 3", when(named("tomorrow"), at(3)), SAT, BERLIN, "? 15:00 (Europe/Berlin"),
    ("tomorrow at 6:30", when(named("tomorrow"), at(6, 30)), SAT, BERLIN, "? 18:30 (Europe/Berlin"),
    ("tomorrow at 3 in the afternoon", when(named("tomorrow"), at(3, part="afternoon")), SAT, BERLIN, "2026-11-22T15:00+01:00"),
    ("tomorrow at 8 in the evening", when(named("tomorrow"), at(8, part="evening")), SAT, BERLIN, "2026-11-22T20:00+01:00"),
    ("tomorrow at 6 in the morning", when(named("tomorrow"), at(6, part="morning")), SAT, BERLIN, "2026-11-22T06:00+01:00"),
    ("tomorrow at 12 at night", when(named("tomorrow"), at(12, part="night")), SAT, BERLIN, "2026-11-23T00:00+01:00"),
    ("tomorrow at 2 at night", when(named("tomorrow"), at(2, part="night")), SAT, BERLIN, "2026-11-22T02:00+01:00"),
    ("tomorrow morning", when(named("tomorrow"), at(part="morning")), SAT, BERLIN, "2026-11-22T09:00+01:00"),
    ("tomorrow noon", when(named("tomorrow"), at(part="noon")), SAT, TOKYO, "2026-11-22T12:00+09:00"),
    ("tomorrow afternoon", when(named("tomorrow"), at(part="afternoon")), SAT, BERLIN, "2026-11-22T15:00+01:00"),
    ("tomorrow evening", when(named("tomorrow"), at(part="evening")), SAT, BERLIN, "2026-11-22T19:00+01:00"),
    ("tomorrow", when(named("tomorrow")), SAT, BERLIN, "2026-11-22T09:00+01:00"),
    ("tomorrow, end of day", when(named("tomorrow"), at(part="end_of_day")), SAT, BERLIN, "2026-11-22T17:00+01:00"),
    ("tomorrow at midnight", when(named("tomorrow"), at(part="midnight")), SAT, BERLIN, "? 00:00"),
    ("today 15:00", when(named("today"), h24(15)), SAT, BERLIN, "2026-11-21T15:00+01:00"),
    ("today at 3", when(named("today"), at(3)), SAT, BERLIN, "2026-11-21T15:00+01:00"),
    ("today at 9", when(named("today"), at(9)), SAT, BERLIN, "? has already passed"),
    ("today at 3, said at 20:00", when(named("today"), at(3)), SAT, SYDNEY, "? has already passed"),
    ("Saturday at 3, said at 20:00", when(weekday("saturday"), at(3)), SAT, SYDNEY, "2026-11-28T15:00+11:00"),
    ("today at 9", when(named("today"), at(9)), SAT, NEW_YORK, "2026-11-21T09:00-05:00"),
    ("today 20:00", when(named("today"), h24(20)), SAT, TOKYO, "2026-11-21T20:00+09:00"),
    ("today", when(named("today")), SAT, BERLIN, "? has already passed"),
    ("tonight", when(named("today"), at(part="night")), SAT, BERLIN, "2026-11-21T21:00+01:00"),
    ("tonight at 8", when(named("today"), at(8, part="night")), SAT, BERLIN, "2026-11-21T20:00+01:00"),
    ("tonight at midnight", when(named("today"), at(part="midnight")), SAT, BERLIN, "2026-11-22T00:00+01:00"),
    ("end of day", when(None, at(part="end_of_day")), SAT, BERLIN, "2026-11-21T17:00+01:00"),
    ("end of day", when(None, at(part="end_of_day")), SAT, TOKYO, "? has already passed"),
    ("yesterday at 9", when(named("yesterday"), at(9)), SAT, BERLIN, "? has already passed"),
    ("day after tomorrow 8:15", when(named("day_after_tomorrow"), at(8, 15)), SAT, BERLIN, "2026-11-23T08:15+01:00"),
    ("day after tomorrow", when(named("day_after_tomorrow")), NEW_YEAR, BERLIN, "2027-01-02T09:00+01:00"),
    # --- times alone
    ("at 15:00", when(None, h24(15)), SAT, BERLIN, "2026-11-21T15:00+01:00"),
    ("at 3", when(None, at(3)), SAT, BERLIN, "2026-11-21T15:00+01:00"),
    ("at 3", when(None, at(3)), "2026-11-21T00:30Z", BERLIN, "? or "),
    ("at 9", when(None, at(9)), SAT, BERLIN, "? 21:00 or"),
    ("9 am", when(None, at(9, clock="am")), SAT, BERLIN, "? Sunday 22 November 2026, 09:00"),
    ("9 pm", when(None, at(9, clock="pm")), SAT, BERLIN, "2026-11-21T21:00+01:00"),
    ("noon", when(None, at(part="noon")), SAT, BERLIN, "2026-11-21T12:00+01:00"),
    ("midnight", when(None, at(part="midnight")), SAT, BERLIN, "2026-11-22T00:00+01:00"),
    ("midnight", when(None, at(part="midnight")), NEW_YEAR, BERLIN, "2027-01-01T00:00+01:00"),
    ("24:00", when(None, h24(24)), SAT, BERLIN, "2026-11-22T00:00+01:00"),
    ("25:00", when(None, h24(25)), SAT, BERLIN, "? do not understand the time"),
    ("9:75", when(None, at(9, 75)), SAT, BERLIN, "? do not understand the time"),
    ("23:59:30", when(None, at(23, 59, "24h", second=30)), SAT, BERLIN, "2026-11-21T23:59:30+01:00"),
    # --- weekdays
    ("Friday 15:00", when(weekday("friday"), h24(15)), SAT, BERLIN, "2026-11-27T15:00+01:00"),
    ("Friday 15:00", when(weekday("friday"), h24(15)), SAT, NEW_YORK, "2026-11-27T15:00-05:00"),
    ("Saturday 15:00", when(weekday("saturday"), h24(15)), SAT, BERLIN, "2026-11-21T15:00+01:00"),
    ("Saturday 09:00", when(weekday("saturday"), h24(9)), SAT, BERLIN, "2026-11-28T09:00+01:00"),
    ("Saturday 09:00", when(weekday("saturday"), h24(9)), SAT, TOKYO, "2026-11-28T09:00+09:00"),
    ("Sunday", when(weekday("sunday")), SAT, BERLIN, "2026-11-22T09:00+01:00"),
    ("Wednesday at 9", when(weekday("wednesday"), at(9)), WED, BERLIN, "2027-06-23T09:00+02:00"),
    ("Wednesday at 9", when(weekday("wednesday"), at(9)), WED, NEW_YORK, "2027-06-16T09:00-04:00"),
    ("this Friday", when(weekday("friday", "this")), WED, BERLIN, "2027-06-18T09:00+02:00"),
    ("this Monday", when(weekday("monday", "this")), WED, BERLIN, "? has already passed"),
    ("this Friday", when(weekday("friday", "this")), SAT, BERLIN, "? has already passed"),
    ("next Friday", when(weekday("friday", "next")), WED, BERLIN, "2027-06-25T09:00+02:00"),
    ("next Friday 15:00", when(weekday("friday", "next"), h24(15)), SAT, BERLIN, "2026-11-27T15:00+01:00"),
    ("next Monday", when(weekday("monday", "next")), WED, BERLIN, "2027-06-21T09:00+02:00"),
    ("next Wednesday", when(weekday("wednesday", "next")), WED, BERLIN, "2027-06-23T09:00+02:00"),
    ("Monday of next week", when(weekday("monday", "of_next_week")), WED, BERLIN, "2027-06-21T09:00+02:00"),
    ("Friday after next", when(weekday("friday", "after_next")), WED, BERLIN, "2027-07-02T09:00+02:00"),
    ("Sunday of next week", when(weekday("sunday", "of_next_week")), SAT, BERLIN, "2026-11-29T09:00+01:00"),
    # --- dates
    ("3 March", when(on(3, 3)), SAT, BERLIN, "2027-03-03T09:00+01:00"),
    ("3 March 2028 14:30", when(on(3, 3, 2028), h24(14, 30)), SAT, BERLIN, "2028-03-03T14:30+01:00"),
    ("1 July 10:00", when(on(1, 7), h24(10)), SAT, BERLIN, "2027-07-01T10:00+02:00"),
    ("1 July 10:00", when(on(1, 7), h24(10)), SAT, SYDNEY, "2027-07-01T10:00+10:00"),
    ("21 November 15:00", when(on(21, 11), h24(15)), SAT, BERLIN, "2026-11-21T15:00+01:00"),
    ("20 November", when(on(20, 11)), SAT, BERLIN, "? Saturday 20 November 2027"),
    ("20 November 2026", when(on(20, 11, 2026)), SAT, BERLIN, "? has already passed"),
    ("1 January", when(on(1, 1)), NEW_YEAR, BERLIN, "2027-01-01T09:00+01:00"),
    ("1 January", when(on(1, 1)), NEW_YEAR, TOKYO, "2027-01-01T09:00+09:00"),
    ("31 December 23:45", when(on(31, 12), h24(23, 45)), NEW_YEAR, BERLIN, "2026-12-31T23:45+01:00"),
    ("the 15th", when(on(15)), SAT, BERLIN, "2026-12-15T09:00+01:00"),
    ("the 30th", when(on(30)), SAT, BERLIN, "2026-11-30T09:00+01:00"),
    ("the 31st", when(on(31)), SAT, BERLIN, "2026-12-31T09:00+01:00"),
    ("the 30th", when(on(30)), JAN_31, BERLIN, "2027-03-30T09:00+02:00"),
    ("the 32nd", when(on(32)), SAT, BERLIN, "? no day 32"),
    ("31 April", when(on(31, 4)), SAT, BERLIN, "? no 31 April 2027"),
    ("31 April", when(on(31, 4)), NEW_YEAR, TOKYO, "? no 31 April 2027"),
    ("31 November", when(on(31, 11)), SAT, BERLIN, "? no 31 November 2026"),
    ("29 February", when(on(29, 2)), SAT, BERLIN, "2028-02-29T09:00+01:00"),
    ("29 February 2027", when(on(29, 2, 2027)), SAT, BERLIN, "? 28 February 2027 or Monday 1 March 2027"),
    ("29 February 9:00", when(on(29, 2), at(9)), LEAP, BERLIN, "2028-02-29T09:00+01:00"),
    ("month 13", when(on(1, 13)), SAT, BERLIN, "? Which date"),
    ("3/4", when(on(3, 4, unclear=True)), SAT, BERLIN, "? 3 April 2027 or Thursday 4 March 2027"),
    ("4/4", when(on(4, 4, unclear=True)), SAT, BERLIN, "2027-04-04T09:00+02:00"),
    ("31/3", when(on(31, 3, unclear=True)), SAT, BERLIN, "2027-03-31T09:00+02:00"),
    ("5.1.27", when(on(5, 1, 27)), SAT, BERLIN, "2027-01-05T09:00+01:00"),
    ("in March", when(on(None, 3)), SAT, BERLIN, "2027-03-01T09:00+01:00"),
    ("1 January 2040", when(on(1, 1, 2040)), SAT, BERLIN, "? more than five years"),
    ("1 January 99999", when(on(1, 1, 99999)), SAT, BERLIN, "? "),
    ("day 0", when(on(0, 1)), SAT, BERLIN, "? "),
    # --- periods
    ("end of month", when(period("month")), SAT, BERLIN, "2026-11-30T17:00+01:00"),
    ("end of month", when(period("month")), LEAP, BERLIN, "2028-02-29T17:00+01:00"),
    ("end of month", when(period("month")), NEW_YEAR, BERLIN, "? has already passed"),
    ("end of month", when(period("month")), NEW_YEAR, TOKYO, "2027-01-31T17:00+09:00"),
    ("end of next month", when(period("month", which="next")), SAT, BERLIN, "2026-12-31T17:00+01:00"),
    ("end of next month", when(period("month", which="next")), JAN_31, BERLIN, "2027-02-28T17:00+01:00"),
    ("last business day of the month", when(period("month", business=True)), JAN_31, BERLIN, "? has already passed"),
    ("last business day of next month", when(period("month", which="next", business=True)), JAN_31, BERLIN,
     "2027-02-26T17:00+01:00"),
    ("start of next month", when(period("month", "start", "next")), SAT, BERLIN, "2026-12-01T09:00+01:00"),
    ("first business day of next month", when(period("month", "start", "next", True)), "2027-04-20T08:00Z", BERLIN,
     "2027-05-03T09:00+02:00"),
    ("end of week", when(period("week")), WED, BERLIN, "2027-06-18T17:00+02:00"),
    ("end of week", when(period("week")), SAT, BERLIN, "? has already passed"),
    ("end of next week", when(period("week", which="next")), SAT, BERLIN, "2026-11-27T17:00+01:00"),
    ("start of next week", when(period("week", "start", "next")), SAT, BERLIN, "2026-11-23T09:00+01:00"),
    ("next week", when(period("week", None, "next")), SAT, BERLIN, "2026-11-23T09:00+01:00"),
    ("this week", when(period("week", None)), WED, BERLIN, "? Which day of this week"),
    ("next month", when(period("month", None, "next")), SAT, BERLIN, "2026-12-01T09:00+01:00"),
    ("end of quarter", when(period("quarter")), SAT, BERLIN, "2026-12-31T17:00+01:00"),
    ("end of quarter", when(period("quarter")), WED, BERLIN, "2027-06-30T17:00+02:00"),
    ("end of next quarter", when(period("quarter", which="next")), SAT, BERLIN, "2027-03-31T17:00+02:00"),
    ("end of year", when(period("year")), WED, NEW_YORK, "2027-12-31T17:00-05:00"),
    ("start of next year at 8", when(period("year", "start", "next"), at(8)), SAT, BERLIN, "2027-01-01T08:00+01:00"),
    ("end of month at noon", when(period("month"), at(part="noon")), SAT, BERLIN, "2026-11-30T12:00+01:00"),
    # --- numbered weekdays
    ("first Monday of December", when(nth(1, "monday", 12)), SAT, BERLIN, "2026-12-07T09:00+01:00"),
    ("last Friday of November", when(nth(-1, "friday", 11)), SAT, BERLIN, "2026-11-27T09:00+01:00"),
    ("first Monday of June", when(nth(1, "monday", 6)), WED, BERLIN, "2028-06-05T09:00+02:00"),
    ("first Monday of next month", when(nth(1, "monday", which="next")), SAT, BERLIN, "2026-12-07T09:00+01:00"),
    ("second Tuesday", when(nth(2, "tuesday")), SAT, BERLIN, "2026-12-08T09:00+01:00"),
    ("fifth Monday of February", when(nth(5, "monday", 2)), SAT, BERLIN, "? no 5th Monday"),
    ("zeroth Monday", when(nth(0, "monday")), SAT, BERLIN, "? Which day"),
    # --- offsets
    ("in 20 seconds", after(20, "second"), SAT, BERLIN, "2026-11-21T10:00:20+01:00"),
    ("in 5 minutes", after(5, "minute"), SAT, BERLIN, "2026-11-21T10:05+01:00"),
    ("in half an hour", after(0.5, "hour"), SAT, BERLIN, "2026-11-21T10:30+01:00"),
    ("in 2 hours", after(2, "hour"), SAT, TOKYO, "2026-11-21T20:00+09:00"),
    ("in 2 hours and 30 minutes", after(2, "hour", (30, "minute")), SAT, BERLIN, "2026-11-21T12:30+01:00"),
    ("in 24 hours", after(24, "hour"), GAP_EVE, BERLIN, "2027-03-28T13:00+02:00"),
    ("in 1 day", after(1, "day"), GAP_EVE, BERLIN, "2027-03-28T12:00+02:00"),
    ("in 24 hours", after(24, "hour"), LAP_EVE, BERLIN, "2027-10-31T11:00+01:00"),
    ("in 1 day", after(1, "day"), LAP_EVE, BERLIN, "2027-10-31T12:00+01:00"),
    ("in 1.5 days", after(1.5, "day"), SAT, BERLIN, "2026-11-22T22:00+01:00"),
    ("in 1 day and 2 hours", after(1, "day", (2, "hour")), SAT, BERLIN, "2026-11-22T12:00+01:00"),
    ("in 3 days", after(3, "day"), "2026-11-21T09:02:41Z", BERLIN, "2026-11-24T10:02+01:00"),
    ("in 3 days at 9", after(3, "day", time=at(9)), SAT, BERLIN, "2026-11-24T09:00+01:00"),
    ("in 2 weeks", after(2, "week"), SAT, BERLIN, "2026-12-05T10:00+01:00"),
    ("in a month", after(1, "month"), JAN_31, BERLIN, "2027-02-28T09:00+01:00"),
    ("in 2 months", after(2, "month"), JAN_31, BERLIN, "2027-03-31T09:00+02:00"),
    ("in a year", after(1, "year"), "2028-02-29T10:00Z", BERLIN, "2029-02-28T11:00+01:00"),
    ("in half a month", after(0.5, "month"), SAT, BERLIN, "? as a date"),
    ("in 1 business day", after(1, "business_day"), SAT, BERLIN, "2026-11-23T09:00+01:00"),
    ("in 10 business days", after(10, "business_day"), SAT, BERLIN, "2026-12-04T09:00+01:00"),
    ("in 10 business days", after(10, "business_day"), WED, BERLIN, "2027-06-30T09:00+02:00"),
    ("in 3 business days at 4 pm", after(3, "business_day", time=at(4, clock="pm")), WED, BERLIN, "2027-06-21T16:00+02:00"),
    ("in 0 seconds", after(0, "second"), SAT, BERLIN, "? has already passed"),
    ("5 minutes ago", after(-5, "minute"), SAT, BERLIN, "? has already passed"),
    ("in 10000 years", after(10000, "year"), SAT, BERLIN, "? as a date"),
    ("in 1e300 hours", after(1e300, "hour"), SAT, BERLIN, "? as a date"),
    ("two weeks from Friday", after(2, "week", date=weekday("friday")), SAT, BERLIN, "2026-12-11T09:00+01:00"),
    ("3 days after the 1st of March", after(3, "day", date=on(1, 3)), SAT, BERLIN, "2027-03-04T09:00+01:00"),
    # --- the clocks change
    ("2:30, clocks go forward", when(named("tomorrow"), h24(2, 30)), GAP_EVE, BERLIN, "2027-03-28T03:30+02:00"),
    ("2:00, clocks go forward", when(named("tomorrow"), h24(2)), GAP_EVE, BERLIN, "2027-03-28T03:00+02:00"),
    ("3:00, clocks go forward", when(named("tomorrow"), h24(3)), GAP_EVE, BERLIN, "2027-03-28T03:00+02:00"),
    ("1:59, clocks go forward", when(named("tomorrow"), h24(1, 59)), GAP_EVE, BERLIN, "2027-03-28T01:59+01:00"),
    ("9:00, clocks go forward", when(named("tomorrow"), at(9)), GAP_EVE, BERLIN, "2027-03-28T09:00+02:00"),
    ("2:30, clocks go back", when(named("tomorrow"), h24(2, 30)), LAP_EVE, BERLIN, "2027-10-31T02:30+02:00"),
    ("3:00, clocks go back", when(named("tomorrow"), h24(3)), LAP_EVE, BERLIN, "2027-10-31T03:00+01:00"),
    ("9:00, clocks go back", when(named("tomorrow"), at(9)), LAP_EVE, BERLIN, "2027-10-31T09:00+01:00"),
    ("2:30, US forward", when(named("tomorrow"), h24(2, 30)), US_GAP_EVE, NEW_YORK, "2027-03-14T03:30-04:00"),
    ("2:30 there is no gap here", when(named("tomorrow"), h24(2, 30)), US_GAP_EVE, BERLIN, "2027-03-14T02:30+01:00"),
    ("1:30, US back", when(named("tomorrow"), h24(1, 30)), US_LAP_EVE, NEW_YORK, "2027-11-07T01:30-04:00"),
    ("9:00, US back", when(named("tomorrow"), at(9)), US_LAP_EVE, NEW_YORK, "2027-11-07T09:00-05:00"),
    ("2:15, half an hour's gap", when(on(3, 10, 2027), h24(2, 15)), WED, "Australia/Lord_Howe", "2027-10-03T02:45+11:00"),
    ("1:45, half an hour twice", when(on(4, 4, 2027), h24(1, 45)), SAT, "Australia/Lord_Howe", "2027-04-04T01:45+11:00"),
    ("2:30 in Sydney's gap", when(on(3, 10, 2027), h24(2, 30)), WED, SYDNEY, "2027-10-03T03:30+11:00"),
    ("fixed offset knows no gap", when(on(28, 3, 2027), h24(2, 30)), GAP_EVE, "+01:00", "2027-03-28T02:30+01:00"),
    # --- zones that were named
    ("9am New York time", when(named("tomorrow"), at(9, clock="am"), zone=NEW_YORK), SAT, BERLIN, "2026-11-22T09:00-05:00"),
    ("9am Tokyo", when(named("tomorrow"), at(9), zone="Asia/Tokyo"), SAT, NEW_YORK, "2026-11-22T09:00+09:00"),
    ("today in Tokyo 20:00", when(named("today"), h24(20), zone=TOKYO), SAT, NEW_YORK, "2026-11-21T20:00+09:00"),
    ("tomorrow is Tokyo's tomorrow", when(named("tomorrow"), at(9), zone=TOKYO), NEW_YEAR, BERLIN, "2027-01-02T09:00+09:00"),
    ("12:00 UTC", when(None, h24(12), zone="UTC"), SAT, BERLIN, "2026-11-21T12:00+00:00"),
    ("12:00 GMT+2", when(None, h24(12), zone="GMT+2"), SAT, BERLIN, "2026-11-21T12:00+02:00"),
    ("12:00 +05:30", when(None, h24(12), zone="+05:30"), NEW_YEAR, BERLIN, "2027-01-01T12:00+05:30"),
    ("EST means New York", when(on(1, 7, 2027), h24(12), zone="EST"), WED, BERLIN, "2027-07-01T12:00-04:00"),
    ("by city", when(named("tomorrow"), at(9), zone="new york"), SAT, BERLIN, "2026-11-22T09:00-05:00"),
    ("IST", when(named("tomorrow"), at(9), zone="IST"), SAT, BERLIN, "? Which one do you mean"),
    ("unknown zone", when(named("tomorrow"), at(9), zone="Middle Earth"), SAT, BERLIN, "? do not know the time zone"),
    ("no path is a zone", when(named("tomorrow"), at(9), zone="../../etc/passwd"), SAT, BERLIN, "? do not know the time zone"),
    ("+15:00 is no offset", when(named("tomorrow"), at(9), zone="+15:00"), SAT, BERLIN, "? do not know the time zone"),
    # --- what cannot be done
    ("every Monday", when(weekday("monday"), at(9), repeats=True), SAT, BERLIN, "? once"),
    ("nothing", when(), SAT, BERLIN, "? When should I send it"),
    ("only a zone", when(zone="UTC"), SAT, BERLIN, "? When should I send it"),
    ("weekday without a day", when(SaidDate(kind="weekday")), SAT, BERLIN, "? day of the week"),
    ("period without a name", when(SaidDate(kind="period")), SAT, BERLIN, "? When exactly"),
]  # fmt: skip


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def shown(schedule: Schedule) -> str:
    moment = datetime.fromtimestamp(schedule.instant, tzinfo_of(schedule.zone))
    assert schedule.local == moment.replace(tzinfo=None).isoformat(timespec="seconds")
    return moment.isoformat(timespec="seconds" if moment.second else "minutes")


@pytest.mark.parametrize(("words", "said", "now", "zone", "expected"), TABLE)
def test_expression_gives_the_instant_or_asks(words: str, said: When, now: str, zone: str, expected: str) -> None:
    found = resolve(said, instant(now), zone)
    if expected.startswith("?"):
        assert isinstance(found, Ask), f"{words}: {found}"
        assert expected[1:].strip() in " ".join(found.questions)
        assert all(question.endswith(("?", ".")) for question in found.questions)
    else:
        assert isinstance(found, Resolved), f"{words}: {found}"
        assert shown(found.schedule) == expected


@pytest.mark.parametrize(
    ("said", "zone", "question"),
    [
        (
            when(named("today"), h24(8)),
            BERLIN,
            "Saturday 21 November 2026, 08:00 (Europe/Berlin, UTC+01:00) has already passed: it is 10:00 now. "
            "Do you mean Sunday 22 November 2026, 08:00 or Monday 23 November 2026, 08:00?",
        ),
        (
            when(None, at(3)),
            SYDNEY,
            "Saturday 21 November 2026, 15:00 (Australia/Sydney, UTC+11:00) has already passed: it is 20:00 now. "
            "Do you mean Sunday 22 November 2026, 15:00 or Monday 23 November 2026, 15:00?",
        ),
        (
            when(on(30, 2)),
            BERLIN,
            "There is no 30 February 2027. Did you mean Sunday 28 February 2027 or Monday 1 March 2027?",
        ),
    ],
)
def test_what_is_proposed_lies_ahead_and_names_the_zone_once(said: When, zone: str, question: str) -> None:
    found = resolve(said, instant(SAT), zone)
    assert isinstance(found, Ask)
    assert found.questions == (question,)


def test_the_table_is_as_long_as_promised() -> None:
    assert len(TABLE) >= 150


@pytest.mark.parametrize(
    ("said", "now", "zone", "word"),
    [
        (when(named("tomorrow"), h24(2, 30)), GAP_EVE, BERLIN, "does not exist"),
        (when(named("tomorrow"), h24(2, 30)), LAP_EVE, BERLIN, "comes twice"),
        (when(weekday("friday", "next")), WED, BERLIN, "Friday 18 June 2027"),
        (when(named("tomorrow")), SAT, BERLIN, "No time of day"),
        (after(3, "business_day"), SAT, BERLIN, "public holidays"),
        (when(weekday("saturday"), h24(9)), SAT, BERLIN, "passed today"),
    ],
)
def test_a_rule_that_decided_is_told(said: When, now: str, zone: str, word: str) -> None:
    found = resolve(said, instant(now), zone)
    assert isinstance(found, Resolved)
    assert word in " ".join(found.notices)


FRIDAY_9 = at_local(datetime.fromisoformat("2026-11-27T09:00"), BERLIN).schedule


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (when(None, h24(15)), "2026-11-27T15:00+01:00"),
        (when(weekday("thursday")), "2026-11-26T09:00+01:00"),
        (when(named("tomorrow")), "2026-11-22T09:00+01:00"),
        (after(1, "hour", offset_from="schedule"), "2026-11-27T10:00+01:00"),
        (after(-1, "hour", offset_from="schedule"), "2026-11-27T08:00+01:00"),
        (after(2, "day", offset_from="schedule"), "2026-11-29T09:00+01:00"),
        (after(1, "hour"), "2026-11-21T11:00+01:00"),
        (when(zone=NEW_YORK), "2026-11-27T09:00-05:00"),
        (when(None, at(part="noon")), "2026-11-27T12:00+01:00"),
    ],
)
def test_a_change_keeps_what_was_not_said(said: When, expected: str) -> None:
    found = resolve(said, instant(SAT), BERLIN, FRIDAY_9)
    assert isinstance(found, Resolved)
    assert shown(found.schedule) == expected


def test_relative_times_are_no_wall_clock_times() -> None:
    relative = resolve(after(2, "hour"), instant(SAT), BERLIN)
    absolute = resolve(when(named("tomorrow"), at(9)), instant(SAT), BERLIN)
    assert isinstance(relative, Resolved)
    assert isinstance(absolute, Resolved)
    assert (relative.schedule.wall_clock, absolute.schedule.wall_clock) == (False, True)


def test_a_wall_clock_schedule_follows_new_zone_rules() -> None:
    stale = FRIDAY_9.model_copy(update={"instant": FRIDAY_9.instant + 3600})
    assert instant_of(stale) == FRIDAY_9.instant
    assert instant_of(stale.model_copy(update={"wall_clock": False})) == stale.instant


def test_the_second_of_two_equal_times_stays_the_second() -> None:
    first = at_local(datetime.fromisoformat("2027-10-31T02:30"), BERLIN).schedule
    second = at_instant(first.instant + 3600, BERLIN, wall_clock=True)
    assert second.local == first.local
    assert instant_of(second) == second.instant


def test_a_schedule_in_a_zone_that_vanished_keeps_its_instant() -> None:
    lost = FRIDAY_9.model_copy(update={"zone": "Mars/Olympus"})
    assert instant_of(lost) == FRIDAY_9.instant
    assert describe_time(lost).endswith("08:00 (UTC+00:00)")


@pytest.mark.parametrize(
    ("schedule", "text"),
    [
        (FRIDAY_9, "Friday 27 November 2026, 09:00 (Europe/Berlin, UTC+01:00)"),
        (at_instant(FRIDAY_9.instant, "+05:30"), "Friday 27 November 2026, 13:30 (UTC+05:30)"),
        (at_instant(FRIDAY_9.instant + 20, "UTC"), "Friday 27 November 2026, 08:00:20 (UTC+00:00)"),
    ],
)
def test_a_schedule_is_spelled_out(schedule: Schedule, text: str) -> None:
    assert describe_time(schedule) == text


# --- properties ----------------------------------------------------------------------------------------------

ZONES = st.sampled_from(
    [BERLIN, NEW_YORK, TOKYO, KOLKATA, SYDNEY, "Australia/Lord_Howe", "America/St_Johns", "+05:45", "-11:00"]
)
YEARS = (datetime.fromisoformat("2024-01-01"), datetime.fromisoformat("2035-01-01"))
NOWS = st.datetimes(*YEARS).map(lambda moment: moment.replace(tzinfo=UTC, microsecond=0))
SMALL = st.integers(-40, 2100)


def _maybe(values: list[str]) -> st.SearchStrategy[str | None]:
    return st.none() | st.sampled_from(values)


WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
ANY_DATE = st.builds(
    lambda **fields: SaidDate.model_validate(fields),
    kind=st.sampled_from(["named", "weekday", "calendar", "period", "nth_weekday"]),
    named=_maybe(["yesterday", "today", "tomorrow", "day_after_tomorrow"]),
    weekday=_maybe(WEEKDAYS),
    which=_maybe(["coming", "this", "next", "of_next_week", "after_next"]),
    day=st.none() | SMALL,
    month=st.none() | st.integers(-2, 15),
    year=st.none() | SMALL,
    day_month_unclear=st.booleans(),
    period=_maybe(["week", "month", "quarter", "year"]),
    edge=_maybe(["start", "end"]),
    business=st.booleans(),
    nth=st.none() | st.integers(-3, 8),
)
ANY_TIME = st.builds(
    lambda **fields: SaidTime.model_validate(fields),
    hour=st.none() | st.integers(-5, 30),
    minute=st.integers(-5, 70),
    second=st.integers(-5, 70),
    clock=_maybe(["am", "pm", "24h"]),
    part=_maybe(["morning", "noon", "afternoon", "evening", "night", "midnight", "end_of_day"]),
)
ANY_OFFSET = st.builds(
    SaidOffset,
    amount=st.floats(allow_nan=True, allow_infinity=True) | st.integers(-50, 400).map(float),
    unit=st.sampled_from(["second", "minute", "hour", "day", "business_day", "week", "month", "year"]),
)
ANY_WHEN = st.builds(
    When,
    said=st.just("…"),
    offset=st.lists(ANY_OFFSET, max_size=3).map(tuple),
    offset_from=st.sampled_from(["now", "schedule"]),
    date=st.none() | ANY_DATE,
    time=st.none() | ANY_TIME,
    zone=_maybe(["UTC", "Asia/Tokyo", "nowhere", "", "+25:00", "IST"]),
)
ANY_CURRENT = st.none() | st.builds(
    at_instant, st.integers(1_700_000_000, 2_100_000_000), ZONES, wall_clock=st.booleans()
)


@given(said=ANY_WHEN, now=NOWS, zone=ZONES, current=ANY_CURRENT)
def test_whatever_is_said_gives_a_future_schedule_or_a_question(
    said: When, now: datetime, zone: str, current: Schedule | None
) -> None:
    found = resolve(said, now, zone, current)
    if isinstance(found, Ask):
        assert found.questions
        assert all(found.questions)
    else:
        assert found.schedule.instant > now.timestamp()
        assert instant_of(found.schedule) == found.schedule.instant
        shown(found.schedule)
        assert found.schedule.local[:10] in f"{datetime.fromisoformat(found.schedule.local):%Y-%m-%d}"


@given(now=NOWS, zone=ZONES, hour=st.integers(7, 23), minute=st.integers(0, 59))
def test_tomorrow_is_the_next_day_at_that_wall_clock_time(now: datetime, zone: str, hour: int, minute: int) -> None:
    found = resolve(when(named("tomorrow"), h24(hour, minute)), now, zone)
    assert isinstance(found, Resolved)
    local = datetime.fromisoformat(found.schedule.local)
    assert local.date() == now.astimezone(tzinfo_of(zone)).date() + timedelta(days=1)
    assert (local.hour, local.minute) == (hour, minute)


@given(now=NOWS, zone=ZONES, seconds=st.integers(1, 10_000_000))
def test_exact_offsets_are_exact(now: datetime, zone: str, seconds: int) -> None:
    found = resolve(after(seconds, "second"), now, zone)
    assert isinstance(found, Resolved)
    assert found.schedule.instant == int(now.timestamp()) + seconds


@given(now=NOWS, zone=ZONES, day=st.sampled_from(WEEKDAYS), hour=st.integers(7, 23))
def test_a_weekday_is_that_weekday_within_a_week(now: datetime, zone: str, day: str, hour: int) -> None:
    said = When(
        said="", date=SaidDate.model_validate({"kind": "weekday", "weekday": day, "which": "coming"}), time=h24(hour)
    )
    found = resolve(said, now, zone)
    assert isinstance(found, Resolved)
    local = datetime.fromisoformat(found.schedule.local)
    assert WEEKDAYS[local.weekday()] == day
    assert timedelta() < local - now.astimezone(tzinfo_of(zone)).replace(tzinfo=None) <= timedelta(days=7, hours=2)


@given(moment=st.datetimes(*YEARS), zone=ZONES)
def test_every_local_time_has_an_instant_that_shows_it_or_lies_just_after_the_gap(moment: datetime, zone: str) -> None:
    local = moment.replace(microsecond=0)
    resolved = at_local(local, zone)
    back = datetime.fromisoformat(resolved.schedule.local)
    assert timedelta() <= back - local <= timedelta(hours=1)
    assert (back == local) or resolved.notices


@given(seconds=st.integers(0, 4_000_000_000), zone=ZONES)
def test_described_times_name_the_offset_in_force(seconds: int, zone: str) -> None:
    offset = offset_text(datetime.fromtimestamp(seconds, tzinfo_of(zone)))
    assert f"UTC{offset})" in describe_instant(seconds, zone)
