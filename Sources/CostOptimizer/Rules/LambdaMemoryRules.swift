import AgentKit

extension RuleContext {
  /// The headroom H = 1 - p95(memory used) / memory allocated: much of it allows less memory, hardly any asks for more.
  /// - Returns: whether less memory is advised.
  func judgeMemory(_ function: LambdaFunction, _ usage: LambdaUsage, _ judgement: inout Judgement) throws(DecimalError) -> Bool {
    guard let memory = usage.memory else {
      judgement.cannotJudge("memory", because: "No REPORT line of the log tells the memory that was used")
      return false
    }
    guard memory.reportCount >= Int64(settings.minimumReports) else {
      judgement.cannotJudge("memory", because: "The log holds fewer than \(settings.minimumReports) REPORT lines")
      return false
    }
    guard memory.days >= settings.minimumMemoryDays else {
      judgement.cannotJudge("memory", because: "The log could be read for fewer than \(settings.minimumMemoryDays) days")
      return false
    }
    let allocated = try FigureText.bytesPerMegabyte.multiplied(by: ExactDecimal(Int64(function.memoryMegabytes)))
    if try Amount.isBelow(memory.p95MaximumUsed, percent: 100 - settings.memoryReduceHeadroomPercent, of: allocated) {
      return try judgeReduction(function, usage, memory, allocated: allocated, &judgement)
    }
    if try Amount.isAbove(memory.p95MaximumUsed, percent: 100 - settings.memoryIncreaseHeadroomPercent, of: allocated) {
      try judgeIncrease(function, memory, allocated: allocated, &judgement)
    }
    return false
  }

  private func judgeReduction(
    _ function: LambdaFunction, _ usage: LambdaUsage, _ memory: LambdaUsage.MemoryUse, allocated: ExactDecimal, _ judgement: inout Judgement
  ) throws(DecimalError) -> Bool {
    guard let target = try memoryTarget(memory, atLeast: (function.memoryMegabytes + 1) / 2), target < function.memoryMegabytes else {
      judgement.remark("Its memory is the smallest that leaves a margin of \(settings.memoryMarginPercent) %.")
      return false
    }
    guard let throttles = usage.throttles else {
      judgement.cannotJudge("memory", because: "Throttles could not be read")
      return false
    }
    guard let p95 = usage.p95Duration else {
      judgement.cannotJudge("memory", because: "The 95th percentile of Duration could not be read")
      return false
    }
    guard throttles.isZero else {
      judgement.remark("Its headroom would allow less memory, but it was throttled: a longer duration would take more concurrency.")
      return false
    }
    let objective = try ExactDecimal(Int64(function.timeoutSeconds) * 1_000).multiplied(
      by: ExactDecimal(Int64(settings.durationObjectivePercent)))
    guard try p95.multiplied(by: ExactDecimal(100)) <= objective else {
      judgement.remark(
        "Its headroom would allow less memory, but its duration is above \(settings.durationObjectivePercent) % of its timeout.")
      return false
    }
    let name = function.reference.name
    judgement.add(
      Finding(
        .lambdaMemoryReduce, [function.reference], title: "\(name) has more memory than it uses",
        evidence: try memoryEvidence(function, memory, allocated: allocated) + [
          metric("95th percentile of the duration", FigureText.milliseconds(p95), "AWS/Lambda Duration, highest daily p95"),
          configuration("Timeout", "\(function.timeoutSeconds) s"),
          metric("Throttles", FigureText.number(throttles), "AWS/Lambda Throttles, sum"),
        ],
        action: "Reduce memory from \(function.memoryMegabytes) MB to \(target) MB.",
        change: .memory(fromMegabytes: function.memoryMegabytes, toMegabytes: target), risk: .medium,
        "Timeout and reserved concurrency are to be looked at after it, not with it. CPU comes with memory: a function that computes takes longer with less of it, up to the point that nothing is saved. Rare peaks above \(target) MB end an invocation.",
        steps: [
          "Look: aws lambda get-function-configuration --function-name \(name) --query MemorySize.",
          "Try on a version behind an alias with a tenth of the traffic.",
          "To change: aws lambda update-function-configuration --function-name \(name) --memory-size \(target).",
        ],
        validation:
          "For \(recentDays) days: no invocation ends out of memory, the 95th percentile of the duration stays below \(settings.durationObjectivePercent) % of the timeout, and duration times memory is lower than before."
      ))
    return true
  }

  private func judgeIncrease(
    _ function: LambdaFunction, _ memory: LambdaUsage.MemoryUse, allocated: ExactDecimal, _ judgement: inout Judgement
  ) throws(DecimalError) {
    guard let target = try memoryTarget(memory, atLeast: function.memoryMegabytes + 1), target > function.memoryMegabytes else {
      judgement.remark("It is short of memory, and has the most that Lambda gives.")
      return
    }
    let name = function.reference.name
    judgement.add(
      Finding(
        .lambdaMemoryIncrease, [function.reference], title: "\(name) is close to its memory's end",
        evidence: try memoryEvidence(function, memory, allocated: allocated),
        action: "Increase memory from \(function.memoryMegabytes) MB to \(target) MB.",
        change: .memory(fromMegabytes: function.memoryMegabytes, toMegabytes: target), risk: .low,
        "For reliability. It costs more unless the CPU that comes with the memory shortens the duration by as much.",
        steps: [
          "Look: aws lambda get-function-configuration --function-name \(name) --query MemorySize.",
          "To change: aws lambda update-function-configuration --function-name \(name) --memory-size \(target).",
        ],
        validation:
          "For \(recentDays) days: the headroom is above \(settings.memoryIncreaseHeadroomPercent) %, and duration times memory is known."))
  }

  /// The smallest size that keeps the margin above the 95th percentile, holds the most that was ever used, and is at least `floor` megabytes; a multiple
  /// of the step.
  private func memoryTarget(_ memory: LambdaUsage.MemoryUse, atLeast floor: Int) throws(DecimalError) -> Int? {
    guard let wanted = try Amount.ceiling(memory.p95MaximumUsed, percent: 100 + settings.memoryMarginPercent),
      let most = Amount.whole(memory.maximumUsed ?? .zero, .up), settings.memoryStepMegabytes > 0
    else { return nil }
    let megabytes = max((max(wanted, most) - 1) / 1_048_576 + 1, floor, settings.minimumMemoryMegabytes)
    let steps = (megabytes - 1) / settings.memoryStepMegabytes + 1
    return min(steps * settings.memoryStepMegabytes, settings.maximumMemoryMegabytes)
  }

  private func memoryEvidence(
    _ function: LambdaFunction, _ memory: LambdaUsage.MemoryUse, allocated: ExactDecimal
  ) throws(DecimalError) -> [Finding.Evidence] {
    let used = try Amount.percentage(memory.p95MaximumUsed, of: allocated)
    let headroom = try ExactDecimal(100).subtracting(used)
    let source = "Logs Insights, \(FigureText.number(ExactDecimal(memory.reportCount))) REPORT lines of \(function.logGroup)"
    func log(_ label: String, _ value: String) -> Finding.Evidence {
      Finding.Evidence(label: label, value: value, source: source, windowDays: memory.days)
    }
    var evidence = [
      configuration("Memory", "\(function.memoryMegabytes) MB"),
      log("95th percentile of the memory used", FigureText.megabytes(memory.p95MaximumUsed)),
      log("Headroom", "\(headroom.text) %"),
    ]
    if let most = memory.maximumUsed { evidence.append(log("Most memory used", FigureText.megabytes(most))) }
    return evidence
  }
}
