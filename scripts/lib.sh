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

# install_packages REASON PACKAGE…: Debian packages, where this user may install
# them; otherwise says exactly what to install and returns 1.
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
  say "installing $* ($reason)"
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -qq >&2 || return 1
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "$@" >&2
}

# need COMMAND PACKAGE REASON: installs the package where the command is missing.
need() { have "$1" || install_packages "$3" "$2"; }

# Rust is brought by rustup, which follows rust-toolchain.toml.
need_rust() {
  if ! have cargo && [ -x "$HOME/.cargo/bin/cargo" ]; then
    PATH="$HOME/.cargo/bin:$PATH"
  fi
  if ! have cargo; then
    install_packages "the server is written in Rust" rustup ||
      die "Rust is missing: install rustup (https://rustup.rs) and run this again"
    have cargo || die "cargo is still missing after installing rustup; open a new shell"
  fi
  need cc gcc "Rust links with the C compiler's linker" || exit 1
  have ld || install_packages "the linker" binutils libc6-dev || exit 1
}

# cargo_ ARGUMENTS…: cargo inside the repository, so that rustup takes the pinned
# toolchain wherever the script was called from.
cargo_() { (cd "$repository" && cargo "$@"); }

# npm_install: the page's packages, exactly as locked, unless they are there.
npm_install() {
  local lock="$web/package-lock.json" done_="$web/node_modules/.package-lock.json"
  [ -f "$done_" ] && [ ! "$lock" -nt "$done_" ] && return 0
  (cd "$web" && npm ci --no-audit --no-fund)
}

# page_is_current: whether web/dist is newer than everything it is made from.
page_is_current() {
  [ -f "$web/dist/index.html" ] &&
    [ -z "$(find "$web" -type d \( -name node_modules -o -name dist \) -prune \
      -o -type f -newer "$web/dist/index.html" -print -quit)" ]
}

# free_port: a TCP port that nobody listens on now.
free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
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
