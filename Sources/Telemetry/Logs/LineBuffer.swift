/// Lines that are kept back, the newest of them, up to a number of bytes.
struct LineBuffer {
  let capacity: Int
  private var lines: [[UInt8]] = []
  private var first = 0
  private var bytes = 0
  /// Lines that were given up for newer ones.
  private(set) var dropped = 0

  init(capacity: Int) { self.capacity = capacity }

  /// Keeps a line; older ones make room for it. One that is larger than the whole buffer is dropped itself.
  mutating func append(_ line: [UInt8]) {
    guard line.count <= capacity else {
      dropped += 1
      return
    }
    lines.append(line)
    bytes += line.count
    while bytes > capacity {
      bytes -= lines[first].count
      lines[first] = []
      first += 1
      dropped += 1
    }
    // What is given up is given back now and then, not for each line.
    if first > 64, first > lines.count / 2 {
      lines.removeFirst(first)
      first = 0
    }
  }

  /// Hands out what is kept, oldest first, with the number of those that were dropped, and is empty then.
  mutating func take() -> (lines: ArraySlice<[UInt8]>, dropped: Int) {
    let taken = (lines[first...], dropped)
    self = LineBuffer(capacity: capacity)
    return taken
  }
}
