import AWSClient
import Parameters
import Synchronization

/// A clock that a test sets.
final class ManualClock: AWSClock {
  private let time = Mutex<Int64>(1_000_000)
  var nowMilliseconds: Int64 { time.withLock { $0 } }
  func advance(_ milliseconds: Int64) { time.withLock { $0 += milliseconds } }
  func sleep(milliseconds: Int64) async throws {}
  func randomFraction() -> Double { 0.5 }
}

/// A parameter store and a secrets manager in memory, which count their calls, fail when a test says so, and answer when it lets them.
final class ValueService: ParameterReader, SecretReader {
  struct State {
    var values: [String: String] = [:]
    var calls: [String] = []
    var failure: (any Error)?
    var gate: AsyncStream<Void>?
    /// Heard of when a call has begun.
    var begun: AsyncStream<Void>.Continuation?
  }

  let state: Mutex<State>

  init(_ values: [String: String] = [:]) { state = Mutex(State(values: values)) }

  var calls: [String] { state.withLock { $0.calls } }
  func set(_ name: String, _ value: String?) { state.withLock { $0.values[name] = value } }
  func fail(with error: (any Error)?) { state.withLock { $0.failure = error } }

  /// Keeps the next call from being answered until `open` is called; `begun` hears of it.
  func close() -> (begun: AsyncStream<Void>, open: @Sendable () -> Void) {
    let (gate, opener) = AsyncStream<Void>.makeStream()
    let (begun, begin) = AsyncStream<Void>.makeStream()
    state.withLock { state in
      state.gate = gate
      state.begun = begin
    }
    return (begun, { opener.finish() })
  }

  private func call(_ name: String) async throws {
    let (gate, begun) = state.withLock { state in
      defer {
        state.gate = nil
        state.begun = nil
      }
      state.calls.append(name)
      return (state.gate, state.begun)
    }
    begun?.yield()
    if let gate { for await _ in gate {} }
    try Task.checkCancellation()
    if let failure = state.withLock({ $0.failure }) { throw failure }
  }

  func getParameter(_ input: GetParameterInput) async throws -> GetParameterOutput {
    try await call("\(input.name) \(input.withDecryption ?? false)")
    guard let value = state.withLock({ $0.values[input.name] }) else {
      throw AWSError(code: "ParameterNotFound", message: "", httpStatus: 400)
    }
    return GetParameterOutput(parameter: SSMParameter(name: input.name, value: value, version: 3))
  }

  func getParameters(_ input: GetParametersInput) async throws -> GetParametersOutput {
    try await call(input.names.joined(separator: ","))
    return state.withLock { state in
      var output = GetParametersOutput()
      for name in input.names {
        guard let value = state.values[name] else {
          output.invalidParameters.append(name)
          continue
        }
        let parts = name.split(separator: ":", maxSplits: 1)
        let isARN = name.hasPrefix("arn:")
        output.parameters.insert(
          SSMParameter(
            name: isARN ? "plain" : String(parts[0]), value: value, version: 3, arn: isARN ? name : nil,
            selector: !isARN && parts.count == 2 ? ":\(parts[1])" : nil), at: 0)
      }
      return output
    }
  }

  func getParametersByPath(_ input: GetParametersByPathInput) async throws -> GetParametersByPathOutput {
    try await call("\(input.path) \(input.recursive ?? false) \(input.nextToken ?? "")")
    return state.withLock { state in
      let found = state.values.filter { $0.key.hasPrefix(input.path) }.sorted { $0.key < $1.key }
      let start = input.nextToken.flatMap { Int($0) } ?? 0
      return GetParametersByPathOutput(
        parameters: found.dropFirst(start).prefix(2).map { SSMParameter(name: $0.key, value: $0.value) },
        nextToken: start + 2 < found.count ? "\(start + 2)" : nil)
    }
  }

  func getSecretValue(_ input: GetSecretValueInput) async throws -> GetSecretValueOutput {
    try await call("\(input.secretID) \(input.versionStage ?? "")")
    guard let value = state.withLock({ $0.values[input.secretID] }) else {
      throw AWSError(code: "ResourceNotFoundException", message: "", httpStatus: 400)
    }
    return input.secretID.hasPrefix("binary")
      ? GetSecretValueOutput(versionID: "v", secretBinary: [0, 255]) : GetSecretValueOutput(versionID: "v", secretString: value)
  }
}

/// Reads a batch at once, and answers with it when a test says so.
final class LateReader: ParameterReader {
  private let service: ValueService
  let begun: AsyncStream<Void>
  private let begin: AsyncStream<Void>.Continuation
  private let gate: AsyncStream<Void>
  private let opener: AsyncStream<Void>.Continuation

  init(_ service: ValueService) {
    self.service = service
    (begun, begin) = AsyncStream.makeStream()
    (gate, opener) = AsyncStream.makeStream()
  }

  func open() { opener.finish() }

  func getParameter(_ input: GetParameterInput) async throws -> GetParameterOutput { try await service.getParameter(input) }
  func getParametersByPath(_ input: GetParametersByPathInput) async throws -> GetParametersByPathOutput {
    try await service.getParametersByPath(input)
  }
  func getParameters(_ input: GetParametersInput) async throws -> GetParametersOutput {
    let output = try await service.getParameters(input)
    begin.yield()
    for await _ in gate {}
    return output
  }
}
