import AWSClient
import JSON

extension SimulatedTables {
  /// A write whose expressions and keys are right, before anyone looks at the item.
  struct PreparedWrite {
    let kind: TransactionRequest.Kind
    let table: Table
    let key: ItemKey
    let condition: BoundExpression?
    let update: BoundExpression?
    /// The item of a put.
    let item: StoredItem?
    let returnsItemOnFailure: Bool
  }

  enum Decision {
    case refused(StoredItem?)
    case change(Change)
  }

  /// PutItem, UpdateItem or DeleteItem.
  func write(_ kind: TransactionRequest.Kind, _ request: ItemRequest) throws(TableFailure) -> [UInt8] {
    if chance.occurs(.throttling) { throw .throttled }
    try checkReturnValues(request.returnValues, kind)
    let prepared = try prepare(kind, request)
    if chance.occurs(.transactionConflict) { throw .conflict }
    switch try decide(prepared) {
    case .refused(let item): throw .conditionFailed(prepared.returnsItemOnFailure ? item?.attributes : nil)
    case .change(let change):
      commit([change])
      return answer(request.returnValues, change, prepared.update)
    }
  }

  private func checkReturnValues(_ text: String, _ kind: TransactionRequest.Kind) throws(TableFailure) {
    switch text {
    case "NONE", "ALL_OLD": return
    case "ALL_NEW", "UPDATED_OLD", "UPDATED_NEW":
      if kind != .update { throw .validation("ReturnValues can only be ALL_OLD or NONE") }
    default:
      throw .validation(
        "1 validation error detected: Value '\(text)' at 'returnValues' failed to satisfy constraint: "
          + "Member must satisfy enum value set: [ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW]")
    }
  }

  private func answer(_ returnValues: String, _ change: Change, _ update: BoundExpression?) -> [UInt8] {
    var writer = JSONWriter(capacity: returnValues == "NONE" ? 2 : (change.new ?? change.old)?.size ?? 2)
    writer.beginObject()
    func part(_ item: StoredItem?) -> [String: AttributeValue] {
      guard let item, let update else { return [:] }
      return ItemProjection(update.updatedPaths).apply(item.attributes)
    }
    switch returnValues {
    case "ALL_OLD":
      if let old = change.old {
        writer.key("Attributes")
        writer.raw(old.json)
      }
    case "ALL_NEW":
      if let new = change.new {
        writer.key("Attributes")
        writer.raw(new.json)
      }
    case "UPDATED_OLD", "UPDATED_NEW":
      let attributes = part(returnValues == "UPDATED_OLD" ? change.old : change.new)
      if !attributes.isEmpty {
        writer.key("Attributes")
        writer.ordered(attributes)
      }
    default: break
    }
    writer.endObject()
    return writer.bytes
  }

  // MARK: Preparing and deciding

  /// Checks what can be checked without looking at the item.
  func prepare(_ kind: TransactionRequest.Kind, _ request: ItemRequest) throws(TableFailure) -> PreparedWrite {
    var attributes = request.attributes
    try attributes.admit()
    let update = kind == .update ? try bind(request.updateExpression, .update, &attributes) : nil
    let condition = try bind(request.conditionExpression, .condition, &attributes)
    try attributes.checkUse(
      hasExpressions: update != nil || condition != nil,
      slots: kind == .update ? "UpdateExpression and ConditionExpression are null" : "ConditionExpression is null")
    let table = try table(request.tableName)
    if kind == .put {
      guard let item = request.item else { throw .validation("1 validation error detected: Value null at 'item'") }
      let (key, new) = try admitted(item, to: table)
      return PreparedWrite(
        kind: kind, table: table, key: key, condition: condition, update: nil, item: new,
        returnsItemOnFailure: request.returnsItemOnFailure)
    }
    guard let keyAttributes = request.key else { throw .wrongKey }
    let key = try table.definition.key(keyAttributes)
    if let update {
      for name in [table.definition.partitionKey.name, table.definition.sortKey?.name] {
        if let name, update.updatesAttribute(name) {
          throw .invalid("Cannot update attribute \(name). This attribute is part of the key")
        }
      }
    }
    return PreparedWrite(
      kind: kind, table: table, key: key, condition: condition, update: update, item: nil,
      returnsItemOnFailure: request.returnsItemOnFailure)
  }

  /// An item that may stand in a table, in its canonical form.
  func admitted(_ item: [String: AttributeValue], to table: Table) throws(TableFailure) -> (key: ItemKey, item: StoredItem) {
    var item = item
    let size = try item.admitItem()
    let key = try table.definition.key(ofItem: item)
    guard size <= [String: AttributeValue].maximumItemSize else { throw .validation("Item size has exceeded the maximum allowed size") }
    try table.definition.checkIndexKeys(item)
    return (key, StoredItem(item, size: size))
  }

  /// What comes of a write, and changes nothing yet.
  func decide(_ write: PreparedWrite) throws(TableFailure) -> Decision {
    let old = write.table.items[write.key]
    if let condition = write.condition, !condition.isMet(by: old?.attributes ?? [:]) { return .refused(old) }
    let new: StoredItem?
    switch write.kind {
    case .put: new = write.item
    case .delete: new = nil
    case .check: return .change(Change(table: write.table, key: write.key, old: old, new: old))
    case .update:
      let before = old?.attributes ?? write.table.definition.attributes(of: write.key)
      let after = try write.update?.updated(before) ?? before
      // What was moved and appended may have come to lie deeper.
      let size = try after.checkedSize()
      guard size <= [String: AttributeValue].maximumItemSize else {
        throw .validation("Item size to update has exceeded the maximum allowed size")
      }
      try write.table.definition.checkIndexKeys(after)
      new = StoredItem(after, size: size)
    }
    return .change(Change(table: write.table, key: write.key, old: old, new: new))
  }
}
