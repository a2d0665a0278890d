#!/usr/bin/env python3
"""Builds functions for arm64 on x86_64, with what fetch.sh has brought: one module after the other, then one link a function.

  Scripts/cross/build.py FOLDER OUTPUT NAME ...

FOLDER is fetch.sh's. Targets, settings and dependencies are those of Package.swift, in its release configuration. SwiftPM itself cannot build
them: it would take its own compiler, whose standard library for arm64 is not to be had.
"""

from __future__ import annotations

import json
import os
import pathlib
import shlex
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
TARGET = "aarch64-unknown-linux-gnu"


class BuildError(Exception):
    """A step failed; the message has what it printed."""


class Cross:
    def __init__(self, folder: pathlib.Path) -> None:
        self.folder = folder.resolve()
        self.root = self.folder / "sysroot"
        self.resources = self.root / "usr/libexec/swift/lib/swift_static"
        self.libraries = self.root / "usr/lib/aarch64-linux-gnu"
        self.built = self.folder / "modules"
        self.linked = self.folder / "linked"
        self.targets = {target["name"]: target for target in json.loads(run("swift", "package", "dump-package"))["targets"]}
        compiler = self.folder / "compiler"
        loader = compiler / "usr/lib64/ld-linux-x86-64.so.2"
        folders = [compiler / "usr/lib/x86_64-linux-gnu", *(compiler / "usr/libexec/swift/lib/swift" / name for name in ("linux", "host/compiler", "host"))]
        frontend = compiler / "usr/libexec/swift/bin/swift-frontend"
        # Made for a newer Debian than ours: it runs with the C library of its own, and has to be told its name, to know that it is a compiler.
        run_with_own_library = [loader, "--library-path", ":".join(map(str, folders)), "--argv0"]
        self.swift = [*run_with_own_library, frontend, frontend, "-frontend"]
        # The compiler starts this one for macros (TaskLocal).
        server = compiler / "usr/libexec/swift/bin/swift-plugin-server"
        self.plugin_server = self.folder / "swift-plugin-server"
        self.plugin_server.write_text(f"#!/bin/sh\nexec {shlex.join(map(str, [*run_with_own_library, server, server]))}\n")
        self.plugin_server.chmod(0o755)
        self.plugins = compiler / "usr/libexec/swift/lib/swift/host/plugins"
        gcc = next(iter(sorted((self.root / "usr/lib/gcc/aarch64-linux-gnu").glob("*"), reverse=True)), None)
        if gcc is None:
            raise BuildError(f"{self.root} has no usr/lib/gcc/aarch64-linux-gnu: remove {self.folder} and run Scripts/cross/fetch.sh again")
        self.clang = ["clang", f"--target={TARGET}", f"--sysroot={self.root}", f"--gcc-install-dir={gcc}"]

    def order(self, name: str, seen: list[str] | None = None) -> list[str]:
        """The target and what it depends on, what is needed first first."""
        seen = [] if seen is None else seen
        for dependency in self.targets[name]["dependencies"]:
            self.order(dependency["byName"][0], seen)
        if name not in seen:
            seen.append(name)
        return seen

    def is_current(self, name: str) -> bool:
        """Whether what the target is built from is older than what it was built to."""
        done = self.built / f"{name}.built"
        if not done.is_file():
            return False
        inputs = [ROOT / "Package.swift", pathlib.Path(__file__), self.folder / "fetched", *(ROOT / self.targets[name]["path"]).rglob("*")]
        inputs += [self.built / f"{dependency}.built" for dependency in self.order(name) if dependency != name]
        return all(path.stat().st_mtime < done.stat().st_mtime for path in inputs)

    def compile(self, name: str) -> None:
        if self.is_current(name):
            return
        print(f"cross: compiling {name}", file=sys.stderr)
        sources = ROOT / self.targets[name]["path"]
        for old in [self.built / f"{name}.built", self.built / f"{name}.o", *self.built.glob(f"{name}-*.o")]:
            old.unlink(missing_ok=True)
        if any(sources.rglob("*.c")):
            self.compile_c(name, sources)
        else:
            self.compile_swift(name, sources)
        (self.built / f"{name}.built").touch()

    def compile_swift(self, name: str, sources: pathlib.Path) -> None:
        target = self.targets[name]
        # Debian builds the compiler with its internal checks, which stumble over a Span of 6.2's own standard library; a released compiler has none.
        settings = ["-O", "-sil-verify-none"]
        for setting in target["settings"]:
            if setting["tool"] != "swift" or setting.get("condition", {}).get("config", "release") != "release":
                continue
            kind, value = next(iter(setting["kind"].items()))
            if kind == "enableUpcomingFeature":
                settings += ["-enable-upcoming-feature", value["_0"]]
            elif kind == "unsafeFlags":
                settings += [flag for flag in value["_0"] if flag != "-Xfrontend"]
        executable = target["type"] == "executable"
        settings += ["-entry-point-function-name", f"{name}_main"] if executable else ["-parse-as-library"]
        modules = [part for path in self.built.glob("*/module.modulemap") for part in ("-Xcc", f"-fmodule-map-file={path}")]
        files = sorted(str(path.relative_to(ROOT)) for path in sources.rglob("*.swift"))
        run(*self.swift, "-emit-object", *files, "-module-name", name, "-o", self.built / f"{name}.o", "-emit-module-path", self.built / f"{name}.swiftmodule",
            "-target", TARGET, "-sdk", self.root, "-resource-dir", self.resources, "-I", self.built, *modules, "-swift-version", "6", "-package-name", "arbiter",
            "-external-plugin-path", f"{self.plugins}#{self.plugin_server}",
            "-module-cache-path", self.folder / "module-cache", "-function-sections", "-suppress-warnings", *settings)

    def compile_c(self, name: str, sources: pathlib.Path) -> None:
        target = self.targets[name]
        folder = self.built / name
        folder.mkdir(exist_ok=True)
        settings = []
        for setting in target["settings"]:
            if setting["tool"] != "c" or setting.get("condition", {}).get("config", "release") != "release":
                continue
            kind, value = next(iter(setting["kind"].items()))
            if kind == "define":
                settings.append(f"-D{value['_0']}")
            elif kind == "unsafeFlags":
                settings += value["_0"]
        # A target that names its sources has others that are parts of them.
        named = target.get("sources")
        files = sorted(sources / file for file in named) if named else sorted(sources.rglob("*.c"))
        missing = [file for file in files if not file.is_file()]
        if missing:
            raise BuildError(f"{missing[0]} is missing: run Scripts/setup.sh apt")
        for source in files:
            run(*self.clang, "-O2", "-fno-omit-frame-pointer", "-ffunction-sections", "-I", sources / "include", *settings, "-c", source,
                "-o", self.built / f"{name}-{'-'.join(source.relative_to(sources).with_suffix('').parts)}.o")
        (folder / "module.modulemap").write_text(f'module {name} {{\n  umbrella "{sources / "include"}"\n  export *\n}}\n')

    def link(self, name: str) -> pathlib.Path:
        archives = self.folder / "archives"
        run(ROOT / "Scripts/static-link/archives.sh", self.libraries, archives, *self.clang)
        swift = self.folder / "swift"
        run(ROOT / "Scripts/static-link/trim-swift-runtime.sh", swift, self.resources, *self.clang)
        flags = run(ROOT / "Scripts/static-link/link-flags.sh", archives, self.libraries).split("\n")[:-1]
        objects = [path for target in self.order(name) for path in sorted([*self.built.glob(f"{target}.o"), *self.built.glob(f"{target}-*.o")])]
        print(f"cross: linking {name}", file=sys.stderr)
        self.linked.mkdir(exist_ok=True)
        program = self.linked / name
        linker = [part for flag in [*flags, f"--defsym=main={name}_main", f"-Map={self.folder / name}.map"] for part in ("-Xlinker", flag)]
        swift_libraries = ["-lswiftCore", "-lswift_Concurrency", "-lswiftSynchronization", "-lswiftGlibc", "-lswift_Builtin_float"]
        run(*self.clang, "-fuse-ld=lld", "-static", "-nostartfiles", self.resources / "linux/aarch64/swiftrt.o", *objects, f"-L{archives}",
            f"-L{swift / 'linux'}",
            "-Wl,--start-group", *swift_libraries, "-ldispatch", "-lBlocksRuntime", "-lstdc++", "-lm", "-lpthread", "-ldl", "-Wl,--end-group",
            *linker, "-o", program)
        return program


def run(*command: str | os.PathLike) -> str:
    done = subprocess.run([str(part) for part in command], cwd=ROOT, text=True, capture_output=True, check=False)
    if done.returncode:
        raise BuildError(f"{' '.join(map(str, command))[:400]} ... failed:\n{done.stdout}{done.stderr}")
    return done.stdout


def main(arguments: list[str]) -> int:
    folder, output, names = pathlib.Path(arguments[0]), pathlib.Path(arguments[1]), arguments[2:]
    try:
        cross = Cross(folder)
        cross.built.mkdir(exist_ok=True)
        for name in dict.fromkeys(target for function in names for target in cross.order(function)):
            cross.compile(name)
        for name in names:
            program = cross.link(name)
            target = output / name / "bootstrap"
            target.parent.mkdir(parents=True, exist_ok=True)
            # The toolchain's own, since Debian's strip knows no other processor than this machine's.
            run("llvm-objcopy", "--strip-all", program, target)
            parts = run(ROOT / "Scripts/sizes.py", folder / f"{name}.map", program, target)
            (target.parent / "parts.json").write_text(parts)
            print(f"cross: {target}, {target.stat().st_size} bytes", file=sys.stderr)
    except (BuildError, OSError, KeyError) as error:
        print(f"cross: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
