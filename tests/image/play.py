"""Plays the roles in a built image until each is healthy and a mail is answered. Run by ``python -m tests.image`` in a network
namespace of its own, where the ports of docker-compose.yml are free and nothing but loopback can be reached."""

import json
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from inbox_agent.demo.conversation import DemoMailbox, StepFailed, body_of
from inbox_agent.demo.mail_server import MailServer
from inbox_agent.errors import AgentError
from inbox_agent.settings.callers import derived
from tests.image.buildah import Image
from tests.image.compose import ROLES, Role, host_names
from tests.image.container import Container

AGENT, ANN = "agent@demo.example", "ann@demo.example"
PASSWORD, AUTHSERV_ID = "a mailbox's password", "mail.demo.example"
IMAP_PORT, SMTP_PORT, MODEL_PORT = 1143, 1025, 4000
UID = 10001
HEALTHY_SECONDS, ANSWER_SECONDS = 90.0, 60.0
DATA, ENGINE_HOST = "/var/lib/inbox-agent", "iwf-server"
ENGINE_HEALTH = "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8801/info/healthcheck', timeout=4)"


class PlayFailed(Exception):
    """A role did not do what it should; the message says which, and shows the end of its output."""


def settings() -> dict[str, str]:
    """What a user writes into the settings file that docker-compose.yml reads; the passwords come as secrets."""
    return {
        "INBOX_AGENT_ADDRESS": AGENT,
        "INBOX_AGENT_IMAP_HOST": "127.0.0.1",
        "INBOX_AGENT_IMAP_PORT": str(IMAP_PORT),
        "INBOX_AGENT_IMAP_SECURITY": "none",
        "INBOX_AGENT_SMTP_HOST": "127.0.0.1",
        "INBOX_AGENT_SMTP_PORT": str(SMTP_PORT),
        "INBOX_AGENT_SMTP_SECURITY": "none",
        "INBOX_AGENT_ALLOW": "@demo.example",
        "INBOX_AGENT_AUTHSERV_ID": AUTHSERV_ID,
        "INBOX_AGENT_MODEL": "stand-in",
        "OPENAI_BASE_URL": f"http://127.0.0.1:{MODEL_PORT}/v1",
    }


def write_secrets(folder: Path, names: Sequence[str]) -> Path:
    """Files for /run/secrets that the agent's user alone may read."""
    known = {"INBOX_AGENT_IMAP_PASSWORD": PASSWORD, "INBOX_AGENT_SMTP_PASSWORD": PASSWORD}
    folder.mkdir()
    for name in names:
        file = folder / name
        file.write_text(known.get(name) or secrets.token_hex(32), encoding="utf-8")
        file.chmod(0o400)
        os.chown(file, UID, UID)
    folder.chmod(0o755)
    return folder


def is_healthy(container: Container, check: Sequence[str]) -> bool:
    return container.is_started() and container.execute(check).returncode == 0


def wait_until_healthy(name: str, container: Container, check: Sequence[str], begin: float) -> float:
    """Ask the health check again and again.

    Returns:
        Seconds since ``begin``.

    Raises:
        PlayFailed: the container ended, or its check did not pass in time.
    """
    while not is_healthy(container, check):
        if not container.is_alive():
            raise PlayFailed(f"{name} has ended: {container.words()}")
        if time.monotonic() - begin > HEALTHY_SECONDS:
            said = container.execute(check)
            raise PlayFailed(f"{name} is not healthy: {said.stdout}{said.stderr}{container.words()}")
        time.sleep(0.1)
    return time.monotonic() - begin


def confinement_faults(name: str, container: Container) -> Iterator[str]:
    """What a container may that it should not."""
    status = dict(
        line.split(":\t", 1) for line in Path(f"/proc/{container.pid}/status").read_text().splitlines() if ":\t" in line
    )
    if {*status["Uid"].split(), *status["Gid"].split()} != {str(UID)} or status["Groups"].strip():
        yield f"{name} runs as {status['Uid']} with the groups {status['Groups']}"
    if any(int(status[field], 16) for field in ("CapEff", "CapPrm", "CapBnd", "CapAmb")) or status["NoNewPrivs"] != "1":
        yield f"{name} has privileges"
    searched = container.execute(["find", "/", "-xdev", "-writable", "!", "-type", "l"])
    if writable := set(searched.stdout.split()) - {"/tmp", *container.volumes}:
        yield f"{name} can write to {sorted(writable)}"
    mounts = [line.split() for line in Path(f"/proc/{container.pid}/mounts").read_text().splitlines()]
    root = str(container.image.rootfs)
    open_places = {place.removeprefix(root) for _, place, _, options, *_ in mounts if "rw" in options.split(",")}
    ours = {place for place in open_places if not place.startswith(("/proc", "/dev/"))}
    if ours != {"/tmp", *container.volumes}:
        yield f"{name} has other writable mounts than it should: {sorted(ours)}"


@dataclass
class Stage:
    """The image, and the services beside it."""

    image: Image
    folder: Path
    times: dict[str, float] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def container(
        self, name: str, arguments: Sequence[str], environment: Mapping[str, str], data: bool = False
    ) -> Container:
        volumes = {}
        if data:
            volumes[DATA] = self.folder / f"{name}-data"
            volumes[DATA].mkdir(mode=0o700)
            os.chown(volumes[DATA], UID, UID)
        return Container(
            self.image,
            arguments,
            self.folder / f"{name}.log",
            {**settings(), **environment},
            host_names(),
            self.folder / "secrets",
            volumes,
        )

    @contextmanager
    def healthy(self, name: str, container: Container, checks: Mapping[str, Sequence[str]]) -> Iterator[None]:
        """A container that runs, every check of which has passed; it is asked to stop in the end."""
        begin = time.monotonic()
        container.start()
        try:
            for part, check in checks.items():
                self.times[part] = wait_until_healthy(part, container, check, begin)
                print(f"  {part} is healthy after {self.times[part]:.1f} s", flush=True)
            self.faults += confinement_faults(name, container)
            yield
        finally:
            code, seconds = container.stop()
            if code != 0:
                self.faults.append(f"{name} ended with exit code {code}: {container.words()}")
            print(f"  {name} stopped with exit code {code} after {seconds:.1f} s", flush=True)

    def answered(self, name: str) -> None:
        """Send an instruction and wait for the draft.

        Raises:
            StepFailed: none came.
        """
        ann = DemoMailbox("Ann", ANN, PASSWORD, IMAP_PORT, SMTP_PORT)
        begin = time.monotonic()
        mail = ann.send(AGENT, f"To {name}", "Write to sam@corp.example that I'm late and send it tomorrow at 9.")
        wanted = str(mail["Message-ID"])
        draft = ann.wait_for(name, lambda one: wanted in str(one["References"] or ""), set(), ANSWER_SECONDS)
        if "sam@corp.example" not in body_of(draft):
            self.faults.append(f"{name}: the draft does not name its recipient: {body_of(draft)}")
        self.times[f"{name}: mail answered"] = time.monotonic() - begin
        print(f"  a mail is answered after {self.times[f'{name}: mail answered']:.1f} s", flush=True)

    def play_roles(self) -> None:
        """Each role in a container of its own as Compose starts it; the image's embedded engine is their iWF server."""
        shared = {"INBOX_AGENT_ENGINE_SECRET": secrets.token_hex(32)}
        arguments = ["engine", "--data", f"{DATA}/engine", "--allowed-host", ENGINE_HOST]
        key = (self.folder / "secrets" / "INBOX_AGENT_SECRET_KEY").read_text(encoding="utf-8")
        # The engine that is started by itself is told the worker's whole address; an iWF server learns it from the roles.
        worker = f"{ROLES[0].environment['INBOX_AGENT_WORKER_URL']}/{derived(key, 'worker')}"
        engine = self.container("engine", arguments, {**shared, "INBOX_AGENT_WORKER_URL": worker}, data=True)
        health = ["python", "-c", ENGINE_HEALTH]
        with self.healthy("engine", engine, {"engine": health}):
            self._play_after(list(ROLES), shared)

    def _play_after(self, roles: list[Role], shared: Mapping[str, str]) -> None:
        if not roles:
            self.answered("roles")
            return
        first, *others = roles
        container = self.container(first.name, first.arguments, {**first.environment, **shared})
        with self.healthy(first.name, container, {first.name: first.health_check}):
            self._play_after(others, shared)

    def play_run(self) -> None:
        """``run`` as a whole, with the embedded engine, in one container."""
        checks = {f"run: {role.name}": role.health_check for role in ROLES}
        with self.healthy("run", self.container("run", ["run"], {}, data=True), checks):
            self.answered("run")


@contextmanager
def standin_model() -> Iterator[None]:
    command = [sys.executable, "-P", "-m", "inbox_agent", "standin-model", "--port", str(MODEL_PORT)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            yield
        finally:
            process.terminate()


def main(given: Path) -> int:
    """Play with the image that the file describes and write the times and faults beside it."""
    image = Image(**{**(told := json.loads(given.read_text(encoding="utf-8"))), "rootfs": Path(told["rootfs"])})
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    stage = Stage(image, given.parent)
    write_secrets(stage.folder / "secrets", sorted({name for role in ROLES for name in role.secrets}))
    users = {AGENT: PASSWORD, ANN: PASSWORD}
    mail = MailServer(
        stage.folder / "mail", users=users, imap_port=IMAP_PORT, smtp_port=SMTP_PORT, authserv_id=AUTHSERV_ID
    )
    try:
        with mail, standin_model():
            stage.play_roles()
            stage.play_run()
    except StepFailed as error:
        words = [log.read_text(encoding="utf-8", errors="replace")[-1500:] for log in stage.folder.glob("*.log")]
        stage.faults.append("\n".join([str(error), *words]))
    except (PlayFailed, AgentError, RuntimeError, OSError, subprocess.SubprocessError) as error:
        stage.faults.append(str(error))
    given.with_name("played.json").write_text(
        json.dumps({"times": stage.times, "faults": stage.faults}), encoding="utf-8"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
