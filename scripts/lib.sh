# Helpers shared by the scripts. Source it; it does nothing by itself.
# shellcheck shell=bash

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
web="$repository/tile-server/web"
target=$(realpath -m "${CARGO_TARGET_DIR:-$repository/target}")
export CARGO_TARGET_DIR=$target

say() { printf '%s\n' "$*" >&2; }

die() {
  say "$(basename "$0"): $*"
  exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

# quietly TEXT COMMAND…: prints TEXT as one line, with the seconds passed where a
# person looks on at a terminal. The command's output is shown only where it fails.
quietly() {
  local text=$1 log code=0 start=$SECONDS child
  shift
  log=$(mktemp)
  if [ -t 2 ]; then
    "$@" >"$log" 2>&1 </dev/null &
    child=$!
    while kill -0 "$child" 2>/dev/null; do
      printf '\r%s … %d s' "$text" $((SECONDS - start)) >&2
      sleep 1
    done
    wait "$child" || code=$?
    printf '\r%s … %d s\n' "$text" $((SECONDS - start)) >&2
  else
    say "$text"
    "$@" >"$log" 2>&1 </dev/null || code=$?
  fi
  [ "$code" = 0 ] || cat "$log" >&2
  rm -f "$log"
  return "$code"
}

# install_packages REASON PACKAGE…: Debian packages, where this user may install
# them; otherwise prints exactly what to install and returns 1.
install_packages() {
  local reason=$1 as_root=()
  shift
  if ! have apt-get; then
    say "missing: $* ($reason); install them with this system's package manager"
    return 1
  fi
  if [ "$(id -u)" != 0 ]; then
    if have sudo && sudo -n true 2>/dev/null; then
      as_root=(sudo)
    else
      say "missing: $* ($reason); run: sudo apt-get install --no-install-recommends $*"
      return 1
    fi
  fi
  quietly "installing $* ($reason)" apt_install "$@"
}

# apt_install PACKAGE…: as root, or by way of the caller's `as_root`. Another program
# may hold apt's lock for a while, as unattended upgrades do. Programs are wanted here
# and not the services that come with them, so policy-rc.d keeps those from starting.
apt_install() (
  policy=/usr/sbin/policy-rc.d
  as_superuser() { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive "$@"; }
  apt() { as_superuser apt-get -qq -o DPkg::Lock::Timeout=300 "$@"; }
  if [ ! -e "$policy" ]; then
    trap 'as_superuser rm -f "$policy"' EXIT
    trap 'exit 130' INT TERM
    printf '#!/bin/sh\nexit 101\n' | as_superuser tee "$policy" >/dev/null
    as_superuser chmod 755 "$policy"
  fi
  apt update && apt install -y --no-install-recommends "$@"
)

# use_rustup: finds what rustup installed, also in a shell that doesn't know it yet.
use_rustup() {
  if ! have cargo && [ -x "$HOME/.cargo/bin/cargo" ]; then
    PATH="$HOME/.cargo/bin:$PATH"
  fi
}

# links_c: whether a program can be linked. Debian's gcc only recommends the C
# library's headers and start files, which a linker needs too.
links_c() { have cc && have ld && [ -e /usr/include/stdlib.h ]; }

# need_rust: cargo and a linker. Rust is brought by rustup, which follows
# rust-toolchain.toml.
need_rust() {
  use_rustup
  if ! have cargo; then
    # Debian has a package of it from release 13 on.
    install_packages "the server is written in Rust" rustup ca-certificates ||
      die "Rust is missing: get rustup from https://rustup.rs (Debian 12 has no package of it; Debian 13: apt-get install rustup) and run this again"
    use_rustup
    have cargo || die "cargo is still missing after installing rustup; open a new shell"
  fi
  links_c || install_packages "Rust links with the C compiler" gcc libc6-dev || exit 1
  # rustup and cargo fetch over HTTPS.
  [ -e /etc/ssl/certs/ca-certificates.crt ] || ! have apt-get ||
    install_packages "downloads are checked with them" ca-certificates || exit 1
}

# node_wanted: as "engines" in the page's package.json says.
node_wanted='20.19 or a later 20, or 22.12 or later'

# node_fits: whether Node is there and new enough to build the page.
node_fits() {
  have node && have npm || return 1
  local version major minor
  version=$(node -p process.versions.node 2>/dev/null) || return 1
  IFS=. read -r major minor _ <<<"$version"
  [ "$major" -gt 22 ] || { [ "$major" = 22 ] && [ "$minor" -ge 12 ]; } ||
    { [ "$major" = 20 ] && [ "$minor" -ge 19 ]; }
}

# need_node: installs Node where there is none; says what is wanted where it is
# too old, which Debian 12's (18) is.
need_node() {
  node_fits && return 0
  if ! have node || ! have npm; then
    install_packages "npm builds the map page" nodejs npm || return 1
    node_fits && return 0
  fi
  say "Node $(node -p process.versions.node 2>/dev/null || echo '(unknown)') is too old: the map page needs $node_wanted (https://nodejs.org; Debian 13 has it)"
  return 1
}

# cargo_ ARGUMENTS…: cargo inside the repository, so that rustup takes the pinned
# toolchain wherever the script was called from.
cargo_() { (cd "$repository" && cargo "$@"); }

# npm_installed: whether the page's packages are there as locked.
npm_installed() {
  local lock="$web/package-lock.json" done_="$web/node_modules/.package-lock.json"
  [ -f "$done_" ] && [ ! "$lock" -nt "$done_" ]
}

# npm_install: the page's packages, exactly as locked, unless they are there.
npm_install() {
  npm_installed && return 0
  quietly "installing the map page's packages" npm_ci
}

npm_ci() { (cd "$web" && npm ci --no-audit --no-fund); }

# page_is_current: whether web/dist is newer than everything it is made from.
page_is_current() {
  [ -f "$web/dist/index.html" ] &&
    [ -z "$(find "$web" -type d \( -name node_modules -o -name dist \) -prune \
      -o -type f -newer "$web/dist/index.html" -print -quit)" ]
}

# free_port: a TCP port that nobody listens on now.
free_port() {
  python3 "$repository/scripts/check-clients/ports.py"
}

# wait_until_ready URL PID SECONDS: until the server answers /readyz with 200.
wait_until_ready() {
  local tries=$(($3 * 5))
  while [ "$tries" -gt 0 ]; do
    kill -0 "$2" 2>/dev/null || return 1
    curl -fsS -o /dev/null "$1/readyz" 2>/dev/null && return 0
    sleep 0.2
    tries=$((tries - 1))
  done
  return 1
}
