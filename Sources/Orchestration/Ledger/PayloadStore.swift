import AWSClient
import AgentKit
import JSON
import Synchronization

/// Moves what is too large for a row or a message into the blob store, and back.
struct PayloadStore: Sendable {
  let blobs: any BlobStore
  private let cache = MessageCache()

  /// A message below this size is hardly larger than a reference to it.
  private static let smallestSpilledBytes = 300
  /// Results above this size, alone or together with the others of their round, cannot be given to any model; and a process that has to hold
  /// too many would die of it, each time that somebody goes on with the run.
  private static let largestResultBytes = 8_000_000

  /// More objects than a run with the largest limits can have.
  private static let mostObjects = 1_000_000

  init(blobs: any BlobStore) { self.blobs = blobs }

  // MARK: Conversations

  /// The record with its oldest messages moved to the blob store until the rest fits into a row.
  /// - Parameter writer: makes the keys of two racing handlers differ, so that neither overwrites the other's message.
  func spill(_ record: OrchestrationRecord, limits: Limits, writer: String) async throws -> OrchestrationRecord {
    var total = Self.inlineBytes(record)
    var record = record
    // The conversation has all of it; this one is for lists.
    if record.task.utf8.count > 10_000 { record.task = record.task.shortened(toByteCount: 2000) }
    guard total > limits.conversationRowBytes else { return record }
    for index in record.conversation.indices {
      guard total > limits.conversationRowBytes else { break }
      guard case .inline(let message) = record.conversation[index], message.byteCount > Self.smallestSpilledBytes else { continue }
      let bytes = message.json
      let key = "conversations/\(record.id)/\(index)-\(writer).json"
      try await blobs.put(key: key, bytes: bytes, contentType: "application/json")
      record.conversation[index] = .spilled(role: message.role, PayloadReference(key: key, byteCount: bytes.count))
      total -= bytes.count
    }
    return record
  }

  /// True when a part of the record's conversation has to go to the blob store.
  func exceedsRow(_ record: OrchestrationRecord, limits: Limits) -> Bool {
    Self.inlineBytes(record) > limits.conversationRowBytes
  }

  /// Size of the messages that the row itself holds.
  private static func inlineBytes(_ record: OrchestrationRecord) -> Int {
    var total = 0
    for case .inline(let message) in record.conversation { total += message.byteCount }
    return total
  }

  /// The whole conversation, with every message that was moved away.
  func conversation(of record: OrchestrationRecord) async throws -> [Message] {
    var messages: [Message] = []
    messages.reserveCapacity(record.conversation.count)
    for stored in record.conversation {
      switch stored {
      case .inline(let message): messages.append(message)
      case .spilled(_, let reference): messages.append(try await message(reference, record.id))
      }
    }
    return messages
  }

  private func message(_ reference: PayloadReference, _ id: String) async throws -> Message {
    if let message = cache.message(reference.key) { return message }
    guard let bytes = try await blobs.get(key: reference.key) else {
      throw LedgerError(
        table: "orchestrations", key: id,
        problem: WireError(field: "conversation", value: reference.key, expected: "an object that is there"))
    }
    let message = try Message(json: bytes)
    cache.keep(message, reference)
    return message
  }

  // MARK: Inputs and results

  /// Size of what a result adds to the tracking record, in bytes.
  static func byteCount(_ result: TaskResult) -> Int { result.data.bytes.count + (result.message?.utf8.count ?? 0) }

  /// The result with its data in the blob store when it is larger than `inlineBytes`.
  func externalize(_ result: TaskResult, key: String, inlineBytes: Int) async throws -> TaskResult {
    guard Self.byteCount(result) > inlineBytes else { return result }
    var result = result
    result.message = result.message?.shortened(toByteCount: min(4000, inlineBytes / 2))
    let bytes = result.data.bytes
    guard bytes.count > 1000 else { return result }
    result.reference = try await put(bytes, key: key)
    result.data = .null
    return result
  }

  /// The round with its inputs in the blob store where they are too large for the tracking record.
  /// - Parameter writer: makes the keys of two racing handlers differ, so that neither overwrites the other's input.
  func externalizeInputs(_ round: RoundRecord, limits: Limits, writer: String) async throws -> RoundRecord {
    var round = round
    let inlineBytes = limits.taskRowBytes(taskCount: round.tasks.count)
    for index in round.tasks.indices {
      let bytes = round.tasks[index].input.bytes
      guard bytes.count > inlineBytes else { continue }
      let key = "payloads/\(round.orchestrationID)/\(round.number)-\(round.tasks[index].toolUseID)-\(writer).input.json"
      round.tasks[index].inputReference = try await put(bytes, key: key)
      round.tasks[index].input = .object([:])
    }
    return round
  }

  /// What became of those results of a round that are in the blob store, by tool use id.
  ///
  /// A result that cannot be had is the agent's fault or its misfortune, and must not keep the others from the model.
  /// - Throws: when the blob store does not answer and may do so later.
  func fetchResults(of round: RoundRecord) async throws -> [String: FetchedResult] {
    var fetched: [String: FetchedResult] = [:]
    var room = Self.largestResultBytes
    for task in round.tasks {
      guard let reference = task.result?.reference else { continue }
      fetched[task.toolUseID] = try await result(at: reference.key, room: &room)
    }
    return fetched
  }

  /// - Parameter room: bytes that the round's results may still have; the result takes its own.
  private func result(at key: String, room: inout Int) async throws -> FetchedResult {
    let found: LimitedBlob?
    do {
      found = try await blobs.get(key: key, limit: room)
    } catch let error as AWSError where error.httpStatus.map((400..<500).contains) == true && !error.isRetryable {
      // S3 says so also of an object that is not there, to somebody who may not list the bucket.
      return .unavailable(code: "result_unavailable", message: "The result cannot be read at '\(key)': \(error.code).")
    }
    switch found {
    case nil: return .unavailable(code: "result_unavailable", message: "There is no result at '\(key)'.")
    case .tooLarge:
      return .unavailable(
        code: "result_too_large",
        message: """
          The result at '\(key)' has more than the \(room) bytes that are left of the \(Self.largestResultBytes) that a model can be \
          given of a round.
          """)
    case .whole(let bytes):
      room -= bytes.count
      // An agent may store plain text; that is a result too.
      return .data((try? JSONValue(parsing: bytes)) ?? .string(String(decoding: bytes, as: UTF8.self)))
    }
  }

  /// An outcome whose message fits into a row and an event.
  func externalize(_ outcome: Outcome, orchestrationID: String, inlineBytes: Int, writer: String) async throws -> Outcome {
    guard outcome.message.utf8.count > inlineBytes else { return outcome }
    var outcome = outcome
    outcome.messageReference = try await put(
      Array(outcome.message.utf8), key: "payloads/\(orchestrationID)/result-\(writer).txt", "text/plain; charset=utf-8")
    outcome.message = outcome.message.shortened(toByteCount: 4000)
    return outcome
  }

  // MARK: Removing

  /// Removes what has been put for a write that came to nothing; what cannot be removed now, the collection after the run finds.
  func discard(_ keys: Set<String>) async { for key in keys.sorted() { try? await blobs.delete(key: key) } }

  /// The keys of everything that was put for an orchestration.
  func keys(of orchestrationID: String) async throws -> [String] {
    var keys: [String] = []
    for folder in ["conversations", "payloads"] {
      keys += try await blobs.list(prefix: "\(folder)/\(orchestrationID)/", limit: Self.mostObjects).map(\.key)
    }
    return keys
  }

  func remove(_ key: String) async throws { try await blobs.delete(key: key) }

  private func put(_ bytes: [UInt8], key: String, _ contentType: String = "application/json") async throws -> PayloadReference {
    try await blobs.put(key: key, bytes: bytes, contentType: contentType)
    return PayloadReference(key: key, byteCount: bytes.count)
  }
}

/// A result that was not in the tracking record.
enum FetchedResult: Sendable, Equatable {
  case data(JSONValue)
  case unavailable(code: String, message: String)
}

/// Keeps messages that were fetched, so that a warm handler fetches each once. The objects never change.
private final class MessageCache: Sendable {
  private struct Contents {
    var messages: [String: Message] = [:]
    var byteCount = 0
  }

  private static let maximumBytes = 16_000_000
  private let contents = Mutex(Contents())

  func message(_ key: String) -> Message? { contents.withLock { $0.messages[key] } }

  func keep(_ message: Message, _ reference: PayloadReference) {
    contents.withLock { contents in
      if contents.byteCount + reference.byteCount > Self.maximumBytes { contents = Contents() }
      contents.messages[reference.key] = message
      contents.byteCount += reference.byteCount
    }
  }
}
