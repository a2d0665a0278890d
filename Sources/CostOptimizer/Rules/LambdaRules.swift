import AgentKit

extension RuleContext {
  /// Lambda: whether a function is needed at all, then its memory, concurrency and the rest of its configuration.
  func judge(_ function: LambdaFunction, _ usage: LambdaUsage, _ judgement: inout Judgement) {
    judgement.begin(function.reference)
    do {
      switch try judgeUse(function, usage, &judgement) {
      case .idle: break
      case .withoutInvocations:
        judgeConfiguration(function, &judgement)
      case .hardlyUsed:
        // Nothing is tuned that is to go; what it costs until then, and what makes it fail, still counts.
        try judgeConcurrency(function, usage, isMemoryReduced: false, &judgement)
        try judgeProvisioned(function, usage, &judgement)
        judgeRuntime(function, &judgement)
      case .used:
        let isMemoryReduced = try judgeMemory(function, usage, &judgement)
        try judgeConcurrency(function, usage, isMemoryReduced: isMemoryReduced, &judgement)
        try judgeProvisioned(function, usage, &judgement)
        // With less memory an invocation takes longer: the present durations say nothing about a timeout then.
        if !isMemoryReduced { try judgeTimeout(function, usage, &judgement) }
        try judgeErrors(function, usage, &judgement)
        judgeConfiguration(function, &judgement)
      }
    } catch {
      judgement.cannotJudge("the function", because: Self.outOfRange)
    }
    judgement.end(otherwise: "Memory, concurrency, timeout, runtime and architecture fit what the function does.")
  }

  private enum Use {
    /// Nothing else about it matters.
    case idle
    /// None yet, or unknown: only its configuration can be judged.
    case withoutInvocations
    /// Its work is to move elsewhere.
    case hardlyUsed
    case used
  }

  private func judgeUse(_ function: LambdaFunction, _ usage: LambdaUsage, _ judgement: inout Judgement) throws(DecimalError) -> Use {
    guard let invocations = usage.invocations else {
      judgement.cannotJudge("use, memory, concurrency and timeout", because: "Invocations could not be read")
      return .withoutInvocations
    }
    guard invocations < ExactDecimal(Int64(settings.lowInvocations)) else { return .used }
    if let schedule = schedules[function.reference.arn] {
      judgement.remark("The schedule \(schedule) starts it; it was invoked \(FigureText.number(invocations)) times in \(days) days.")
      return invocations.isZero ? .withoutInvocations : .used
    }
    // A function that was deployed inside the window has not had the whole window to be invoked.
    guard let modified = function.lastModifiedMilliseconds, modified < windowStart else {
      judgement.cannotJudge(
        "whether it is needed",
        because: "Fewer than \(settings.lowInvocations) invocations, and changed within the last \(days) days or at an unknown time")
      return invocations.isZero ? .withoutInvocations : .used
    }
    let evidence = [
      metric("Invocations", FigureText.number(invocations), "AWS/Lambda Invocations, sum"),
      configuration("Last modified", Self.day(modified)),
    ]
    let name = function.reference.name
    guard !invocations.isZero else {
      judgement.add(
        Finding(
          .lambdaIdle, [function.reference], title: "\(name) has not been invoked for \(days) days", evidence: evidence,
          action: "Decommission: delete the function with its event sources and its log group, once its owner agrees.",
          change: .removeFunction, risk: .medium,
          "Something that runs less than once in \(days) days, such as a yearly job or a recovery procedure, shows no invocation; a function of CloudFront (Lambda@Edge) shows its invocations in the regions of its visitors.",
          steps: [
            "Look at who may invoke it: aws lambda get-policy --function-name \(name); aws lambda list-event-source-mappings --function-name \(name).",
            "Keep its code: aws lambda get-function --function-name \(name) gives the address of the package.",
            "To change: aws lambda put-function-concurrency --function-name \(name) --reserved-concurrent-executions 0, wait \(days) days, then aws lambda delete-function --function-name \(name).",
          ],
          validation: "No Throttles of the function (each would be an attempt to invoke it) while its concurrency is 0."))
      return .idle
    }
    judgement.add(
      Finding(
        .lambdaHardlyUsed, [function.reference],
        title: "\(name) is invoked fewer than \(settings.lowInvocations) times in \(days) days", evidence: evidence,
        action: "Consolidate: move its work into a function that its callers already use, or decommission it.", risk: .medium,
        "Nothing else is advised for it, since what goes needs no tuning. A merged function has the rights of both, and one deployment for two purposes.",
        steps: [
          "Look at who invokes it: aws lambda get-policy --function-name \(name).",
          "Find a function with the same callers, runtime and rights to take the work over.",
        ],
        validation: "Invocations of \(name) fall to 0, and the errors of the function that took over do not rise."))
    return .hardlyUsed
  }

  private func judgeTimeout(_ function: LambdaFunction, _ usage: LambdaUsage, _ judgement: inout Judgement) throws(DecimalError) {
    guard let p99 = usage.p99Duration else {
      judgement.cannotJudge("timeout", because: "The 99th percentile of Duration could not be read")
      return
    }
    let timeout = ExactDecimal(Int64(function.timeoutSeconds) * 1_000)
    guard try Amount.isBelow(p99, percent: settings.timeoutUtilizationPercent, of: timeout),
      let target = try Amount.ceiling(p99, percent: settings.timeoutTargetPercent),
      let longest = Amount.whole(usage.maximumDuration ?? .zero, .up)
    else { return }
    // What ended in time until now must still do so.
    let seconds = max(settings.minimumTimeoutSeconds, (max(target, longest) - 1) / 1_000 + 1)
    guard seconds < function.timeoutSeconds else { return }
    let name = function.reference.name
    judgement.add(
      Finding(
        .lambdaTimeout, [function.reference], title: "The timeout of \(name) is far above what it takes",
        evidence: [
          configuration("Timeout", "\(function.timeoutSeconds) s"),
          metric("99th percentile of the duration", FigureText.milliseconds(p99), "AWS/Lambda Duration, highest daily p99"),
        ],
        action: "Set the timeout from \(function.timeoutSeconds) s to \(seconds) s.", risk: .low,
        "Rare long invocations would be cut off. The timeout changes no bill by itself: it limits what an invocation that hangs can cost.",
        steps: [
          "Look: aws lambda get-function-configuration --function-name \(name) --query Timeout.",
          "To change: aws lambda update-function-configuration --function-name \(name) --timeout \(seconds).",
        ],
        validation: "No \"Task timed out\" line in \(function.logGroup) for \(recentDays) days."))
  }

  private func judgeErrors(_ function: LambdaFunction, _ usage: LambdaUsage, _ judgement: inout Judgement) throws(DecimalError) {
    guard let errors = usage.errors, let invocations = usage.invocations else {
      judgement.cannotJudge("errors", because: "Errors could not be read")
      return
    }
    guard invocations >= ExactDecimal(Int64(settings.minimumForErrors)),
      try Amount.isAbove(errors, percent: settings.errorPercent, of: invocations)
    else { return }
    let name = function.reference.name
    judgement.add(
      Finding(
        .lambdaErrors, [function.reference], title: "\(name) fails often, and every failure is billed",
        evidence: [
          metric("Errors", FigureText.number(errors), "AWS/Lambda Errors, sum"),
          metric("Invocations", FigureText.number(invocations), "AWS/Lambda Invocations, sum"),
          metric("Share of errors", "\(try Amount.percentage(errors, of: invocations).text) %", "Errors / Invocations"),
        ],
        action:
          "Find and mend the cause of the errors; asynchronous callers repeat each failed invocation up to twice, streams until it succeeds.",
        risk: .low, "None from looking; a change of code has the risk of any change of code.",
        steps: [
          "Look at what fails, in aggregate: count the error types in \(function.logGroup) with Logs Insights.",
          "Look at the retries: aws lambda list-function-event-invoke-configs --function-name \(name).",
        ],
        validation: "Errors below \(settings.errorPercent) % of Invocations for \(recentDays) days."))
  }
}
