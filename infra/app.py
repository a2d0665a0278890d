"""Synthesizes one environment: python -m infra.app ENVIRONMENT, from the repository's root.

CDK_OUTDIR names the folder for the result (the CDK's command line tool sets it), ARBITER_ENVIRONMENT the environment when there
is no argument, ARBITER_PACKAGES the folder with the functions' zips (default dist), and ARBITER_SEED a file of registry rows in place of
the configuration's seed.agentsFile.
"""

from __future__ import annotations

import os
import pathlib
import sys

from aws_cdk import App

from infra import packages as zips
from infra.configuration import ROOT, ConfigurationError, load
from infra.settings import Configuration
from infra.stacks.arbiter_stack import ArbiterStack, ArbiterStackProps


def build(configuration: Configuration, packages: pathlib.Path, app: App) -> ArbiterStack:
    packages = zips.folder(configuration, packages)
    zips.check(configuration, packages)
    return ArbiterStack(app, ArbiterStackProps(configuration, packages))


def main() -> int:
    environment = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("ARBITER_ENVIRONMENT", "local")
    packages = pathlib.Path(os.environ.get("ARBITER_PACKAGES", ROOT / "dist"))
    try:
        configuration = load(environment, seed=os.environ.get("ARBITER_SEED"))
        # Metadata would add a resource that no function uses; tree metadata is for a console's drawings.
        app = App(analytics_reporting=False, tree_metadata=False)
        build(configuration, packages, app)
    except ConfigurationError as error:
        print(error, file=sys.stderr)
        return 1
    app.synth()
    return 0


if __name__ == "__main__":
    sys.exit(main())
