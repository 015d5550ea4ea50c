"""The demo keeps its secrets to itself."""

import stat
from pathlib import Path

from inbox_agent.demo.command import demo_processes, open_world


def test_no_process_of_the_demo_gets_a_password_or_key_as_an_argument(tmp_path: Path) -> None:
    world = open_world(tmp_path / "demo")
    arguments = [argument for process in demo_processes(world) for argument in process.arguments]
    for secret in (*world.passwords.values(), world.api_token, world.secret_key):
        assert not any(secret in argument for argument in arguments)


def test_what_the_demo_keeps_is_closed_to_other_users(tmp_path: Path) -> None:
    demo_processes(open_world(tmp_path / "demo"))
    for path in (tmp_path / "demo", *(tmp_path / "demo").rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path
