import JSON

/// What is asked of a table: derived columns, then a filter, then groups with aggregates or columns, then an order and a limit.
struct TableQuery: Sendable {
  struct Derived: Sendable {
    let name: String
    let expression: Expression
  }

  struct Condition: Sendable {
    enum Operator: String, Sendable, CaseIterable {
      case equal = "="
      case notEqual = "!="
      case less = "<"
      case lessOrEqual = "<="
      case greater = ">"
      case greaterOrEqual = ">="
      case contains
      case
        startsWith = "starts_with"
      case isIn = "in"
      case isEmpty = "is_empty"
      case isNotEmpty = "is_not_empty"
    }
    let column: String
    let comparison: Operator
    let value: JSONValue
  }

  struct Aggregate: Sendable {
    enum Function: String, Sendable, CaseIterable {
      case sum, avg, min, max, count
      case countDistinct = "count_distinct"
    }
    let function: Function
    /// nil for the number of rows.
    let column: String?
    let name: String
  }

  struct Order: Sendable {
    let column: String
    let isDescending: Bool
  }

  /// Decimals of an average that does not end.
  static let averageDigits = 10

  var derived: [Derived] = []
  var conditions: [Condition] = []
  var groupBy: [String] = []
  var aggregates: [Aggregate] = []
  /// Empty for all.
  var columns: [String] = []
  var order: [Order] = []
  var limit = 100

  /// The rows asked for, how many rows the filter let through, and how many rows the result has without the limit.
  struct Result: Sendable {
    var table: Table
    var matchedRows: Int
    var resultRows: Int
    /// Columns of the result whose numbers had to be rounded.
    var roundedColumns: [String]
  }

  func run(on source: Table) throws(ToolError) -> Result {
    var table = source
    var rounded: Set<String> = []
    for derived in derived { try add(derived, to: &table, rounded: &rounded) }
    for condition in conditions { try keep(condition, in: &table) }
    let matchedRows = table.rows.count
    if !aggregates.isEmpty || !groupBy.isEmpty { table = try grouped(table, rounded: &rounded) }
    try sort(&table)
    let resultRows = table.rows.count
    if !columns.isEmpty, aggregates.isEmpty, groupBy.isEmpty {
      var indexes: [Int] = []
      for column in columns { indexes.append(try table.index(of: column)) }
      table = Table(columns: columns, rows: table.rows.prefix(limit).map { row in indexes.map { row[$0] } })
    } else {
      table.rows = Array(table.rows.prefix(limit))
    }
    return Result(
      table: table, matchedRows: matchedRows, resultRows: resultRows, roundedColumns: table.columns.filter(rounded.contains))
  }

  // MARK: Steps

  private func add(_ derived: Derived, to table: inout Table, rounded: inout Set<String>) throws(ToolError) {
    guard !table.columns.contains(derived.name) else {
      throw ToolError("invalid_query", "The derived column '\(derived.name)' has the name of a column that is there already.")
    }
    var indexes: [String: Int] = [:]
    for name in derived.expression.variables { indexes[name] = try table.index(of: name) }
    table.columns.append(derived.name)
    for row in table.rows.indices {
      let cells = table.rows[row]
      // As in SQL, a row without one of the numbers has no result.
      guard !indexes.values.contains(where: { TableCell.isEmpty(cells[$0]) }) else {
        table.rows[row].append(.null)
        continue
      }
      do {
        let value = try derived.expression.evaluate { name in
          let cell = cells[indexes[name] ?? 0]
          guard let number = TableCell.number(cell) else {
            throw ToolError("not_a_number", "Row \(row + 1) has \(shortened(cell)) in column '\(name)', which is no number.")
          }
          return number
        }
        if !value.isExact { rounded.insert(derived.name) }
        table.rows[row].append(value.number.jsonValue)
      } catch let error as ToolError {
        throw error
      } catch {
        throw ToolError("not_computable", "'\(derived.name)' of row \(row + 1) cannot be computed: \(error)")
      }
    }
  }

  private func keep(_ condition: Condition, in table: inout Table) throws(ToolError) {
    let index = try table.index(of: condition.column)
    if condition.comparison == .isIn, condition.value.arrayValue == nil {
      throw ToolError("invalid_query", "The value of 'in' for column '\(condition.column)' must be an array.")
    }
    table.rows.removeAll { !Self.fits($0[index], condition) }
  }

  private static func fits(_ cell: JSONValue, _ condition: Condition) -> Bool {
    let value = condition.value
    switch condition.comparison {
    case .isEmpty: return TableCell.isEmpty(cell)
    case .isNotEmpty: return !TableCell.isEmpty(cell)
    case .equal: return isEqual(cell, value)
    case .notEqual: return !isEqual(cell, value)
    case .isIn: return value.arrayValue?.contains { isEqual(cell, $0) } == true
    case .contains: return TableCell.text(cell).utf8Contains(TableCell.text(value))
    case .startsWith: return TableCell.text(cell).utf8.starts(with: TableCell.text(value).utf8)
    case .less, .lessOrEqual, .greater, .greaterOrEqual:
      if TableCell.isEmpty(cell) { return false }
      // A number is only compared with numbers.
      if value.numberValue != nil, TableCell.number(cell) == nil { return false }
      switch condition.comparison {
      case .less: return TableCell.isLess(cell, value)
      case .lessOrEqual: return !TableCell.isLess(value, cell)
      case .greater: return TableCell.isLess(value, cell)
      default: return !TableCell.isLess(cell, value)
      }
    }
  }

  /// Numbers are compared by value when the query gives a number; text is compared as text, so that "007" is not "7".
  private static func isEqual(_ cell: JSONValue, _ value: JSONValue) -> Bool {
    switch value {
    case .number: TableCell.number(cell).map { $0 == TableCell.number(value) } ?? false
    case .null: TableCell.isEmpty(cell)
    case .bool: TableCell.text(cell).lowercased() == value.text
    default: TableCell.text(cell) == TableCell.text(value)
    }
  }

  private func sort(_ table: inout Table) throws(ToolError) {
    var keys: [(index: Int, isDescending: Bool)] = []
    for order in order { keys.append((try table.index(of: order.column), order.isDescending)) }
    guard !keys.isEmpty else { return }
    // Rows that no key tells apart keep their order.
    let sorted = table.rows.enumerated().sorted { left, right in
      for key in keys {
        let (first, second) = (left.element[key.index], right.element[key.index])
        if TableCell.isEmpty(first) != TableCell.isEmpty(second) { return TableCell.isEmpty(second) }
        if TableCell.isLess(first, second) { return !key.isDescending }
        if TableCell.isLess(second, first) { return key.isDescending }
      }
      return left.offset < right.offset
    }
    table.rows = sorted.map(\.element)
  }
}
