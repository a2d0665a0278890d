import CostOptimizer

/// Watches a session until it ends: a line for each thing that happens, and on a terminal a live line below.
struct CostSessionFollower {
  /// How long the session may take to appear, in milliseconds.
  enum Patience: Int64, Sendable {
    /// It was asked for by this command: the event and the workflow are on their way.
    case started = 60_000
    /// Somebody named it, perhaps with a slip.
    case namedByCaller = 2_000
  }

  /// Called once the session is known to be there.
  var whenSeen: () -> Void = {}

  private let session: String
  private let patience: Patience
  private let environment: String
  private let pauseMilliseconds: Int64
  private let read: @Sendable () async throws -> SessionJournal?
  private let terminal = Terminal.error
  private let clock: @Sendable () -> Int64
  private let startedAtMilliseconds: Int64
  private var progress = CostProgress()
  private var frame = 0

  /// - Parameters:
  ///   - pauseMilliseconds: time between two looks.
  ///   - clock: milliseconds since the Unix epoch.
  ///   - read: looks into the journal; nil while it has nothing of the session.
  init(
    _ session: String, patience: Patience, environment: String, pauseMilliseconds: Int64,
    clock: @escaping @Sendable () -> Int64 = { CostSessions.nowMilliseconds },
    read: @escaping @Sendable () async throws -> SessionJournal?
  ) {
    self.session = session
    self.patience = patience
    self.environment = environment
    self.pauseMilliseconds = pauseMilliseconds
    self.clock = clock
    startedAtMilliseconds = clock()
    self.read = read
  }

  /// Returns the journal as it is at the session's end.
  /// - Throws: `CommandError` when the session does not appear, or nobody will end it.
  mutating func follow() async throws -> SessionJournal {
    var isSeen = false
    while true {
      let journal = try await read()
      let now = clock()
      if let journal {
        if !isSeen { whenSeen() }
        isSeen = true
        for line in progress.news(in: journal, nowMilliseconds: now) { tell(line) }
        if journal.session?.status.isFinal == true {
          terminal.live([])
          return journal
        }
        if let last = CostProgress.lastSign(of: journal), now - last > CostProgress.silentMilliseconds {
          terminal.live([])
          throw CommandError(
            "nothing has been written into the journal for \(Phrases.duration(now - last)), and the session has not ended: its workflow or its agent "
              + "is gone (arbiter cost show \(session))", exitCode: .runFailed)
        }
        terminal.live([spinner() + " " + CostProgress.now(journal, nowMilliseconds: now)])
      } else {
        guard now - startedAtMilliseconds < patience.rawValue else {
          terminal.live([])
          throw CommandError(Self.missing(session, patience, environment: environment), exitCode: .notFound)
        }
        terminal.live([spinner() + " waiting for the workflow to open the session"])
      }
      try await Task.sleep(for: .milliseconds(pauseMilliseconds))
    }
  }

  /// What to say of a session that does not appear.
  static func missing(_ session: String, _ patience: Patience, environment: String) -> String {
    switch patience {
    case .namedByCaller: "the journal has no session '\(session)' in '\(environment)': 'arbiter cost list' shows those that are there"
    case .started:
      "the event was published, but the journal has no session '\(session)' after \(patience.rawValue / 1_000) s. The workflow's rule may be "
        + "disabled, or its execution has failed: look at the executions of the state machine"
    }
  }

  private func tell(_ line: CostProgress.Line) {
    let seconds = String(line.offsetMilliseconds / 1_000)
    let time = String(repeating: " ", count: max(0, 4 - seconds.count)) + "\(seconds).\(line.offsetMilliseconds / 100 % 10) s"
    let what =
      switch line.kind {
      case .plain: line.what
      case .began: "  → \(line.what)"
      case .completed: "  \(terminal.styled("✓", .green)) \(line.what)"
      case .failed: "  \(terminal.styled("✗", .red)) \(line.what)"
      case .left: "  \(terminal.styled("–", .yellow)) \(line.what)"
      }
    terminal.print("\(terminal.styled(time, .dim))  \(what)" + (line.details.isEmpty ? "" : "  \(line.details)"))
  }

  private mutating func spinner() -> String {
    frame += 1
    return terminal.styled(["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"][frame % 10], .cyan)
  }
}
