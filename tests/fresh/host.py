"""What a fresh system takes over from this machine so that its apt and pip reach what ours reach: mirrors, proxies, CAs.

Nothing here names a host: all is read from this machine's own settings. Credentials of apt (auth.conf) stay here.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

TAKEN_VARIABLES = re.compile(
    r"(?:PIP|SSL)_.*|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|(?:https?|ftp|all|no)_proxy", re.IGNORECASE
)
TAKEN_APT_OPTIONS = re.compile(r"Acquire::(?:(?:https?|ftp)(?:::|\s)|Check-|Retries|ForceIPv)")
LOCAL_AUTHORITIES = Path("/usr/local/share/ca-certificates")
ALL_AUTHORITIES = Path("/etc/ssl/certs/ca-certificates.crt")


@dataclass(frozen=True, slots=True)
class AptSource:
    """One suite of one archive."""

    uri: str
    suite: str
    components: str

    def line(self) -> str:
        return f"deb {self.uri} {self.suite} {self.components}"


def parse_sources(text: str) -> list[AptSource]:
    """The binary archives of a file of apt, in either of its formats (sources.list(5))."""
    found: list[AptSource] = []
    for line in text.splitlines():
        one = re.match(r"deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)\s+(\S.*)$", line.strip())
        if one:
            found.append(AptSource(one[1], one[2], one[3].strip()))
    for stanza in re.split(r"\n\s*\n", text):
        fields = dict(re.findall(r"^([A-Za-z-]+):[ \t]*(.*)$", stanza, re.MULTILINE))
        if "deb" in fields.get("Types", "").split() and fields.get("Enabled", "yes").lower() != "no":
            for uri in fields.get("URIs", "").split():
                for suite in fields.get("Suites", "").split():
                    found.append(AptSource(uri, suite, fields.get("Components", "")))
    return found


def sources_for(host: Iterable[AptSource], codename: str, suite: str) -> list[AptSource]:
    """This machine's archives of its own distribution (those of ``codename`` and its pockets), for another suite of it."""
    theirs: list[AptSource] = []
    for source in host:
        pocket = source.suite.removeprefix(codename)
        if not source.suite.startswith(codename) or (pocket and not pocket.startswith("-")):
            continue
        if pocket and suite == "sid":
            continue  # it has neither updates nor a security pocket
        theirs.append(AptSource(source.uri, suite + pocket, source.components))
    return theirs


def taken_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """The variables that say how packages are fetched; no others, and none of ours."""
    return {name: value for name, value in environment.items() if TAKEN_VARIABLES.fullmatch(name)}


def named_paths(texts: Iterable[str]) -> list[Path]:
    """The files and folders of this machine that such settings name."""
    words = (word for text in texts for word in re.findall(r"(?<![:/\w.])/[\w./+@-]+", text))
    return sorted({Path(word) for word in words if Path(word).exists()})


@dataclass(frozen=True, slots=True)
class Host:
    """This machine, as far as a fresh system takes it over."""

    distribution: str
    codename: str
    sources: list[AptSource]
    apt_options: list[str]
    environment: dict[str, str]
    pip_configuration: str

    def install(self, root: Path) -> None:
        """Write it all into the fresh system at ``root``."""
        texts = [*self.apt_options, *self.environment.values(), self.pip_configuration]
        paths = [path for path in named_paths(texts) if path not in {Path("/"), ALL_AUTHORITIES.parent}]
        if LOCAL_AUTHORITIES.is_dir() and any(LOCAL_AUTHORITIES.iterdir()):
            paths += [LOCAL_AUTHORITIES, ALL_AUTHORITIES]
        for path in paths:
            target = root / path.relative_to("/")
            target.parent.mkdir(parents=True, exist_ok=True)
            if path.is_dir():
                shutil.copytree(path, target, dirs_exist_ok=True)
            else:
                shutil.copyfile(path, target)
        if self.apt_options:
            (root / "etc/apt/apt.conf.d/90host").write_text("\n".join(self.apt_options) + "\n", encoding="utf-8")
        if self.pip_configuration:
            (root / "etc/pip.conf").write_text(self.pip_configuration, encoding="utf-8")
        for name in ("resolv.conf", "hosts"):
            shutil.copyfile(Path("/etc") / name, root / "etc" / name)


def read_host() -> Host:
    """This machine's own settings."""
    release = Path("/etc/os-release").read_text(encoding="utf-8")
    named = {name: value.strip('"') for name, value in re.findall(r"^(\w+)=(.*)$", release, re.MULTILINE)}
    apt = Path("/etc/apt")
    files = [apt / "sources.list", *apt.glob("sources.list.d/*.list"), *apt.glob("sources.list.d/*.sources")]
    dump = subprocess.run(["apt-config", "dump"], capture_output=True, text=True, check=True).stdout
    pip = [Path("/etc/pip.conf"), Path.home() / ".config/pip/pip.conf", Path.home() / ".pip/pip.conf"]
    return Host(
        distribution=named.get("ID", ""),
        codename=named.get("VERSION_CODENAME", ""),
        sources=[one for file in files if file.exists() for one in parse_sources(file.read_text(encoding="utf-8"))],
        apt_options=[line for line in dump.splitlines() if TAKEN_APT_OPTIONS.match(line)],
        environment=taken_environment(os.environ),
        pip_configuration=next((file.read_text(encoding="utf-8") for file in reversed(pip) if file.exists()), ""),
    )
