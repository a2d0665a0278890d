#!/usr/bin/env bash
# Fetches a Python source package and unpacks it, for what is inside it.
#
#   Scripts/fetch-source-package.sh PACKAGE VERSION SHA256 FOLDER
#
# FOLDER must not be there yet; it is there, whole, when this has ended well. pip of .venv fetches the package and checks it against the hash.
# Nothing of a package is run: pip asks its build backend for the name and the version, and gets the answer from a stand-in that reads them
# from PKG-INFO.
set -euo pipefail
package="$1" version="$2" hash="$3" folder="$4"
cd "$(dirname "$0")/.."
fail() { printf 'fetch-source-package: %s\n' "$*" >&2; exit 1; }
test -x .venv/bin/pip || fail ".venv has no pip: run Scripts/setup.sh local"
test ! -e "$folder" || fail "$folder is there already"

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
mkdir "$work/backend" "$work/unpacked"
printf '%s==%s --hash=sha256:%s\n' "$package" "$version" "$hash" >"$work/requirements.txt"
cat >"$work/backend/stand_in.py" <<'PYTHON'
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
for backend in hatchling/build setuptools/build_meta flit_core/buildapi poetry/core/masonry/api maturin scikit_build_core/build; do
  mkdir -p "$work/backend/$(dirname "$backend")"
  cp "$work/backend/stand_in.py" "$work/backend/$backend.py"
done
# A folder without this file would give way to an installed package of the same name.
find "$work/backend" -mindepth 1 -type d -exec touch '{}/__init__.py' ';'
PYTHONPATH="$work/backend" .venv/bin/pip download --quiet --disable-pip-version-check --no-input --no-deps --no-build-isolation \
  --no-binary :all: --require-hashes --requirement "$work/requirements.txt" --dest "$work" >&2 \
  || fail "$package $version could not be fetched"
tar -xzf "$work"/*.tar.gz -C "$work/unpacked" --strip-components 1
mkdir -p "$(dirname "$folder")"
mv "$work/unpacked" "$folder"
