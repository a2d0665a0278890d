internal import AWSClient

/// Gathers gaps: the same failure of the same call for a thousand resources is one gap with a count.
struct GapLedger: Sendable {
  private struct Entry {
    var gap: Gap
    /// The resource that the message names: the first by name, whichever call came back first.
    var resource: String?
    /// True when the call kept failing, so that it was not made for every resource.
    var isCutShort = false
  }
  /// Characters of a service's message that are kept: a proxy may answer with a whole page.
  private static let longestMessage = 1000

  private var entries: [String: Entry] = [:]
  private var lastKeys: [String: String] = [:]

  mutating func add(_ call: AccountCall, _ error: AWSError) {
    let key = "\(call.name) \(error.code)"
    lastKeys[call.name] = key
    let count = (entries[key]?.gap.count ?? 0) + 1
    if let known = entries[key], known.resource ?? "" <= call.resource ?? "" {
      entries[key]?.gap.count = count
      return
    }
    let of = call.resource.map { " of \($0)" } ?? ""
    let said = error.message.isEmpty ? error.code : "\(error.code): \(error.message.prefix(Self.longestMessage))"
    entries[key] = Entry(
      gap: Gap(
        error.isPermission ? .permission : .serviceFailure, subject: call.subject, message: "\(call.name)\(of) failed with \(said)",
        consequence: call.consequence, count: count),
      resource: call.resource, isCutShort: entries[key]?.isCutShort ?? false)
  }

  /// One more resource that was not asked about, since the call kept failing.
  mutating func addUnasked(_ call: AccountCall) {
    guard let key = lastKeys[call.name] else { return }
    entries[key]?.gap.count += 1
    entries[key]?.isCutShort = true
  }

  /// Adds a gap; those with the same key are one, with the message that comes first in the alphabet.
  mutating func add(_ gap: Gap, foldingBy key: String? = nil) {
    let key = "\(gap.kind.rawValue) \(gap.subject) \(key ?? gap.message)"
    guard let known = entries[key]?.gap else {
      entries[key] = Entry(gap: gap)
      return
    }
    entries[key]?.gap = known.message <= gap.message ? known : gap
    entries[key]?.gap.count = known.count + gap.count
  }

  /// In an order that depends on the gaps alone.
  var gaps: [Gap] {
    entries.values.map { entry in
      guard entry.isCutShort else { return entry.gap }
      var gap = entry.gap
      gap.message += " (it kept failing, so it was not asked for every resource)"
      return gap
    }.sorted { ($0.subject, $0.message) < ($1.subject, $1.message) }
  }
}
