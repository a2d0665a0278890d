"""The configuration: what is merged, and how faults are reported."""

from __future__ import annotations

import pathlib
import shutil

import pytest

from infra.configuration import FOLDER, ConfigurationError, environments, load, seed_rows


@pytest.fixture
def folder(tmp_path: pathlib.Path) -> pathlib.Path:
    shutil.copy(FOLDER / "base.yaml", tmp_path)
    return tmp_path


def fault(folder: pathlib.Path, text: str) -> str:
    (folder / "test.yaml").write_text(text)
    with pytest.raises(ConfigurationError) as raised:
        load("test", folder)
    return str(raised.value).replace(f"{folder}/", "")


@pytest.mark.parametrize("environment", environments())
def test_every_environment_loads(environment: str) -> None:
    assert load(environment).environment == environment


def test_an_environment_replaces_single_fields_of_base(folder: pathlib.Path) -> None:
    (folder / "test.yaml").write_text("functions:\n  supervisor:\n    timeoutSeconds: 60\nmodel:\n  agents: [one, two]\n")
    configuration = load("test", folder)
    assert configuration.functions.supervisor.timeoutSeconds == 60
    assert configuration.functions.supervisor.memoryMegabytes == 1024
    assert configuration.model.agents == ("one", "two")


@pytest.mark.parametrize(("text", "expected"), [
    ("limits:\n  budgetUSD: 150\n", "test.yaml:2: limits.budgetUSD: 150 is more than maximumBudgetUSD allows any request: 100"),
    ("limits:\n  maximumDeadlineSeconds: 60\n", "limits.deadlineSeconds: 3600 is more than maximumDeadlineSeconds allows any request: 60"),
])
def test_a_default_above_its_maximum_is_refused(folder: pathlib.Path, text: str, expected: str) -> None:
    assert expected in fault(folder, text)


def test_an_empty_environment_is_base(folder: pathlib.Path) -> None:
    (folder / "test.yaml").write_text("# nothing\n")
    assert load("test", folder).prefix == "arbiter"


def test_a_value_out_of_range_names_file_line_path_and_range(folder: pathlib.Path) -> None:
    assert fault(folder, "functions:\n  # comment\n  supervisor:\n    timeoutSeconds: 901\n") == (
        "test.yaml:4: functions.supervisor.timeoutSeconds: 901 is not allowed; allowed: integer from 10 to 900")


def test_a_wrong_choice_lists_the_choices(folder: pathlib.Path) -> None:
    assert fault(folder, "removal: keep\n") == 'test.yaml:1: removal: "keep" is not allowed; allowed: "retain", "destroy"'


def test_an_unknown_field_lists_the_known_and_suggests_one(folder: pathlib.Path) -> None:
    assert fault(folder, "events:\n  retryAtempts: 1\n") == (
        "test.yaml:2: events.retryAtempts: unknown field (did you mean retryAttempts?); "
        "allowed: retryAttempts, maximumAgeSeconds, sweepMinutes")


def test_an_item_of_a_list_has_its_own_line(folder: pathlib.Path) -> None:
    assert fault(folder, "model:\n  regions:\n    - us-east-1\n    - Mars\n").startswith('test.yaml:4: model.regions[1]: "Mars" is not allowed')


def test_every_fault_is_reported(folder: pathlib.Path) -> None:
    lines = fault(folder, "prefix: UPPER\nlimits:\n  rounds: 0\n  budgetUSD: 0\n").splitlines()
    assert [line.split(": ")[1] for line in lines] == ["prefix", "limits.rounds", "limits.budgetUSD"]


def test_a_missing_field_is_named(folder: pathlib.Path) -> None:
    base = folder / "base.yaml"
    base.write_text(base.read_text().replace("  depth: 3\n", ""))
    assert fault(folder, "removal: retain\n").endswith("limits.depth: missing")


def test_a_field_given_twice_is_refused(folder: pathlib.Path) -> None:
    assert fault(folder, "prefix: one\nprefix: two\n") == "test.yaml:2: prefix: given twice in this mapping"


def test_text_that_is_not_yaml_names_the_line(folder: pathlib.Path) -> None:
    assert fault(folder, "prefix: one\n  bad: [\n").startswith("test.yaml:2: not YAML:")


def test_dead_letters_must_outlive_their_messages(folder: pathlib.Path) -> None:
    assert fault(folder, "queues:\n  deadLetterRetentionDays: 7\n").startswith("test.yaml:2: queues.deadLetterRetentionDays: 7 must be more than")


def test_a_missing_agents_file_is_named(folder: pathlib.Path) -> None:
    assert "seed.agentsFile: 'nowhere/agents.json'" in fault(folder, "seed:\n  agentsFile: nowhere/agents.json\n")


def test_an_unknown_environment_lists_the_known(folder: pathlib.Path) -> None:
    with pytest.raises(ConfigurationError, match="'prod' has no file"):
        load("prod", folder)


@pytest.mark.parametrize(("text", "where"), [
    ("functions: {1: x}\n", "test.yaml:1: functions: the name of a field must be text, not '1'"),
    ("events:\n  on: 3\n", "test.yaml:2: events: the name of a field must be text, not 'on'"),
    ("? [a, b]\n: c\n", "test.yaml:1: the whole file: the name of a field must be text, not a sequence"),
    ("removal: 2026-01-01\n", 'test.yaml:1: removal: "2026-01-01" is not allowed; allowed: "retain", "destroy"'),
    ("model:\n  regions: us-east-1\n", 'test.yaml:2: model.regions: "us-east-1" is not allowed; allowed: array of string matching '),
    ("model: &a\n  agents: [*a]\n", "test.yaml:1: model.agents[0]: refers to itself"),
    ("prefix: !!int x\n", "test.yaml:1: cannot be read: "),
    ("prefix: !python/object x\n", "test.yaml:1: not YAML: "),
    ("model:\n  temperature: hot\n", 'test.yaml:2: model.temperature: "hot" is not allowed; allowed: number from 0 to 1 or "none"'),
    ("limits:\n  rounds: 201\n", "test.yaml:2: limits.rounds: 201 is not allowed; allowed: integer from 1 to 200"),
    ("limits:\n  budgetUSD: .nan\n", "test.yaml:2: limits.budgetUSD: not a number that can be counted with"),
    ("limits:\n  budgetUSD: .inf\n", "test.yaml:2: limits.budgetUSD: "),
    ("fabrication:\n  approval: maybe\n", 'test.yaml:2: fabrication.approval: "maybe" is not allowed; allowed: "automatic", "manual"'),
    ("fabrication:\n  model: 5\n", "test.yaml:2: fabrication.model: 5 is not allowed; allowed: string matching ^[a-zA-Z0-9.:/_-]{1,2048}$ or null"),
    ("sandbox:\n  httpAllowList: ['https://api.example.com/data']\n", "test.yaml:2: sandbox.httpAllowList[0]: "),
    ("sandbox:\n  locks: none\n", 'test.yaml:2: sandbox.locks: "none" is not allowed; allowed: "required", "available"'),
    ("model:\n  temperature: .nan\n", "test.yaml:2: model.temperature: not a number that can be counted with"),
])
def test_what_no_field_can_mean_has_its_line(folder: pathlib.Path, text: str, where: str) -> None:
    assert fault(folder, text).startswith(where)


def test_bytes_that_are_no_text_are_refused(folder: pathlib.Path) -> None:
    (folder / "test.yaml").write_bytes(b"prefix: \xff\n")
    with pytest.raises(ConfigurationError, match="test.yaml:1: cannot be read"):
        load("test", folder)


def test_whole_numbers_written_with_a_point_are_whole(folder: pathlib.Path) -> None:
    (folder / "test.yaml").write_text("limits:\n  rounds: 5.0\n")
    assert repr(load("test", folder).limits.rounds) == "5"


@pytest.mark.parametrize("model", ["us.vendor.model-v1:0", "eu.vendor.model", "arn:aws:bedrock:us-east-1:123456789012:inference-profile/apac.vendor.model"])
@pytest.mark.parametrize("setting", ["id: {}", "agents: [one.model, '{}']"])
def test_a_geographic_profile_needs_its_regions(folder: pathlib.Path, model: str, setting: str) -> None:
    message = fault(folder, f"model:\n  {setting.format(model)}\n")
    assert message.startswith("test.yaml:2: model.") and f"{model} is an inference profile" in message and "model.regions" in message
    (folder / "test.yaml").write_text(f"model:\n  {setting.format(model)}\n  regions: [us-east-1, us-west-2]\n")
    load("test", folder)


def test_a_profile_of_the_fabricators_model_needs_its_regions_too(folder: pathlib.Path) -> None:
    assert fault(folder, "fabrication:\n  model: us.vendor.model\n").startswith(
        "test.yaml:2: fabrication.model: us.vendor.model is an inference profile that routes to several regions")


def test_a_global_profile_needs_no_regions(folder: pathlib.Path) -> None:
    (folder / "test.yaml").write_text("model:\n  id: global.vendor.model\n")
    load("test", folder)


def test_an_application_profile_needs_its_models(folder: pathlib.Path) -> None:
    arn = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123"
    assert fault(folder, f"model:\n  id: {arn}\n") == (
        f"test.yaml:2: model.id: {arn} does not say which model it stands for: name it in model.profileModels")


def test_settings_that_do_not_fit_into_the_environment_are_refused(folder: pathlib.Path) -> None:
    assert fault(folder, f"supervisor:\n  prompt: {'word ' * 600}\n").startswith("test.yaml:2: supervisor.prompt: 2999 bytes are too many")
    hosts = "\n".join(f"    - host-{number}.example.com" for number in range(200))
    assert fault(folder, f"sandbox:\n  httpAllowList:\n{hosts}\n").startswith("test.yaml:2: sandbox.httpAllowList: 4089 bytes are too many")


@pytest.mark.parametrize(("content", "what"), [
    ("[\n{]", ":2: not JSON"), ("{}", ": expected an array"), ("[{}]", ": [0]: expected a registry row")])
def test_a_broken_agents_file_is_named(folder: pathlib.Path, content: str, what: str) -> None:
    (folder / "agents.json").write_text(content)
    assert fault(folder, f"seed:\n  agentsFile: {folder}/agents.json\n").startswith(f"agents.json{what}")


def test_another_seed_takes_the_place_of_the_agents_file() -> None:
    assert [row["agentId"] for row in seed_rows(load("local", seed="Demo/agents.json").seed)] == ["sales-analyst", "returns-analyst", "report-writer"]
    assert seed_rows(load("local").seed) == []


@pytest.mark.parametrize(("machine", "architecture"), [("x86_64", "x86_64"), ("aarch64", "arm64")])
def test_the_architecture_of_the_local_cloud_is_the_machines(monkeypatch: pytest.MonkeyPatch, machine: str, architecture: str) -> None:
    monkeypatch.setattr("platform.machine", lambda: machine)
    assert load("local").functions.architecture == architecture


def test_a_machine_that_lambda_does_not_have_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.machine", lambda: "riscv64")
    with pytest.raises(ConfigurationError, match=r"functions\.architecture: Lambda has no architecture for this machine \(riscv64\)"):
        load("local")


@pytest.mark.parametrize(("text", "expected"), [
    ("  enabled: true\n", "costOptimizer.enabled: there is no agent: build and push its container (`make image`, Scripts/image.py push)"),
    ("  enabled: true\n  image: registry.example.com/agent:1\n", "costOptimizer.image: \"registry.example.com/agent:1\" is not allowed"),
    ("  image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/agent\n", "costOptimizer.image: "),
    ("  image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/agent:1\n"
     "  runtimeArn: arn:aws:bedrock-agentcore:us-east-1:123456789012:runtime/agent-0123456789\n",
     "costOptimizer.runtimeArn: given beside costOptimizer.image"),
    ("  runtimeArn: agent\n", "costOptimizer.runtimeArn: \"agent\" is not allowed"),
    ("  schedule: daily\n", "costOptimizer.schedule: \"daily\" is not allowed"),
    ("  schedule: cron(0 6 * *)\n", "costOptimizer.schedule: "),
    ("  heartbeatLimitSeconds: 20\n", "costOptimizer.heartbeatLimitSeconds: 20 is less than twice heartbeatSeconds (15)"),
    ("  pollSeconds: 31\n", "costOptimizer.pollSeconds: 31 is more than maximumPollSeconds (30)"),
    ("  totalSeconds: 100\n  modelSeconds: 50\n", "costOptimizer.startDeadlineSeconds: 120 is more than totalSeconds (100)"),
    ("  modelSeconds: 3601\n", "costOptimizer.modelSeconds: 3601 is more than totalSeconds (3600)"),
    ("  totalSeconds: 28800\n  pollSeconds: 1\n  maximumPollSeconds: 5\n", "costOptimizer.maximumPollSeconds: 5 makes up to"),
    ("  model: eu.vendor.model\n", "costOptimizer.model: eu.vendor.model is an inference profile that routes to several regions"),
])
def test_a_cost_optimizer_that_could_not_work_is_refused(folder: pathlib.Path, text: str, expected: str) -> None:
    found = fault(folder, f"costOptimizer:\n{text}")
    assert expected in found, found


def test_a_cost_optimizer_without_a_model_needs_no_profile(folder: pathlib.Path) -> None:
    (folder / "test.yaml").write_text("costOptimizer:\n  model: none\n  schedule: rate(1 day)\n")
    assert load("test", folder).costOptimizer.model == "none"
