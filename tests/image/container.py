"""One container as Docker would run it: read-only root, no privileges, what is mounted writable. Made of util-linux, as root.

The network is that of the caller; everything else (processes, mounts, IPC, host name) is the container's own.
"""

import os
import shlex
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.image.buildah import Image

DEVICES = ("null", "zero", "full", "random", "urandom")
STOP_SECONDS = 30.0
CHECK_SECONDS = 60.0


@dataclass
class Container:
    """A container of an image.

    Args:
        arguments: what follows the image's entry point.
        environment: variables beside those of the image.
        hosts: names that lead to this machine's loopback.
        secrets: a folder that is mounted at ``/run/secrets``.
        volumes: folders of this machine by their place in the container; they are writable.
    """

    image: Image
    arguments: Sequence[str]
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    hosts: Sequence[str] = ()
    secrets: Path | None = None
    volumes: Mapping[str, Path] = field(default_factory=dict)
    _process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and do not wait until it is ready."""
        command = [*self.image.config["Entrypoint"], *self.arguments]
        script = "\n".join([*self._mounts(), f"exec chroot {self._root} {shlex.join(self._unprivileged(command))}"])
        spaces = ["--mount", "--pid", "--ipc", "--uts", "--propagation", "private"]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                ["unshare", *spaces, "--fork", "--kill-child", "sh", "-euc", script],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    @property
    def _root(self) -> str:
        return shlex.quote(str(self.image.rootfs))

    def _mounts(self) -> list[str]:
        root = self._root
        hosts = "".join(f"127.0.0.1 {name}\\n" for name in ("localhost", *self.hosts))
        lines = [
            "umask 022",  # what stands here is read by another user
            f"touch {root}/etc/hosts",
            f"mount --bind {root} {root}",
            f"mount -o remount,bind,ro {root}",
            f"mount -t proc proc {root}/proc",
            f"mount -t tmpfs -o mode=1777,nosuid,nodev tmpfs {root}/tmp",
            f"mount -t tmpfs -o mode=755 tmpfs {root}/dev",
            *(f"touch {root}/dev/{name}; mount --bind /dev/{name} {root}/dev/{name}" for name in DEVICES),
            f"mount -t tmpfs -o mode=755,size=1m tmpfs {root}/run",
            f"printf {shlex.quote(hosts)} > {root}/run/hosts; mount --bind {root}/run/hosts {root}/etc/hosts",
        ]
        if self.secrets is not None:
            lines += [
                f"mkdir {root}/run/secrets",
                f"mount --bind {shlex.quote(str(self.secrets))} {root}/run/secrets",
                f"mount -o remount,bind,ro {root}/run/secrets",
            ]
        for place, folder in self.volumes.items():
            lines.append(f"mount --bind {shlex.quote(str(folder))} {root}{shlex.quote(place)}")
        lines += [f"mount -o remount,ro {root}/run", f"mount -o remount,ro {root}/dev"]
        return lines

    def _unprivileged(self, command: Sequence[str]) -> list[str]:
        user, group = self.image.config["User"].split(":")
        variables = [f"{key}={value}" for key, value in {**self.image.environment, **self.environment}.items()]
        return [
            *("setpriv", "--reuid", user, "--regid", group, "--clear-groups", "--no-new-privs"),
            *("--bounding-set=-all", "--inh-caps=-all", "--ambient-caps=-all"),
            *("env", "--ignore-environment", "--chdir", self.image.config["WorkingDir"], *variables),
            *command,
        ]

    def execute(self, command: Sequence[str]) -> subprocess.CompletedProcess[str]:
        """Run a command in the container, as ``docker exec`` and health checks do."""
        inside = ["nsenter", "--target", str(self.pid), "--mount", "--pid", "--ipc", "--uts", "--root"]
        return subprocess.run(
            [*inside, *self._unprivileged(command)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=CHECK_SECONDS,
            check=False,
        )

    @property
    def pid(self) -> int:
        """The container's first process, as this machine numbers it."""
        assert self._process is not None
        children = (
            Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text(encoding="ascii").split()
        )
        if len(children) != 1:
            raise RuntimeError(f"the container has ended: {self.words()}")
        return int(children[0])

    def is_started(self) -> bool:
        """Whether it stands on the image's files; what is executed before that would run on this machine's."""
        try:
            return self.is_alive() and Path(f"/proc/{self.pid}/root").readlink() == self.image.rootfs
        except (OSError, RuntimeError):
            return False

    def is_alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def words(self) -> str:
        """The end of its output."""
        return self.log.read_text(encoding="utf-8", errors="replace")[-3000:]

    def stop(self) -> tuple[int, float]:
        """Send the image's stop signal to the first process, and kill what has not ended in time.

        Returns:
            The exit code and the seconds that it took; 137 when it had to be killed.
        """
        process = self._process
        if process is None:
            return 0, 0.0
        begin = time.monotonic()
        if process.poll() is None:
            os.kill(self.pid, signal.Signals[self.image.config["StopSignal"]])
        try:
            code = process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            code = 137
        return code, time.monotonic() - begin
