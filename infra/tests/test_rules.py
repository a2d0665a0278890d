"""cdk-nag and cfn-lint find nothing that is not accepted here, with the reason."""

from __future__ import annotations

import dataclasses
import json
import pathlib
import re
import subprocess
import sys

import pytest
from aws_cdk import App, Validations
from cdk_nag import AwsSolutionsChecks

from infra.app import build
from infra.configuration import environments, load
from infra.settings import Configuration
from infra.tests.conftest import synthesized

# The agent's container as an account would name it; with one, everything that there can be is in the stack.
IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/arbiter-cost-agent@sha256:" + 64 * "0"

# What cdk-nag reports, where it does, and why it stays. A pattern that nothing matches any more fails the test.
ACCEPTED = {
    r"AwsSolutions-S1 .*(Code/Bucket|Storage/Reports)": "access logs need a bucket and a budget of their own; data events of CloudTrail serve the same end",
    r"AwsSolutions-S10 .*(Code/Bucket|Storage/Reports)": "only the local cloud, which has no TLS",
    r"AwsSolutions-SQS4 ": "only the local cloud, which has no TLS",
    r"AwsSolutions-SQS3 .*(Routes|Triggers)/DeadLetters": "is a dead-letter queue itself, of rules and of asynchronous invocations, which cdk-nag does not see",
    r"AwsSolutions-IAM5\[Resource::<CodeBucket.*>/(agents|tools|runs|payloads|conversations|workspaces)/\*\]": "objects below a prefix",
    r"AwsSolutions-IAM5\[Resource::\*\]": "actions without resources, of X-Ray and of lists; test_permissions.py and test_cost_optimizer.py check that nothing "
                                         "else is in it",
    r"AwsSolutions-IAM5\[Resource::<CostOptimizerStorageReports.*>/\*\]": "the reports, each below its session's name",
    r"AwsSolutions-IAM5\[Resource::.*runtime-endpoint/\*\]": "the endpoints of one runtime, which cannot be asked without one",
    r"AwsSolutions-IAM5\[Resource::arn:.*\] .*CostOptimizer/Agent/Role": "every resource of a kind, which is what is analysed; test_cost_optimizer.py says of which "
                                                                       "actions",
    r"AwsSolutions-SF2 ": "X-Ray is a choice of the environment: functions.tracing",
}
# What an environment allows by its own configuration.
CONFIGURED = (r"AwsSolutions-IAM5\[Resource::arn:.*:(sqs|events):.*\]",)


def configurations() -> dict[str, Configuration]:
    """Every environment, and one in which the cost optimizer has a runtime of its own and a schedule."""
    dev = load("dev")
    optimizer = dataclasses.replace(dev.costOptimizer, enabled=True, image=IMAGE, schedule="rate(7 days)")
    return {**{name: load(name) for name in environments()}, "dev-cost": dataclasses.replace(dev, costOptimizer=optimizer)}


def nag_findings(configuration: Configuration, packages: pathlib.Path, folder: pathlib.Path) -> set[str]:
    app = App(outdir=str(folder), analytics_reporting=False)
    build(configuration, packages, app)
    Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    try:
        app.synth()
    except RuntimeError:
        pass  # What was found is in the report.
    report = json.loads((folder / "validation-report.json").read_text())
    found = set()
    for plugin in report["pluginReports"]:
        for violation in plugin["violations"]:
            for construct in violation["violatingConstructs"]:
                found.add(f"{violation['ruleName'].removeprefix('AwsSolutions::')} {construct['constructPath']}")
    return found


def test_cdk_nag_finds_only_what_is_accepted(packages: pathlib.Path, tmp_path: pathlib.Path) -> None:
    used = set()
    for environment, configuration in configurations().items():
        for finding in nag_findings(configuration, packages, tmp_path / environment):
            if any(re.search(pattern, finding) for pattern in CONFIGURED):
                continue
            matching = [pattern for pattern in ACCEPTED if re.search(pattern, finding)]
            assert matching, f"{environment}: {finding}"
            used.update(matching)
    assert used == set(ACCEPTED), "accepted, but no longer found"


@pytest.mark.parametrize("environment", configurations())
def test_cfn_lint_finds_nothing(packages: pathlib.Path, environment: str, tmp_path: pathlib.Path) -> None:
    file = tmp_path / "template.json"
    file.write_text(json.dumps(synthesized(configurations()[environment], packages, tmp_path / "out")))
    # W3005: the construct library states dependencies that references imply.
    command = [pathlib.Path(sys.executable).parent / "cfn-lint", "--ignore-checks", "W3005", "--regions", "us-east-1", "--", file]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout) == (0, "")
