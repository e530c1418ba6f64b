#!/usr/bin/env bash
# Installs the build tree $1 into a temporary prefix, builds the consumer projects in $2 against it and runs them.
set -euo pipefail
prefix=$(mktemp -d)
trap 'rm -rf "$prefix"' EXIT
cmake --install "$1" --prefix "$prefix/usr" >/dev/null
for example in embed new_process; do
    cmake -G Ninja -S "$2/$example" -B "$prefix/$example" -DCMAKE_PREFIX_PATH="$prefix/usr" -DCMAKE_BUILD_TYPE=Release >/dev/null
    cmake --build "$prefix/$example" >/dev/null
done
"$prefix/embed/embed"
# The installed program and the test find the installed data, not those of the source tree
cd "$prefix"
"$prefix/usr/bin/beamwright" machine list --quiet
"$prefix/new_process/highland_test"
