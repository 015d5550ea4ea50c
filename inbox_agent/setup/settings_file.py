"""Writing the settings file: for its owner alone, whole or not at all, and what else stood there stays."""

import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from inbox_agent.errors import ConfigurationError
from inbox_agent.settings.env_file import update_env_file

HEADER = (
    "# Settings of inbox-agent, written by `inbox-agent setup`. NAME=value to the end of the line; nothing needs quotes.\n"
    "# Keep this file private (chmod 600): it contains passwords and keys.\n"
)


def write_settings(file: Path, settings: Mapping[str, str]) -> None:
    """Write a settings file with mode 0600; an empty value removes a setting.

    Raises:
        ConfigurationError: the file cannot be written.
    """
    file = file.resolve()
    try:
        before = file.read_bytes() if file.exists() else HEADER.encode()
        _replace(file, update_env_file(before, settings))
    except OSError as error:
        raise ConfigurationError(f"--env-file: {file} cannot be written: {error.strerror}") from error
    except ValueError as error:
        raise ConfigurationError(str(error)) from error


def _replace(file: Path, content: bytes) -> None:
    # mkstemp makes it with mode 0600, and in the same folder, so that the last step is atomic.
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(handle, "wb") as opened:
            opened.write(content)
            opened.flush()
            os.fsync(opened.fileno())
        Path(name).replace(file)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise
