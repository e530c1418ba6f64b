#!/usr/bin/env bash
# Sets everything up on a fresh Debian 12 machine, builds the program, calculates the demo and says where its report is.
# A finished result with the same inputs is shown at once; --again calculates anew.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
# shellcheck source=tools/setup.sh
. tools/setup.sh
install_packages
configure
say "Building the program (first time: a few minutes on two cores) ..."
build beamwright
exec build/release/bin/beamwright demo "$@"
