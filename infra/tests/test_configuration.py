"""The configuration: what is merged, and how faults are reported."""

from __future__ import annotations

import pathlib
import shutil

import pytest

from infra.configuration import FOLDER, ConfigurationError, environments, load


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


def test_an_empty_environment_is_base(folder: pathlib.Path) -> None:
    (folder / "test.yaml").write_text("# nothing\n")
    assert load("test", folder).prefix == "arbiter"


def test_a_value_out_of_range_names_file_line_path_and_range(folder: pathlib.Path) -> None:
    assert fault(folder, "functions:\n  # comment\n  supervisor:\n    timeoutSeconds: 901\n") == (
        "test.yaml:4: functions.supervisor.timeoutSeconds: 901 is not allowed; allowed: integer from 1 to 900")


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
