"""How long a dead function holds what it worked on."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from harness.cloud import Cloud


@contextlib.contextmanager
def short_timeouts(cloud: Cloud, function_seconds: int, visibility_seconds: int) -> Iterator[None]:
    """While it is entered, what a dead function held is free again after seconds: its lease and claim after those of the function, its message after
    those of the queue."""
    functions, queues = cloud.client("lambda"), cloud.client("sqs")
    names = [cloud.outputs["SupervisorFunctionName"], cloud.outputs["WorkerWrapperFunctionName"]]
    before = {name: functions.get_function_configuration(FunctionName=name)["Timeout"] for name in names}
    queue = cloud.outputs["WorkerQueueUrl"]
    visibility = queues.get_queue_attributes(QueueUrl=queue, AttributeNames=["VisibilityTimeout"])["Attributes"]["VisibilityTimeout"]
    try:
        for name in names:
            functions.update_function_configuration(FunctionName=name, Timeout=function_seconds)
        queues.set_queue_attributes(QueueUrl=queue, Attributes={"VisibilityTimeout": str(visibility_seconds)})
        yield
    finally:
        for name, seconds in before.items():
            functions.update_function_configuration(FunctionName=name, Timeout=seconds)
        queues.set_queue_attributes(QueueUrl=queue, Attributes={"VisibilityTimeout": visibility})
