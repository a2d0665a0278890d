import AgentKit

extension RuleContext {
  /// DynamoDB: capacity that is not used, tables in the dearer billing mode, throttles with capacity to spare.
  func judge(_ table: TableFacts, _ usage: TableUsage, _ judgement: inout Judgement) {
    judgement.begin(table.reference)
    do {
      switch table.billingMode {
      case .provisioned: try judgeProvisioned(table, usage, &judgement)
      case .onDemand: try judgeOnDemand(table, usage, &judgement)
      }
    } catch {
      judgement.cannotJudge("the table", because: Self.outOfRange)
    }
    judgement.end(otherwise: table.billingMode == .onDemand ? "On demand, it costs what it is used." : "Its capacity fits its use.")
  }

  private func judgeProvisioned(_ table: TableFacts, _ usage: TableUsage, _ judgement: inout Judgement) throws(DecimalError) {
    if !table.indexNames.isEmpty {
      judgement.cannotJudge("capacity of its indexes", because: "Only the tables' own capacity is looked at", kind: .scope)
    }
    guard let consumedReads = usage.consumedReadUnits, let consumedWrites = usage.consumedWriteUnits else {
      judgement.cannotJudge("capacity", because: "Consumed capacity could not be read")
      return
    }
    let isOld = isOlderThanWindow(table.createdMilliseconds)
    if consumedReads.isZero && consumedWrites.isZero {
      guard isOld else {
        judgement.cannotJudge("capacity", because: tooYoung)
        return
      }
      guard table.globalIndexes.isEmpty else {
        judgement.cannotJudge("whether it is used", because: "Reads may go through its indexes, which are not looked at", kind: .scope)
        return
      }
      judgement.add(idle(table))
      return
    }
    guard let readThrottles = usage.readThrottles, let writeThrottles = usage.writeThrottles else {
      judgement.cannotJudge("capacity", because: "Throttle events could not be read")
      return
    }
    let throttles = try Amount.sum(readThrottles, writeThrottles)
    guard let p95Reads = usage.p95ReadUnits, let p95Writes = usage.p95WriteUnits, var reads = usage.averageReadUnits,
      var writes = usage.averageWriteUnits
    else {
      judgement.cannotJudge("capacity", because: "The course of the consumed capacity could not be read")
      return
    }
    let isReadLow = try Amount.isBelow(p95Reads, percent: settings.tablePeakPercent, of: ExactDecimal(Int64(table.readUnits)))
    let isWriteLow = try Amount.isBelow(p95Writes, percent: settings.tablePeakPercent, of: ExactDecimal(Int64(table.writeUnits)))
    guard throttles.isZero else {
      if (!readThrottles.isZero && isReadLow) || (!writeThrottles.isZero && isWriteLow) {
        judgement.add(throttled(table, reads: readThrottles, writes: writeThrottles, p95Reads: p95Reads, p95Writes: p95Writes))
      } else {
        judgement.remark("It was throttled while its capacity was in use: there is nothing to take away.")
      }
      return
    }
    if !isOld {
      // The hours that it was there for are those with a data point, at most; the window's average would count hours before it was made.
      let hours = max(usage.readHours ?? .zero, usage.writeHours ?? .zero)
      guard hours >= ExactDecimal(Int64(settings.minimumTableHours)) else {
        judgement.cannotJudge("capacity", because: tooYoung)
        return
      }
      let seconds = try hours.multiplied(by: ExactDecimal(3_600))
      (reads, writes) = (try consumedReads.divided(by: seconds).value, try consumedWrites.divided(by: seconds).value)
    }
    let mayReduceReads = try Amount.isBelow(reads, percent: settings.tableAveragePercent, of: ExactDecimal(Int64(table.readUnits)))
    let mayReduceWrites = try Amount.isBelow(writes, percent: settings.tableAveragePercent, of: ExactDecimal(Int64(table.writeUnits)))
    let readTarget = isReadLow && mayReduceReads ? try target(p95Reads, table.readUnits, table.readScaling) : table.readUnits
    let writeTarget = isWriteLow && mayReduceWrites ? try target(p95Writes, table.writeUnits, table.writeScaling) : table.writeUnits
    guard readTarget < table.readUnits || writeTarget < table.writeUnits else {
      if table.readScaling != nil || table.writeScaling != nil {
        judgement.remark("Auto scaling sets its capacity, and may go as low as its use asks for.")
      }
      return
    }
    judgement.add(
      reduced(
        table, readTarget: readTarget, writeTarget: writeTarget,
        evidence: [
          configuration("Read capacity", "\(table.readUnits) units"),
          metric("Average reads", "\(FigureText.number(reads)) units a second", "AWS/DynamoDB ConsumedReadCapacityUnits"),
          metric(
            "95th percentile of reads", "\(FigureText.number(p95Reads)) units a second", "AWS/DynamoDB ConsumedReadCapacityUnits, of hours"),
          configuration("Write capacity", "\(table.writeUnits) units"),
          metric("Average writes", "\(FigureText.number(writes)) units a second", "AWS/DynamoDB ConsumedWriteCapacityUnits"),
          metric(
            "95th percentile of writes", "\(FigureText.number(p95Writes)) units a second",
            "AWS/DynamoDB ConsumedWriteCapacityUnits, of hours"),
          metric("Throttles", "0", "AWS/DynamoDB ReadThrottleEvents and WriteThrottleEvents, sum"),
        ]))
  }

  /// Capacity of which the 95th percentile takes the target share. Where auto scaling keeps the floor below what is set now, it needs no help.
  private func target(_ p95: ExactDecimal, _ units: Int, _ scaling: TableFacts.Scaling?) throws(DecimalError) -> Int {
    if let scaling, scaling.minimum < units { return units }
    guard let wanted = try Amount.capacity(for: p95, percent: settings.tableTargetPercent) else { return units }
    return min(max(1, wanted), units)
  }

  private func idle(_ table: TableFacts) -> Finding {
    let name = table.reference.name
    return Finding(
      .tableIdle, [table.reference], title: "\(name) pays for capacity, and nobody uses it",
      evidence: [
        configuration("Read capacity", "\(table.readUnits) units"), configuration("Write capacity", "\(table.writeUnits) units"),
        metric("Consumed capacity", "0 units", "AWS/DynamoDB ConsumedReadCapacityUnits and ConsumedWriteCapacityUnits, sum"),
        configuration("Items", FigureText.number(ExactDecimal(table.itemCount))),
      ],
      action: "Change the billing mode from provisioned to on demand; delete the table if its owner does not need it.",
      change: .tableBillingMode(to: .onDemand, readUnits: table.readUnits, writeUnits: table.writeUnits), risk: .low,
      "On demand serves any load that comes back; a table may change its mode a few times a day only.",
      steps: [
        "Look: aws dynamodb describe-table --table-name \(name).",
        "To change: aws dynamodb update-table --table-name \(name) --billing-mode PAY_PER_REQUEST.",
      ],
      validation: "aws dynamodb describe-table shows PAY_PER_REQUEST, and no request is throttled.")
  }

  private func reduced(_ table: TableFacts, readTarget: Int, writeTarget: Int, evidence: [Finding.Evidence]) -> Finding {
    let name = table.reference.name
    var parts: [String] = []
    if readTarget < table.readUnits { parts.append("read capacity from \(table.readUnits) to \(readTarget) units") }
    if writeTarget < table.writeUnits { parts.append("write capacity from \(table.writeUnits) to \(writeTarget) units") }
    let isScaled = table.readScaling != nil || table.writeScaling != nil
    return Finding(
      .tableCapacity, [table.reference], title: "\(name) uses little of its capacity", evidence: evidence,
      action: "Reduce \(parts.joined(separator: ", and "))\(isScaled ? " (the minimum of auto scaling)" : "").",
      change: .tableCapacity(readFrom: table.readUnits, readTo: readTarget, writeFrom: table.writeUnits, writeTo: writeTarget),
      risk: .medium,
      "Peaks within an hour do not show in these figures: burst capacity covers 300 seconds of them. Auto scaling with a target of \(settings.tableTargetPercent) % covers what lasts.",
      steps: [
        "Look: aws dynamodb describe-table --table-name \(name); aws application-autoscaling describe-scalable-targets --service-namespace dynamodb --resource-ids table/\(name).",
        isScaled
          ? "To change: aws application-autoscaling register-scalable-target with the new minimum."
          : "To change: aws dynamodb update-table --table-name \(name) --provisioned-throughput ReadCapacityUnits=\(readTarget),WriteCapacityUnits=\(writeTarget).",
      ],
      validation: "ReadThrottleEvents and WriteThrottleEvents stay 0 for \(recentDays) days.")
  }

  private func throttled(
    _ table: TableFacts, reads: ExactDecimal, writes: ExactDecimal, p95Reads: ExactDecimal?, p95Writes: ExactDecimal?
  ) -> Finding {
    let name = table.reference.name
    var evidence = [
      metric("Throttled reads", FigureText.number(reads), "AWS/DynamoDB ReadThrottleEvents, sum"),
      metric("Throttled writes", FigureText.number(writes), "AWS/DynamoDB WriteThrottleEvents, sum"),
    ]
    if let p95Reads, let p95Writes {
      evidence += [
        metric(
          "95th percentile of reads", "\(FigureText.number(p95Reads)) of \(table.readUnits) units", "AWS/DynamoDB ConsumedReadCapacityUnits"
        ),
        metric(
          "95th percentile of writes", "\(FigureText.number(p95Writes)) of \(table.writeUnits) units",
          "AWS/DynamoDB ConsumedWriteCapacityUnits"),
      ]
    }
    return Finding(
      .tableThrottled, [table.reference], title: "\(name) is throttled with capacity to spare", evidence: evidence,
      action:
        "Look for a hot partition key or an index that lacks capacity before any capacity is bought; raise the minimum of auto scaling if peaks are short.",
      risk: .medium, "A change of the key is a change of the application. More capacity costs more, and does not help one hot key.",
      steps: [
        "Look at the keys that are asked for most: aws dynamodb describe-contributor-insights --table-name \(name).",
        "Look at the indexes: aws dynamodb describe-table --table-name \(name).",
      ],
      validation: "ReadThrottleEvents and WriteThrottleEvents are 0 for \(recentDays) days.")
  }

  private func judgeOnDemand(_ table: TableFacts, _ usage: TableUsage, _ judgement: inout Judgement) throws(DecimalError) {
    guard let reads = usage.averageReadUnits, let writes = usage.averageWriteUnits, let p95Reads = usage.p95ReadUnits,
      let p95Writes = usage.p95WriteUnits
    else {
      judgement.cannotJudge("billing mode", because: "Consumed capacity could not be read")
      return
    }
    if let readThrottles = usage.readThrottles, let writeThrottles = usage.writeThrottles {
      if !(readThrottles.isZero && writeThrottles.isZero) {
        judgement.add(throttled(table, reads: readThrottles, writes: writeThrottles, p95Reads: nil, p95Writes: nil))
        return
      }
    } else {
      judgement.cannotJudge("throttling", because: "Throttle events could not be read")
    }
    let busy = ExactDecimal(Int64(settings.steadyUnits))
    guard reads >= busy || writes >= busy, try isSteady(p95Reads, reads, busy), try isSteady(p95Writes, writes, busy),
      let readUnits = try Amount.capacity(for: p95Reads, percent: settings.tableTargetPercent),
      let writeUnits = try Amount.capacity(for: p95Writes, percent: settings.tableTargetPercent)
    else { return }
    guard isOlderThanWindow(table.createdMilliseconds) else {
      judgement.cannotJudge("billing mode", because: tooYoung)
      return
    }
    guard table.globalIndexes.isEmpty else {
      judgement.cannotJudge("billing mode", because: "Its indexes would need capacity too, and are not looked at", kind: .scope)
      return
    }
    let name = table.reference.name
    let (readTarget, writeTarget) = (max(1, readUnits), max(1, writeUnits))
    judgement.add(
      Finding(
        .tableSteady, [table.reference], title: "\(name) has a steady load on demand",
        evidence: [
          metric("Average reads", "\(FigureText.number(reads)) units a second", "AWS/DynamoDB ConsumedReadCapacityUnits"),
          metric(
            "95th percentile of reads", "\(FigureText.number(p95Reads)) units a second", "AWS/DynamoDB ConsumedReadCapacityUnits, of hours"),
          metric("Average writes", "\(FigureText.number(writes)) units a second", "AWS/DynamoDB ConsumedWriteCapacityUnits"),
          metric(
            "95th percentile of writes", "\(FigureText.number(p95Writes)) units a second",
            "AWS/DynamoDB ConsumedWriteCapacityUnits, of hours"),
        ],
        action:
          "Evaluate provisioned capacity of \(readTarget) read and \(writeTarget) write units with auto scaling at \(settings.tableTargetPercent) %.",
        change: .tableBillingMode(to: .provisioned, readUnits: readTarget, writeUnits: writeTarget), risk: .medium,
        "Sudden peaks are throttled until auto scaling follows, which takes minutes.",
        steps: [
          "Look at minutes rather than hours: ConsumedReadCapacityUnits and ConsumedWriteCapacityUnits of the busiest day.",
          "To change: aws dynamodb update-table --table-name \(name) --billing-mode PROVISIONED --provisioned-throughput ReadCapacityUnits=\(readTarget),WriteCapacityUnits=\(writeTarget), then register auto scaling.",
        ],
        validation: "ReadThrottleEvents and WriteThrottleEvents stay 0 for \(recentDays) days, and the bill falls."))
  }

  /// A peak that hardly stands out, or a load too small to matter.
  private func isSteady(_ p95: ExactDecimal, _ average: ExactDecimal, _ busy: ExactDecimal) throws(DecimalError) -> Bool {
    if average >= busy { return try !Amount.isAbove(p95, percent: settings.steadyPeakPercent, of: average) }
    return p95 <= ExactDecimal(1)
  }
}
