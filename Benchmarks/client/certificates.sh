#!/usr/bin/env bash
# Makes what the HTTPS measurement needs, in a folder: server.pem, the server's certificates and key, and root.pem, which signed them.
#
#   Benchmarks/client/certificates.sh FOLDER
#
# As AWS's regional endpoints have it: a leaf and an intermediate, both sent by the server, under a root, all with RSA keys of 2,048 bits
# and SHA-256. Only the names differ.
set -euo pipefail
mkdir -p "$1"
cd "$1"

log="$(mktemp)"
trap 'rm -f "$log"' EXIT
quietly() { "$@" 2>"$log" >&2 || { cat "$log" >&2; exit 1; }; }
quietly openssl req -x509 -newkey rsa:2048 -nodes -days 30 -keyout root.key -out root.pem -subj "/C=US/O=Benchmark/CN=Benchmark Root CA 1" \
  -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,digitalSignature,keyCertSign,cRLSign
quietly openssl req -x509 -CA root.pem -CAkey root.key -newkey rsa:2048 -nodes -days 30 -keyout intermediate.key -out intermediate.pem \
  -subj "/C=US/O=Benchmark/CN=Benchmark RSA 2048 M01" -addext basicConstraints=critical,CA:TRUE,pathlen:0 \
  -addext keyUsage=critical,digitalSignature,keyCertSign,cRLSign
quietly openssl req -x509 -CA intermediate.pem -CAkey intermediate.key -newkey rsa:2048 -nodes -days 30 -keyout leaf.key -out leaf.pem \
  -subj "/CN=dynamodb.us-east-1.example" -addext subjectAltName=DNS:dynamodb.us-east-1.example,IP:127.0.0.1 \
  -addext basicConstraints=critical,CA:FALSE -addext keyUsage=critical,digitalSignature,keyEncipherment -addext extendedKeyUsage=serverAuth
cat leaf.pem intermediate.pem leaf.key >server.pem
