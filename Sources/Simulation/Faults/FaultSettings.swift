/// How often each fault happens, as a probability for each occasion.
public struct FaultSettings: Sendable, Equatable {
  /// Absent: never.
  public var rates: [Fault: Double]
  /// When true, each world takes some of the faults and leaves the others out, with rates of its own: a fault that always happens hides
  /// those behind it. Source: A. Groce et al., "Swarm Testing", ISSTA 2012.
  public var variesByWorld: Bool

  public init(rates: [Fault: Double], variesByWorld: Bool = true) {
    self.rates = rates
    self.variesByWorld = variesByWorld
  }

  public static let none = FaultSettings(rates: [:], variesByWorld: false)

  public static let standard = FaultSettings(rates: [
    .duplicateDelivery: 0.1, .lostDelivery: 0.05, .lateDelivery: 0.05, .crash: 0.01, .clockSkew: 0.2, .clockStep: 0.02, .lostRequest: 0.01,
    .lostAnswer: 0.02, .repeatedRequest: 0.01, .lateRequest: 0.005, .throttling: 0.02, .internalError: 0.02, .transactionConflict: 0.05,
    .indexLag: 0.3, .staleRead: 0.2, .entryRefused: 0.05, .duplicateReceive: 0.05, .reordering: 0.2, .slowModel: 0.1, .failingModel: 0.05,
    .throttledModel: 0.05, .malformedReply: 0.08, .repeatingModel: 0.08, .endlessModel: 0.05, .oddStop: 0.06, .unknownCost: 0.05,
    .failingAgent: 0.1, .silentAgent: 0.05, .slowAgent: 0.1, .repeatingAgent: 0.1, .oversizedResult: 0.05, .poison: 0.05,
    .cancellation: 0.1,
    .editedAgent: 0.15, .redeployment: 0.1,
  ])

  /// The rates of one world.
  func rates(ofWorld seed: UInt64) -> [Fault: Double] {
    guard variesByWorld else { return rates }
    var chance = RandomStream(seed: seed, purpose: "rates")
    var result: [Fault: Double] = [:]
    for fault in rates.keys.sorted() {
      let share = chance.fraction()
      let factor = chance.fraction()
      // Two thirds of the faults are on, a few of them much more often.
      if share < 0.67 { result[fault] = min(0.9, (rates[fault] ?? 0) * (share < 0.07 ? 5 : 0.3 + factor)) }
    }
    return result
  }
}
