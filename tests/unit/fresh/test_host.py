"""What a fresh system takes over of a machine's settings of apt and pip."""

from pathlib import Path

import pytest

from inbox_agent.errors import ConfigurationError
from tests.fresh.host import TAKEN_APT_OPTIONS, AptSource, named_paths, parse_sources, sources_for, taken_environment
from tests.fresh.report import Played, last_word, table
from tests.fresh.system import debootstrap_command

DEB822 = """\
# a comment
Types: deb deb-src
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main contrib
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://mirror.example/debian-security
Suites: bookworm-security
Components: main

Types: deb
Enabled: no
URIs: http://off.example/debian
Suites: bookworm
Components: main
"""
ONE_LINE = """\
# deb http://commented.example/debian bookworm main
deb [arch=amd64 signed-by=/usr/share/keyrings/k.gpg] http://mirror.example/debian bookworm main contrib
deb-src http://mirror.example/debian bookworm main
deb http://other.example/tool stable main
"""


def test_both_formats_of_apt_are_read() -> None:
    assert [(one.uri, one.suite) for one in parse_sources(DEB822)] == [
        ("http://mirror.example/debian", "bookworm"),
        ("http://mirror.example/debian", "bookworm-updates"),
        ("http://mirror.example/debian-security", "bookworm-security"),
    ]
    assert [one.line() for one in parse_sources(ONE_LINE)] == [
        "deb http://mirror.example/debian bookworm main contrib",
        "deb http://other.example/tool stable main",
    ]


def test_the_machines_own_archives_serve_another_suite_and_third_parties_do_not() -> None:
    host = [*parse_sources(DEB822), *parse_sources(ONE_LINE)[1:]]
    assert [one.line() for one in sources_for(host, "bookworm", "trixie")] == [
        "deb http://mirror.example/debian trixie main contrib",
        "deb http://mirror.example/debian trixie-updates main contrib",
        "deb http://mirror.example/debian-security trixie-security main",
    ]


def test_sid_has_no_pockets() -> None:
    assert [one.suite for one in sources_for(parse_sources(DEB822), "bookworm", "sid")] == ["sid"]


def test_a_suite_whose_name_only_begins_like_ours_is_another() -> None:
    assert sources_for([AptSource("http://x.example", "bookwormish", "main")], "bookworm", "trixie") == []


@pytest.mark.parametrize(
    "name", ["PIP_INDEX_URL", "PIP_CERT", "SSL_CERT_FILE", "https_proxy", "HTTPS_PROXY", "NO_PROXY"]
)
def test_variables_of_fetching_are_taken(name: str) -> None:
    assert taken_environment({name: "x"}) == {name: "x"}


@pytest.mark.parametrize("name", ["OPENAI_API_KEY", "INBOX_AGENT_SECRET_KEY", "HOME", "PATH", "PYTHONPATH", "MY_PIP_X"])
def test_others_are_not(name: str) -> None:
    assert taken_environment({name: "x"}) == {}


@pytest.mark.parametrize(
    ("line", "taken"),
    [
        ('Acquire::http::Proxy "http://proxy.example:3128";', True),
        ('Acquire::https::CAInfo "/etc/ssl/own.pem";', True),
        ('Acquire::Check-Valid-Until "false";', True),
        ('Acquire::Languages "none";', False),
        ('APT::Install-Recommends "1";', False),
    ],
)
def test_options_of_apt_are_taken_when_they_are_about_reaching_a_mirror(line: str, taken: bool) -> None:
    assert bool(TAKEN_APT_OPTIONS.match(line)) is taken


def test_files_that_settings_name_are_found_and_addresses_are_not(tmp_path: Path) -> None:
    authority = tmp_path / "own.pem"
    authority.write_text("x")
    texts = [
        f'Acquire::https::CAInfo "{authority}";',
        f"cert = {authority}",
        "http://mirror.example/usr",
        "/no/such/file",
    ]
    assert named_paths(texts) == [authority]


def test_a_suite_that_debootstrap_knows_needs_no_mirror() -> None:
    command = debootstrap_command("trixie", Path("/srv/trixie"), None, is_known=True)
    assert command[-2:] == ["trixie", "/srv/trixie"]
    assert "--include=python3,make,git" in command


def test_a_suite_that_it_does_not_know_needs_a_mirror_and_gets_a_script() -> None:
    command = debootstrap_command("resolute", Path("/srv/r"), "http://mirror.example/ubuntu", is_known=False)
    assert command[-3:] == ["/srv/r", "http://mirror.example/ubuntu", "gutsy"]
    with pytest.raises(ConfigurationError, match="--mirror"):
        debootstrap_command("resolute", Path("/srv/r"), None, is_known=False)


def test_the_table_names_what_failed() -> None:
    rows = [
        Played("Debian 12", "root", "demo", 0, 61.4, "Done"),
        Played("Debian 13", "user", "test", 2, 500, "1 failed, 9 passed"),
        Played("Debian 13", "root", "demo", 99, 5),
        Played("Debian 13", "root", "test", -1, 3600),
    ]
    lines = table(rows).splitlines()
    assert len(lines) == 5
    assert lines[1].split() == ["Debian", "12", "root", "demo", "ok", "1:01", "Done"]
    assert "FAILED (2)" in lines[2]
    assert "8:20" in lines[2]
    assert "LEFT A PROCESS RUNNING" in lines[3]
    assert "TIMED OUT" in lines[4]


def test_the_last_word_is_the_sum_of_the_tests_else_the_last_line() -> None:
    assert last_word("== 3 passed in 2 s ==\n== 7 passed, 1 skipped in 9 s ==\nbye\n") == "7 passed, 1 skipped in 9 s"
    assert last_word("one\ntwo\n\n") == "two"
    assert last_word("") == ""
