#!/usr/bin/env bash
# Builds the Lambda functions, and the agents that run in containers, as fully static executables: .build/functions/NAME/bootstrap.
#
#   Scripts/build-functions.sh [NAME ...]      all of them, the folders of Sources/Functions and Sources/Containers, without arguments
#
# FUNCTIONS_OUTPUT names another folder than .build/functions. ARCHITECTURE (x86_64, arm64) other than this machine's hands over to
# Scripts/cross/build-functions.sh.
#
# A static executable needs no library on the target, not even the C library, and starts in a fraction of the time of a dynamic one.
# The Swift runtime comes from the toolchain's archives, libcurl and OpenSSL from Debian's. docs/packaging.md tells how they are made small.
# The build has a folder of its own under .build, so that debug builds stay as they are.
set -euo pipefail
cd "$(dirname "$0")/.."
fail() { printf 'build-functions: %s\n' "$*" >&2; exit 1; }
source Scripts/toolchain.sh

case "${1:-}" in -h | --help) sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "$0"; exit ;; esac
for name; do
  grep --quiet -E "(function\(|name: )\"$name\"" Package.swift \
    || fail "there is no function $name; there are: $(all_programs | paste -sd ' ')"
done
machine="$(machine_architecture)"
architecture="$(wanted_architecture)"
if test "$architecture" != "$machine"; then exec Scripts/cross/build-functions.sh "$@"; fi

if (($#)); then functions=("$@"); else mapfile -t functions < <(all_programs); fi
scratch=.build/static
output=${FUNCTIONS_OUTPUT:-.build/functions}
libraries="$(debian_libraries "$architecture")"
archives="$PWD/$scratch/libraries" swift="$PWD/$scratch/swift"

check_toolchain "$libraries"
Scripts/static-link/archives.sh "$libraries" "$archives"
Scripts/static-link/trim-swift-runtime.sh "$swift"

# SwiftPM knows nothing of these; a program that is older than one of them is linked again.
linked_with=(Scripts/static-link "$archives" "$swift/linux/libswiftCore.a")

linker=()
while IFS= read -r option; do linker+=(-Xlinker "$option"); done < <(Scripts/static-link/link-flags.sh "$archives" "$libraries")
for name in "${functions[@]}"; do
  built="$scratch/release/$name"
  if test -f "$built" && test -n "$(find "${linked_with[@]}" -type f -newer "$built" -print -quit)"; then rm "$built"; fi
  # glibc's warnings that getaddrinfo and dlopen want the shared library at run time do not apply: files and dns are built in, and nothing
  # else is loaded (static-link/runtime-stubs.c).
  # The toolchain's own linker instead of gold, Swift's default here: it knows the options.
  Scripts/swift-build.sh --configuration release --scratch-path "$scratch" --product "$name" \
    -Xswiftc -static-executable -Xswiftc -resource-dir -Xswiftc "$swift" \
    -Xswiftc -use-ld=lld -Xswiftc -Xclang-linker -Xswiftc -nostartfiles "${linker[@]}" \
    -Xlinker "-Map=$PWD/$scratch/$name.map" \
    || fail "$name could not be built"
  target="$output/$name/bootstrap"
  mkdir -p "$output/$name"
  # Stripping changes the file's time, so the copy says whether there is anything to do.
  if [[ ! -f "$target" || "$built" -nt "$target" ]]; then
    strip --strip-all -o "$target.unfinished" "$built"
    Scripts/sizes.py "$scratch/$name.map" "$built" "$target.unfinished" >"$output/$name/parts.json"
    mv "$target.unfinished" "$target"
    printf 'build-functions: %s, %d bytes\n' "$target" "$(stat --format %s "$target")" >&2
  fi
  ! readelf --dynamic --wide "$target" | grep --quiet NEEDED || fail "$target needs shared libraries; it should be fully static"
done
