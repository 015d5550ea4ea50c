# What setup.sh needs of Debian and Ubuntu: packages, installed by root or unpacked by a user who may install nothing.
# Sourced, from the top of the checkout; uses say and fail.

# Where packages are unpacked: inbox_agent/demo/dovecot_install.py finds Dovecot there.
UNPACKED=.venv/debian
as_root=()

may_be_root() { # whether packages can be installed without a question; sets as_root
    [ "$(id -u)" != 0 ] || return 0
    sudo -n true 2>/dev/null || return 1
    as_root=(sudo -n)
}

release() { # what unpacked packages fit
    ( . /etc/os-release; echo "${ID:-} ${VERSION_ID:-${VERSION_CODENAME:-}} $(uname -m)" )
}

is_installed() { [ "$(dpkg-query --show --showformat '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

system_has_dovecot() { [ -x /usr/sbin/dovecot ] && [ -x /usr/lib/dovecot/imap ] && [ -x /usr/lib/dovecot/lmtp ]; }

unpacked_dovecot() { [ -d "$UNPACKED/usr/lib/dovecot" ] && [ "$(cat "$UNPACKED/release")" = "$(release)" ]; }

get_packages() { # PACKAGE…: install them, or unpack them below .venv
    command -v apt-get >/dev/null || fail "this is not Debian or Ubuntu; please install the equivalent of these Debian packages: $*"
    # Adding parts to a mail server that somebody runs here would change it: then they are only unpacked.
    if may_be_root && { [[ " $* " != *" dovecot-"* ]] || ! is_installed dovecot-core; }; then
        install_packages "$@" || fail "apt-get could not install $*; see its output above"
    else unpack_packages "$@"; fi
}

install_packages() {
    say "installing $*"
    [[ " $* " != *" dovecot-"* ]] || keep_dovecot_off
    local apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300)
    "${apt[@]}" update 9<&- || say "apt-get update failed; continuing with the existing lists"
    "${apt[@]}" install -y --no-install-recommends "$@" >/dev/null 9<&- || return 1
    [[ " $* " != *" dovecot-"* ]] || end_packaged_dovecot
}

keep_dovecot_off() { # as `systemctl mask`, which needs systemd: else the package starts a server on all interfaces, at every boot
    local unit
    "${as_root[@]}" mkdir -p /etc/systemd/system
    for unit in dovecot.service dovecot.socket; do
        [ -e "/etc/systemd/system/$unit" ] || "${as_root[@]}" ln -sfn /dev/null "/etc/systemd/system/$unit"
    done
    say "the packaged mail server stays off: dovecot.service and dovecot.socket are masked (to use it: systemctl unmask …)"
}

end_packaged_dovecot() { # where no systemd minds a mask: neither now nor at the next boot
    [ -d /run/systemd/system ] || [ ! -x /etc/init.d/dovecot ] || "${as_root[@]}" update-rc.d dovecot disable 9<&-
    [ ! -e /run/dovecot/master.pid ] || "${as_root[@]}" doveadm stop
}

unpack_packages() { # the packages and all they need, by nobody's leave: apt with lists of its own, and no maintainer scripts
    local please="please install these Debian packages and run this again: sudo apt-get install --no-install-recommends $*"
    local work why
    work=$(mktemp -d)
    trap "rm -rf '$work'" EXIT
    if [[ " $* " = *" dovecot-"* ]]; then
        why=$(may_lay_over "$work" 2>&1) || fail "$please (unpacking them is not enough here: ${why//$'\n'/ })"
    fi
    say "you cannot install packages here, so $* and their dependencies are unpacked below .venv"
    mkdir -p "$work"/{lists,cache/archives}/partial "$work/debs" "$work/tree/usr/"{bin,sbin,lib,lib32,lib64}
    local apt=(apt-get -qq -o "Dir::State::Lists=$work/lists" -o "Dir::Cache=$work/cache" -o "APT::Sandbox::User=root")
    "${apt[@]}" update || fail "the lists of packages cannot be fetched; $please"
    local names
    names=$("${apt[@]}" install --simulate --no-install-recommends "$@" | awk '$1 == "Inst" { print $2 }') || fail "$please"
    # shellcheck disable=SC2086  # one name a word
    (cd "$work/debs" && "${apt[@]}" -o Debug::NoLocking=true download $names) || fail "they cannot be downloaded; $please"
    local top deb
    for top in bin sbin lib lib32 lib64; do ln -s "usr/$top" "$work/tree/$top"; done
    for deb in "$work"/debs/*.deb; do dpkg-deb --fsys-tarfile "$deb" | tar -x --keep-directory-symlink -C "$work/tree"; done
    release > "$work/tree/release"
    rm -rf "$UNPACKED"
    cp -a "$work/tree" "$UNPACKED.new"
    mv "$UNPACKED.new" "$UNPACKED"
}

may_lay_over() { # FOLDER: whether this user may lay a folder over /usr, as dovecot_install.py does to run what is unpacked
    local namespaces=(--user --map-current-user --keep-caps --mount)
    [ "$(id -u)" != 0 ] || namespaces=(--mount)
    mkdir -p "$1/probe/usr"
    (cd "$1/probe" && unshare "${namespaces[@]}" mount -t overlay overlay -o lowerdir=usr:/usr /usr)
}

get_chromium() { # where it is a package of its own and may be installed
    may_be_root || return 0
    command -v apt-get >/dev/null || return 0
    "${as_root[@]}" apt-get -qq update 9<&- || true
    ! chromium_is_a_snap || return 0
    install_packages chromium
}

chromium_is_a_snap() { # Ubuntu's package, if any, only fetches a snap, which cannot reach the folders of tests
    local candidate
    candidate=$(apt-cache policy chromium | awk '$1 == "Candidate:" { print $2 }')
    [ -z "$candidate" ] || [ "$candidate" = "(none)" ] || [[ $candidate = *snap* ]]
}

chromium_hint() {
    if chromium_is_a_snap 2>/dev/null; then echo "Here it is a snap, which cannot reach their folders; Google Chrome serves as well."
    else echo "To run them: sudo apt-get install chromium"; fi
}
