#!/usr/bin/env python3
"""Transcribes test cases that a suite keeps as Python into JSON. Only literals are read; nothing of the suite is imported or run.

    test_data_cases.py aws-retries|aws-event-stream FILE        prints the cases
"""

import ast
import json
import pathlib
import sys


def retries(tree: ast.Module) -> dict:
    """The tables of botocore's tests of the standard retry mode of 2026; times in seconds, capacities in units of the quota."""

    def function(name: str) -> ast.FunctionDef:
        return next(node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == name)

    def literals(node: ast.AST, kind: type):
        for child in ast.walk(node):
            if isinstance(child, kind):
                try:
                    yield ast.literal_eval(child)
                except ValueError:
                    continue

    backoff = max(literals(function("test_range_of_exponential_backoff"), ast.List), key=len)
    loop = next(node for node in ast.walk(function("test_dynamodb_base_backoff_and_increased_retries")) if isinstance(node, ast.For))
    header = function("test_x_amz_retry_after_header_is_honored").decorator_list[0]
    quota = {
        test.name: [value for value in literals(test, ast.Constant) if type(value) is int and value > 1]
        for test in ast.walk(tree)
        if isinstance(test, ast.FunctionDef) and "quota" in test.name and test.name.startswith("test_can_")
    }
    return {
        "delaysAtFullJitter": backoff,
        "dynamoDB": [dict(zip(("attempt", "capacity", "delay"), case)) for case in ast.literal_eval(loop.iter)],
        "retryAfter": [
            dict(zip(("header", "capacityAfterFailure", "delay", "capacityAfterSuccess"), case))
            for case in max(literals(header, ast.List), key=len)
        ],
        "quota": quota,
    }


def event_stream(tree: ast.Module) -> dict:
    """The messages of botocore's tests of its event stream decoder, bytes as hexadecimal text."""
    names: dict = {}

    def value(node: ast.AST):
        match node:
            case ast.Name(name):
                return names.get(name, name)
            case ast.Tuple(elements) | ast.List(elements):
                return [value(element) for element in elements]
            case ast.Dict(keys, values):
                return {value(key): value(element) for key, element in zip(keys, values)}
            case ast.Call(_, [], keywords):
                return {keyword.arg: value(keyword.value) for keyword in keywords}
            case ast.BinOp(left, ast.Add(), right):
                return value(left) + value(right)
            case ast.BinOp(left, ast.Mult(), right):
                return value(left) * value(right)
            case ast.BinOp(left, ast.Pow(), right):
                return value(left) ** value(right)
            case _:
                return ast.literal_eval(node)

    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            names[node.targets[0].id] = value(node.value)

    def text(header):
        return {"hexadecimal": header.hex()} if isinstance(header, bytes) else header

    return {
        "positive": [
            {
                "encoded": encoded.hex(),
                "headers": {name: text(header) for name, header in message["headers"].items()},
                "payload": message["payload"].hex(),
            }
            for encoded, message in names["POSITIVE_CASES"]
        ],
        # Of a message of 24 MB the beginning is enough: its length is what is wrong.
        "negative": [{"encoded": encoded[:4096].hex(), "error": error} for encoded, error in names["NEGATIVE_CASES"]],
    }


def main() -> None:
    suite, file = sys.argv[1:]
    tree = ast.parse(pathlib.Path(file).read_text(encoding="utf-8"))
    json.dump({"aws-retries": retries, "aws-event-stream": event_stream}[suite](tree), sys.stdout, indent=1, ensure_ascii=False)


if __name__ == "__main__":
    main()
