"""What an account answers: recorded answers from a folder, or made ones.

A folder holds

`SERVICE.OPERATION.json`, such as `lambda.ListFunctions.json`: an array of entries
    {"parameters": {...}, "answer": {...}}                             the answer, in the shape and with the names of botocore
    {"parameters": {...}, "error": {"code", "message", "status"}}      a refusal; the status is 400 unless given
    {"parameters": {...}, "pages": [{...}, {...}], "token": ["Marker", "NextMarker"]}
                                                                       a list in pages: the request's member for the token, and the answer's
  An entry is meant when all of its parameters are the request's, objects member by member; of several, the one with the most, then the first. With "times": n, it
  is meant for n calls only: what comes after a throttled call. Numbers and ISO 8601 text do for times, base64 for bytes.

`cloudwatch.metrics.json`: what CloudWatch's GetMetricData answers, an array of
    {"namespace": "AWS/Lambda", "metric": "Invocations", "dimensions": {"FunctionName": "a"}, "statistic": "Sum", "values": [1, 2, 3]}
  The values are data points one period apart, the first at the beginning of the window; a single number instead of an array is the value of every
  period. "days" (of the window) and "period" (seconds) narrow down what an entry is for, "status" is that of GetMetricData. What is not here has no
  data points.

`logs.queries.json`: what Logs Insights answers of a log group, an array of
    {"logGroup": "/aws/lambda/a", "rows": [{"p90": "123", ...}]}       a row's fields; "@log" is added
    {"logGroup": "/aws/lambda/b", "error": {"code", "message"}}        StartQuery is refused when the group is among those asked
    {"logGroup": "/aws/lambda/c", "days": 7, "rows": [...]}            a longer window is refused as MalformedQueryException
  Groups that are not here are refused as ResourceNotFoundException. "polls": n answers n times that the query runs.
"""

import json
import pathlib
from dataclasses import dataclass, field


@dataclass
class Entry:
    """One recorded answer."""

    parameters: dict
    answer: dict | None = None
    error: dict | None = None
    pages: list[dict] | None = None
    token: tuple[str, str] | None = None
    times: int | None = None
    # Answers that were written out before, by page.
    written: dict = field(default_factory=dict)


class Recorded:
    """The recorded answers of one operation. Entries without objects in their parameters are found without going through all of them."""

    def __init__(self, entries: list[Entry]):
        self.entries = entries
        self._flat: dict[tuple[str, ...], dict[str, list[tuple[int, Entry]]]] = {}
        self._nested: list[tuple[int, Entry]] = []
        for place, entry in enumerate(entries):
            if any(isinstance(value, dict) for value in entry.parameters.values()):
                self._nested.append((place, entry))
            else:
                names = tuple(sorted(entry.parameters))
                self._flat.setdefault(names, {}).setdefault(_key(entry.parameters, names), []).append((place, entry))

    def find(self, parameters: dict) -> Entry | None:
        found = [(place, entry) for place, entry in self._nested if _is_part(entry.parameters, parameters)]
        for names, entries in self._flat.items():
            if all(name in parameters for name in names):
                found += entries.get(_key(parameters, names), [])
        usable = [(-_size(entry.parameters), place, entry) for place, entry in found if entry.times != 0]
        if not usable:
            return None
        entry = min(usable, key=lambda item: item[:2])[2]
        if entry.times is not None:
            entry.times -= 1
        return entry


def _key(parameters: dict, names: tuple[str, ...]) -> str:
    return json.dumps([parameters[name] for name in names], sort_keys=True, default=str)


def _is_part(part, whole) -> bool:
    if isinstance(part, dict) and isinstance(whole, dict):
        return all(name in whole and _is_part(value, whole[name]) for name, value in part.items())
    return part == whole


def _size(parameters) -> int:
    return sum(map(_size, parameters.values())) if isinstance(parameters, dict) else 1


@dataclass
class Description:
    """A whole account."""

    operations: dict[str, Recorded]
    metrics: list[dict] = field(default_factory=list)
    queries: list[dict] = field(default_factory=list)

    @classmethod
    def read(cls, folder: pathlib.Path) -> "Description":
        operations: dict[str, Recorded] = {}
        compact: dict[str, list] = {"cloudwatch.metrics": [], "logs.queries": []}
        for path in sorted(folder.glob("*.json")):
            try:
                content = json.loads(path.read_text())
            except ValueError as error:
                raise ValueError(f"{path}: {error}") from None
            if path.stem in compact:
                compact[path.stem] = content
            elif path.stem.count(".") == 1:
                operations[path.stem] = Recorded([entry(item, path) for item in content])
        if not operations:
            raise ValueError(f"{folder} has no SERVICE.OPERATION.json")
        return cls(operations, compact["cloudwatch.metrics"], compact["logs.queries"])


def entry(item: dict, path="") -> Entry:
    known = {"parameters", "answer", "error", "pages", "token", "times"}
    if unknown := set(item) - known:
        raise ValueError(f"{path}: unknown members {sorted(unknown)}; known: {sorted(known)}")
    if sum(name in item for name in ("answer", "error", "pages")) != 1:
        raise ValueError(f"{path}: an entry has exactly one of answer, error and pages: {item}")
    if "pages" in item and len(item.get("token", [])) != 2:
        raise ValueError(f"{path}: an entry with pages names the two members of its token")
    token = item.get("token")
    return Entry(
        item.get("parameters", {}), item.get("answer"), item.get("error"), item.get("pages"), tuple(token) if token else None, item.get("times")
    )
