/// The nine bytes before a frame's payload (`FrameKind` tells what frames there are).
public struct FrameHeader: Sendable, Equatable {
  public static let size = 9

  /// Bytes of the payload.
  public var length: UInt32
  /// The byte that names the kind; `kind` is nil where the protocol has no such frame.
  public var kindByte: UInt8
  /// The call that an answer or a refusal is for, or that a call begins; 0 where there is none.
  public var id: UInt32

  public var kind: FrameKind? { FrameKind(rawValue: kindByte) }

  public init(_ kind: FrameKind, id: UInt32 = 0, length: UInt32) {
    self.length = length
    kindByte = kind.rawValue
    self.id = id
  }

  /// Reads the header at the beginning of the bytes; nil when there are fewer than `size`.
  public init?(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count >= FrameHeader.size else { return nil }
    length = UInt32(littleEndian: bytes.loadUnaligned(as: UInt32.self))
    kindByte = bytes[4]
    id = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 5, as: UInt32.self))
  }

  /// Reads the header at the beginning of the bytes; nil when there are fewer than `size`.
  public init?(_ bytes: [UInt8]) {
    guard let header = bytes.withUnsafeBytes({ FrameHeader($0) }) else { return nil }
    self = header
  }

  public func append(to bytes: inout [UInt8]) {
    for shift in [0, 8, 16, 24] as [UInt32] { bytes.append(UInt8(truncatingIfNeeded: length >> shift)) }
    bytes.append(kindByte)
    for shift in [0, 8, 16, 24] as [UInt32] { bytes.append(UInt8(truncatingIfNeeded: id >> shift)) }
  }
}

extension FrameKind {
  /// The whole frame. A payload of more than `UInt32.max` bytes does not fit and is no frame: nil.
  public func frame(id: UInt32 = 0, _ payload: [UInt8]) -> [UInt8]? {
    guard let length = UInt32(exactly: payload.count) else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(FrameHeader.size + payload.count)
    FrameHeader(self, id: id, length: length).append(to: &bytes)
    bytes.append(contentsOf: payload)
    return bytes
  }
}
