/// What may go wrong in a world; each has a rate and a switch of its own.
public enum Fault: String, CaseIterable, Sendable, Comparable {
  // Deliveries of events and messages.
  /// A delivery happens twice.
  case duplicateDelivery
  /// A delivery is lost, and repeated as the service does: until it has done so often enough, and the dead-letter queue takes it.
  case lostDelivery
  /// A delivery takes minutes, so that others overtake it; or longer than deadlines are.
  case lateDelivery
  // Processes.
  /// A function's process dies at one of the points where it waits.
  case crash
  /// A process's clock is wrong from its start.
  case clockSkew
  /// A process's clock is set while it runs.
  case clockStep
  // The network between a function and a service.
  /// A request is lost before it arrives.
  case lostRequest
  /// A request is done, and its answer lost.
  case lostAnswer
  /// A request arrives twice.
  case repeatedRequest
  /// A request is under way for longer than its sender waits, and arrives all the same.
  case lateRequest
  // The services.
  case throttling
  case internalError
  case transactionConflict
  case indexLag
  case staleRead
  case entryRefused
  case duplicateReceive
  case reordering
  // Models.
  /// A model takes up to minutes, beyond what its caller waits for.
  case slowModel
  case failingModel
  case throttledModel
  /// A reply whose tool use cannot be used: no such tool, a bad id, a bad input, no end.
  case malformedReply
  /// A model asks for the same as before, ids included.
  case repeatingModel
  /// A model that asks for ever more, and never answers.
  case endlessModel
  /// A reply that is cut off, or filtered, or stops for another reason.
  case oddStop
  /// A reply that does not say what it cost.
  case unknownCost
  // Agents.
  case failingAgent
  /// An agent that never answers.
  case silentAgent
  case slowAgent
  /// An agent that answers again, the same or otherwise.
  case repeatingAgent
  /// A result that no row or event can hold.
  case oversizedResult
  /// Answers that name no task, or one of another round or run; messages and events that are no JSON.
  case poison
  // People.
  case cancellation
  /// An agent is changed, deactivated or deleted while it is at work.
  case editedAgent
  /// New versions of the functions, with other settings, while runs are under way.
  case redeployment

  /// Its place among all cases. An enumeration without payloads is stored as that; to hash its text each time took a fiftieth of a world.
  var place: Int { Int(unsafeBitCast(self, to: UInt8.self)) }

  public static func < (left: Fault, right: Fault) -> Bool { left.rawValue < right.rawValue }
}
