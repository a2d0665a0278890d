#!/usr/bin/env bash
# Builds the Lambda functions as fully static executables: .build/functions/NAME/bootstrap.
#
#   Scripts/build-functions.sh [NAME ...]      all functions without arguments
#
# FUNCTIONS_OUTPUT names another folder than .build/functions.
#
# A static executable needs no library on the target, not even the C library, and starts in a fraction of the time of a dynamic one.
# The Swift runtime comes from the toolchain's archives, libcurl and OpenSSL from Debian's. The build has a folder of its own under
# .build, so that debug builds stay as they are.
set -euo pipefail
cd "$(dirname "$0")/.."

functions=(Supervisor WorkerWrapper ConfigSeeder)
if (($#)); then functions=("$@"); fi

scratch=.build/static
output=${FUNCTIONS_OUTPUT:-.build/functions}
fail() { printf 'build-functions: %s\n' "$*" >&2; exit 1; }

# A libcurl that speaks HTTP and nothing else, in front of Debian's in the linker's search.
libraries="/usr/lib/$(uname -m)-linux-gnu"
trimmed="$PWD/$scratch/libraries"
is_newer() { [[ "$1" -nt "$trimmed/libcurl.a" ]]; }
if is_newer "$libraries/libcurl.a" || is_newer Scripts/static-link/curl-stubs.c || is_newer Scripts/build-functions.sh; then
  mkdir -p "$trimmed"
  clang -O2 -Wall -c -o "$trimmed/curl-stubs.o" Scripts/static-link/curl-stubs.c
  cp "$libraries/libcurl.a" "$trimmed/libcurl.unfinished"
  ar d "$trimmed/libcurl.unfinished" libcurl_la-{dict,file,ftp,gopher,imap,ldap,mqtt,openldap,pop3,curl_rtmp,rtsp,libssh,libssh2,smb,smtp,telnet,tftp}.o \
    libcurl_la-{spnego_gssapi,krb5_gssapi,curl_gssapi,socks_gssapi,krb5}.o
  ar qs "$trimmed/libcurl.unfinished" "$trimmed/curl-stubs.o"
  mv "$trimmed/libcurl.unfinished" "$trimmed/libcurl.a"
fi
archives=(-Xlinker "-L$trimmed" -Xlinker --start-group)
for name in curl ssl crypto z; do
  test -f "$libraries/lib$name.a" || fail "$libraries/lib$name.a is missing: run Scripts/setup.sh apt"
  archives+=(-Xlinker "-l$name")
done
archives+=(-Xlinker --end-group)

Scripts/static-link/trim-swift-runtime.sh "$PWD/$scratch/swift"

order="$PWD/Scripts/static-link/start-order.txt"
for name in "${functions[@]}"; do
  built="$scratch/release/$name"
  # The build does not know of this file.
  if [[ "$order" -nt "$built" ]]; then rm -f "$built"; fi
  # glibc's warnings that getaddrinfo and dlopen want the shared library at run time do not apply: files and dns are built in.
  # The toolchain's own linker instead of gold, Swift's default here, with the functions of the start side by side (trace-start.py): what
  # it lays out starts two tenths of a millisecond earlier.
  Scripts/swift-build.sh --configuration release --scratch-path "$scratch" --product "$name" \
    -Xswiftc -static-executable -Xswiftc -resource-dir -Xswiftc "$PWD/$scratch/swift" -Xlinker --wrap=sysconf \
    -Xswiftc -use-ld=lld -Xlinker --gc-sections \
    -Xlinker "--symbol-ordering-file=$order" -Xlinker --no-warn-symbol-ordering "${archives[@]}" || fail "$name could not be built"
  target="$output/$name/bootstrap"
  mkdir -p "$output/$name"
  # Stripping changes the file's time, so the copy says whether there is anything to do.
  if [[ ! -f "$target" || "$built" -nt "$target" ]]; then
    strip --strip-all -o "$target.unfinished" "$built"
    mv "$target.unfinished" "$target"
    printf 'build-functions: %s, %d bytes\n' "$target" "$(stat --format %s "$target")" >&2
  fi
  ! readelf --dynamic --wide "$target" | grep --quiet NEEDED || fail "$target needs shared libraries; it should be fully static"
done
