#!/usr/bin/env bash
# Makes the archives that functions are linked with in front of Debian's: a libcurl that speaks HTTP and nothing else, a libcrypto with what
# TLS with AWS needs, a libmicrohttpd without TLS, and the object that every executable gets.
#
#   Scripts/static-link/archives.sh LIBRARIES OUTPUT [COMPILER ...]
#
# LIBRARIES is the folder with Debian's archives, OUTPUT gets libcurl.a, libcrypto.a, libmicrohttpd.a and
# runtime-stubs.o. COMPILER is clang, with options for another architecture where needed. Nothing is done when OUTPUT is newer than what it is made from.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"

libraries="$1" output="$2"
shift 2
if (($#)); then compiler=("$@"); else compiler=(clang); fi
# What is deleted is replaced by the stubs of the same name; curl-stubs.c, openssl-stubs.c and httpd-stubs.c say why.
# (Extended regular expressions, of which each has to be matched by a whole name.)
curl_protocols='dict|file|ftp|gopher|imap|ldap|mqtt|openldap|pop3|curl_rtmp|rtsp|libssh|libssh2|smb|smtp|telnet|tftp'
curl_log_ins='spnego_gssapi|krb5_gssapi|curl_gssapi|socks_gssapi|krb5|curl_ntlm_core|curl_ntlm_wb|http_ntlm|ntlm'
curl_members="libcurl_la-($curl_protocols|$curl_log_ins)\.o"
crypto_lists='defltprov|baseprov|c_allc|c_alld'
crypto_engines='e_afalg|e_padlock.*|eng_dyn|eng_openssl'
crypto_curve448='curve448.*|f_generic|f_impl.*|scalar|eddsa'
crypto_members="libcrypto-lib-($crypto_lists|$crypto_engines|$crypto_curve448)\.o"
httpd_members='libmicrohttpd_la-connection_https\.o'

newest_input() { find "$here" "$libraries/libcurl.a" "$libraries/libcrypto.a" "$libraries/libmicrohttpd.a" -maxdepth 1 -type f -newer "$output/runtime-stubs.o" -print -quit; }
if test -f "$output/runtime-stubs.o" && test -z "$(newest_input)"; then exit 0; fi

compile() { "${compiler[@]}" -O2 -Wall -Wextra -Werror -fno-asynchronous-unwind-tables -ffunction-sections -c -o "$output/$1.o" "$here/$1.c"; }

# trim NAME MEMBERS STUBS...: a copy of libNAME.a without the members whose names match, with the stubs.
trim() {
  local name="$1" members="$2" copy="$output/lib$1.unfinished" unwanted stub stubs=()
  shift 2
  for stub; do compile "$stub"; stubs+=("$output/$stub.o"); done
  mapfile -t unwanted < <(ar t "$libraries/lib$name.a" | grep --extended-regexp --line-regexp "$members")
  cp "$libraries/lib$name.a" "$copy"
  ar d "$copy" "${unwanted[@]}"
  ar qs "$copy" "${stubs[@]}"
  mv "$copy" "$output/lib$name.a"
}

mkdir -p "$output"
trim curl "$curl_members" curl-stubs
trim crypto "$crypto_members" openssl-provider openssl-stubs
trim microhttpd "$httpd_members" httpd-stubs
# Last: its time says that all is done.
compile runtime-stubs
