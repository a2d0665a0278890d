/// Rows in aligned columns.
struct TextTable {
  private let header: [String]
  private var rows: [[String]] = []
  /// Columns whose cells stand at the right, such as numbers.
  private let rightAligned: Set<Int>

  /// True when a terminal's width limits the last column.
  private let cutsLastColumn: Bool

  init(_ header: [String], rightAligned: Set<Int> = [], cutsLastColumn: Bool = false) {
    self.header = header
    self.cutsLastColumn = cutsLastColumn
    self.rightAligned = rightAligned
  }

  mutating func add(_ cells: String...) { rows.append(cells) }

  /// The lines of the table, the header first.
  func lines(_ terminal: Terminal) -> [String] {
    let widths = header.indices.map { column in ([header] + rows).map { $0[column].count }.max() ?? 0 }
    let room = max(20, terminal.width - widths.dropLast().reduce(0) { $0 + $1 + 2 })
    return ([header] + rows).enumerated().map { number, cells in
      let line = zip(cells, widths).enumerated().map { column, cell in
        let padding = String(repeating: " ", count: cell.1 - cell.0.count)
        if rightAligned.contains(column) { return padding + cell.0 }
        guard column == header.count - 1 else { return cell.0 + padding }
        return cutsLastColumn && terminal.isTerminal ? Phrases.line(cell.0, room) : cell.0
      }.joined(separator: "  ")
      return number == 0 ? terminal.styled(line, .bold) : line
    }
  }
}
