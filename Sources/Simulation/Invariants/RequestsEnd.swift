import Orchestration

/// Every run that was asked for ends and is told of, unless no handler could take its request up, which is a dead letter then.
final class RequestsEnd: Invariant {
  let name = "every request ends"
  private var requested: Set<String> = []
  private var deadLetters: Set<String> = []

  func check(_ fact: Fact, in world: any WorldView) -> Breach? {
    switch fact {
    case .requested(let id, _): requested.insert(id)
    case .deadLettered(let event, _): if let id = event?.requestedID { deadLetters.insert(id) }
    default: break
    }
    return nil
  }

  func checkEnd(in world: any WorldView) -> [Breach] {
    requested.sorted().compactMap { id in
      guard let record = world.orchestration(id) else {
        return deadLetters.contains(id) ? nil : Breach("\(id) was asked for, and never began", orchestrationID: id)
      }
      guard record.state.isTerminal else { return Breach("\(id) never ends", orchestrationID: id) }
      return record.publishedAtMilliseconds == nil ? Breach("\(id) has ended, and nobody is told", orchestrationID: id) : nil
    }
  }
}
