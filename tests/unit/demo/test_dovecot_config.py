"""The generated dovecot.conf, and what is refused before anything starts."""

from dataclasses import replace
from pathlib import Path

import pytest

from inbox_agent.demo.dovecot import (
    LONGEST_RUN_PATH,
    require_capabilities,
    run_folder,
    service_account,
    start_command,
    telling_lines,
)
from inbox_agent.demo.dovecot_config import SERIES, DovecotSettings, Series, render_configuration
from inbox_agent.demo.dovecot_install import InstalledDovecot, find_dovecot, lay_over, parse_series
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


def lines(series: Series, settings: DovecotSettings = SETTINGS) -> list[str]:
    return [line.strip() for line in render_configuration(settings, series).splitlines()]


@pytest.mark.parametrize("series", SERIES)
def test_it_listens_on_loopback_only_writes_below_its_folder_and_runs_as_the_given_user(series: Series) -> None:
    text = lines(series)
    assert "listen = 127.0.0.1" in text
    assert "base_dir = /srv/mail/run" in text
    assert "state_dir = /srv/mail/run" in text
    assert "default_internal_user = mailer" in text
    assert "default_login_user = mailer" in text
    assert [line for line in text if line.startswith("port =")] == ["port = 1143", "port = 0"]
    assert "port = 1200" in lines(series, replace(SETTINGS, imap_port=1200))


@pytest.mark.parametrize("series", SERIES)
def test_braces_close_what_they_open(series: Series) -> None:
    depth = 0
    for line in lines(series):
        depth += line.endswith("{") - (line == "}")
        assert depth >= 0
    assert depth == 0


def test_2_3_gets_its_own_words() -> None:
    text = lines("2.3")
    assert "args = uid=1001 gid=1002 home=/srv/mail/mail/%Lu" in text
    assert "ssl_cert = </srv/mail/c.pem" in text
    assert "mail_location = sdbox:~/mail" in text
    assert text.count("chroot =") == 3
    assert not [line for line in text if "dovecot_config_version" in line or "%{" in line]


def test_2_4_gets_its_own_words_and_its_version_first() -> None:
    text = lines("2.4")
    settings = [line for line in text if not line.startswith("#")]
    assert settings[:2] == ["dovecot_config_version = 2.4.0", "dovecot_storage_version = 2.4.0"]
    assert "ssl_server_cert_file = /srv/mail/c.pem" in text
    assert "passwd_file_path = /srv/mail/users/%{user | lower}" in text
    assert "home = /srv/mail/mail/%{user | lower}" in text
    assert {"uid = 1001", "gid = 1002", "mail_driver = sdbox", "mail_path = ~/mail"} <= set(text)
    assert text.count("chroot =") == 1
    assert not [line for line in text if "%L" in line or "service_count" in line or "disable_plaintext" in line]


@pytest.mark.parametrize(
    ("version", "series"),
    [
        ("2.3.4.1", "2.3"),
        ("2.3.21.1", "2.3"),
        ("2.4.1-4", "2.4"),
        ("2.4.5", "2.4"),
        ("2.2.36", None),
        ("2.30.1", None),
        ("2.40", None),
        ("2.5.0", None),
        ("3.0.1", None),
        ("12.4.1", None),
        ("unknown", None),
        ("", None),
    ],
)
def test_the_version_decides_the_configuration(version: str, series: Series | None) -> None:
    assert parse_series(version) == series


@pytest.mark.parametrize("name", ["x" * LONGEST_RUN_PATH, "a b", "100%"])
def test_a_path_that_sockets_or_the_configuration_cannot_hold_gets_a_private_folder(name: str) -> None:
    data = Path("/srv") / name
    run = run_folder(data)
    assert data not in run.parents
    assert run == run_folder(data), "the same for every start"
    assert run != run_folder(data / "other")


def test_a_short_plain_path_is_used_as_it_is() -> None:
    assert run_folder(Path("/srv/mail")) == Path("/srv/mail/run")


def fake_dovecot(folder: Path, script: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / "dovecot"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)


@pytest.mark.parametrize("version", ["2.2.36 (abc)", "2.5.0 (abc)", "3.1.0 (abc)"])
def test_another_version_of_dovecot_is_refused_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str
) -> None:
    fake_dovecot(tmp_path, f"echo '{version}'")
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(ConfigurationError) as refused:
        find_dovecot(tmp_path / "nothing unpacked")
    sentence = str(refused.value)
    assert "2.3 and 2.4" in sentence
    assert version.split(maxsplit=1)[0] in sentence
    assert "INBOX_AGENT_IMAP_*" in sentence
    assert "\n" not in sentence


def test_a_dovecot_that_cannot_say_its_version_is_told_with_its_own_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_dovecot(tmp_path, "echo 'libdovecot.so.0: cannot open shared object file' >&2; exit 127")
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(ConfigurationError, match=r"cannot open shared object file.*dovecot-imapd dovecot-lmtpd"):
        find_dovecot(tmp_path / "nothing unpacked")


def test_each_supported_version_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_dovecot(tmp_path, "echo '2.4.1-4 (7d8c0e5759)'")
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert find_dovecot(tmp_path / "nothing unpacked") == InstalledDovecot("2.4", str(tmp_path / "dovecot"))


def test_an_unpacked_dovecot_that_this_machine_does_not_let_show_names_the_packages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "unpacked/usr/lib/dovecot").mkdir(parents=True)
    forbidding = tmp_path / "bin/unshare"
    fake_dovecot(forbidding.parent, "")
    forbidding.write_text("#!/bin/sh\necho 'unshare: unshare failed: Operation not permitted' >&2; exit 1\n")
    forbidding.chmod(0o755)
    monkeypatch.setenv("PATH", f"{forbidding.parent}:/usr/bin:/bin")
    with pytest.raises(
        ConfigurationError, match=r"unshare failed: Operation not permitted.*dovecot-imapd dovecot-lmtpd"
    ):
        find_dovecot(tmp_path / "unpacked")


def test_what_is_only_unpacked_is_entered_by_namespaces_and_left_without_their_rights() -> None:
    entry = lay_over(Path("/srv/my debian: one"), as_root=False)
    assert entry[0] == "unshare"
    assert {"--user", "--mount"} <= set(entry)
    assert "--user" not in lay_over(Path("/srv"), as_root=True), "root needs no user namespace, and other users' ids"
    installed = InstalledDovecot("2.4", "/usr/sbin/dovecot", entry, ("--ambient-caps=-all",))
    command = start_command(installed, service_account())
    assert command[: len(entry)] == list(entry)
    assert command[-3:] == ["--ambient-caps=-all", "--", "/usr/sbin/dovecot"]


@pytest.mark.parametrize(
    ("held", "missing"),
    [
        ("0000000000000000", "CAP_DAC_OVERRIDE, CAP_SETGID, CAP_SETUID, CAP_SETPCAP"),
        ("00000000000000c2", "CAP_SETPCAP"),
        ("0000000000000042", "CAP_SETUID, CAP_SETPCAP"),
    ],
)
def test_root_that_may_not_become_another_user_is_told_what_is_missing(held: str, missing: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        require_capabilities(f"Name:\tpython3\nCapPrm:\t000001ffffffffff\nCapEff:\t{held}\nCapBnd:\t000001ffffffffff\n")
    assert f"it lacks {missing};" in str(refused.value)
    assert "ordinary user" in str(refused.value)


@pytest.mark.parametrize("held", ["000001ffffffffff", "00000000a80425fb"], ids=["all", "a container's default"])
def test_root_with_its_capabilities_starts(held: str) -> None:
    require_capabilities(f"CapEff:\t{held}\n")


def test_the_telling_lines_are_those_of_errors_else_the_last_ones() -> None:
    assert telling_lines("a\nb\nc\nd\n") == "b | c | d"
    assert telling_lines("setpriv: setresuid failed: Operation not permitted\nmore\n").startswith("setpriv: setresuid")
    assert telling_lines("x\nmaster: Fatal: bind() failed\ny\n") == "master: Fatal: bind() failed"
    assert "said nothing" in telling_lines("\n")
