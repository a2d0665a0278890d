import Glibc
import Synchronization

/// Standard output or standard error: colour and live lines on a terminal, plain text in a pipe.
final class Terminal: Sendable {
  enum Style: String {
    case bold = "1"
    case dim = "2"
    case red = "31"
    case green = "32"
    case yellow = "33"
    case cyan = "36"
  }

  static let standard = Terminal(descriptor: STDOUT_FILENO)
  static let error = Terminal(descriptor: STDERR_FILENO)

  let isTerminal: Bool
  private let descriptor: Int32
  private let colours: Bool
  /// Lines of the live block that stand at the bottom.
  private let liveLines = Mutex(0)

  private init(descriptor: Int32) {
    self.descriptor = descriptor
    isTerminal = isatty(descriptor) == 1 && Terminal.variable("TERM") != "dumb"
    // https://no-color.org
    colours = isTerminal && (Terminal.variable("NO_COLOR") ?? "").isEmpty
  }

  /// Columns of the terminal; 200 where there is none.
  var width: Int {
    var size = winsize()
    guard isTerminal, ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 200 }
    return Int(size.ws_col)
  }

  func styled(_ text: String, _ styles: Style...) -> String {
    guard colours, !styles.isEmpty else { return text }
    return "\u{1B}[\(styles.map(\.rawValue).joined(separator: ";"))m\(text)\u{1B}[0m"
  }

  /// Writes a line above the live block.
  func print(_ line: String) {
    liveLines.withLock { lines in
      write(erasing(lines) + line + "\n")
      lines = 0
    }
  }

  /// Replaces the live block: lines that change while something goes on. Nothing in a pipe.
  func live(_ lines: [String]) {
    guard isTerminal else { return }
    liveLines.withLock { shown in
      let fitting = lines.map { fit($0) }
      write(erasing(shown) + fitting.map { $0 + "\n" }.joined())
      shown = fitting.count
    }
  }

  /// Writes bytes as they are; on a terminal followed by a line's end when they have none.
  func print(bytes: [UInt8]) {
    let needsEnd = isTerminal && bytes.last != UInt8(ascii: "\n")
    write(needsEnd ? bytes + [UInt8(ascii: "\n")] : bytes)
  }

  /// To the first column before all: a terminal shows Ctrl-C as ^C, behind which the cursor would stand.
  private func erasing(_ lines: Int) -> String { lines > 0 ? "\r\u{1B}[\(lines)A\u{1B}[J" : "" }

  /// Cuts a line to the width: a wrapped line would not be erased. Escape sequences have no width.
  private func fit(_ line: String) -> String {
    var visible = 0
    var inEscape = false
    var cut = ""
    for character in line {
      cut.append(character)
      if inEscape {
        inEscape = character != "m"
      } else if character == "\u{1B}" {
        inEscape = true
      } else {
        visible += 1
        if visible >= width - 1 { return cut + (colours ? "\u{1B}[0m" : "") }
      }
    }
    return cut
  }

  private func write(_ text: String) { write(Array(text.utf8)) }

  private func write(_ content: [UInt8]) {
    var bytes = content[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return }
      bytes = bytes.dropFirst(count)
    }
  }

  private static func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
}
