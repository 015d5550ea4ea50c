"""The unit that runs the agent as a service of systemd (250 or newer), closed off from the rest of the machine."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

# What ProtectHome=yes hides (systemd.exec(5)).
HOMES = ("/home", "/root", "/run/user")
_MAX_LINKS = 40
UNIT = """\
# Install: save as /etc/systemd/system/inbox-agent.service, then: systemctl enable --now inbox-agent
# The settings file can stay readable only by root: systemd passes it to the service as a credential.
[Unit]
Description=inbox-agent, an AI email agent that lives in a mailbox
Wants=network-online.target
After=network-online.target

[Service]
ExecStart={python} -P -m inbox_agent run --env-file %d/inbox-agent.env
LoadCredential=inbox-agent.env:{env_file}
Environment=INBOX_AGENT_DATA=%S/inbox-agent
StateDirectory=inbox-agent
StateDirectoryMode=0700
WorkingDirectory=%S/inbox-agent
DynamicUser=yes
Restart=on-failure
RestartSec=10
# Wrong settings: a restart would not help.
RestartPreventExitStatus=2
TimeoutStopSec=60

UMask=0077
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome={protect_home}
PrivateTmp=yes
PrivateDevices=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
LockPersonality=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
CapabilityBoundingSet=

[Install]
WantedBy=multi-user.target
"""


def systemd_unit(env_file: Path, python: Path, homes: Sequence[str] = HOMES) -> str:
    """The unit for this settings file and the Python that the program is installed in."""
    at_home = any(place.is_relative_to(home) for place in _places_of(python) for home in homes)
    return UNIT.format(
        python=_quoted(python.absolute()),
        env_file=_escaped(env_file.absolute()),
        protect_home="read-only" if at_home else "yes",
    )


def remark_on(python: Path) -> str:
    """What keeps a service from using this Python, or ""."""
    for place in _places_of(python):
        for folder in place.parents:
            try:
                if folder.exists() and not folder.stat().st_mode & 0o001:
                    through = "" if place == python.absolute() else f", which needs {place}"
                    return (
                        f"{folder} is closed to other users, so the service could not run {python}{through}; install "
                        "inbox-agent somewhere else, with a Python of the system: python3 -m venv /opt/inbox-agent"
                    )
            except OSError:
                continue
    return ""


def _places_of(python: Path) -> Iterator[Path]:
    """Every file that has to be reached to run this Python: itself, what its links lead through, and the installation that a
    virtual environment names (``home`` in its pyvenv.cfg)."""
    for start in (python.absolute(), *_installation(python.absolute())):
        place = start
        for _ in range(_MAX_LINKS):
            yield place
            yield place.parent.resolve() / place.name
            if not place.is_symlink():
                break
            place = place.parent.resolve() / place.readlink()


def _installation(python: Path) -> Iterator[Path]:
    try:
        config = (python.parent.parent / "pyvenv.cfg").read_text(encoding="utf-8")
    except (OSError, UnicodeError):
        return
    if home := re.search(r"^home[ \t]*=[ \t]*(/.*?)[ \t]*$", config, re.MULTILINE):
        yield Path(home[1]) / python.name


def _escaped(path: Path) -> str:
    return str(path).replace("%", "%%")


def _quoted(path: Path) -> str:
    text = _escaped(path).replace("\\", "\\\\").replace('"', '\\"').replace("$", "$$")
    return f'"{text}"' if any(char in text for char in " \t'\"\\;") else text
