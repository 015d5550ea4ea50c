"""What the machine and its processes say: fsync rate, memory, processor time. Linux only, as /proc is."""

import os
import time
from pathlib import Path

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
BLOCK = b"x" * 4096


def resident_megabytes(pid: int) -> float:
    """Resident memory of a process, in MB of 10^6 bytes."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024 / 1e6
    raise ValueError(f"no VmRSS of {pid}")


def processor_seconds(pid: int) -> float:
    """User and system time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_SECOND


def processor_share(pid: int, seconds: float) -> float:
    """The share of one core, in percent, that a process uses over the next seconds."""
    before, begin = processor_seconds(pid), time.monotonic()
    time.sleep(seconds)  # the measurement itself
    return 100 * (processor_seconds(pid) - before) / (time.monotonic() - begin)


def syncs_per_second(directory: Path, count: int = 200) -> float:
    """Appends of 4 KB with fdatasync, a second, on the disk of a directory."""
    path = directory / "syncs"
    descriptor = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
    try:
        begin = time.monotonic()
        for number in range(count):
            os.pwrite(descriptor, BLOCK, number * len(BLOCK))
            os.fdatasync(descriptor)
        return count / (time.monotonic() - begin)
    finally:
        os.close(descriptor)
        path.unlink()
