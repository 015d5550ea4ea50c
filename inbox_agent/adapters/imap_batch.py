"""Which messages one look into the inbox reads, when not all of them fit."""

# One look holds at most so much in memory (and at least one message).
MAX_BATCH_BYTES = 64 * 1024 * 1024
# Up to this size a message goes before larger ones.
SMALL_BYTES = 256 * 1024


def choose_batch(sizes: dict[int, int], limit: int, max_message_bytes: int) -> list[int]:
    """The UIDs that one fetch reads, in order: the oldest message, then small ones before large ones, as many as fit.

    Args:
        sizes: in bytes, by UID. max_message_bytes: of larger messages only the header is read.
    """
    oldest = min(sizes, default=0)
    by_rank = sorted(sizes, key=lambda uid: (uid != oldest, sizes[uid] > SMALL_BYTES, uid))
    chosen: list[int] = []
    total = 0
    for uid in by_rank[:limit]:
        total += sizes[uid] if sizes[uid] <= max_message_bytes else 0
        if chosen and total > MAX_BATCH_BYTES:
            break
        chosen.append(uid)
    return sorted(chosen)
