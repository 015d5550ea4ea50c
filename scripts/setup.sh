#!/usr/bin/env bash
# Sets up everything that `make demo` and `make test` need: the Debian packages, .venv, and the package itself.
# Runs as root and as an ordinary user (who needs sudo only when a Debian package is missing). Repeating it is cheap.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf '%s\n' "setup: $*" >&2; }

python=${PYTHON:-python3}
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || {
    say "Python 3.11 or newer is needed; install it with: apt-get install python3 (or name one: make setup PYTHON=python3.12)"; exit 1; }

need=()
[ -x /usr/sbin/dovecot ] && [ -x /usr/lib/dovecot/lmtp ] || need+=(dovecot-imapd dovecot-lmtpd)
command -v chromium >/dev/null || [ -z "${WITH_BROWSER:-}" ] || need+=(chromium)
[ -x .venv/bin/python ] || "$python" -c 'import ensurepip' 2>/dev/null || need+=("python$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')-venv")
if [ ${#need[@]} -gt 0 ]; then
    if [ "$(id -u)" = 0 ]; then as_root=(env)
    elif sudo -n true 2>/dev/null; then as_root=(sudo -n)
    else say "please install these Debian packages and run this again: sudo apt-get install --no-install-recommends ${need[*]}"; exit 1; fi
    say "installing ${need[*]}"
    # Debian starts a system-wide Dovecot on installation; ours is private, so the packaged service is kept from starting.
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get update -qq
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -y -qq --no-install-recommends "${need[@]}" >/dev/null
fi

[ -x .venv/bin/python ] || { say "creating .venv"; "$python" -m venv .venv; }
stamp=.venv/.requirements.sha256
wanted=$(cat requirements/*.txt pyproject.toml | sha256sum)
if [ "$(cat "$stamp" 2>/dev/null)" != "$wanted" ]; then
    say "installing the pinned Python packages"
    pip() { .venv/bin/python -m pip install --quiet --disable-pip-version-check "$@"; }
    # The build tools come first and are pinned as well: nothing is fetched to build a source package with.
    pip --require-hashes -r requirements/build.txt
    pip --require-hashes --no-build-isolation -r requirements/dev.txt
    pip --no-deps --no-build-isolation --editable .
    printf '%s\n' "$wanted" > "$stamp"
fi
say "ready"
