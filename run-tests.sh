#!/usr/bin/env bash
# Sets everything up on a fresh Debian 12 machine, builds, and runs every test. Call it again at any time.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
# shellcheck source=tools/setup.sh
. tools/setup.sh
install_packages
configure
say "Building program and tests (first time: about ten minutes on two cores) ..."
build all
say "Running every test ..."
ctest --test-dir build/release --output-on-failure --no-tests=error -j "$(nproc)" "$@"
