internal import AWSClient
internal import JSON
internal import Synchronization

/// One read-only call, with what its failure means for the report.
struct AccountCall: Sendable {
  var service: String
  var operation: String
  var parameters: JSONObject
  /// The resource that is asked about; nil for lists.
  var resource: String?
  /// As in `Gap.subject`.
  var subject: String
  var consequence: String
  /// Error codes that say that something is not set, which is an answer.
  var absentCodes: [String]

  init(
    _ service: String, _ operation: String, _ parameters: JSONObject = [:], of resource: String? = nil, subject: String,
    consequence: String, absentCodes: [String] = []
  ) {
    self.service = service
    self.operation = operation
    self.parameters = parameters
    self.resource = resource
    self.subject = subject
    self.consequence = consequence
    self.absentCodes = absentCodes
  }

  var name: String { "\(service) \(operation)" }
}

/// Asks an account, counts the calls, and makes gaps of failures; a call that is refused again and again is not made any more.
final class AccountCalls: Sendable {
  enum Answer: Sendable {
    case value(JSONValue)
    /// One of the call's `absentCodes`.
    case absent
    /// A gap tells why.
    case failed
  }

  private struct State {
    var ledger = GapLedger()
    var breakers: [String: CallBreaker] = [:]
    var count = 0
    var brokenLists: Set<ResourceReference.Service> = []
  }

  private let reader: any AccountReader
  private let state = Mutex(State())

  init(reader: any AccountReader) { self.reader = reader }

  /// Calls that were made; retries of the client are not counted.
  var count: Int { state.withLock { $0.count } }
  /// As in `Inventory.brokenLists`.
  var brokenLists: Set<ResourceReference.Service> { state.withLock { $0.brokenLists } }
  var gaps: [Gap] { state.withLock { $0.ledger.gaps } }

  /// Adds a gap; those with the same `foldingBy` are one with a count.
  func note(_ gap: Gap, foldingBy key: String? = nil) { state.withLock { $0.ledger.add(gap, foldingBy: key) } }

  /// What came of one call, before it is decided whether a failure is a gap.
  enum Attempt: Sendable {
    case value(JSONValue)
    case error(AWSError)
    /// The task is cancelled, or the call failed so often that it is not made any more, which is counted.
    case notAsked
  }

  func ask(_ call: AccountCall) async -> Answer {
    switch await attempt(call) {
    case .value(let value): return .value(value)
    case .error(let error) where call.absentCodes.contains(error.code): return .absent
    case .error(let error):
      note(call, error)
      return .failed
    case .notAsked: return .failed
    }
  }

  /// Makes a gap of a call's failure.
  func note(_ call: AccountCall, _ error: AWSError) {
    state.withLock { $0.ledger.add(call, error) }
  }

  func attempt(_ call: AccountCall) async -> Attempt {
    if Task.isCancelled { return .notAsked }
    let isOpen = state.withLock { state in
      if state.breakers[call.name]?.isOpen == true {
        state.ledger.addUnasked(call)
        return true
      }
      state.count += 1
      return false
    }
    if isOpen { return .notAsked }
    do {
      let answer = try await reader.read(call.service, call.operation, .object(call.parameters))
      breaker(call) { $0.succeeded() }
      return .value(answer)
    } catch is CancellationError {
      return .notAsked
    } catch {
      let known = error as? AWSError ?? AWSError(code: AWSError.invalidResponseCode, message: "\(error)")
      if Task.isCancelled { return .notAsked }
      if call.absentCodes.contains(known.code) {
        breaker(call) { $0.succeeded() }
      } else if known.isAboutTheCall {
        breaker(call) { $0.failed() }
      }
      return .error(known)
    }
  }

  private func breaker(_ call: AccountCall, _ change: (inout CallBreaker) -> Void) {
    state.withLock { change(&$0.breakers[call.name, default: CallBreaker()]) }
  }

  /// The answer's value; nil when there is none, or the thing is not set.
  func value(_ call: AccountCall) async -> JSONValue? {
    if case .value(let value) = await ask(call) { value } else { nil }
  }

  /// Asks for every page of a list and hands each to `fold` as it comes; no page is kept.
  ///
  /// A token that came before would go round for ever: the list ends there, with a gap.
  /// - Returns: false when the list is not known to its end, which a gap tells.
  @discardableResult
  func pages(_ call: AccountCall, _ token: PageToken, limit: Int = .max, fold: (JSONValue) -> Void) async -> Bool {
    var call = call
    var seen: Set<[String]> = []
    var pages = 0
    while true {
      guard case .value(let page) = await ask(call) else { return false }
      fold(page)
      pages += 1
      guard let next = token.next(after: page) else { return true }
      guard seen.insert(next.map(\.value)).inserted else {
        note(incomplete(call, "gave the same page token twice after \(pages) \(pages == 1 ? "page" : "pages"); the list ends there"))
        return false
      }
      guard pages < limit else {
        note(incomplete(call, "has more than the \(limit) pages that are read of it"))
        return false
      }
      for (name, value) in next { call.parameters[name] = .string(value) }
    }
  }

  /// As `pages`, of a list of a service's resources.
  func resources(_ service: ResourceReference.Service, _ call: AccountCall, _ token: PageToken, fold: (JSONValue) -> Void) async {
    if await !pages(call, token, fold: fold) { state.withLock { _ = $0.brokenLists.insert(service) } }
  }

  private func incomplete(_ call: AccountCall, _ what: String) -> Gap {
    let of = call.resource.map { " of \($0)" } ?? ""
    return Gap(.serviceFailure, subject: call.subject, message: "\(call.name)\(of) \(what).", consequence: call.consequence)
  }
}

/// Where a list says how it goes on, and how that is asked for.
struct PageToken: Sendable {
  /// Members of the answer, and the parameters that take them.
  let members: [(output: String, input: String)]
  /// The member that must be true for there to be more; nil where a token alone says so.
  var flag: String?

  init(_ output: String, _ input: String) { members = [(output, input)] }

  init(_ members: [(output: String, input: String)], flag: String) {
    self.members = members
    self.flag = flag
  }

  /// The parameters of the next page; nil at the end.
  func next(after page: JSONValue) -> [(name: String, value: String)]? {
    if let flag, page[flag]?.boolValue != true { return nil }
    let next = members.compactMap { member in
      page[member.output]?.stringValue.flatMap { $0.isEmpty ? nil : (name: member.input, value: $0) }
    }
    return next.isEmpty ? nil : next
  }
}

/// Decides when a call that fails for one resource after the other is not worth asking any more.
struct CallBreaker: Sendable {
  /// Failures at the beginning, before anything succeeded, after which it gives up: a role without the permission, a service that is not there.
  static let initialFailures = 3
  /// Failures in a row after which it gives up even when something succeeded before: permissions by resource let many through.
  static let failuresInRow = 20

  private var successes = 0
  private var inRow = 0

  var isOpen: Bool { successes == 0 ? inRow >= Self.initialFailures : inRow >= Self.failuresInRow }

  mutating func succeeded() {
    successes += 1
    inRow = 0
  }

  mutating func failed() { inRow += 1 }
}

extension AWSError {
  /// True when the caller's role may not make the call.
  var isPermission: Bool {
    switch code {
    case "AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "UnauthorizedException", "AuthorizationError",
      "AllAccessDisabled", "NotAuthorizedException", "OperationNotAllowed":
      true
    default: httpStatus == 403 && !isThrottling
    }
  }

  /// False when the error is about what was asked for, such as a resource that was deleted after it had been listed: the next call may do.
  var isAboutTheCall: Bool {
    switch code {
    case "ResourceNotFoundException", "NotFoundException", "NoSuchBucket", "StateMachineDoesNotExist", "TableNotFoundException",
      "MalformedQueryException", "LimitExceededException":
      false
    default: true
    }
  }
}
