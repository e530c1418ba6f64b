#!/usr/bin/env bash
# Installs the build tree $1 into a temporary prefix, builds the consumer project $2 against it and runs it.
set -euo pipefail
prefix=$(mktemp -d)
trap 'rm -rf "$prefix"' EXIT
cmake --install "$1" --prefix "$prefix/usr" >/dev/null
cmake -G Ninja -S "$2" -B "$prefix/build" -DCMAKE_PREFIX_PATH="$prefix/usr" -DCMAKE_BUILD_TYPE=Release >/dev/null
cmake --build "$prefix/build" >/dev/null
"$prefix/build/embed"
# The installed program finds the installed data, not those of the source tree
cd "$prefix"
"$prefix/usr/bin/beamwright" machine list --quiet
