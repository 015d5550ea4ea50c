#!/usr/bin/env bash
# Sets up everything that `make demo` and `make test` need: the Debian packages, .venv, and the package itself.
# Runs as root, with sudo, and as an ordinary user without it. Repeating it is cheap, and whatever an earlier run left half
# done, or made for another path, interpreter or distribution, is made again.
#   PYTHON=python3.12       build .venv with this interpreter (default: keep the one of .venv, else python3)
#   WITH_BROWSER=1          also get Chromium, where that is easy; without it the browser tests are skipped
#   WITH_BROWSER=required   fail when there is no Chromium afterwards
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf '%s\n' "setup: $*" >&2; }
fail() { say "$*"; exit 1; }
. scripts/debian.sh

# Two setups at once would write the same .venv. The lock is on the folder itself, and gone with this process.
exec 9<.
flock -n 9 || { say "another setup is running here; waiting for it to finish"; flock 9; }

# An activated .venv is no interpreter to build itself from.
PATH=${PATH//"$PWD/.venv/bin:"/}
base='import os, sys; print(os.path.realpath(getattr(sys, "_base_executable", sys.executable)), "%d.%d" % sys.version_info[:2])'

interpreter() { # the interpreter to build with: its path and version
    local candidate candidates=(python3 python3.14 python3.13 python3.12 python3.11)
    [ -z "${PYTHON:-}" ] || candidates=("$PYTHON")
    for candidate in "${candidates[@]}"; do
        "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue
        "$candidate" -c "$base" && return
    done
    fail "Python 3.11 or newer is needed${PYTHON:+, and PYTHON=$PYTHON is not}; install it with: apt-get install python3" \
        "(or name one: make setup PYTHON=python3.12)"
}

# The stamp is written last and removed first: without it .venv is not whole. Its lines: where, made with what, of what.
stamp=.venv/.setup
wanted=$(cat requirements/*.txt pyproject.toml | sha256sum)
made=("" "" "")
[ ! -f "$stamp" ] || mapfile -t made < "$stamp"
now=$(.venv/bin/python -c "$base" 2>/dev/null) || now=none
chosen=$now
[ -z "${PYTHON:-}" ] || chosen=$(interpreter)
whole=yes
[ "${made[0]}" = "$PWD" ] && [ "${made[1]:-}" = "$now" ] && [ "$chosen" = "$now" ] || whole=no
[ "$whole" = yes ] && [ "${made[2]:-}" != "$wanted" ] && { .venv/bin/python -m pip --version >/dev/null 2>&1 || whole=no; }

if [ "$whole" = no ]; then
    chosen=$(interpreter)
    python=${chosen% *}
    say "creating .venv with $python"
    rm -rf .venv
    "$python" -m venv --without-pip .venv
fi
! system_has_dovecot || rm -rf "$UNPACKED"
need=()
system_has_dovecot || unpacked_dovecot || need+=(dovecot-imapd dovecot-lmtpd)
# Debian keeps pip out of its Python; the package that its python3-venv would take it from is enough.
pip_wheel() {
    local wheel
    for wheel in {"$UNPACKED",}/usr/share/python-wheels/pip-*.whl; do
        [ ! -e "$wheel" ] || { echo "$wheel"; return; }
    done
}
has_ensurepip() { "$python" -c 'import ensurepip' 2>/dev/null; }
[ "$whole" = yes ] || has_ensurepip || [ -n "$(pip_wheel)" ] || need+=(python3-pip-whl)
[ ${#need[@]} = 0 ] || get_packages "${need[@]}"

if [ "$whole" = no ]; then
    if has_ensurepip; then .venv/bin/python -m ensurepip --default-pip >/dev/null
    else
        wheel=$(pip_wheel)
        .venv/bin/python "$wheel/pip" install -q --disable-pip-version-check --no-index --no-deps "$wheel"
    fi
fi
if [ "$whole" = no ] || [ "${made[2]:-}" != "$wanted" ]; then
    say "installing the pinned Python packages"
    rm -f "$stamp"
    pip() { .venv/bin/python -m pip install --quiet --disable-pip-version-check "$@"; }
    # The build tools come first and are pinned as well: nothing is fetched to build a source package with.
    pip --require-hashes -r requirements/build.txt
    pip --require-hashes --no-build-isolation --use-pep517 -r requirements/dev.txt
    pip --no-deps --no-build-isolation --editable .
    printf '%s\n' "$PWD" "$(.venv/bin/python -c "$base")" "$wanted" > "$stamp.new"
    mv "$stamp.new" "$stamp"
fi

if [ -n "${WITH_BROWSER:-}" ] && ! .venv/bin/python -m tests.browser >/dev/null 2>&1; then
    get_chromium || say "Chromium could not be installed"
    .venv/bin/python -m tests.browser >/dev/null || {
        [ "$WITH_BROWSER" != required ] || fail "there is no Chromium, and WITH_BROWSER=required wants the browser tests"
        say "NOTE: the browser tests are SKIPPED: there is no Chromium that they can use. $(chromium_hint)"
    }
fi
say "ready"
