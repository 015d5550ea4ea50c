"""The generated dovecot.conf, and what is refused before anything starts."""

from dataclasses import replace
from pathlib import Path

import pytest

from inbox_agent.embedded.dovecot import LONGEST_RUN_PATH, find_dovecot, run_folder
from inbox_agent.embedded.dovecot_config import DovecotSettings, render_dovecot_2_3
from inbox_agent.errors import ConfigurationError

SETTINGS = DovecotSettings(
    data=Path("/srv/mail"),
    run=Path("/srv/mail/run"),
    log=Path("/srv/mail/dovecot.log"),
    certificate=Path("/srv/mail/c.pem"),
    key=Path("/srv/mail/c.key"),
    user="mailer",
    group="mailers",
    uid=1001,
    gid=1002,
    imap_port=1143,
)


def test_it_listens_on_loopback_only_and_runs_as_the_given_user() -> None:
    lines = [line.strip() for line in render_dovecot_2_3(SETTINGS).splitlines()]
    assert "listen = 127.0.0.1" in lines
    assert "default_internal_user = mailer" in lines
    assert "default_login_user = mailer" in lines
    assert "args = uid=1001 gid=1002 home=/srv/mail/mail/%Lu" in lines
    assert "port = 1143" in lines
    assert lines.count("chroot =") == 3
    assert "port = 1200" in render_dovecot_2_3(replace(SETTINGS, imap_port=1200))


@pytest.mark.parametrize("name", ["x" * LONGEST_RUN_PATH, "a b", "100%"])
def test_a_path_that_sockets_or_the_configuration_cannot_hold_gets_a_private_folder(name: str) -> None:
    data = Path("/srv") / name
    run = run_folder(data)
    assert data not in run.parents
    assert run == run_folder(data), "the same for every start"
    assert run != run_folder(data / "other")


def test_a_short_plain_path_is_used_as_it_is() -> None:
    assert run_folder(Path("/srv/mail")) == Path("/srv/mail/run")


def test_another_version_of_dovecot_is_refused_with_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "dovecot"
    program.write_text("#!/bin/sh\necho '2.4.1 (abc)'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(ConfigurationError, match=r"Dovecot 2\.3.*2\.4\.1"):
        find_dovecot()
