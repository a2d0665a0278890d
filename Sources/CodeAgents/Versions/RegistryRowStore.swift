public import AWSClient
public import Orchestration

/// The rows of a registry, as the lifecycle needs them.
public protocol RegistryRowStore: Sendable {
  /// The row as it is now; nil when there is none.
  func row(_ id: String) async throws -> [String: AttributeValue]?
  /// All rows as they are now.
  func rows() async throws -> [[String: AttributeValue]]
  /// Writes a row; false when there is one of its key.
  func create(_ row: [String: AttributeValue]) async throws -> Bool
  /// Sets attributes, or removes those whose value is nil; false when one of `expected` has become another, or absent, or present.
  func update(_ id: String, expected: [String: AttributeValue?], changes: [String: AttributeValue?]) async throws -> Bool
}

extension ConditionalRows: RegistryRowStore {}
