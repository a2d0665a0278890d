import AgentKit

extension RuleContext {
  /// Step Functions: many short executions of the dearer type, and failures that are paid for.
  func judge(_ machine: StateMachineFacts, _ usage: StateMachineUsage, _ judgement: inout Judgement) {
    judgement.begin(machine.reference)
    do {
      if let started = usage.started {
        if started.isZero {
          judgement.remark("It was not started for \(days) days, and costs nothing while it is not.")
        } else {
          try judgeType(machine, started, usage, &judgement)
          try judgeFailures(machine, started, usage, &judgement)
        }
      } else {
        judgement.cannotJudge("executions", because: "ExecutionsStarted could not be read")
      }
    } catch {
      judgement.cannotJudge("the state machine", because: Self.outOfRange)
    }
    judgement.end(otherwise: "Its type fits its executions, and few of them fail.")
  }

  private func judgeType(
    _ machine: StateMachineFacts, _ started: ExactDecimal, _ usage: StateMachineUsage, _ judgement: inout Judgement
  ) throws(DecimalError) {
    guard machine.type == "STANDARD", started >= ExactDecimal(Int64(settings.expressExecutions)) else { return }
    guard let time = usage.averageTime else {
      judgement.cannotJudge("type", because: "ExecutionTime could not be read")
      return
    }
    guard time < ExactDecimal(Int64(settings.expressMilliseconds)) else { return }
    let name = machine.reference.name
    judgement.add(
      Finding(
        .stateMachineExpress, [machine.reference], title: "\(name) runs many short executions as a Standard workflow",
        evidence: [
          configuration("Type", machine.type), metric("Executions", FigureText.number(started), "AWS/States ExecutionsStarted, sum"),
          metric("Average time", FigureText.milliseconds(time), "AWS/States ExecutionTime"),
        ],
        action: "Evaluate an Express workflow, which is charged by time and memory instead of by state transition.", risk: .high,
        "An Express execution ends within five minutes, runs at least once rather than exactly once, and has no callbacks and no waiting for jobs. The type of a state machine cannot be changed: it is a new one.",
        steps: [
          "Look at the states: aws stepfunctions describe-state-machine --state-machine-arn \(machine.reference.arn).",
          "Count the transitions of a typical execution: aws stepfunctions get-execution-history. Their number decides; no metric tells it.",
        ],
        validation:
          "The new state machine's ExpressExecutionBilledDuration and ExpressExecutionBilledMemory give a lower bill for \(recentDays) days."
      ))
  }

  private func judgeFailures(
    _ machine: StateMachineFacts, _ started: ExactDecimal, _ usage: StateMachineUsage, _ judgement: inout Judgement
  ) throws(DecimalError) {
    guard let failed = usage.failed, let timedOut = usage.timedOut else {
      judgement.cannotJudge("failures", because: "ExecutionsFailed and ExecutionsTimedOut could not be read")
      return
    }
    let lost = try Amount.sum(failed, timedOut)
    guard started >= ExactDecimal(Int64(settings.minimumForErrors)), try Amount.isAbove(lost, percent: settings.errorPercent, of: started)
    else {
      return
    }
    let name = machine.reference.name
    judgement.add(
      Finding(
        .stateMachineFailures, [machine.reference], title: "Many executions of \(name) fail, and are paid for",
        evidence: [
          metric("Executions", FigureText.number(started), "AWS/States ExecutionsStarted, sum"),
          metric("Failed", FigureText.number(failed), "AWS/States ExecutionsFailed, sum"),
          metric("Timed out", FigureText.number(timedOut), "AWS/States ExecutionsTimedOut, sum"),
          metric(
            "Share", "\(try Amount.percentage(lost, of: started).text) %", "(ExecutionsFailed + ExecutionsTimedOut) / ExecutionsStarted"),
        ],
        action:
          "Find the state that fails, and check its input before the work that is lost with it; every retry is a transition that is charged.",
        risk: .low,
        "None from looking; a change of the definition has the risk of any change.",
        steps: ["Look: aws stepfunctions list-executions --state-machine-arn \(machine.reference.arn) --status-filter FAILED."],
        validation: "Failed and timed-out executions below \(settings.errorPercent) % for \(recentDays) days."))
  }
}
