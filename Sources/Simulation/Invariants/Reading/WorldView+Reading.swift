import AWSClient
import JSON
import Orchestration

extension WorldView {
  /// A message of a conversation, from the blob store where it is there.
  /// - Returns: nil when there is no such object, or none that is a message.
  func message(_ stored: StoredMessage) -> Message? {
    switch stored {
    case .inline(let message): message
    case .spilled(_, let reference): blob(reference.key).flatMap { try? Message(json: $0) }
    }
  }

  /// The whole conversation; nil when a part of it is gone.
  func conversation(of record: OrchestrationRecord) -> [Message]? {
    var messages: [Message] = []
    for stored in record.conversation {
      guard let message = message(stored) else { return nil }
      messages.append(message)
    }
    return messages
  }

  /// All tracking records of a run that are there, the first round first.
  func rounds(of record: OrchestrationRecord) -> [RoundRecord] {
    record.rounds < 1 ? [] : (1...record.rounds).compactMap { round(RoundRecord.requestID(orchestrationID: record.id, number: $0)) }
  }

  var claims: [ClaimReading] { workerStateItems.compactMap(ClaimReading.init) }

  /// Keys of objects that a row points to.
  var referencedKeys: Set<String> {
    var keys: Set<String> = []
    for record in orchestrations {
      keys.formUnion(record.blobReferences.map(\.key))
      for round in rounds(of: record) { keys.formUnion(round.blobReferences.map(\.key)) }
    }
    for claim in claims {
      if let answer = claim.answer, let key = (try? JSONValue(parsing: answer))?["data_ref"]?["key"]?.stringValue { keys.insert(key) }
    }
    return keys
  }
}

extension OrchestrationRecord {
  /// The objects that the row needs.
  var blobReferences: [PayloadReference] {
    conversation.compactMap { if case .spilled(_, let reference) = $0 { reference } else { nil } }
      + [outcome?.messageReference].compactMap { $0 }
  }
}

extension RoundRecord {
  var blobReferences: [PayloadReference] { tasks.flatMap { [$0.inputReference, $0.result?.reference].compactMap { $0 } } }
}
