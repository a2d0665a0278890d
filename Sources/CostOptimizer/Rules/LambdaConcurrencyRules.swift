import AgentKit

extension RuleContext {
  /// Throttles near the limit ask for more concurrency; a reservation that is hardly used keeps it from the other functions.
  /// - Parameter isMemoryReduced: less memory is advised, which may take more concurrency: no reservation is reduced at the same time.
  func judgeConcurrency(
    _ function: LambdaFunction, _ usage: LambdaUsage, isMemoryReduced: Bool, _ judgement: inout Judgement
  ) throws(DecimalError) {
    guard let throttles = usage.throttles else {
      judgement.cannotJudge("concurrency", because: "Throttles could not be read")
      return
    }
    if throttles.isZero {
      if let reserved = function.reservedConcurrency, reserved > 0, !isMemoryReduced {
        try judgeReservation(function, reserved, usage, &judgement)
      }
      return
    }
    if function.reservedConcurrency == 0 {
      judgement.remark("Its reserved concurrency is 0: it is switched off on purpose, and every invocation is throttled.")
      return
    }
    guard let p95 = usage.p95Concurrency else {
      judgement.cannotJudge("concurrency", because: "ConcurrentExecutions could not be read")
      return
    }
    guard let limit = function.reservedConcurrency ?? accountConcurrencyLimit else {
      judgement.cannotJudge("concurrency", because: "The account's limit of concurrent executions could not be read")
      return
    }
    guard let target = try Amount.ceiling(p95, percent: 100 + settings.concurrencyMarginPercent) else { return }
    guard target > limit else {
      judgement.remark(
        "It was throttled, but its concurrency is far from its limit of \(limit): the cause is a burst or another function, which these figures do not tell."
      )
      return
    }
    let name = function.reference.name
    let isReserved = function.reservedConcurrency != nil
    judgement.add(
      Finding(
        .lambdaThrottled, [function.reference], title: "\(name) is throttled at its limit",
        evidence: [
          metric("Throttles", FigureText.number(throttles), "AWS/Lambda Throttles, sum"),
          metric("95th percentile of the concurrency", FigureText.number(p95), "AWS/Lambda ConcurrentExecutions, of hourly maxima"),
          configuration(isReserved ? "Reserved concurrency" : "Concurrency limit of the account", "\(limit)"),
        ],
        action: isReserved
          ? "Increase reserved concurrency from \(limit) to \(target); where start times matter, provision it for the share that is always needed."
          : "Reserve a concurrency of \(target), and ask for an account limit above \(limit), which all functions share.",
        risk: .medium,
        "For reliability. A reservation is taken from what all other functions share; what the function calls must bear the load.",
        steps: [
          "Look: aws lambda get-account-settings; aws lambda get-function-concurrency --function-name \(name).",
          "To change: aws lambda put-function-concurrency --function-name \(name) --reserved-concurrent-executions \(target).",
        ],
        validation: "Throttles of \(name) are 0 for \(recentDays) days."))
  }

  private func judgeReservation(
    _ function: LambdaFunction, _ reserved: Int, _ usage: LambdaUsage, _ judgement: inout Judgement
  ) throws(DecimalError) {
    guard let p95 = usage.p95Concurrency, let most = usage.maximumConcurrency else {
      judgement.cannotJudge("reserved concurrency", because: "ConcurrentExecutions could not be read")
      return
    }
    guard try Amount.isBelow(p95, percent: settings.reservedUtilizationPercent, of: ExactDecimal(Int64(reserved))),
      let wanted = try Amount.ceiling(p95, percent: 100 + settings.concurrencyMarginPercent), let highest = Amount.whole(most, .up)
    else { return }
    // Lambda refuses a reservation below what is provisioned of it.
    let provisioned = function.provisioned.reduce(0) { $0.addingReportingOverflow(max(0, $1.requested)).partialValue }
    let target = max(1, wanted, highest, provisioned)
    guard target < reserved else { return }
    let name = function.reference.name
    judgement.add(
      Finding(
        .lambdaReservedReduce, [function.reference],
        title: "\(name) uses less than \(settings.reservedUtilizationPercent) % of its reservation",
        evidence: [
          configuration("Reserved concurrency", "\(reserved)"),
          metric("95th percentile of the concurrency", FigureText.number(p95), "AWS/Lambda ConcurrentExecutions, of hourly maxima"),
          metric("Highest concurrency", FigureText.number(most), "AWS/Lambda ConcurrentExecutions, maximum"),
        ],
        action: "Reduce reserved concurrency from \(reserved) to \(target).", risk: .low,
        "A load that has not been seen for \(days) days would be throttled. A reservation is not charged: what is freed is concurrency for other functions.",
        steps: [
          "Look: aws lambda get-function-concurrency --function-name \(name).",
          "To change: aws lambda put-function-concurrency --function-name \(name) --reserved-concurrent-executions \(target).",
        ],
        validation: "Throttles of \(name) stay 0 for \(recentDays) days."))
  }

  /// Provisioned concurrency is paid whether it is used or not.
  func judgeProvisioned(_ function: LambdaFunction, _ usage: LambdaUsage, _ judgement: inout Judgement) throws(DecimalError) {
    for provisioned in function.provisioned where provisioned.requested > 0 {
      let qualifier = provisioned.qualifier
      guard let utilization = usage.provisionedUtilization[qualifier] else {
        judgement.cannotJudge("provisioned concurrency", because: "ProvisionedConcurrencyUtilization could not be read")
        continue
      }
      let requested = ExactDecimal(Int64(provisioned.requested))
      guard try Amount.isBelow(utilization, percent: settings.provisionedUtilizationPercent, of: ExactDecimal(1)),
        let target = try Amount.ceiling(utilization.multiplied(by: requested), percent: 100 + settings.concurrencyMarginPercent),
        target < provisioned.requested
      else { continue }
      let name = function.reference.name
      let resource = ResourceReference(.lambda, name: "\(name):\(qualifier)", arn: "\(function.reference.arn):\(qualifier)")
      let command =
        target == 0
        ? "aws lambda delete-provisioned-concurrency-config --function-name \(name) --qualifier \(qualifier)"
        : "aws lambda put-provisioned-concurrency-config --function-name \(name) --qualifier \(qualifier) --provisioned-concurrent-executions \(target)"
      judgement.add(
        Finding(
          .lambdaProvisionedReduce, [resource, function.reference], title: "Provisioned concurrency of \(name):\(qualifier) is hardly used",
          evidence: [
            configuration("Provisioned concurrency of \(qualifier)", "\(provisioned.requested)"),
            Finding.Evidence(
              label: "Median utilization", value: "\(try Amount.percentage(utilization, of: ExactDecimal(1)).text) %",
              source: "CloudWatch AWS/Lambda ProvisionedConcurrencyUtilization", windowDays: recentDays),
          ],
          action: target == 0
            ? "Remove the provisioned concurrency of \(provisioned.requested) from \(name):\(qualifier)."
            : "Reduce the provisioned concurrency of \(name):\(qualifier) from \(provisioned.requested) to \(target).",
          change: .provisionedConcurrency(qualifier: qualifier, from: provisioned.requested, to: target), risk: .medium,
          "Above the new number, invocations start cold. Peaks that a median does not show may need a schedule of Application Auto Scaling.",
          steps: [
            "Look: aws lambda get-provisioned-concurrency-config --function-name \(name) --qualifier \(qualifier).",
            "To change: \(command).",
          ],
          validation:
            "ProvisionedConcurrencySpilloverInvocations and the 95th percentile of the duration stay within what callers bear for \(recentDays) days."
        ))
    }
  }
}
