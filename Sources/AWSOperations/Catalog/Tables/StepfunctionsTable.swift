// swift-format-ignore-file
// Written by Scripts/generate-operations.py from botocore 1.43.106: do not edit.

extension OperationTables {
  static var stepfunctions: StaticString {
    #"""
    service SFN|states|states|json|1.0|AWSStepFunctions|
    + DescribeActivity . 0 -
    + DescribeMapRun . 1 -
    + DescribeStateMachine . 2 3
    + DescribeStateMachineAlias . 6 7
    + DescribeStateMachineForExecution . 8 9
    + ListActivities . 10 -
    + ListExecutions . 11 -
    + ListMapRuns . 12 -
    + ListStateMachineAliases . 13 -
    + ListStateMachineVersions . 14 -
    + ListStateMachines . 15 -
    + ListTagsForResource . 16 -
    - DescribeExecution it answers with an execution's input and output, which are customers' data
    - GetActivityTask it takes a task away from its worker
    - GetExecutionHistory it answers with the inputs and outputs of an execution, which are customers' data
    s activityArn,s,r
    s mapRunArn,s,r
    s stateMachineArn,s,r includedData,s
    s definition,s,x description,s,x variableReferences,4,x
    m 5
    l s,x
    s stateMachineAliasArn,s,r
    s description,s,x
    s executionArn,s,r includedData,s
    s definition,s,x variableReferences,4,x
    s maxResults,i nextToken,s
    s stateMachineArn,s statusFilter,s maxResults,i nextToken,s mapRunArn,s redriveFilter,s
    s executionArn,s,r maxResults,i nextToken,s
    s stateMachineArn,s,r nextToken,s maxResults,i
    s stateMachineArn,s,r nextToken,s maxResults,i
    s maxResults,i nextToken,s
    s resourceArn,s,r
    """#
  }
}
