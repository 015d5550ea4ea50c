"""Files and folders that only their owner may read: how they are made, locked and tightened.

Drafts, addresses and passwords lie in what the agent writes, so nothing of it is for the other users of the machine.
"""

import fcntl
import logging
import os
import stat
from collections.abc import Iterable
from fnmatch import fnmatch
from pathlib import Path
from typing import IO

logger = logging.getLogger(__name__)

PRIVATE_UMASK = 0o077
_OTHERS = 0o077
# A link planted where our file belongs would have us write to another file; a pipe would make the start hang.
_SAFELY = os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK


def write_privately() -> None:
    """From now on everything that this process and its children create is for their user alone (umask 077)."""
    os.umask(PRIVATE_UMASK)


def make_private_folder(folder: Path, ours: Iterable[str] = ()) -> None:
    """Create a folder (0700) with its parents. One that exists and is open to others is closed when it is this user's and
    holds nothing but our files. Any other is kept as it is, with a warning: it may be needed by others.

    Args:
        ours: patterns of the names that our files have (``fnmatch``).

    Raises:
        OSError: it cannot be created.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    status = folder.stat()
    mode = stat.S_IMODE(status.st_mode)
    if not mode & _OTHERS:
        return
    names = [entry.name for entry in folder.iterdir()]
    if names and status.st_uid == os.getuid() and all(any(fnmatch(name, one) for one in ours) for name in names):
        folder.chmod(0o700)
        logger.warning("%s was open to other users of this machine (mode %o); now only to its owner", folder, mode)
    else:
        logger.warning(
            "%s is accessible to other users of this machine (mode %o). Fix it with: chmod 700 %s", folder, mode, folder
        )


def close_to_others(files: Iterable[Path]) -> None:
    """Take away the rights that other users have on files of ours (0600), and log which had been open. What is no regular
    file of this user's is left alone."""
    for file in files:
        try:
            status = file.lstat()
        except FileNotFoundError:
            continue
        if stat.S_ISREG(status.st_mode) and status.st_uid == os.getuid() and status.st_mode & _OTHERS:
            file.chmod(0o600)
            logger.warning("%s could be read by other users of this machine; its mode is now 0600", file)


def open_private(path: Path, flags: int) -> int:
    """Open or create a file (0600) without following a symbolic link. For ``open(…, opener=…)`` and ``os.fdopen``.

    Args:
        flags: as of ``os.open``; ``O_CREAT`` is added.

    Raises:
        OSError: it is a symbolic link, or no regular file, or cannot be opened.
    """
    descriptor = os.open(path, flags | os.O_CREAT | _SAFELY, 0o600)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(f"{path} is no regular file; remove it")
    return descriptor


def lock_file(path: Path) -> IO[bytes]:
    """Lock a file against other processes until it is closed or this process ends, however it does. Its content is kept.

    Raises:
        BlockingIOError: another process has the lock.
        OSError: it is a symbolic link or cannot be opened.
    """
    file = os.fdopen(open_private(path, os.O_RDWR), "r+b")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        close_to_others([path])
    except BaseException:
        file.close()
        raise
    return file


def open_log(path: Path) -> IO[bytes]:
    """A log file to append to, closed to other users.

    Raises:
        OSError: it is a symbolic link or cannot be opened.
    """
    file = os.fdopen(open_private(path, os.O_WRONLY | os.O_APPEND), "ab")
    close_to_others([path])
    return file


def write_private(path: Path, text: str) -> None:
    """Write a whole file, closed to other users.

    Raises:
        OSError: it is a symbolic link or cannot be written.
    """
    with os.fdopen(open_private(path, os.O_WRONLY | os.O_TRUNC), "w", encoding="utf-8") as file:
        close_to_others([path])
        file.write(text)
