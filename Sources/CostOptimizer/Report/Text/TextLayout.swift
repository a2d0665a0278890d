/// Lines of text in a page of fixed width: paragraphs, labelled values and columns.
struct TextLayout {
  /// Columns of a terminal that a line takes at most.
  let width: Int
  private(set) var lines: [String] = []

  /// - Parameter width: what is less than 80 counts as 80, which the tables need.
  init(width: Int) { self.width = max(80, width) }

  var text: String { lines.joined(separator: "\n") + "\n" }

  mutating func blank() { if lines.last?.isEmpty == false { lines.append("") } }

  /// A title of the whole text.
  mutating func title(_ text: String) {
    lines += [text, String(repeating: "=", count: width), ""]
  }

  mutating func section(_ text: String) {
    blank()
    lines += [text, String(repeating: "=", count: Self.columns(of: text)), ""]
  }

  mutating func subsection(_ text: String) {
    blank()
    let wrapped = Self.wrapped(text, width)
    lines += wrapped
    lines += [String(repeating: "-", count: wrapped.map(Self.columns).max() ?? 0), ""]
  }

  /// A paragraph, wrapped; the first line begins with `mark`, the others under the text behind it.
  mutating func paragraph(_ text: String, indent: Int = 0, mark: String = "") {
    let margin = String(repeating: " ", count: indent)
    let hanging = String(repeating: " ", count: indent + Self.columns(of: mark))
    for (index, line) in Self.wrapped(text, width - Self.columns(of: hanging)).enumerated() {
      lines.append(Self.trimmed((index == 0 ? margin + mark : hanging) + line))
    }
  }

  /// A label with its text beside it.
  mutating func entry(_ label: String, _ text: String, indent: Int = 0, labelWidth: Int = 12) {
    paragraph(text, indent: indent, mark: Self.padded(label, labelWidth))
  }

  /// Several texts under one label, each on lines of its own.
  mutating func entries(_ label: String, _ texts: [String], indent: Int = 0, labelWidth: Int = 12, marks: [String] = []) {
    for (index, text) in texts.enumerated() {
      paragraph(
        text, indent: indent, mark: Self.padded(index == 0 ? label : "", labelWidth) + (marks.indices.contains(index) ? marks[index] : ""))
    }
  }

  /// Rows in columns; cells that are wider than their column are wrapped inside it.
  /// - Parameters:
  ///   - header: the names of the columns; empty for none.
  ///   - rightAligned: columns of figures.
  ///   - widest: how wide a column may be; the last column gets what is left.
  mutating func table(_ rows: [[String]], header: [String] = [], rightAligned: Set<Int> = [], widest: [Int], indent: Int = 0) {
    let all = (header.isEmpty ? [] : [header]) + rows
    guard let columnCount = all.first?.count, columnCount > 0 else { return }
    var widths = (0..<columnCount).map { column in
      min(all.map { Self.columns(of: $0[column]) }.max() ?? 0, widest.indices.contains(column) ? widest[column] : width)
    }
    // The columns before the last one give it some of their room where it would have too little: the widest of text, else of figures.
    let wanted = min(widths[columnCount - 1], 20)
    func room() -> Int { width - widths.dropLast().reduce(indent) { $0 + $1 + 2 } }
    while room() < wanted {
      let texts = widths.indices.dropLast().filter { widths[$0] > 14 && !rightAligned.contains($0) }
      let givers = texts.isEmpty ? widths.indices.dropLast().filter { widths[$0] > 8 } : texts
      guard let widest = givers.max(by: { widths[$0] < widths[$1] }) else { break }
      widths[widest] -= 1
    }
    widths[columnCount - 1] = max(8, min(widths[columnCount - 1], room()))
    let margin = String(repeating: " ", count: indent)
    func add(_ row: [String]) {
      let cells = zip(row, widths).map { Self.wrapped($0, $1) }
      for number in 0..<(cells.map(\.count).max() ?? 0) {
        var line = margin
        for column in 0..<columnCount {
          let cell = cells[column].indices.contains(number) ? cells[column][number] : ""
          if column > 0 { line += "  " }
          line += rightAligned.contains(column) ? Self.leftPadded(cell, widths[column]) : Self.padded(cell, widths[column])
        }
        lines.append(Self.trimmed(line))
      }
    }
    if !header.isEmpty {
      add(header)
      lines.append(margin + widths.map { String(repeating: "-", count: $0) }.joined(separator: "  "))
    }
    for row in rows { add(row) }
  }

  // MARK: Widths

  /// The text in lines of at most so many columns, broken between words, and inside of those that are longer.
  static func wrapped(_ text: String, _ width: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    var lineColumns = 0
    for word in text.split(separator: " ") {
      var wordColumns = columns(of: String(word))
      if lineColumns > 0, lineColumns + 1 + wordColumns > width {
        lines.append(line)
        line = ""
        lineColumns = 0
      }
      var rest = word
      while wordColumns > width {
        let piece = prefix(rest, width)
        lines.append(String(piece))
        rest = rest.dropFirst(piece.count)
        wordColumns = columns(of: String(rest))
      }
      guard !rest.isEmpty else { continue }
      line += (lineColumns > 0 ? " " : "") + rest
      lineColumns += (lineColumns > 0 ? 1 : 0) + wordColumns
    }
    if !line.isEmpty || lines.isEmpty { lines.append(line) }
    return lines
  }

  /// Columns that a text takes on a terminal: ideographs and pictures take two.
  static func columns(of text: String) -> Int { text.reduce(0) { $0 + columns(of: $1) } }

  private static func columns(of character: Character) -> Int {
    guard let scalar = character.unicodeScalars.first, scalar.value >= 0x1100 else { return 1 }
    switch scalar.value {
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF, 0xAC00...0xD7A3,
      0xF900...0xFAFF,
      0xFE30...0xFE4F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
      return 2
    default: return 1
    }
  }

  /// As many of the first characters as fit; at least one.
  private static func prefix(_ text: Substring, _ width: Int) -> Substring {
    var taken = 0
    var end = text.startIndex
    while end < text.endIndex {
      let next = columns(of: text[end])
      if taken + next > width, end > text.startIndex { break }
      taken += next
      end = text.index(after: end)
    }
    return text[..<end]
  }

  static func padded(_ text: String, _ width: Int) -> String { text + String(repeating: " ", count: max(0, width - columns(of: text))) }

  private static func leftPadded(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - columns(of: text))) + text
  }

  private static func trimmed(_ line: String) -> String {
    var line = line[...]
    while line.last == " " { line.removeLast() }
    return String(line)
  }
}
