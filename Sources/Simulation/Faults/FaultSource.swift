import SimulatedAWS

/// Decides which faults happen in a world.
final class FaultSource {
  /// By the place of each fault in the list of all.
  private let rates: [Double?]
  private var chances: [RandomStream]
  private var details: RandomStream
  private let suppressed: Set<Int>
  private let crashPoint: Int?
  /// Told of each fault that happens.
  var onFault: (Fault, Int) -> Void = { _, _ in }
  /// From then on nothing goes wrong any more, so that what was promised has to come true.
  var isQuiet = false
  /// Faults that have happened, those that were suppressed included.
  private(set) var count = 0
  /// Points at which a process could have died so far.
  private(set) var crashPoints = 0
  /// The time, for what lasts.
  var now: () -> Int64 = { 0 }
  /// Until when a service is in trouble.
  private var troubles: [Fault: Int64] = [:]

  /// How likely a request fails while its service is in trouble.
  private static let rateInTrouble = 0.8

  /// - Parameters:
  ///   - suppressed: numbers of faults, in the order in which they happen, that do not happen.
  ///   - crashPoint: the one point at which a process dies, whatever the rate; 1 for the first.
  init(seed: UInt64, settings: FaultSettings, suppressed: Set<Int>, crashPoint: Int? = nil) {
    let rates = settings.rates(ofWorld: seed)
    self.rates = Fault.allCases.map { rates[$0] }
    self.suppressed = suppressed
    self.crashPoint = crashPoint
    details = RandomStream(seed: seed, purpose: "details of faults")
    chances = Fault.allCases.map { RandomStream(seed: seed, purpose: $0.rawValue) }
  }

  func occurs(_ fault: Fault) -> Bool {
    // Once it is quiet, a promise is broken as soon as it is late.
    if fault == .crash, !isQuiet {
      crashPoints += 1
      if crashPoints == crashPoint { return happens(fault) }
    }
    guard !isQuiet, let rate = rates[fault.place], chances[fault.place].occurs(troubles.isEmpty ? rate : rateNow(of: fault, rate)) else {
      return false
    }
    return happens(fault)
  }

  private func happens(_ fault: Fault) -> Bool {
    count += 1
    guard !suppressed.contains(count) else { return false }
    onFault(fault, count)
    // Throttling and outages come in bursts: seconds to minutes in which hardly a request gets through.
    if fault == .throttling || fault == .internalError, troubles[fault] == nil, details.occurs(0.2) {
      troubles[fault] = now() + details.number(in: 500...90_000)
    }
    return true
  }

  private func rateNow(of fault: Fault, _ rate: Double) -> Double {
    guard let until = troubles[fault] else { return rate }
    if now() < until { return max(rate, Self.rateInTrouble) }
    troubles[fault] = nil
    return rate
  }

  func number(in range: ClosedRange<Int64>) -> Int64 { details.number(in: range) }
}

extension FaultSource: ServiceChance {
  func occurs(_ fault: ServiceFault) -> Bool {
    switch fault {
    case .throttling: occurs(Fault.throttling)
    case .internalError: occurs(Fault.internalError)
    case .transactionConflict: occurs(Fault.transactionConflict)
    case .indexLag: occurs(Fault.indexLag)
    case .staleRead: occurs(Fault.staleRead)
    case .entryRefused: occurs(Fault.entryRefused)
    case .duplicateReceive: occurs(Fault.duplicateReceive)
    case .reordering: occurs(Fault.reordering)
    }
  }
}
