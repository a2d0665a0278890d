public import AWSClient

/// A table of DynamoDB: its key, its indexes and the attribute that says when an item may go.
public struct TableDefinition: Sendable, Hashable {
  public var name: String
  public var partitionKey: KeyAttribute
  public var sortKey: KeyAttribute?
  public var indexes: [IndexDefinition]
  /// The attribute with the second, counted from the Unix epoch, after which DynamoDB deletes an item; nil for none.
  public var timeToLiveAttribute: String?

  public init(
    name: String, partitionKey: KeyAttribute, sortKey: KeyAttribute? = nil, indexes: [IndexDefinition] = [],
    timeToLiveAttribute: String? = nil
  ) {
    self.name = name
    self.partitionKey = partitionKey
    self.sortKey = sortKey
    self.indexes = indexes
    self.timeToLiveAttribute = timeToLiveAttribute
  }
}

/// An attribute by which items are found, and the type that every one of its values has.
public struct KeyAttribute: Sendable, Hashable {
  public enum Kind: String, Sendable, Hashable {
    case string = "S"
    case number = "N"
    case binary = "B"
  }

  public var name: String
  public var kind: Kind

  public init(_ name: String, _ kind: Kind = .string) {
    self.name = name
    self.kind = kind
  }
}

/// A global secondary index: the items that have all of its key attributes, ordered by them.
public struct IndexDefinition: Sendable, Hashable {
  /// The attributes that an index holds, apart from the keys.
  public enum Projection: Sendable, Hashable {
    case all
    case keysOnly
    case including([String])
  }

  public var name: String
  public var partitionKey: KeyAttribute
  public var sortKey: KeyAttribute?
  public var projection: Projection

  public init(name: String, partitionKey: KeyAttribute, sortKey: KeyAttribute? = nil, projection: Projection = .all) {
    self.name = name
    self.partitionKey = partitionKey
    self.sortKey = sortKey
    self.projection = projection
  }
}

extension TableDefinition {
  /// Orchestrations, with the sparse index by which the sweeper finds what is due (infra/constructs/tables.py).
  public static func orchestrations(named name: String = "orchestrations") -> TableDefinition {
    TableDefinition(
      name: name, partitionKey: KeyAttribute("orchestrationId"),
      indexes: [
        IndexDefinition(
          name: "wake-index", partitionKey: KeyAttribute("wakeShard"), sortKey: KeyAttribute("wakeAt", .number), projection: .keysOnly)
      ])
  }

  /// Rounds and claims (infra/constructs/tables.py).
  public static func workerState(named name: String = "worker-state") -> TableDefinition {
    TableDefinition(name: name, partitionKey: KeyAttribute("requestId"))
  }

  /// The registry of agents (infra/constructs/tables.py).
  public static func agents(named name: String = "agents") -> TableDefinition {
    TableDefinition(name: name, partitionKey: KeyAttribute("agentId"))
  }

  /// The registry of tools (infra/constructs/tables.py).
  public static func tools(named name: String = "tools") -> TableDefinition {
    TableDefinition(name: name, partitionKey: KeyAttribute("toolId"))
  }

  /// Records of functions that do a thing once (docs/idempotency.md).
  public static func idempotency(named name: String = "idempotency") -> TableDefinition {
    TableDefinition(name: name, partitionKey: KeyAttribute("id"), timeToLiveAttribute: "expiration")
  }

  /// The tables that a deployment has, by the names that they have without the deployment's own.
  public static var deployed: [TableDefinition] { [orchestrations(), workerState(), agents(), tools()] }
}

/// One item as it was and as it is, told as soon as it has changed.
public struct TableChange: Sendable, Hashable {
  public var table: String
  /// The attributes of the table's key.
  public var key: [String: AttributeValue]
  /// Nil for an item that did not exist.
  public var before: [String: AttributeValue]?
  /// Nil for an item that is gone.
  public var after: [String: AttributeValue]?

  public init(table: String, key: [String: AttributeValue], before: [String: AttributeValue]?, after: [String: AttributeValue]?) {
    self.table = table
    self.key = key
    self.before = before
    self.after = after
  }
}
