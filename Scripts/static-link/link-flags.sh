#!/usr/bin/env bash
# Prints the options of the linker with which a function is linked, one a line.
#
#   Scripts/static-link/link-flags.sh ARCHIVES LIBRARIES
#
# ARCHIVES is the output of archives.sh, LIBRARIES the folder with Debian's archives and start files. The compiler driver has to be told
# -nostartfiles: its start files would register unwind tables, and there are none (sections.ld).
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"

archives="$1" libraries="$2"
printf '%s\n' \
  "$libraries/crt1.o" "$libraries/crti.o" "$archives/runtime-stubs.o" "$libraries/crtn.o" \
  "-L$archives" --start-group -lcurl -lssl -lcrypto -lz --end-group -lmicrohttpd \
  --gc-sections -O2 --build-id=none \
  --wrap=_swift_stdlib_getScalarName --wrap=sysconf --wrap=__libc_dlopen_mode \
  -T "$here/sections.ld" \
  "--symbol-ordering-file=$here/start-order.txt" --no-warn-symbol-ordering
