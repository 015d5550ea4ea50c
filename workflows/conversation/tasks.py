"""The channels by which background tasks of a run follow each other."""

from iwf.persistence import Persistence

from workflows.conversation import schema as s


def done_channel(number: int) -> str:
    return f"{s.CH_TASK_DONE_PREFIX}{number}"


def last_channel(persistence: Persistence) -> str:
    return done_channel(persistence.get_data_attribute(s.DA_TASK_COUNT) or 0)
