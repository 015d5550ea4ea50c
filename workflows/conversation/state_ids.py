"""The ids of the states, as the iWF server knows them: the names of their classes. Stored runs hold them, so they stay."""

from enum import StrEnum


class StateId(StrEnum):
    """Named where a state is started by another one, so that no two states import each other."""

    INIT = "InitState"
    AGENT = "AgentState"
    TURN = "TurnState"
    LOST_TURN = "LostTurnState"
    SCHEDULE = "ScheduleState"
    SENDING = "SendingState"
    RECOVER = "RecoverState"
    NOTIFY = "NotifyState"
    RECEIPT = "ReceiptState"
    REMEMBER = "RememberState"
    CLOSE = "CloseState"
