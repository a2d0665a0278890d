"""Logs Insights from a compact description (description.py says how it looks)."""

import itertools
import threading

from refusal import Refusal

ACCOUNT = "123456789012"


class Insights:
    def __init__(self, entries: list[dict]):
        self._entries = {entry["logGroup"]: entry for entry in entries}
        self._queries: dict[str, dict] = {}
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()

    def start(self, parameters: dict) -> dict:
        groups = parameters.get("logGroupNames") or [parameters.get("logGroupName") or ""]
        groups += [name.split(":log-group:")[-1].removesuffix(":*") for name in parameters.get("logGroupIdentifiers", [])]
        groups = [group for group in groups if group]
        days = (parameters["endTime"] - parameters["startTime"]) / 86_400
        for group in groups:
            entry = self._entries.get(group)
            if entry is None:
                raise Refusal(400, "ResourceNotFoundException", f"Log group '{group}' does not exist for account ID '{ACCOUNT}'")
            if "error" in entry:
                error = entry["error"]
                raise Refusal(error.get("status", 400), error["code"], error.get("message", ""))
            if days > entry.get("days", days):
                raise Refusal(400, "MalformedQueryException", "The query's end date and time is either before the log groups creation time or exceeds the log groups log retention settings")
        with self._lock:
            name = f"query-{next(self._numbers)}"
            self._queries[name] = {"groups": groups, "polls": max([self._entries[group].get("polls", 0) for group in groups], default=0)}
        return {"queryId": name}

    def results(self, parameters: dict) -> dict:
        with self._lock:
            query = self._queries.get(parameters["queryId"])
            if query is None:
                raise Refusal(400, "ResourceNotFoundException", f"there is no query {parameters['queryId']}")
            query["polls"] -= 1
            running = query["polls"] >= 0
        if running:
            return {"results": [], "status": "Running"}
        rows = [
            [{"field": name, "value": str(value)} for name, value in ({"@log": f"{ACCOUNT}:{group}"} | row).items()]
            for group in query["groups"]
            for row in self._entries[group].get("rows", [])
        ]
        return {"results": rows, "statistics": {"recordsMatched": float(len(rows)), "recordsScanned": float(len(rows)), "bytesScanned": 0.0}, "status": "Complete"}

    def stop(self, parameters: dict) -> dict:
        with self._lock:
            self._queries.pop(parameters["queryId"], None)
        return {"success": True}
