public import AWSClient
public import JSON
public import Orchestration
public import SimulatedAWS

/// Something that has happened in a world: what invariants are checked on, and what stories are told of.
public enum Fact: Sendable {
  /// Somebody asks for an orchestration; the event that says so is about to be delivered.
  case requested(id: String, TaskRequest)
  /// An invocation of a function begins. `attempt` is 1 for the first.
  case began(InvocationFacts)
  case ended(InvocationFacts, InvocationEnd)
  /// A service has done what a request asked for, or refused it.
  case called(service: String, operation: String, status: Int, InvocationFacts?)
  /// A request or its answer got lost, or a client has given up waiting.
  case callLost(service: String, operation: String, reason: String, InvocationFacts?)
  case rowChanged(RowChange)
  case blobChanged(key: String, byteCount: Int?, InvocationFacts?)
  case queueChanged(QueueChange)
  case published(PublishedEvent)
  /// An event is in the dead-letter queue of the Supervisor's function.
  case deadLettered(PublishedEvent?, reason: String)
  case modelCalled(ModelCallFacts)
  case noted(ObservationLevel, String, JSONObject, InvocationFacts?)
  case faultHappened(Fault, number: Int)
  /// An operator, or a caller, does something by hand: cancels, edits, deploys, sends dead letters again.
  case acted(String, orchestrationID: String?)
  /// From now on nothing goes wrong.
  case quietened
}

/// Which invocation of which function something belongs to.
public struct InvocationFacts: Sendable, Equatable {
  public let number: Int
  /// "supervisor" or "worker-wrapper".
  public let function: String
  public let process: Int
  public let attempt: Int
  /// What it was invoked with, in a few words: "task.request run-1", "sweep", "task t1 of run-1#2".
  public let cause: String
  /// The deadline by the service's clock, in milliseconds since the Unix epoch.
  public let deadlineMilliseconds: Int64
  /// The event that it was invoked with; nil for messages and for the schedule's tick.
  public var eventID: String?
}

public enum InvocationEnd: Sendable, Equatable {
  case returned(String)
  case failed(String)
  /// Its process died.
  case crashed
  case timedOut
}

/// A row of the ledger that was written.
public struct RowChange: Sendable {
  public enum Row: Sendable {
    case orchestration(OrchestrationRecord)
    case round(RoundRecord)
    /// Any other item: claims, agents.
    case other([String: AttributeValue])
    /// A row that cannot be read, and why.
    case unreadable(String)
  }

  public let table: String
  public let key: String
  public let before: Row?
  /// nil when the row was removed.
  public let after: Row?
  public let invocation: InvocationFacts?
}

/// A model was asked.
public struct ModelCallFacts: Sendable {
  public let modelID: String
  public let request: ConverseRequest
  /// nil when it failed.
  public let response: ConverseResponse?
  public let errorCode: String?
  /// What the call costs whoever pays for the account, in millionths of a US dollar; also when the answer reaches nobody.
  public let costMicroUSD: Int64
  public let orchestrationID: String?
  /// nil for the Supervisor's own model.
  public let toolUseID: String?
  public let invocation: InvocationFacts?
}
