import Orchestration

/// What a run's models cost never exceeds its budget, and what its row counts as spent or set aside never falls short of that.
///
/// The truth is what the calls cost whoever pays, also those whose answers were lost. Agents of kind queue spend what they spend; only what they
/// report is in the row (docs/decisions/0007). What was set aside for work that was under way when a run ended counts as spent at last
/// (docs/decisions/0025).
final class BudgetsHold: Invariant {
  let name = "the budget is never exceeded"
  private var spent: [String: Int64] = [:]

  func check(_ fact: Fact, in world: any WorldView) -> Breach? {
    switch fact {
    case .modelCalled(let call):
      guard let id = call.orchestrationID else { return nil }
      let sum = (spent[id] ?? 0) + call.costMicroUSD
      spent[id] = sum
      guard let record = world.orchestration(id) else { return nil }
      guard sum <= record.budgetMicroUSD else {
        return Breach(
          "\(id)'s models have cost \(Money.text(sum)), and its budget is \(Money.text(record.budgetMicroUSD))", orchestrationID: id)
      }
      return shortfall(record)
    case .rowChanged(let change):
      guard let (_, after) = change.orchestration, let after else { return nil }
      guard after.spending.costMicroUSD >= 0, after.spending.reservedMicroUSD >= 0 else {
        return Breach("\(after.id) counts a negative sum", orchestrationID: after.id)
      }
      return shortfall(after)
    default: return nil
    }
  }

  func checkEnd(in world: any WorldView) -> [Breach] {
    world.orchestrations.compactMap { record in
      guard record.state.isTerminal, record.spending.reservedMicroUSD != 0 else { return nil }
      return Breach(
        "\(record.id) has ended, and \(Money.text(record.spending.reservedMicroUSD)) are set aside for ever", orchestrationID: record.id)
    }
  }

  private func shortfall(_ record: OrchestrationRecord) -> Breach? {
    let counted = record.spending.costMicroUSD + record.spending.reservedMicroUSD
    guard let truth = spent[record.id], truth > counted else { return nil }
    return Breach(
      "\(record.id)'s models have cost \(Money.text(truth)), and its row counts \(Money.text(counted)), reservations included",
      orchestrationID: record.id)
  }
}
