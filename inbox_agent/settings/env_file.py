"""The settings file: ``NAME=value`` lines that need no quoting and no shell, read into the environment.

Everything after the first ``=`` up to the end of the line is the value: spaces, ``$``, ``&``, ``#``, quotes and backslashes
stand for themselves. Lines that are blank or begin with ``#`` are skipped. For people who are used to shells, ``export``
before a name is ignored, and one pair of equal quotes around the whole value is taken off; a value that itself begins and ends
with the same quote is written with another pair around it. A byte order mark and CRLF are tolerated.
"""

import difflib
import os
import re
import stat
import sys
from collections.abc import Iterator, Mapping, MutableMapping
from pathlib import Path

from inbox_agent.errors import ConfigurationError
from inbox_agent.settings.agent import variables

DEFAULT_ENV_FILE = Path("inbox-agent.env")
# Not settings of ours, but what the libraries below take from the environment: they may stand in the file, too.
PASSED_ON = frozenset("HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY SSL_CERT_FILE SSL_CERT_DIR TZ".split())
MAX_BYTES = 1_000_000
# Tells the processes that `inbox-agent run` starts, which read no file themselves, what to name in a hint. No setting.
_IN_USE = "_INBOX_AGENT_ENV_FILE"
_LINE = re.compile(r"[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_]*)=(.*)", re.DOTALL)


def use_env_file(path: Path | None, environment: MutableMapping[str, str] = os.environ) -> Path | None:
    """Add the settings of a file to the environment; what is set there already stays.

    Args:
        path: None for ``inbox-agent.env`` in the current folder, when there is one.

    Returns:
        The file that was read, or None.

    Raises:
        ConfigurationError: it cannot be read; one line for each line of it that is wrong.
    """
    if path is None and not DEFAULT_ENV_FILE.exists():
        return None
    file = path or DEFAULT_ENV_FILE
    for name, value in read_env_file(file).items():
        environment.setdefault(name, value)
    if _others_may_read(file):
        print(
            f"inbox-agent: {file} contains secrets and other users can read it; run: chmod 600 {file}", file=sys.stderr
        )
    return file


def remember_env_file(file: Path | None, environment: MutableMapping[str, str] = os.environ) -> None:
    """Let this process, and those that it starts, name the file that was read in their hints."""
    if file is not None and file != Path(os.devnull):
        environment[_IN_USE] = str(file.absolute())


def env_file_in_use(environment: Mapping[str, str] = os.environ) -> Path | None:
    """The settings file that this process, or the one that started it, has read: a whole path."""
    return Path(environment[_IN_USE]) if environment.get(_IN_USE) else None


def read_env_file(file: Path) -> dict[str, str]:
    """The settings of a file.

    Raises:
        ConfigurationError: as for ``use_env_file``.
    """
    try:
        with file.open("rb") as opened:
            content = opened.read(MAX_BYTES + 1)
    except OSError as error:
        raise ConfigurationError(f"--env-file: {file} cannot be read: {error.strerror}") from error
    if len(content) > MAX_BYTES:
        raise ConfigurationError(f"--env-file: {file} is larger than {MAX_BYTES} bytes; is it a settings file?")
    return parse_env_file(content, str(file))


def parse_env_file(content: bytes, file: str = "inbox-agent.env") -> dict[str, str]:
    """Names and values of a settings file.

    Args:
        file: its name, for the messages. No value is ever in a message.

    Raises:
        ConfigurationError: one line for each line that is wrong.
    """
    found: dict[str, str] = {}
    lines: dict[str, int] = {}
    problems = []
    for number, line in enumerate(content.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        problem = ""
        try:
            setting = parse_line(line.removesuffix(b"\r"))
        except ValueError as error:
            problem = str(error)
            setting = None
        if setting is not None:
            name, value = setting
            problem = _wrong_name(name) or (f"{name}: is already set in line {lines[name]}" if name in lines else "")
            found[name], lines[name] = value, number
        if problem:
            problems.append(f"{file}:{number}: {problem}")
    if problems:
        raise ConfigurationError("\n".join(problems))
    return found


def parse_line(line: bytes) -> tuple[str, str] | None:
    """Name and value of one line without its end; None for a blank line or a comment.

    Raises:
        ValueError: it is none of these; says why.
    """
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ValueError("is not in UTF-8; save the file in UTF-8") from error
    if not text.strip() or text.lstrip().startswith("#"):
        return None
    if "\r" in text or "\0" in text:
        raise ValueError("contains a carriage return or NUL; save the file with normal line endings")
    match = _LINE.fullmatch(text)
    if match is None:
        raise ValueError("is not a setting; write NAME=value without spaces before the = (start comments with #)")
    return match[1], _without_quotes(match[2])


def render_line(name: str, value: str) -> str:
    """The line that ``parse_line`` reads as this.

    Raises:
        ValueError: the value holds a line break or NUL, which the format cannot hold.
    """
    if any(char in value for char in "\r\n\0"):
        raise ValueError(f"{name}: a value cannot contain a line break")
    return f'{name}="{value}"' if _without_quotes(value) != value else f"{name}={value}"


def update_env_file(content: bytes, settings: Mapping[str, str]) -> bytes:
    """The content of a settings file with these settings changed where they stand, and added at its end where they do not.

    An empty value comments out the line. Comments and other settings stay as they are.

    Raises:
        ValueError: a value cannot stand in a settings file.
    """
    rest = dict(settings)
    lines = list(_updated(content.decode("utf-8-sig").replace("\r\n", "\n").split("\n"), rest))
    while lines and not lines[-1]:
        lines.pop()
    lines += [render_line(name, value) for name, value in rest.items() if value]
    return "".join(f"{line}\n" for line in lines).encode()


def _updated(lines: list[str], rest: dict[str, str]) -> Iterator[str]:
    for line in lines:
        setting = parse_line(line.encode())
        if setting is None or setting[0] not in rest:
            yield line
        elif value := rest.pop(setting[0]):
            yield line if setting[1] == value else render_line(setting[0], value)


def _without_quotes(value: str) -> str:
    bare = value.strip(" \t")
    if len(bare) >= 2 and bare[0] == bare[-1] and bare[0] in "\"'":
        return bare[1:-1]
    return value


def _wrong_name(name: str) -> str:
    known = variables()
    if name in known or name.upper() in PASSED_ON:
        return ""
    close = difflib.get_close_matches(name.upper(), known, n=1)
    return f"{name}: is not a setting of this program" + (f"; did you mean {close[0]}?" if close else "")


def _others_may_read(file: Path) -> bool:
    """Whether group or others may read a file that is not one of systemd's credentials, which only the service can reach."""
    status = file.stat()
    credentials = os.environ.get("CREDENTIALS_DIRECTORY", "")
    inside = bool(credentials) and file.absolute().is_relative_to(credentials)
    return stat.S_ISREG(status.st_mode) and bool(status.st_mode & 0o077) and not inside
