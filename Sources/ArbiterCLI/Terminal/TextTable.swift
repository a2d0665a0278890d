/// Rows in aligned columns.
struct TextTable {
  private let header: [String]
  private var rows: [[String]] = []
  /// Columns whose cells stand at the right, such as numbers.
  private let rightAligned: Set<Int>

  init(_ header: [String], rightAligned: Set<Int> = []) {
    self.header = header
    self.rightAligned = rightAligned
  }

  mutating func add(_ cells: String...) { rows.append(cells) }

  /// The lines of the table, the header first.
  func lines(_ terminal: Terminal) -> [String] {
    let widths = header.indices.map { column in ([header] + rows).map { $0[column].count }.max() ?? 0 }
    return ([header] + rows).enumerated().map { number, cells in
      let line = zip(cells, widths).enumerated().map { column, cell in
        let padding = String(repeating: " ", count: cell.1 - cell.0.count)
        if rightAligned.contains(column) { return padding + cell.0 }
        return column == header.count - 1 ? cell.0 : cell.0 + padding
      }.joined(separator: "  ")
      return number == 0 ? terminal.styled(line, .bold) : line
    }
  }
}
