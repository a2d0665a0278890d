import AWSClient

/// The parts of an item that some paths lead to, each in its place.
struct ItemProjection {
  private indirect enum Node {
    case whole
    case members([String: Node])
    case elements([Int: Node])
  }

  private var root: [String: Node] = [:]
  /// The paths are all attributes: nothing has to be taken apart.
  private let isFlat: Bool

  init(_ paths: [[BoundExpression.Step]]) {
    isFlat = paths.allSatisfy { $0.count == 1 }
    for path in paths {
      guard case .name(let name)? = path.first else { continue }
      ItemProjection.insert(path.dropFirst(), into: &root[name])
    }
  }

  init(names: [String]) { self.init(names.map { [.name($0)] }) }

  private static func insert(_ path: ArraySlice<BoundExpression.Step>, into node: inout Node?) {
    switch path.first {
    case nil: node = .whole
    case .name(let name):
      var members: [String: Node] = if case .members(let known)? = node { known } else { [:] }
      insert(path.dropFirst(), into: &members[name])
      node = .members(members)
    case .index(let index):
      var elements: [Int: Node] = if case .elements(let known)? = node { known } else { [:] }
      insert(path.dropFirst(), into: &elements[index])
      node = .elements(elements)
    }
  }

  func apply(_ item: [String: AttributeValue]) -> [String: AttributeValue] {
    var result: [String: AttributeValue] = [:]
    result.reserveCapacity(root.count)
    for (name, node) in root {
      guard let value = item[name] else { continue }
      result[name] = isFlat ? value : ItemProjection.part(node, of: value)
    }
    return result
  }

  private static func part(_ node: Node, of value: AttributeValue) -> AttributeValue? {
    switch (node, value) {
    case (.whole, _): return value
    case (.members(let wanted), .map(let members)):
      var result: [String: AttributeValue] = [:]
      for (name, node) in wanted { result[name] = members[name].flatMap { part(node, of: $0) } }
      return result.isEmpty ? nil : .map(result)
    case (.elements(let wanted), .list(let elements)):
      // Those that were asked for, in their order, without gaps.
      let result = wanted.keys.sorted().filter { $0 < elements.count }.compactMap { index in
        wanted[index].flatMap { part($0, of: elements[index]) }
      }
      return result.isEmpty ? nil : .list(result)
    default: return nil
    }
  }
}
