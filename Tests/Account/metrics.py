"""CloudWatch's GetMetricData from a compact description (description.py says how it looks)."""

import calendar


class Metrics:
    def __init__(self, entries: list[dict]):
        self._entries: dict[tuple, list[dict]] = {}
        for entry in entries:
            key = (entry["namespace"], entry["metric"], frozenset(entry["dimensions"].items()), entry["statistic"])
            self._entries.setdefault(key, []).append(entry)

    def answer(self, parameters: dict) -> dict:
        """The answer with times as numbers, for JSON."""
        start, end = (seconds(parameters[name]) for name in ("StartTime", "EndTime"))
        descending = parameters.get("ScanBy") == "TimestampDescending"
        return {"MetricDataResults": [self._result(query, start, end, descending) for query in parameters["MetricDataQueries"]]}

    def _result(self, query: dict, start: int, end: int, descending: bool) -> dict:
        stat = query["MetricStat"]
        metric, period = stat["Metric"], stat["Period"]
        dimensions = frozenset((dimension["Name"], dimension["Value"]) for dimension in metric.get("Dimensions", []))
        entries = self._entries.get((metric["Namespace"], metric["MetricName"], dimensions, stat["Stat"]), [])
        meant = (entry for entry in entries if entry.get("days", (end - start) / 86_400) * 86_400 == end - start and entry.get("period", period) == period)
        entry = next(meant, {})
        times = list(range(start, end, period))
        values = entry.get("values", [])
        values = values[: len(times)] if isinstance(values, list) else [values] * len(times)
        times = times[: len(values)]
        if descending:
            times.reverse()
            values = values[::-1]
        return {
            "Id": query["Id"], "Label": metric["MetricName"], "Timestamps": times, "Values": values, "StatusCode": entry.get("status", "Complete"),
        }  # fmt: skip


def seconds(moment) -> int:
    return calendar.timegm(moment.utctimetuple()) if hasattr(moment, "utctimetuple") else int(moment)
