import JSON

extension Table {
  /// A table from CSV with a line of names.
  ///
  /// Cells may stand in double quotes and hold line breaks then; two quotes inside are one. A byte-order mark is skipped.
  /// Source: RFC 4180.
  init(csv bytes: [UInt8], path: String, delimiter: UInt8) throws(ToolError) {
    var parser = CSVParser(bytes: bytes, delimiter: delimiter, path: path)
    guard let header = try parser.nextRecord() else {
      throw ToolError("not_a_table", "'\(path)' is empty, expected a line of column names.")
    }
    let names = header.cells
    for (index, name) in names.enumerated() where names[..<index].contains(name) {
      throw ToolError("not_a_table", "The column name '\(name)' of '\(path)' occurs twice.")
    }
    columns = names
    rows = []
    while let record = try parser.nextRecord() {
      // A line without anything is no row, unless the table has just one column.
      if record.cells.count == 1, record.cells[0].isEmpty, names.count > 1 { continue }
      guard record.cells.count == names.count else {
        throw ToolError(
          "not_a_table", "Line \(record.line) of '\(path)' has \(record.cells.count) cells, the line of names has \(names.count).")
      }
      rows.append(record.cells.map { $0.isEmpty ? .null : .string($0) })
      guard rows.count <= Self.maximumRows else { throw Self.tooManyRows(path, rows.count) }
    }
  }
}

/// Reads CSV record by record.
private struct CSVParser {
  let bytes: [UInt8]
  let delimiter: UInt8
  let path: String
  private var offset = 0
  private var line = 1

  init(bytes: [UInt8], delimiter: UInt8, path: String) {
    self.bytes = bytes
    self.delimiter = delimiter
    self.path = path
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { offset = 3 }
  }

  mutating func nextRecord() throws(ToolError) -> (line: Int, cells: [String])? {
    guard offset < bytes.count else { return nil }
    let start = line
    var cells: [String] = []
    while true {
      cells.append(try cell())
      guard offset < bytes.count else { return (start, cells) }
      let byte = bytes[offset]
      offset += 1
      if byte == delimiter { continue }
      if byte == 0x0D, offset < bytes.count, bytes[offset] == 0x0A { offset += 1 }
      line += 1
      return (start, cells)
    }
  }

  private mutating func cell() throws(ToolError) -> String {
    guard offset < bytes.count, bytes[offset] == UInt8(ascii: "\"") else {
      let start = offset
      while offset < bytes.count, bytes[offset] != delimiter, bytes[offset] != 0x0A, bytes[offset] != 0x0D { offset += 1 }
      return try text(bytes[start..<offset])
    }
    let start = line
    offset += 1
    var content: [UInt8] = []
    while offset < bytes.count {
      let byte = bytes[offset]
      offset += 1
      guard byte == UInt8(ascii: "\"") else {
        if byte == 0x0A { line += 1 }
        content.append(byte)
        continue
      }
      if offset < bytes.count, bytes[offset] == UInt8(ascii: "\"") {
        offset += 1
        content.append(byte)
        continue
      }
      if offset < bytes.count, bytes[offset] != delimiter, bytes[offset] != 0x0A, bytes[offset] != 0x0D {
        throw ToolError("not_a_table", "Line \(line) of '\(path)' has text behind a closing quote.")
      }
      return try text(content[...])
    }
    throw ToolError("not_a_table", "The quote that opens in line \(start) of '\(path)' is never closed.")
  }

  private func text(_ bytes: ArraySlice<UInt8>) throws(ToolError) -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw ToolError("not_a_table", "Line \(line) of '\(path)' is no UTF-8 text.")
    }
    return text
  }
}
