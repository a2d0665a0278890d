import AWSClient
import JSON

/// Decides what a new seed changes in a row, without losing what an operator changed in it.
///
/// The row keeps a copy of the seed that was written last. An attribute that still equals its copy is the deployment's and moves to the new
/// value; one that differs is the operator's and stays. `config` is compared member by member.
enum SeedMerge {
  /// The attribute that holds the copy.
  static let copyAttribute = "seed"

  enum Plan: Equatable {
    case create([String: AttributeValue])
    case update(Update, kept: [String])
    /// The row is as it should be, but for what the operator changed.
    case nothing(kept: [String])
    /// The row is not ours: somebody else wrote it.
    case foreign
    /// The operator removed the row.
    case removed
  }

  struct Update: Equatable {
    /// What the attributes concerned must still be; nil stands for absent.
    var expected: [String: AttributeValue?] = [:]
    /// What they become; nil removes one.
    var changes: [String: AttributeValue?] = [:]
    /// The changed attributes as a person would name them, such as "config.prompt".
    var paths: [String] = []
  }

  static func plan(row: [String: AttributeValue]?, seed: AgentSeed, wasSeededBefore: Bool) -> Plan {
    guard let row else {
      if wasSeededBefore { return .removed }
      var created = seed.attributes
      created["agentId"] = .string(seed.agentID)
      created[copyAttribute] = .map(seed.attributes)
      return .create(created)
    }
    guard let copy = row[copyAttribute]?.mapValue else { return .foreign }

    var update = Update()
    var kept: [String] = []
    for name in Set(copy.keys).union(seed.attributes.keys).sorted() {
      let (current, changed) = (row[name], seed.attributes[name])
      if name == "config", let members = Self.members(current), let new = Self.members(changed) {
        var merged = members
        let old = Self.members(copy[name]) ?? [:]
        for member in Set(old.keys).union(new.keys).sorted() {
          if members[member] == new[member] { continue }
          if members[member] == old[member] {
            merged[member] = new[member]
            update.paths.append("config.\(member)")
          } else {
            kept.append("config.\(member)")
          }
        }
        if merged != members { update.set(name, from: current, to: .map(merged)) }
      } else if current == changed {
        continue
      } else if current == copy[name] {
        update.set(name, from: current, to: changed)
        update.paths.append(name)
      } else {
        kept.append(name)
      }
    }
    // The copy follows the seed even where the row does not: the next seed is compared with this one.
    if copy != seed.attributes { update.set(copyAttribute, from: row[copyAttribute], to: .map(seed.attributes)) }
    return update.changes.isEmpty ? .nothing(kept: kept) : .update(update, kept: kept)
  }

  /// The members of a configuration, which the original also stores as the text of a JSON object.
  private static func members(_ value: AttributeValue?) -> [String: AttributeValue]? {
    if let members = value?.mapValue { return members }
    guard let text = value?.stringValue, let json = try? JSONValue(parsing: text), json.objectValue != nil else { return nil }
    return (try? AttributeValue(json))?.mapValue
  }
}

extension SeedMerge.Update {
  fileprivate mutating func set(_ name: String, from old: AttributeValue?, to new: AttributeValue?) {
    expected[name] = .some(old)
    changes[name] = .some(new)
  }
}
