#!/bin/sh
# Makes a checkout ready: the system's packages that are missing, and the Python environment .venv.
#
#     scripts/bootstrap.sh [--check] [lab|class|test]
#
# `lab` (the default) is what a learner needs, `class` adds what an instructor needs, `test` what the
# tests need; --check only says what would be done. Asks nothing, does nothing that is already done,
# and leaves nothing half-made: what a failure interrupts is taken away again. PYTHON names the Python
# to use; with DOCKDOJO_ENGINE=host (or a URL) the packages for the course's own engine are left out.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd -P)
venv=$root/.venv
packages_file=$root/scripts/system-packages.txt
policy=/usr/sbin/policy-rc.d
venv_mb=700      # what .venv takes, with room to unpack
packages_mb=1000 # all system packages together, with room to download
check=no
profile=lab
stage=           # what a failure at this moment has to take away
child=
again=
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
export LC_ALL=C.UTF-8

tell() { printf '%s\n' "$*"; }
fail() {
    printf 'dockdojo: %s\n' "$*" >&2
    exit 2
}

for argument in "$@"; do
    case $argument in
        --check) check=yes ;;
        lab | class | test) profile=$argument ;;
        *) fail "usage: scripts/bootstrap.sh [--check] [lab|class|test]" ;;
    esac
done
again="run \`make $profile\` again"
log=$(mktemp 2>/dev/null) || fail "No temporary file can be made: free some room in ${TMPDIR:-/tmp}, then $again."
policy_is_ours=no

clean_up() {
    trap '' INT TERM HUP
    if [ -n "$child" ]; then
        # apt is never cut off in the middle; pip may be.
        [ "$stage" = packages ] || kill "$child" 2>/dev/null || :
        wait "$child" 2>/dev/null || :
    fi
    [ "$policy_is_ours" = no ] || rm -f "$policy"
    case $stage in
        new-venv) rm -rf "$venv" ;;
        old-venv) put_stamps_back ;;
    esac
    rm -f "$log"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP

# Runs a command with its words in the log. In the background, so that a signal is heard at once.
quietly() {
    "$@" >"$log" 2>&1 </dev/null &
    child=$!
    status=0
    wait "$child" || status=$?
    child=
    return "$status"
}

log_says() { grep -qiE "$1" "$log"; }
fail_with_log() {
    printf 'dockdojo: %s\n' "$*" >&2
    tail -n 15 "$log" | sed 's/^/    /' >&2
    exit 2
}

free_mb() { df -Pk "$1" | awk 'NR == 2 { print int($4 / 1024) }'; }
device() { df -Pk "$1" | awk 'NR == 2 { print $1 }'; }
require_room() { # FOLDER MB
    free=$(free_mb "$1")
    [ "$free" -ge "$2" ] ||
        fail "There is too little room on the disk that holds $1 ($2 MB are needed, $free MB are free): free some, then $again."
}

# ---------------------------------------------------------------------------- Python

is_new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }
makes_venvs() { "$1" -c 'import venv, ensurepip' >/dev/null 2>&1; }

# Sets python, and venv_package where Debian keeps that Python's venv module apart.
find_python() {
    python=
    venv_package=
    for name in ${PYTHON:-python3 python3.13 python3.12 python3.11}; do
        if ! command -v "$name" >/dev/null 2>&1 || ! is_new_enough "$name"; then continue; fi
        [ -n "$python" ] || python=$(command -v "$name")
        if makes_venvs "$name"; then
            python=$(command -v "$name")
            return
        fi
    done
    if [ -z "$python" ]; then
        first=${PYTHON:-python3}
        found=$("$first" -V 2>&1) || found="no $first"
        fail "Python 3.11 or newer is needed, and this machine has $found: install it (on Debian 12: apt-get install python3 python3-venv) or name it (PYTHON=/path/to/python3 make $profile)."
    fi
    version=$("$python" -c 'import sys; print("python%d.%d" % sys.version_info[:2])')
    case $("$python" -c 'import sys; print(sys.base_prefix)') in
        /usr) venv_package=$version-venv ;;
        *) fail "$python can't make virtual environments (its module venv or ensurepip is missing): install it whole, or name another (PYTHON=/path/to/python3 make $profile)." ;;
    esac
}

# ---------------------------------------------------------------------------- system packages

is_present() {
    case $1 in
        /*) [ -e "$1" ] ;;
        *) command -v "$1" >/dev/null 2>&1 ;;
    esac
}
is_wanted() {
    case $1 in
        course) ;;
        engine) [ "${DOCKDOJO_ENGINE:-private}" = private ] ;;
        test) [ "$profile" = test ] ;;
        *) fail "scripts/system-packages.txt has an unknown purpose: $1" ;;
    esac
}
is_apt_name() { [ -n "$(apt-cache show --no-all-versions "$1" 2>/dev/null)" ]; }
was_tried() { grep -qxF "$1" "$venv/.dockdojo-tried" 2>/dev/null; }

# The first of a|b|c that apt knows, else the last.
pick() {
    choice=
    for choice in $(printf '%s' "$1" | tr '|' ' '); do
        ! is_apt_name "$choice" || break
    done
    printf '%s' "$choice"
}

with() { # LIST WORD: the list of words with that word, once
    case " $1 " in
        *" $2 "*) printf '%s' "$1" ;;
        *) printf '%s' "${1:+$1 }$2" ;;
    esac
}

# Sets missing, missing_optional (packages) and missing_commands.
find_missing() {
    missing=$venv_package
    missing_optional=
    missing_commands=
    while read -r package brings purpose optional; do
        case $package in '' | '#'*) continue ;; esac
        is_wanted "$purpose" || continue
        ! is_present "$brings" || continue
        package=$(pick "$package")
        if [ "$optional" = optional ]; then
            was_tried "$package" || missing_optional=$(with "$missing_optional" "$package")
        else
            missing=$(with "$missing" "$package")
            missing_commands="$missing_commands${missing_commands:+, }$brings"
        fi
    done <"$packages_file"
}

install_packages() {
    [ -n "$missing$missing_optional" ] || return 0
    if ! command -v apt-get >/dev/null 2>&1; then
        [ -n "$missing" ] || return 0
        fail "There is no apt-get here to install what is missing: install these by your system's own means (${missing_commands:-$missing}), then $again."
    fi
    if [ "$(id -u)" -ne 0 ]; then
        [ -n "$missing" ] || return 0
        fail "System packages are missing that only root can install: run \`sudo apt-get install -y --no-install-recommends $missing\`, then $again."
    fi
    require_room /usr "$packages_mb"
    tell "Installing system packages: $missing${missing:+${missing_optional:+ }}$missing_optional"
    stage=packages
    keep_services_off
    update_lists
    find_missing # the lists may know better names now
    if [ -n "$missing" ]; then
        # shellcheck disable=SC2086 # a list of words
        apt_install $missing || { update_lists && apt_install $missing; } || explain_apt "$missing"
    fi
    for package in $missing_optional; do
        apt_install "$package" || tell "$package could not be installed: going on without it."
        optional_tried="$optional_tried $package"
    done
    [ "$policy_is_ours" = no ] || rm -f "$policy"
    policy_is_ours=no
    stage=
    find_python
    find_missing
    [ -z "$missing" ] ||
        fail "The system packages were installed, but ${missing_commands:-$missing} can't be found: look at what \`apt-get install $missing\` says, then $again."
}

update_lists() { # a list that can't be had does not matter as long as the packages are known
    quietly apt-get -o Acquire::Retries=2 -o DPkg::Lock::Timeout=120 update || :
}
apt_install() {
    quietly env DEBIAN_FRONTEND=noninteractive \
        apt-get -o Acquire::Retries=2 -o DPkg::Lock::Timeout=120 -o Dpkg::Use-Pty=0 \
        install -y --no-install-recommends "$@" || return
    for installed in "$@"; do keep_off_at_boot "$installed"; done
}
explain_apt() {
    if log_says 'no space left|not enough free space|enough free space'; then
        fail "The disk became full while system packages were installed: free some room ($packages_mb MB), then $again."
    elif log_says 'could not resolve|could not connect|failed to fetch|unable to connect|network is unreachable'; then
        fail "The system packages ($1) could not be fetched: check the network (and apt's proxy, if there is one), then $again."
    elif log_says 'unable to locate package|no installation candidate'; then
        fail "This system's package sources do not have all of these packages: $1. Turn on the sources that do (on Ubuntu: universe), then $again."
    fi
    fail_with_log "Installing the system packages ($1) failed; the last lines of apt-get say why:"
}

# Docker's and the registry's own services are not to start because a course needs their programs.
keep_services_off() {
    [ ! -e "$policy" ] || return 0
    policy_is_ours=yes
    cat >"$policy" <<'POLICY'
#!/bin/sh
# Put here by dockdojo while it installs packages; gone when that ends.
case "$*" in *binfmt*) exit 0 ;; esac
exit 101
POLICY
    chmod 755 "$policy"
}
keep_off_at_boot() {
    case $1 in
        docker.io) units='docker.socket docker.service containerd.service' ;;
        docker-registry) units=docker-registry.service ;;
        *) return 0 ;;
    esac
    [ -d /run/systemd/system ] || return 0
    # shellcheck disable=SC2086 # a list of words
    systemctl disable --quiet $units 2>/dev/null || :
    tell "The machine's own services ($units) are left off; systemctl enable --now starts them."
}

# ---------------------------------------------------------------------------- .venv

stamp_file() { printf '%s' "$venv/.dockdojo-$1"; }
# Everything that .venv depends on: what is to be installed, where it is, and the Python it is of.
key() {
    { cat "$root/pyproject.toml" "$root/hatch_build.py"; printf '%s\n' "$root"; } | cksum
}
is_alive() { "$venv/bin/python" -c '' >/dev/null 2>&1; }
is_complete() {
    [ "$(cat "$(stamp_file "$profile")" 2>/dev/null)" = "$(key)" ] && is_alive
}
is_known() { [ -e "$(stamp_file lab)" ] && is_alive && [ "$(cat "$venv/.dockdojo-root" 2>/dev/null)" = "$root" ]; }
put_stamps_back() {
    for name in lab class test; do
        [ ! -e "$(stamp_file "$name").old" ] || mv "$(stamp_file "$name").old" "$(stamp_file "$name")"
    done
}

make_venv() {
    if is_complete; then
        return 0
    fi
    [ -w "$root" ] || fail "The folder $root can't be written to by $(id -un): use a checkout of your own, then $again."
    require_room "$root" "$venv_mb"
    tell "Installing Python packages into .venv ($venv_mb MB at most; a minute or two the first time)"
    if is_known; then
        stage=old-venv
        for name in lab class test; do
            [ ! -e "$(stamp_file "$name")" ] || mv "$(stamp_file "$name")" "$(stamp_file "$name").old"
        done
    else
        stage=new-venv
        rm -rf "$venv"
        quietly "$python" -m venv "$venv" ||
            fail_with_log "$python could not make the environment .venv; its last lines say why:"
    fi
    case $profile in
        lab) extras=lab ;;
        class) extras=lab,class ;;
        test) extras=lab,class,test ;;
    esac
    quietly env -u PYTHONPATH -u PYTHONHOME PIP_USER=0 PIP_REQUIRE_VIRTUALENV=0 \
        "$venv/bin/python" -m pip install --no-input --disable-pip-version-check --progress-bar off \
        --retries 2 -e "${root}[$extras]" || explain_pip
    printf '%s\n' "$root" >"$venv/.dockdojo-root"
    rm -f "$venv/.dockdojo-lab.old" "$venv/.dockdojo-class.old" "$venv/.dockdojo-test.old"
    [ "$profile" != test ] || key >"$(stamp_file test)"
    [ "$profile" = lab ] || key >"$(stamp_file class)"
    key >"$(stamp_file lab)"
    stage=
}
explain_pip() {
    if log_says 'no space left|disk quota exceeded'; then
        fail "The disk became full while Python packages were installed: free $venv_mb MB where $root and ${TMPDIR:-/tmp} are, then $again."
    elif log_says 'NewConnectionError|name resolution|network is unreachable|ConnectTimeout|connection refused|max retries|proxyerror|read timed out|could not fetch url'; then
        fail "The Python packages could not be fetched: check the network (and the proxy, if there is one), then $again."
    fi
    fail_with_log "Installing the Python packages failed; the last lines of pip say why:"
}

# The sentences of a newer .po are compiled without installing anything.
compile_messages() {
    for po in "$root"/checker/locale/*/LC_MESSAGES/*.po; do
        [ -e "$po" ] || return 0
        [ ! -e "${po%.po}.mo" ] || [ -n "$(find "$po" -newer "${po%.po}.mo")" ] || continue
        quietly "$venv/bin/python" "$root/scripts/messages.py" compile ||
            fail_with_log "The translated messages could not be compiled:"
        return 0
    done
}

# ---------------------------------------------------------------------------- all of it

optional_tried=
if [ "$check" = no ]; then
    # Two at once: the second waits, and finds everything done.
    exec 9<"$packages_file"
    flock 9 2>/dev/null || :
fi
find_python
find_missing
if [ "$check" = yes ]; then
    todo=no
    for package in $missing; do todo=yes && tell "Would install the system package $package"; done
    for package in $missing_optional; do todo=yes && tell "Would install the system package $package (optional)"; done
    is_complete || { todo=yes && tell "Would make .venv with $python"; }
    [ "$todo" = yes ] || tell "Everything is there: nothing to do."
    exit 0
fi
install_packages
make_venv
for package in $optional_tried; do tell "$package" >>"$venv/.dockdojo-tried"; done
compile_messages
