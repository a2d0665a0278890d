#!/usr/bin/env bash
# Sourced by the scripts that build functions: what they need to know of the machine, and one clear line where it does not fit.
#
#   machine_architecture             x86_64 or arm64, as Lambda names it; anything else is refused
#   wanted_architecture              the one of the variable ARCHITECTURE, the machine's without it
#   check_swift                      Swift 6.3 on the PATH, whose compiler runs; its answer to -print-target-info is in `swift_target` then
#   all_programs                     the functions and the containers' agents, folders of Sources/Functions and Sources/Containers, one a line
#   check_toolchain FOLDER           Swift 6.3 with its static libraries, and Debian's archives of FOLDER in the versions that we know
#
# A script that sources this has the function `fail`, which prints its arguments and ends it.

swift_version=6.3 curl_version=7.88 openssl_version=3.0 httpd_version=0.9.75

all_programs() { find Sources/Functions Sources/Containers -mindepth 1 -maxdepth 1 -type d -printf '%f\n' | sort; }

machine_architecture() {
  local machine; machine="$(uname -m)"
  case "$machine" in
    x86_64 | amd64) echo x86_64 ;;
    aarch64 | arm64) echo arm64 ;;
    *) fail "this machine is $machine; Lambda runs x86_64 and arm64" ;;
  esac
}

wanted_architecture() {
  local machine; machine="$(machine_architecture)" || exit 1
  case "${ARCHITECTURE:-$machine}" in
    x86_64 | arm64) echo "${ARCHITECTURE:-$machine}" ;;
    *) fail "ARCHITECTURE=$ARCHITECTURE is not one that Lambda has: set x86_64 or arm64" ;;
  esac
}

# The folder of Debian's libraries for an architecture.
debian_libraries() {
  case "$1" in
    x86_64) echo /usr/lib/x86_64-linux-gnu ;;
    arm64) echo /usr/lib/aarch64-linux-gnu ;;
  esac
}

# header_version HEADER NAME: the version in quotes behind `#define NAME`.
header_version() { sed -nE "s/^# *define +$2 +\"([^\"]+)\".*/\1/p" "$1" | head -n 1; }

check_version() {
  local what="$1" wanted="$2" found="$3"
  [[ "$found" == "$wanted".* ]] || fail "$what is ${found:-of an unknown version}, and the functions are linked with $wanted, that of Debian 12"
}

check_swift() {
  local version
  command -v swift >/dev/null || fail "swift is missing: install the Swift $swift_version toolchain for Debian 12 and put its usr/bin on the PATH"
  swift_target="$(swift -print-target-info 2>/dev/null)" || fail "swift does not run ('swift -print-target-info' failed): reinstall the Swift $swift_version toolchain"
  version="$(sed -nE 's/.*"compilerVersion" *: *"[^"]*Swift version ([0-9.]+).*/\1/p' <<<"$swift_target")"
  [[ "$version" == "$swift_version" || "$version" == "$swift_version".* ]] \
    || fail "swift on the PATH ($(command -v swift)) is ${version:-of an unknown version}, and $swift_version is needed"
}

check_toolchain() {
  local libraries="$1" name resources
  for name in clang ar strip readelf nm; do
    command -v "$name" >/dev/null || fail "$name is missing: clang comes with Swift's toolchain, the others with Debian's binutils (Scripts/setup.sh apt)"
  done
  check_swift
  resources="$(sed -nE 's/.*"runtimeResourcePath" *: *"([^"]+)".*/\1/p' <<<"$swift_target")"
  test -f "${resources}_static/linux/libswiftCore.a" \
    || fail "Swift's static libraries are missing (${resources}_static/linux/libswiftCore.a): install the whole toolchain, not a slim one"
  for name in curl ssl crypto z microhttpd; do
    test -f "$libraries/lib$name.a" || fail "$libraries/lib$name.a is missing: run Scripts/setup.sh apt"
  done
  check_version libcurl "$curl_version" "$(header_version "/usr/include/$(basename "$libraries")/curl/curlver.h" LIBCURL_VERSION)"
  check_version OpenSSL "$openssl_version" "$(header_version /usr/include/openssl/opensslv.h OPENSSL_VERSION_STR)"
  # 0x00097503 is 0.9.75, and a patch of it.
  check_version libmicrohttpd "$httpd_version" "$(sed -nE 's/^# *define +MHD_VERSION +0x00([0-9])([0-9])([0-9]{2})([0-9]{2}).*/\1.\2.\3.\4/p' /usr/include/microhttpd.h | head -n 1)"
}
