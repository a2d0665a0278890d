#!/usr/bin/env bash
# Fetches what building for arm64 on x86_64 takes, into a folder: Debian's Swift for both, and the system root of an arm64 Debian.
#
#   Scripts/cross/fetch.sh FOLDER
#
# FOLDER/compiler gets Swift's compiler for this machine with the C library that it needs, FOLDER/sysroot headers and archives for arm64.
# Nothing is installed: packages are fetched by an apt of its own (FOLDER/apt), checked by Debian's signatures, and unpacked. The mirrors are
# those of this machine. Swift itself is pinned (swift.txt), for its release moves; Debian's stable releases are taken as they are.
# Ends with 3 when the mirror does not have the pinned Swift, with 1 for anything else. What is there is not fetched again.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
folder="$(mkdir -p "$1" && cd "$1" && pwd)"
fail() { printf 'cross: %s\n' "$*" >&2; exit 1; }

# Of the release that Swift's packages are not older than; and libcurl, OpenSSL and libmicrohttpd of the release that static-link/ knows.
compiler_packages=(libc6 libstdc++6 libgcc-s1 libuuid1 zlib1g libzstd1)
system_packages=(libc6-dev:arm64 linux-libc-dev libgcc-14-dev:arm64 libstdc++-14-dev:arm64)
library_packages=(libcurl4-openssl-dev libssl-dev zlib1g-dev libmicrohttpd-dev)
newer=trixie older=bookworm

stamp="$(cat "$0" "$here/swift.txt" | sha256sum)"
test "$(cat "$folder/fetched" 2>/dev/null)" != "$stamp" || exit 0

keyring=/usr/share/keyrings/debian-archive-keyring.gpg
for tool in apt-get apt-cache dpkg-deb; do
  command -v "$tool" >/dev/null || fail "$tool is missing: building for another architecture needs Debian's packages"
done
test -f "$keyring" || fail "$keyring is missing: install the Debian package debian-archive-keyring"
# shellcheck disable=SC2016  # The dollars are apt's.
mirror="$(apt-get indextargets --format '$(CODENAME) $(SITE)' 'Identifier: Packages' | sed -n "s/^$older //p" | head -n 1)"
test -n "$mirror" || fail "this machine's apt has no source for Debian $older: building for arm64 needs one"

apt="$folder/apt"
rm -rf "$folder/compiler" "$folder/sysroot" "$folder/fetched"
mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial" "$apt/packages" "$folder/compiler" "$folder/sysroot"
touch "$apt/status"
{
  echo "deb [arch=amd64,arm64 signed-by=$keyring] $mirror sid main"
  echo "deb [arch=amd64,arm64 signed-by=$keyring] $mirror $newer main"
  echo "deb [arch=arm64 signed-by=$keyring] $mirror $older main"
} >"$apt/sources.list"
cat >"$apt/apt.conf" <<END
Dir::State "$apt";
Dir::State::status "$apt/status";
Dir::State::lists "$apt/lists";
Dir::Cache "$apt/cache";
Dir::Etc::sourcelist "$apt/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
APT::Architecture "amd64";
APT::Architectures { "amd64"; "arm64"; };
APT::Sandbox::User "";
Acquire::Languages "none";
END
export APT_CONFIG="$apt/apt.conf"
quietly() { local log; log="$("$@" 2>&1)" || { printf '%s\n' "$log" >&2; fail "'$*' failed"; }; }

printf 'cross: fetching Swift and an arm64 system root from Debian (1.2 GB; once)\n' >&2
quietly apt-get -qq update
pinned=()
while read -r package architecture version checksum; do
  there="$(apt-cache show "$package:$architecture" 2>/dev/null | sed -nE 's/^(Version|SHA256): //p' | paste -sd ' ')"
  if [[ " $there " != *" $version $checksum "* ]]; then
    printf 'cross: the mirror does not have %s %s for %s with the SHA-256 of Scripts/cross/swift.txt; it has: %s\n' \
      "$package" "$version" "$architecture" "${there:-none}" >&2
    exit 3
  fi
  pinned+=("$package:$architecture=$version")
done < <(grep -v '^#' "$here/swift.txt")

download() { (cd "$apt/packages" && quietly apt-get -qq download "$@"); }
download "${pinned[@]}" "${compiler_packages[@]/%/:amd64/$newer}" \
  "${system_packages[@]/%//$newer}" "${library_packages[@]/%/:arm64/$older}"

# unpack INTO PACKAGES [PATTERNS...]
unpack() {
  local into="$1" pattern="$2" file
  shift 2
  for file in "$apt/packages"/$pattern; do
    test -f "$file" || fail "no package $pattern came"
    dpkg-deb --fsys-tarfile "$file" | tar --extract --directory "$into" --wildcards "$@"
  done
}
library=./usr/libexec/swift/lib
unpack "$folder/compiler" 'swiftlang_*_amd64.deb' ./usr/libexec/swift/bin/swift-{frontend,plugin-server} \
  "$library/swift/host/compiler/*" "$library/swift/host/plugins/*.so" &
unpack "$folder/sysroot" 'swiftlang_*_arm64.deb' "$library/swift_static/*" "$library/clang/*" &
unpack "$folder/compiler" 'libswiftlang_*_amd64.deb' "$library/swift/linux/*.so" "$library/swift/host/*.so"
for package in "${compiler_packages[@]}"; do unpack "$folder/compiler" "${package}_*_amd64.deb"; done
for package in "${system_packages[@]}" "${library_packages[@]}"; do unpack "$folder/sysroot" "${package%:*}_*_a[rl]*.deb"; done
wait %1
wait %2
frontend=usr/libexec/swift/bin/swift-frontend
test -x "$folder/compiler/$frontend" || fail "the Swift package has no $frontend: fetch.sh has to learn its new layout"
rm -rf "$apt/packages"
printf '%s\n' "$stamp" >"$folder/fetched"
