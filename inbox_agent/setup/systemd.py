"""The unit that runs the agent as a service of systemd (250 or newer), closed off from the rest of the machine."""

from pathlib import Path

UNIT = """\
# Install: save as /etc/systemd/system/inbox-agent.service, then: systemctl enable --now inbox-agent
# The settings file may stay readable for root alone: systemd hands it to the service as a credential.
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
# Wrong settings: starting again cannot help.
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


def systemd_unit(env_file: Path, python: Path) -> str:
    """The unit for this settings file and the Python that the program is installed in."""
    at_home = any(python.is_relative_to(home) for home in ("/home", "/root"))
    return UNIT.format(
        python=_quoted(python.absolute()),
        env_file=_escaped(env_file.absolute()),
        protect_home="read-only" if at_home else "yes",
    )


def remark_on(python: Path) -> str:
    """What keeps a service from using this Python, or ""."""
    for folder in python.absolute().parents:
        try:
            if folder.exists() and not folder.stat().st_mode & 0o001:
                return (
                    f"{folder} is closed to other users, so the service could not run {python}; install inbox-agent somewhere "
                    "else, for example by: python3 -m venv /opt/inbox-agent"
                )
        except OSError:
            continue
    return ""


def _escaped(path: Path) -> str:
    return str(path).replace("%", "%%")


def _quoted(path: Path) -> str:
    text = _escaped(path).replace("\\", "\\\\").replace('"', '\\"').replace("$", "$$")
    return f'"{text}"' if any(char in text for char in " \t'\"\\;") else text
