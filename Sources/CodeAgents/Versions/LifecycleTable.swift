public import Orchestration

/// What is done to an agent or a tool that is a module.
public enum LifecycleAction: String, Sendable, CaseIterable {
  /// A fabrication's new version takes its place.
  case activate
  /// An operator lets a version in that waits for it.
  case approve
  /// An operator goes back to another version.
  case rollback
  /// A worker or an operator takes it out of use.
  case quarantine
  /// An operator puts it back into use.
  case enable
}

/// The state of a row of either registry.
public typealias LifecycleState = AgentConfiguration.State

/// Which action leads from which state to which.
public enum LifecycleTable {
  /// What the outcome of an action depends on beside the state.
  public struct Facts: Sendable, Equatable {
    /// The deployment, or an operator's edit of the row, asks for approval.
    public var needsApproval = false
    /// A version waits beside the one in use.
    public var hasCandidate = false
    /// An operator took it out of use, and not a worker because it failed.
    public var quarantinedByOperator = false

    public init(needsApproval: Bool = false, hasCandidate: Bool = false, quarantinedByOperator: Bool = false) {
      self.needsApproval = needsApproval
      self.hasCandidate = hasCandidate
      self.quarantinedByOperator = quarantinedByOperator
    }
  }

  public enum Move: Sendable, Equatable {
    /// The version that the action is about is the row's, in this state.
    case use(LifecycleState)
    /// The row stays as it is; the version waits beside it until it is approved.
    case wait
    /// The action does not go with the state; what to do instead.
    case refuse(String)
  }

  /// - Parameter state: nil when there is no row.
  public static func move(_ action: LifecycleAction, from state: LifecycleState?, _ facts: Facts = Facts()) -> Move {
    switch (action, state) {
    case (.activate, nil): facts.needsApproval ? .use(.pending) : .use(.active)
    case (.activate, .active): facts.needsApproval ? .wait : .use(.active)
    // A later draft replaces one that nobody has let in yet, and is as little let in.
    case (.activate, .pending): .use(.pending)
    // A model does not switch on what an operator has switched off.
    case (.activate, .inactive), (.activate, .maintenance): .wait
    case (.activate, .quarantined): facts.needsApproval || facts.quarantinedByOperator ? .wait : .use(.active)

    case (_, nil): .refuse("there is none of that id")

    case (.approve, .pending): .use(.active)
    case (.approve, .active): facts.hasCandidate ? .use(.active) : .refuse("it is active, and no version awaits approval")
    case (.approve, .quarantined):
      facts.hasCandidate ? .use(.active) : .refuse("it is quarantined, and no version awaits approval: enable it, or roll it back")
    case (.approve, .inactive), (.approve, .maintenance):
      // The operator's switch stays as it is; `enable` turns it.
      facts.hasCandidate ? .use(state ?? .inactive) : .refuse("it is switched off, and no version awaits approval: enable it")

    case (.rollback, .active), (.rollback, .quarantined): .use(.active)
    case (.rollback, .pending), (.rollback, .inactive), (.rollback, .maintenance): .use(state ?? .inactive)

    case (.quarantine, .quarantined): .refuse("it is quarantined already")
    case (.quarantine, _): .use(.quarantined)

    case (.enable, .active): .refuse("it is active already")
    case (.enable, .pending): .refuse("it awaits approval: approve it")
    case (.enable, .inactive), (.enable, .maintenance), (.enable, .quarantined): .use(.active)
    }
  }
}
