# Sourced by run-demo.sh and run-tests.sh: installs what packages.txt names and is missing, then configures.
# Leaves the build tree at build/release. Works without a terminal and without sudo when already root.

say() { printf '%s\n' "$*" >&2; }

# Names of packages in packages.txt that dpkg does not list as installed.
missing_packages() {
    local package
    grep -v '^#' packages.txt | while read -r package; do
        [ -n "$package" ] || continue
        dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || printf '%s\n' "$package"
    done
}

install_packages() {
    local missing as_root=""
    missing=$(missing_packages)
    [ -z "$missing" ] && return 0
    if ! command -v apt-get >/dev/null; then
        say "This is not Debian or a relative of it. Install by hand what packages.txt names, then call again:"
        say "$missing"
        exit 1
    fi
    [ "$(id -u)" -eq 0 ] || as_root="sudo"
    say "Installing $(printf '%s\n' "$missing" | wc -l) Debian packages (about 600 MB with what they need; a few minutes) ..."
    export DEBIAN_FRONTEND=noninteractive
    # shellcheck disable=SC2086 # word splitting is wanted
    $as_root apt-get install -y -qq --no-install-recommends $missing >/dev/null 2>&1 || {
        $as_root apt-get update -qq &&
            $as_root apt-get install -y -qq --no-install-recommends $missing >/dev/null
    } || {
        say "The packages could not be installed. Try: apt-get update && apt-get install $missing"
        exit 1
    }
}

configure() {
    [ -f build/release/build.ninja ] && return 0
    say "Configuring ..."
    cmake --preset release >build-configure.log 2>&1 || {
        cat build-configure.log >&2
        exit 1
    }
    rm -f build-configure.log
}

# Builds the named targets, showing the whole output only when it fails.
build() {
    local log status=0
    log=$(mktemp)
    if [ -t 2 ]; then
        cmake --build build/release --target "$@" || status=$?
    else
        cmake --build build/release --target "$@" >"$log" 2>&1 || status=$?
        [ "$status" -eq 0 ] || cat "$log" >&2
    fi
    rm -f "$log"
    return "$status"
}
