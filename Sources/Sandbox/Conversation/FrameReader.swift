/// Cuts what comes through the pipe into frames, and holds no more of it than one frame may have.
struct FrameReader {
  struct Frame: Equatable {
    let kind: FrameKind
    let id: UInt32
    let payload: [UInt8]
  }

  /// What to do with a frame whose header has come.
  enum Verdict {
    case take(FrameKind)
    case end(SandboxFailure)
  }

  private var bytes: [UInt8] = []
  /// Bytes before this have been taken.
  private var offset = 0
  /// What the header that stands at `offset` was found to be.
  private var expected: (header: FrameHeader, kind: FrameKind)?

  mutating func append(_ new: UnsafeRawBufferPointer) {
    if offset == bytes.count {
      bytes.removeAll(keepingCapacity: true)
      offset = 0
    }
    bytes.append(contentsOf: new)
  }

  /// The next frame that is there as a whole; nil when more bytes are needed.
  /// - Parameter judge: decides by a frame's header, once, before its payload is waited for.
  mutating func next(_ judge: (FrameHeader) -> Verdict) throws(SandboxFailure) -> Frame? {
    if expected == nil {
      guard bytes.count - offset >= FrameHeader.size,
        let header = bytes.withUnsafeBytes({ FrameHeader(UnsafeRawBufferPointer(rebasing: $0[offset...])) })
      else { return nil }
      switch judge(header) {
      case .take(let kind): expected = (header, kind)
      case .end(let failure): throw failure
      }
    }
    guard let (header, kind) = expected else { return nil }
    let begin = offset + FrameHeader.size
    guard bytes.count - begin >= Int(header.length) else { return nil }
    expected = nil
    offset = begin + Int(header.length)
    let payload = Array(bytes[begin..<offset])
    // A pause between frames is the time to forget what was taken.
    if offset > 1 << 16 {
      bytes.removeFirst(offset)
      offset = 0
    }
    return Frame(kind: kind, id: header.id, payload: payload)
  }
}
