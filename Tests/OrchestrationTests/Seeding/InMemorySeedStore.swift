import AWSClient
import Orchestration
import Synchronization

/// A table in memory. `interfere` runs before each write, as an operator would who is quicker than the seeder.
final class InMemorySeedStore: SeedStore {
  private let rows: Mutex<[String: [String: AttributeValue]]>
  private let seeded = Mutex<Set<String>>([])
  private let interfere: @Sendable (inout [String: [String: AttributeValue]]) -> Void

  init(
    _ rows: [String: [String: AttributeValue]] = [:],
    interfere: @escaping @Sendable (inout [String: [String: AttributeValue]]) -> Void = { _ in }
  ) {
    self.rows = Mutex(rows)
    self.interfere = interfere
  }

  subscript(id: String) -> [String: AttributeValue]? {
    get { rows.withLock { $0[id] } }
    set { rows.withLock { $0[id] = newValue } }
  }

  func seededIDs() async throws -> Set<String> { seeded.withLock { $0 } }

  func noteSeeded(_ ids: Set<String>) async throws { seeded.withLock { $0.formUnion(ids) } }

  func row(_ agentID: String) async throws -> [String: AttributeValue]? { self[agentID] }

  func create(_ row: [String: AttributeValue]) async throws -> Bool {
    rows.withLock { rows in
      interfere(&rows)
      guard let id = row["agentId"]?.stringValue, rows[id] == nil else { return false }
      rows[id] = row
      seeded.withLock { _ = $0.insert(id) }
      return true
    }
  }

  func update(
    _ agentID: String, expected: [String: AttributeValue?], changes: [String: AttributeValue?]
  ) async throws -> Bool {
    rows.withLock { rows in
      interfere(&rows)
      guard var row = rows[agentID], expected.allSatisfy({ row[$0.key] == $0.value }) else { return false }
      for (name, value) in changes { row[name] = value }
      rows[agentID] = row
      return true
    }
  }
}
