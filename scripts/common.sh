# Sourced by the scripts beside it: where things are kept, and how what is missing is installed.
# shellcheck shell=bash
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

cache=${XDG_CACHE_HOME:-$HOME/.cache}/dual-metric
tools=$cache/tools
# One target directory for all clones: burn takes minutes to build.
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$cache/target}
export PATH=$tools/bin:$PATH:${CARGO_HOME:-$HOME/.cargo}/bin

say() { printf '\n== %s\n' "$*"; }
fail() { printf 'error: %s\n' "$*" >&2; exit 1; }
has() { command -v "$1" >/dev/null 2>&1; }

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

# apt_install <package>...; fails where there is no apt-get, or nothing to be had from it.
apt_install() { has apt-get && as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"; }

need_rust() {
  has cargo || fail "cargo is missing. Install Rust with rustup, then run this again."
}

# Without rustup, whoever installed Rust has to bring these along.
need_wasm_target() {
  has rustup || return 0
  rustup target list --installed | grep -qx wasm32-unknown-unknown && return
  say "Installing the wasm target"
  rustup target add wasm32-unknown-unknown
}

need_component() {
  has rustup || return 0
  rustup component list --installed | grep -q "^$1" && return
  say "Installing $1"
  rustup component add "$1"
}

# need_tool <binary> <crate> <version> [option of cargo install]...
need_tool() {
  local binary=$1 crate=$2 version=$3
  shift 3
  [ "$("$binary" --version 2>/dev/null | awk '{ print $2 }')" = "$version" ] && return
  say "Installing $crate $version (about two minutes)"
  env -u CARGO_TARGET_DIR cargo install --root "$tools" "$crate@$version" "$@"
}

# What turns the crate into a page. wasm-bindgen's program and crate must be of the same version; its published
# lock file names a package that the registry no longer has, so it is installed without.
need_wasm_tools() {
  need_rust
  need_wasm_target
  need_tool wasm-pack wasm-pack 0.15.1 --locked
  need_tool wasm-bindgen wasm-bindgen-cli 0.2.130
}

# Checks licences, sources and versions of what is built in (deny.toml).
need_cargo_deny() {
  need_rust
  need_tool cargo-deny cargo-deny 0.20.2 --locked
}

need_node() {
  has npm || fail "node and npm are missing. Install Node.js 20 or newer, then run this again."
}

# The type checker and the library that drives the browser, again whenever the lock file has changed.
need_npm_packages() {
  need_node
  cmp -s package-lock.json node_modules/.installed-lock.json && return
  say "Installing the npm packages"
  npm ci
  cp package-lock.json node_modules/.installed-lock.json
}

# JupyterLab with a kernel for the test of the widget; sets NOTEBOOK to the folder of its programs, or to nothing where it cannot be.
need_notebook() {
  NOTEBOOK=
  local wanted=tests/notebook/requirements.txt folder=$cache/notebook
  if ! python3 -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    echo "The widget for notebooks is not tested: that needs Python 3.11 or newer with venv and pip."
    return
  fi
  if ! cmp -s "$wanted" "$folder/.installed-requirements.txt" || ! "$folder/bin/python" -c 'import jupyterlab' 2>/dev/null; then
    say "Installing JupyterLab"
    rm -rf "$folder"
    python3 -m venv "$folder"
    "$folder/bin/pip" install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r "$wanted"
    cp "$wanted" "$folder/.installed-requirements.txt"
  fi
  NOTEBOOK=$folder/bin
}

# Chromium and its driver; sets CHROMIUM and CHROMEDRIVER.
need_browser() {
  if ! find_browser; then
    say "Installing Chromium"
    has apt-get || fail "Chromium and chromedriver are missing. Install both, then run this again."
    as_root apt-get update
    apt_install chromium chromium-driver fonts-dejavu-core
    find_browser || fail "Chromium or chromedriver is still missing after apt-get install."
  fi
  export CHROMIUM CHROMEDRIVER
}

# The same engine without a browser's windows around it, in which most end-to-end tests run a fifth faster; where there is none to be
# had they run in the whole browser. Sets HEADLESS_SHELL, after need_browser, and only beside a Chromium of the same package: another
# one would be another version.
need_headless_shell() {
  [ -n "${HEADLESS_SHELL:-}" ] && return
  [ "$CHROMIUM" = /usr/bin/chromium ] || return 0
  if ! has chromium-headless-shell; then
    say "Installing Chromium's headless shell"
    apt_install chromium-headless-shell || true
  fi
  if has chromium-headless-shell && [ "$(version_of chromium-headless-shell)" = "$(version_of chromium)" ]; then
    HEADLESS_SHELL=$(command -v chromium-headless-shell)
    export HEADLESS_SHELL
  else
    echo "There is no headless shell of this Chromium to be had: all end-to-end tests run in the whole browser."
  fi
}

version_of() { "$1" --version 2>/dev/null | grep -oE '[0-9]+(\.[0-9]+){3}' | head -1; }

# One test opens the page in Firefox too; where there is none to be had it is left out.
need_firefox() {
  [ -n "${FIREFOX:-}" ] || has firefox-esr || has firefox && return
  say "Installing Firefox"
  if ! apt_install firefox-esr; then
    echo "There is no Firefox to be had: its test is left out. FIREFOX says where one is."
  fi
}

# One test opens the page in WebKit, which wants a screen; where there is none to be had it is left out.
need_webkit() {
  has WebKitWebDriver && { has Xvfb || [ -n "${DISPLAY:-}" ]; } && return
  say "Installing WebKit"
  if ! apt_install webkit2gtk-driver xvfb; then
    echo "There is no WebKit to be had: its test is left out. WEBKIT_DRIVER, WEBKIT_BROWSER and XVFB say where one is."
  fi
}

find_browser() {
  CHROMIUM=${CHROMIUM:-$(command -v chromium || command -v google-chrome)} &&
    CHROMEDRIVER=${CHROMEDRIVER:-$(command -v chromedriver)}
}
