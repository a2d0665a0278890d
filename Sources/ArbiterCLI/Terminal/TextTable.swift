/// Rows in aligned columns.
struct TextTable {
  private let header: [String]
  private var rows: [[String]] = []
  /// By row, then by column; what has none is plain.
  private var styles: [Int: [Int: Terminal.Style]] = [:]
  /// Columns whose cells stand at the right, such as numbers.
  private let rightAligned: Set<Int>

  /// True when a terminal's width limits the last column.
  private let cutsLastColumn: Bool

  init(_ header: [String], rightAligned: Set<Int> = [], cutsLastColumn: Bool = false) {
    self.header = header
    self.cutsLastColumn = cutsLastColumn
    self.rightAligned = rightAligned
  }

  mutating func add(_ cells: String..., styles: [Int: Terminal.Style] = [:]) { add(cells, styles: styles) }

  mutating func add(_ cells: [String], styles: [Int: Terminal.Style] = [:]) {
    self.styles[rows.count] = styles
    rows.append(cells)
  }

  /// The lines of the table, the header first.
  func lines(_ terminal: Terminal) -> [String] {
    let widths = header.indices.map { column in ([header] + rows).map { $0[column].count }.max() ?? 0 }
    let room = max(20, terminal.width - widths.dropLast().reduce(0) { $0 + $1 + 2 })
    return ([header] + rows).enumerated().map { number, cells in
      var line = zip(cells, widths).enumerated().map { column, cell in
        let padding = String(repeating: " ", count: cell.1 - cell.0.count)
        // The header is row 0.
        func styled(_ text: String) -> String {
          guard !text.isEmpty, let style = styles[number - 1]?[column] else { return text }
          return terminal.styled(text, style)
        }
        if rightAligned.contains(column) { return padding + styled(cell.0) }
        guard column == header.count - 1 else { return styled(cell.0) + padding }
        return styled(cutsLastColumn && terminal.isTerminal ? Phrases.line(cell.0, room) : cell.0)
      }.joined(separator: "  ")
      // Blanks at the end would go on to the next line of a narrow terminal.
      while line.last == " " { line.removeLast() }
      return number == 0 ? terminal.styled(line, .bold) : line
    }
  }
}
