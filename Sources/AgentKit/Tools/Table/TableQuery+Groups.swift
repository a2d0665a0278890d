import JSON

extension TableQuery {
  /// One row a group, in the order in which the groups first occur; one row in all without groups.
  func grouped(_ table: Table, rounded: inout Set<String>) throws(ToolError) -> Table {
    var keyIndexes: [Int] = []
    for column in groupBy { keyIndexes.append(try table.index(of: column)) }
    var order: [[JSONValue]] = []
    var groups: [[JSONValue]: [Int]] = [:]
    for (index, row) in table.rows.enumerated() {
      let key = keyIndexes.map { row[$0] }
      if groups[key] == nil { order.append(key) }
      groups[key, default: []].append(index)
    }
    if groupBy.isEmpty, order.isEmpty {
      order = [[]]
      groups = [[]: []]
    }
    var result = Table(columns: groupBy + aggregates.map(\.name), rows: [])
    for (index, name) in result.columns.enumerated() where result.columns[..<index].contains(name) {
      throw ToolError("invalid_query", "Two columns of the result are named '\(name)'; use 'as' to name them.")
    }
    var values: [(aggregate: Aggregate, column: Int?)] = []
    for aggregate in aggregates {
      guard let column = aggregate.column else {
        guard aggregate.function == .count else { throw ToolError("invalid_query", "'\(aggregate.function.rawValue)' needs a column.") }
        values.append((aggregate, nil))
        continue
      }
      values.append((aggregate, try table.index(of: column)))
    }
    for key in order {
      let rows = groups[key] ?? []
      var row = key
      for (aggregate, column) in values {
        guard let column else {
          row.append(.number(rows.count))
          continue
        }
        let cells = rows.map { (row: $0, cell: table.rows[$0][column]) }.filter { !TableCell.isEmpty($0.cell) }
        row.append(try Self.value(of: aggregate, cells, rounded: &rounded))
      }
      result.rows.append(row)
    }
    return result
  }

  /// The aggregate of cells that are not empty; null where there is none, except that sums and counts are 0.
  private static func value(
    of aggregate: Aggregate, _ cells: [(row: Int, cell: JSONValue)], rounded: inout Set<String>
  ) throws(ToolError) -> JSONValue {
    switch aggregate.function {
    case .count: return .number(cells.count)
    case .countDistinct: return .number(Set(cells.map(\.cell)).count)
    case .min: return cells.map(\.cell).min(by: TableCell.isLess).map(output) ?? .null
    case .max: return cells.map(\.cell).max(by: TableCell.isLess).map(output) ?? .null
    case .sum, .avg:
      do {
        var sum = ExactDecimal.zero
        for (row, cell) in cells {
          guard let number = TableCell.number(cell) else {
            throw ToolError(
              "not_a_number", "Row \(row + 1) has \(shortened(cell)) in column '\(aggregate.column ?? "")', which is no number.")
          }
          sum = try sum.adding(number)
        }
        if aggregate.function == .sum { return sum.jsonValue }
        guard !cells.isEmpty else { return .null }
        let average = try sum.divided(by: ExactDecimal(Int64(cells.count)))
        if average.isExact { return average.value.jsonValue }
        rounded.insert(aggregate.name)
        return average.value.rounded(toFractionDigits: averageDigits).jsonValue
      } catch let error as ToolError {
        throw error
      } catch {
        throw ToolError("not_computable", "'\(aggregate.name)' cannot be computed: \(error)")
      }
    }
  }

  /// The least or greatest cell: a number that was written as text becomes one.
  private static func output(_ cell: JSONValue) -> JSONValue { TableCell.number(cell)?.jsonValue ?? cell }
}
