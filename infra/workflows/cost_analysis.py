"""The workflow of the cost optimizer in Amazon States Language: writes the session, asks the agent once, and watches the session's record until it
ends, whatever happens to the agent.

It is written in JSONata (docs/decisions/0044), because every limit is arithmetic with times. Each way to fail has a Fail state of its own, and
passes by MarkSessionFailed, so that the record and the execution tell the same.
"""

from __future__ import annotations

import dataclasses
import math
from typing import Any

# Ends an execution whose own limits did not, some time after them.
BACKSTOP_SECONDS = 300
# docs/decisions/0040: the journal's rows go 30 days after they were written.
TTL_SECONDS = 2_592_000
# AgentCore takes runtimeSessionId of 33 to 256 characters; these are also safe in a key of S3.
SESSION_ID = r"/^[a-zA-Z0-9][a-zA-Z0-9_-]{32,255}$/"
# Between two attempts.
MAXIMUM_DELAY_SECONDS = 30
# https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html : events in the history of an execution.
MAXIMUM_HISTORY = 25_000
# CheckStatus (five events), EvaluateStatus and Wait (two each).
EVENTS_A_LOOK = 9

# https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html and sfn-best-practices.html#bp-lambda-serviceexception : what the platform
# answers when it is short of something; and what the function answers when AgentCore is.
TRANSIENT_INVOCATIONS = (
    "Lambda.ServiceException", "Lambda.AWSLambdaException", "Lambda.SdkClientException", "Lambda.TooManyRequestsException",
    "Lambda.ClientExecutionTimeoutException", "Lambda.Unknown", "AgentInvoker.Throttled", "AgentInvoker.Unavailable", "AgentInvoker.Timeout",
    "Sandbox.Timedout", "States.Timeout")
TRANSIENT_TABLE = (
    "DynamoDB.ProvisionedThroughputExceededException", "DynamoDB.ThrottlingException", "DynamoDB.RequestLimitExceeded",
    "DynamoDB.InternalServerError", "DynamoDB.InternalServerErrorException", "DynamoDB.SdkClientException", "DynamoDB.AmazonDynamoDBException",
    "DynamoDB.TransactionConflictException", "States.Timeout")
TAKEN = "DynamoDB.ConditionalCheckFailedException"

# What the function answers (AgentInvokerError.swift), what Lambda answers for it, and the state that an execution ends in for it; anything else is
# AgentInvocationFailed.
INVOCATION_ERRORS = {
    "AgentRequestRefused": ("AgentInvoker.InvalidInput",),
    "AgentInvokerNotConfigured": ("AgentInvoker.NotConfigured",),
    "AgentAccessDenied": ("AgentInvoker.AccessDenied",),
    "AgentNotFound": ("AgentInvoker.AgentNotFound",),
    "AgentThrottled": ("AgentInvoker.Throttled", "Lambda.TooManyRequestsException"),
    "AgentUnavailable": ("AgentInvoker.Unavailable", "Lambda.ServiceException", "Lambda.AWSLambdaException", "Lambda.SdkClientException",
                         "Lambda.ClientExecutionTimeoutException", "Lambda.Unknown"),
    "AgentRejectedSession": ("AgentInvoker.AgentRejected",),
    "AgentCouldNotStart": ("AgentInvoker.AgentFailed",),
    "AgentInvocationTimedOut": ("AgentInvoker.Timeout", "Sandbox.Timedout", "States.Timeout"),
    "AgentInvocationFailed": ("States.ALL",),
}

# The Fail states that are reached with the record marked, or as the agent has left it.
MARKED = ("SessionInitializationFailed", *INVOCATION_ERRORS, "StatusCheckFailed", "AgentDidNotStart", "AgentHeartbeatLost", "UnexpectedStatus",
          "SessionTimedOut")
# Troubles of an execution with the table: they say nothing of a session that another execution has opened, and end none.
OF_THE_EXECUTION = ("SessionInitializationFailed", "StatusCheckFailed")
# Without a session there is nothing to mark; one that has failed is marked.
UNMARKED = ("UnfitSessionId", "AgentFailed")
FAILURES = (*UNMARKED, *MARKED)


@dataclasses.dataclass(frozen=True)
class Limits:
    # From the invocation until the record says BUSY.
    start_deadline_seconds: int
    # The age of the agent's last sign of life.
    heartbeat_limit_seconds: int
    # From the start of the execution.
    total_seconds: int
    # The first wait between two looks at the record, and the longest; each is half as long again as the one before.
    poll_seconds: int
    maximum_poll_seconds: int
    # Of one invocation of the function: its own timeout and a little more.
    invocation_seconds: int
    # Of a transient error.
    attempts: int = 5
    backoff_rate: float = 2.0

    @property
    def longest_invocation_seconds(self) -> int:
        """All attempts of an invocation with the waits between them."""
        waits = (min(self.backoff_rate ** attempt, MAXIMUM_DELAY_SECONDS) for attempt in range(self.attempts))
        return math.ceil((self.attempts + 1) * self.invocation_seconds + sum(waits))

    @property
    def history_events(self) -> int:
        """The most that the watching writes into an execution's history: as if every wait were cut by a limit for its first ten looks."""
        return EVENTS_A_LOOK * (self.total_seconds // self.maximum_poll_seconds + 50)


def definition(table: str, function: str, limits: Limits) -> dict[str, Any]:
    """The state machine over a table and a function, each by its name or ARN."""
    return {
        "Comment": "Runs a cost analysis in an agent, and ends when it does, or when its time is over",
        "QueryLanguage": "JSONata",
        "StartAt": "ValidateInput",
        "TimeoutSeconds": limits.total_seconds + BACKSTOP_SECONDS,
        "States": {
            **_beginning(table, limits),
            **_invocation(function, limits),
            **_watching(table, limits),
            **_ending(table, limits),
        },
    }


def _beginning(table: str, limits: Limits) -> dict[str, Any]:
    return {
        "ValidateInput": {
            "Type": "Choice",
            "Comment": "Nothing is written or asked for a session without a fit id",
            "Choices": [{
                "Condition": _jsonata(f"$type($states.input.session_id) = 'string' ? $contains($states.input.session_id, {SESSION_ID}) : false"),
                "Assign": {"session_id": _jsonata("$states.input.session_id"), "prompt": _jsonata(PROMPT), **_watch()},
                "Next": "InitializeSession",
            }],
            "Assign": {"failure": {"state": "UnfitSessionId", "cause": _jsonata(UNFIT)}},
            "Default": "UnfitSessionId",
        },
        "InitializeSession": {
            "Type": "Task",
            "Comment": "Writes the record of the session. A second event with the same id finds it there, and only watches",
            "Resource": "arn:aws:states:::dynamodb:putItem",
            "Arguments": {
                "TableName": table,
                "Item": {
                    "PK": {"S": _jsonata("$session_id")},
                    "SK": {"S": "SESSION"},
                    "status": {"S": "INITIATED"},
                    "start_time": {"S": _jsonata(ENTERED)},
                    "created_at": {"S": _jsonata(ENTERED)},
                    "timestamp": {"S": _jsonata(ENTERED)},
                    "execution": {"S": _jsonata("$states.context.Execution.Id")},
                    "ttl": {"N": _jsonata(TTL)},
                },
                # An answer that was lost on its way must not make this execution take its own record for another's.
                "ConditionExpression": "attribute_not_exists(PK) OR (execution = :execution AND #status = :initiated)",
                "ExpressionAttributeNames": {"#status": "status"},
                "ExpressionAttributeValues": {":execution": {"S": _jsonata("$states.context.Execution.Id")}, ":initiated": {"S": "INITIATED"}},
            },
            "TimeoutSeconds": TABLE_SECONDS,
            "Retry": [_retry(TRANSIENT_TABLE, limits)],
            "Catch": [
                # Whoever wrote it may still be asking for the agent.
                {"ErrorEquals": [TAKEN], "Assign": _watch(limits.longest_invocation_seconds), "Next": "CheckStatus"},
                # It may be there all the same, written by another.
                _catch(("States.ALL",), "SessionInitializationFailed", "the record of the session could not be written",
                       **_watch(limits.longest_invocation_seconds)),
            ],
            "Next": "InvokeAgent",
        },
    }


def _invocation(function: str, limits: Limits) -> dict[str, Any]:
    return {
        "InvokeAgent": {
            "Type": "Task",
            "Comment": "Asks for the agent once; what it does is seen in the session's record",
            "Resource": "arn:aws:states:::lambda:invoke",
            "Arguments": {
                "FunctionName": function,
                "Payload": _jsonata("$merge([{'session_id': $session_id}, $prompt = '' ? {} : {'prompt': $prompt}])"),
            },
            "TimeoutSeconds": limits.invocation_seconds,
            "Retry": [_retry(TRANSIENT_INVOCATIONS, limits)],
            "Catch": [_catch(errors, state, "the agent could not be asked") for state, errors in INVOCATION_ERRORS.items()],
            "Assign": _watch(),
            "Next": "CheckStatus",
        },
    }


def _watching(table: str, limits: Limits) -> dict[str, Any]:
    def fails(condition: str, state: str, cause: str, wherever: str = "MarkSessionFailed") -> dict[str, Any]:
        return {"Condition": _jsonata(condition), "Assign": {"failure": {"state": state, "cause": _jsonata(cause)}}, "Next": wherever}

    return {
        "CheckStatus": {
            "Type": "Task",
            "Comment": "Reads the record, and computes all that is decided from it",
            "Resource": "arn:aws:states:::dynamodb:getItem",
            "Arguments": {
                "TableName": table,
                "Key": {"PK": {"S": _jsonata("$session_id")}, "SK": {"S": "SESSION"}},
                "ConsistentRead": True,
            },
            "TimeoutSeconds": TABLE_SECONDS,
            "Retry": [_retry(TRANSIENT_TABLE, limits)],
            "Catch": [_catch(("States.ALL",), "StatusCheckFailed", "the record of the session could not be read")],
            "Assign": {"session": _jsonata(_session(limits))},
            # What an execution answers is what it has seen last.
            "Output": {"session_id": _jsonata("$session_id"), "status": _jsonata(STATUS)},
            "Next": "EvaluateStatus",
        },
        "EvaluateStatus": {
            "Type": "Choice",
            "Comment": "A record that is missing is waited for like one that says INITIATED",
            "Choices": [
                {"Condition": _jsonata("$session.status = 'COMPLETED'"), "Next": "Success"},
                fails("$session.status = 'FAILED'", "AgentFailed", "$session.error", "AgentFailed"),
                fails("$not($session.status in ['MISSING', 'INITIATED', 'STARTED', 'BUSY'])", "UnexpectedStatus",
                      "'the session has a status that is unknown here: ' & $substring($session.status, 0, 200)"),
                fails(f"$session.elapsed >= {limits.total_seconds}", "SessionTimedOut",
                      f"'the session has not ended within {limits.total_seconds} s; its status was ' & $session.status"),
                fails(f"$session.status = 'BUSY' and $session.silence >= {limits.heartbeat_limit_seconds}", "AgentHeartbeatLost",
                      f"'the agent has given no sign of life for {limits.heartbeat_limit_seconds} s; the last was at ' & "
                      "$fromMillis($session.beat)"),
                fails(f"$session.status != 'BUSY' and $session.unstarted >= {limits.start_deadline_seconds}", "AgentDidNotStart",
                      f"'the agent has not begun within {limits.start_deadline_seconds} s; the status was ' & $session.status"),
            ],
            "Default": "Wait",
        },
        "Wait": {"Type": "Wait", "Seconds": _jsonata("$session.wait"), "Next": "CheckStatus"},
        "Success": {"Type": "Succeed"},
    }


def _ending(table: str, limits: Limits) -> dict[str, Any]:
    return {
        "MarkSessionFailed": {
            "Type": "Task",
            "Comment": "Says in the record what the execution says; never over the end that another wrote, nor over an agent that has begun",
            "Resource": "arn:aws:states:::dynamodb:updateItem",
            "Arguments": {
                "TableName": table,
                "Key": {"PK": {"S": _jsonata("$session_id")}, "SK": {"S": "SESSION"}},
                "UpdateExpression": "SET #status = :failed, error_message = :message, end_time = :now, #timestamp = :now, "
                                    "duration_seconds = :duration, start_time = if_not_exists(start_time, :began), "
                                    "created_at = if_not_exists(created_at, :began), #ttl = if_not_exists(#ttl, :ttl)",
                "ConditionExpression": _jsonata(MARKABLE),
                "ExpressionAttributeNames": {"#status": "status", "#timestamp": "timestamp", "#ttl": "ttl"},
                "ExpressionAttributeValues": {
                    ":failed": {"S": "FAILED"},
                    ":completed": {"S": "COMPLETED"},
                    # An agent that was asked in vain, and is at work: the answer was lost, and its signs of life tell more.
                    ":spared": {"S": _jsonata(f"$failure.state in {list(INVOCATION_ERRORS)} ? 'BUSY' : 'FAILED'")},
                    ":execution": {"S": _jsonata("$states.context.Execution.Id")},
                    ":message": {"S": _jsonata("$failure.state & ': ' & $failure.cause")},
                    ":now": {"S": _jsonata(ENTERED)},
                    ":began": {"S": _jsonata(BEGAN)},
                    ":duration": {"N": _jsonata(f"$string(($toMillis({ENTERED}) - $toMillis({BEGAN})) / 1000)")},
                    ":ttl": {"N": _jsonata(TTL)},
                },
            },
            "TimeoutSeconds": TABLE_SECONDS,
            "Retry": [_retry(TRANSIENT_TABLE, limits)],
            "Catch": [
                # It has ended while this was being decided, or it is another's: what the record says counts.
                {"ErrorEquals": [TAKEN], "Next": "EvaluateMark"},
                {"ErrorEquals": ["States.ALL"], "Assign": {"failure": {
                    "state": _jsonata("$failure.state"),
                    "cause": _jsonata("$failure.cause & ' (the session could not be marked: ' & $states.errorOutput.Error & ')'"),
                }}, "Next": "EndByCause"},
            ],
            "Next": "EndByCause",
        },
        "EvaluateMark": {
            "Type": "Choice",
            "Comment": "A record that could not be read is not read again, which would go on for ever",
            "Choices": [{"Condition": _jsonata("$failure.state = 'StatusCheckFailed'"), "Next": "EndByCause"}],
            "Default": "CheckStatus",
        },
        "EndByCause": {
            "Type": "Choice",
            "Choices": [{"Condition": _jsonata(f"$failure.state = '{state}'"), "Next": state} for state in MARKED[1:]],
            "Default": MARKED[0],
        },
        **{state: {"Type": "Fail", "Error": state, "Cause": _jsonata("$failure.cause")} for state in FAILURES},
    }


# Expressions ---------------------------------------------------------------------------------------------------------

# Of one request to DynamoDB, which answers in milliseconds.
TABLE_SECONDS = 30

ENTERED = "$states.context.State.EnteredTime"
BEGAN = "$states.context.Execution.StartTime"
TTL = f"$string($floor($toMillis({ENTERED}) / 1000) + {TTL_SECONDS})"

# A session may be marked: it has not ended, and where the trouble is the execution's own, it is the execution's session. Both forms use the same values,
# since DynamoDB refuses one that no expression uses.
MARKABLE = ("'attribute_not_exists(#status) OR (NOT #status IN (:completed, :failed, :spared) AND (execution = :execution' & "
            f"($failure.state in {list(OF_THE_EXECUTION)} ? '' : ' OR execution <> :execution OR attribute_not_exists(execution)') & '))'")

# An event of the rules brings its detail, an execution that somebody starts may name a prompt beside the session.
PROMPT = ("($asked := $exists($states.input.prompt) ? $states.input.prompt : $states.input.detail.prompt; "
          "$type($asked) = 'string' ? $asked : '')")
# What others have written is cut where it is quoted: a cause has at most 32,768 characters.
UNFIT = ("'session_id must be text of 33 to 256 letters, digits, - and _, beginning with a letter or digit; it was ' & "
         "($exists($states.input.session_id) ? $substring($string($states.input.session_id), 0, 300) : 'missing')")


# What a look has shown; MISSING without a record.
STATUS = ("($item := $states.result.Item; $exists($item) ? ($exists($item.status.S) ? $item.status.S : 'without a status') : 'MISSING')")


def _jsonata(expression: str) -> str:
    return f"{{% {expression} %}}"


def _watch(after_seconds: int = 0) -> dict[str, Any]:
    """Where the watching begins, now or so many seconds later: what the first look compares with."""
    return {"session": {"since": _jsonata(f"$millis() + {1000 * after_seconds}"), "looked": _jsonata("$millis()"), "wait": 0,
                        "status": "MISSING", "beat": 0, "shown": ""}}


def _session(limits: Limits) -> str:
    """What is known after a look. All of it in one value, since the variables of one Assign do not see each other.

    status    what the record says; MISSING without one
    error     what a failed session says about its end
    elapsed   seconds since the execution began
    unstarted seconds since the watching began
    looked    when this look was, in milliseconds
    beat      when the agent last gave a sign of life, in milliseconds. Clocks differ, and are set: never later than when it was first seen here, and
              never earlier than the look before, which has not seen it
    shown     the sign itself: the heartbeat, else when the agent began
    silence   seconds since then
    wait      seconds until the next look: growing, and never beyond the moment at which a limit is reached
    """
    return f"""(
  $now := $millis();
  $item := $states.result.Item;
  $status := {STATUS};
  $shown := $exists($item.heartbeat.S) ? $item.heartbeat.S : $exists($item.agent_start_time.S) ? $item.agent_start_time.S : 'none';
  $told := $contains($shown, /^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}T[0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}(\\.[0-9]+)?Z$/) ? $toMillis($shown) : $now;
  $beat := $status = 'BUSY' ? ($shown = $session.shown ? $session.beat : $max([$min([$told, $now]), $session.looked])) : 0;
  $elapsed := ($now - $toMillis({BEGAN})) / 1000;
  $unstarted := ($now - $session.since) / 1000;
  $silence := $status = 'BUSY' ? ($now - $beat) / 1000 : 0;
  $next := $session.wait = 0 ? {limits.poll_seconds} : $min([$ceil($session.wait * 1.5), {limits.maximum_poll_seconds}]);
  $left := $status = 'BUSY' ? {limits.heartbeat_limit_seconds} - $silence : {limits.start_deadline_seconds} - $unstarted;
  {{
    'since': $session.since,
    'looked': $now,
    'status': $status,
    'error': $exists($item.error_message.S) ? $substring($item.error_message.S, 0, 4000) : 'the agent gave no reason',
    'elapsed': $elapsed,
    'unstarted': $unstarted,
    'shown': $status = 'BUSY' ? $shown : '',
    'beat': $beat,
    'silence': $silence,
    'wait': $max([1, $ceil($min([$next, $left, {limits.total_seconds} - $elapsed]))])
  }}
)"""


def _retry(errors: tuple[str, ...], limits: Limits) -> dict[str, Any]:
    return {
        "ErrorEquals": list(errors), "IntervalSeconds": 1, "MaxAttempts": limits.attempts, "BackoffRate": limits.backoff_rate,
        "MaxDelaySeconds": MAXIMUM_DELAY_SECONDS, "JitterStrategy": "FULL",
    }


def _catch(errors: tuple[str, ...], state: str, what: str, **assigned: Any) -> dict[str, Any]:
    """Keeps what a function said of its error, out of the JSON in which Lambda hands it on."""
    cause = ("($said := $exists($states.errorOutput.Cause) ? $states.errorOutput.Cause : ''; "
             # Without a bracket after a backslash, which would not end the class for the engine's scanner.
             r"""$message := $match($said, /"errorMessage" *: *"(([^\\"]|\\.)*)"/, 1); """
             f"'{what}: ' & $states.errorOutput.Error & ($said = '' ? '' : ': ' & $substring($exists($message) ? $message.groups[0] : $said, 0, 1000)))")
    return {"ErrorEquals": list(errors), "Assign": {"failure": {"state": state, "cause": _jsonata(cause)}, **assigned}, "Next": "MarkSessionFailed"}
