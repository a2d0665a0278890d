import JSON

/// Rows with named columns.
struct Table: Sendable, Hashable {
  static let maximumRows = 200_000

  var columns: [String]
  /// One cell for each column; null where a row has none.
  var rows: [[JSONValue]]

  init(columns: [String], rows: [[JSONValue]]) {
    self.columns = columns
    self.rows = rows
  }

  enum Format: String, Sendable, CaseIterable {
    case csv
    case jsonLines = "json_lines"
    case json
  }

  /// The format that a path's ending names.
  static func format(of path: String) -> Format? {
    switch path.split(separator: ".").last?.lowercased() {
    case "csv", "tsv": .csv
    case "jsonl", "ndjson": .jsonLines
    case "json": .json
    default: nil
    }
  }

  func index(of column: String) throws(ToolError) -> Int {
    guard let index = columns.firstIndex(of: column) else {
      throw ToolError("unknown_column", "There is no column '\(column)'. Columns: \(columns.joined(separator: ", ")).")
    }
    return index
  }

  // MARK: JSON

  /// A table from an array of objects.
  init(json bytes: [UInt8], path: String) throws(ToolError) {
    let value: JSONValue
    do throws(JSONError) { value = try JSONValue(parsing: bytes) } catch {
      throw ToolError("not_a_table", "'\(path)' is no JSON: \(error)")
    }
    guard let elements = value.arrayValue else {
      throw ToolError("not_a_table", "'\(path)' is \(value.kindDescription), expected an array of objects.")
    }
    try self.init(objects: elements.enumerated().map { ("element \($0.offset)", $0.element) }, path: path)
  }

  /// A table from one object a line.
  init(jsonLines bytes: [UInt8], path: String) throws(ToolError) {
    var objects: [(String, JSONValue)] = []
    for (index, line) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
      guard line.contains(where: { $0 != 0x20 && $0 != 0x09 && $0 != 0x0D }) else { continue }
      do throws(JSONError) { objects.append(("line \(index + 1)", try JSONValue(parsing: Array(line)))) } catch {
        throw ToolError("not_a_table", "Line \(index + 1) of '\(path)' is no JSON: \(error)")
      }
    }
    try self.init(objects: objects, path: path)
  }

  private init(objects: [(place: String, value: JSONValue)], path: String) throws(ToolError) {
    guard objects.count <= Self.maximumRows else { throw Self.tooManyRows(path, objects.count) }
    columns = []
    var indexes: [String: Int] = [:]
    rows = []
    rows.reserveCapacity(objects.count)
    for (place, value) in objects {
      guard let object = value.objectValue else {
        throw ToolError("not_a_table", "\(place) of '\(path)' is \(value.kindDescription), expected an object.")
      }
      var row = [JSONValue](repeating: .null, count: columns.count)
      for (name, cell) in object {
        if let index = indexes[name] {
          row[index] = cell
        } else {
          indexes[name] = columns.count
          columns.append(name)
          row.append(cell)
        }
      }
      rows.append(row)
    }
    for index in rows.indices where rows[index].count < columns.count {
      rows[index] += [JSONValue](repeating: .null, count: columns.count - rows[index].count)
    }
  }

  static func tooManyRows(_ path: String, _ count: Int) -> ToolError {
    ToolError("too_large", "'\(path)' has \(count) rows or more, at most \(maximumRows) can be queried.")
  }
}

/// How cells are read and compared.
enum TableCell {
  /// The number in a cell; nil when it holds none. Text counts when all of it is a number.
  static func number(_ cell: JSONValue) -> ExactDecimal? {
    switch cell {
    case .number(let number): ExactDecimal(number)
    case .string(let text): ExactDecimal(text)
    default: nil
    }
  }

  static func text(_ cell: JSONValue) -> String {
    switch cell {
    case .string(let text): text
    case .null: ""
    default: cell.text
    }
  }

  static func isEmpty(_ cell: JSONValue) -> Bool { cell.isNull || cell.stringValue?.isEmpty == true }

  /// Order of two cells: numbers by value, everything else by its text, empty cells last.
  static func isLess(_ left: JSONValue, _ right: JSONValue) -> Bool {
    if isEmpty(left) || isEmpty(right) { return !isEmpty(left) && isEmpty(right) }
    switch (number(left), number(right)) {
    case (let left?, let right?): return left < right
    case (nil, nil): return text(left).utf8.lexicographicallyPrecedes(text(right).utf8)
    // Numbers before texts, so that a mixed column has one order.
    case (let number, _): return number != nil
    }
  }
}
