@testable import LambdaRuntime

/// Drives a `RuntimeProtocol` through a life that the decisions choose: what the server sends, how it is torn, when connections end, and what
/// the handler does. Says which rule the machine broke, if it broke one.
struct RuntimeProtocolFuzzer<Source: DecisionSource> {
  struct Violation: Error, CustomStringConvertible { let description: String }

  private var source: Source
  private var machine: RuntimeProtocol
  private let limits = HTTPResponseParser.Limits(head: 1024, body: 2048)
  /// What the server still has to say, on this connection.
  private var pending: [UInt8] = []
  /// The requests that have been written to this connection, whole or in part.
  private var written: [UInt8] = []
  private var isWrittenWhole = true
  /// The event that is with the handler, and the request with which its answer began.
  private var invocation: Invocation?
  private var answer: RuntimeRequest?
  private var answersSent = 0
  private var connectionsInARow = 0
  private var lastRequest: [UInt8] = []
  private(set) var invocations = 0

  init(_ source: Source) {
    self.source = source
    machine = RuntimeProtocol(authority: "127.0.0.1:9001", limits: limits)
  }

  mutating func run(steps: Int) throws {
    var action = machine.start()
    for _ in 0..<steps {
      for notice in machine.takeNotices() where notice.requestID.isEmpty { throw Violation(description: "a notice without a request") }
      switch action {
      case .connect: action = try connect()
      case .wait(let milliseconds):
        try require((1...1000).contains(milliseconds), "a pause of \(milliseconds) ms")
        action = machine.waited()
      case .send(let request): action = try send(request)
      case .receive: action = try receive()
      case .invoke(let next):
        try require(invocation == nil, "an event while another one is served")
        try require(next.event.count <= limits.body, "an event of \(next.event.count) bytes")
        try require(Invocation.isToken(next.requestID), "the request id '\(next.requestID)'")
        (invocation, answer, answersSent) = (next, nil, 0)
        invocations += 1
        action = handle()
      case .resumeHandler: action = handle()
      case .stop(let reason):
        try require(reason.exitStatus != 0 && !reason.message.isEmpty, "a stop without a reason")
        // After the end, whatever is reported, nothing else is asked for.
        let reports = [
          machine.connectionOpened(), machine.handlerSucceeded([]), machine.connectionClosed(), machine.requestSent(), machine.requestCut(),
          machine.waited(), machine.connectionFailed("refused"), machine.streamProduced([1], contentType: ""), feed([0x48]),
        ]
        for next in reports {
          guard case .stop = next else { throw Violation(description: "\(next) after the end") }
        }
        return
      }
    }
  }

  private func require(_ condition: Bool, _ what: String) throws {
    if !condition { throw Violation(description: what) }
  }

  private mutating func feed(_ bytes: some Collection<UInt8>) -> RuntimeProtocol.Action {
    Array(bytes).withUnsafeBytes { machine.bytesReceived($0) }
  }

  private mutating func connect() throws -> RuntimeProtocol.Action {
    connectionsInARow += 1
    // Those of one request, and of the one before, whose end may have been a connection's.
    try require(connectionsInARow <= 20, "\(connectionsInARow) connections for one request")
    if source.isChosen(oneIn: 8) { return machine.connectionFailed("refused") }
    (pending, written, isWrittenWhole) = ([], [], true)
    return machine.connectionOpened()
  }

  private mutating func send(_ request: RuntimeRequest) throws -> RuntimeProtocol.Action {
    let text = request.head + request.body + request.tail
    if text != lastRequest { connectionsInARow = 1 }
    lastRequest = text
    if text.starts(with: "POST ".utf8) {
      guard let invocation else { throw Violation(description: "an answer to nothing") }
      // An answer may be repeated as it is; it never turns into another one.
      try require(answer == nil || answer == request, "two answers to request \(invocation.requestID)")
      answer = request
      answersSent += 1
      try require(answersSent <= 2, "an answer sent \(answersSent) times")
    } else if text.starts(with: "GET ".utf8) {
      (invocation, answer) = (nil, nil)
    } else {
      try require(answer != nil, "a piece of a response that did not begin")
    }
    try require(isWrittenWhole, "a request after one that was cut off, on the same connection")
    switch source.choice(12) {
    case 0:
      isWrittenWhole = false
      return machine.requestCut()
    case 1:
      isWrittenWhole = false
      return machine.requestCut("send: Broken pipe")
    case 2: return machine.connectionClosed("send: Connection reset by peer")
    default:
      written += text
      return machine.requestSent()
    }
  }

  private mutating func receive() throws -> RuntimeProtocol.Action {
    if pending.isEmpty {
      if source.isChosen(oneIn: 6) { return machine.connectionClosed(source.isChosen(oneIn: 2) ? nil : "read: Connection reset by peer") }
      pending = response()
    }
    let count = source.isChosen(oneIn: 2) ? pending.count : 1 + source.choice(min(pending.count, 40))
    let piece = pending.prefix(count)
    pending.removeFirst(piece.count)
    let action = feed(piece)
    if action != .receive {
      connectionsInARow = 0
      // Whatever is left on the connection was not asked for.
      if !pending.isEmpty, machine.isConnected { pending = source.isChosen(oneIn: 2) ? pending : [] }
    }
    return action
  }

  /// A response to the last request, one in five of them mutated.
  private mutating func response() -> [UInt8] {
    let asksForEvent = invocation == nil
    let choices = asksForEvent != source.isChosen(oneIn: 40) ? RuntimeAPICorpus.events : RuntimeAPICorpus.acceptances
    var bytes = Array(choices[source.isChosen(oneIn: 4) ? source.choice(choices.count) : 0].utf8)
    if source.isChosen(oneIn: 5) { for _ in 0...source.choice(4) { mutate(&bytes) } }
    return bytes.isEmpty ? [0] : bytes
  }

  private mutating func mutate(_ bytes: inout [UInt8]) {
    let position = source.choice(bytes.count + 1)
    switch source.choice(7) {
    case 0: if position < bytes.count { bytes[position] = UInt8(source.choice(256)) }
    case 1: bytes.insert(contentsOf: RuntimeAPICorpus.tokens[source.choice(RuntimeAPICorpus.tokens.count)].utf8, at: position)
    case 2: bytes.removeSubrange(position..<min(bytes.count, position + 1 + source.choice(20)))
    case 3:
      bytes.insert(contentsOf: bytes[position..<min(bytes.count, position + 1 + source.choice(60))], at: source.choice(bytes.count + 1))
    case 4: bytes.removeSubrange(position...)
    case 5: bytes.insert(contentsOf: [UInt8](repeating: UInt8(source.choice(256)), count: source.choice(3000)), at: position)
    default:
      let other = Array(RuntimeAPICorpus.events[source.choice(RuntimeAPICorpus.events.count)].utf8)
      bytes.replaceSubrange(position..., with: other[source.choice(other.count)...])
    }
  }

  /// One step of a handler, which answers, fails, or streams.
  private mutating func handle() -> RuntimeProtocol.Action {
    let streams =
      switch machine.state {
      case .invoking(_, .none): source.isChosen(oneIn: 2)
      default: true
      }
    switch source.choice(4) {
    case 0: return machine.handlerFailed(InvocationFailure(type: "Function.Fuzzed", message: "ü \r\n\0"))
    case 1 where !streams: return machine.handlerSucceeded([UInt8](repeating: 0x78, count: source.choice(3000)))
    case 1: return machine.handlerStreamed([UInt8](repeating: 0x78, count: source.choice(3)), contentType: "text/plain")
    default:
      guard streams else { return machine.handlerSucceeded(Array("{}".utf8)) }
      return machine.streamProduced([UInt8](repeating: 0x78, count: source.choice(3000)), contentType: "text/plain")
    }
  }
}

/// Where decisions come from: random numbers, or the bytes of a fuzzer.
protocol DecisionSource {
  /// A number from 0 up to, and without, `count`, which is at least 1.
  mutating func choice(_ count: Int) -> Int
}

extension DecisionSource {
  mutating func isChosen(oneIn count: Int) -> Bool { choice(count) == 0 }
}

/// SplitMix64: the same numbers for the same seed, on every machine.
struct SeededDecisions: DecisionSource {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func choice(_ count: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return Int((mixed ^ mixed >> 31) % UInt64(count))
  }
}

/// Two bytes a decision; 0 when they have run out.
struct ByteDecisions: DecisionSource {
  private var bytes: ArraySlice<UInt8>

  init(_ bytes: [UInt8]) { self.bytes = bytes[...] }

  mutating func choice(_ count: Int) -> Int {
    let high = Int(bytes.popFirst() ?? 0)
    return (high << 8 | Int(bytes.popFirst() ?? 0)) % count
  }
}
