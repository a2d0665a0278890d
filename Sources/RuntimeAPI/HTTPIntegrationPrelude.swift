internal import JSON

/// Takes the prelude of a streamed HTTP answer off its front: JSON with the status and the fields, and eight null bytes after it.
///
/// A function URL makes the head of its answer of it, and sends what follows as the body.
public struct HTTPIntegrationPrelude {
  public static let contentType = "application/vnd.awslambda.http-integration-response"
  private static let endLength = 8
  /// Nothing that has not ended by then is a prelude.
  private static let maximumBytes = 1 << 20

  /// The prelude, once it has come whole.
  public private(set) var text: String?
  /// What is wrong with it, if something is.
  public private(set) var problem: String?
  private var bytes: [UInt8] = []
  private var nulls = 0

  public init() {}

  /// Takes a piece of the stream; what of it belongs to the body.
  public mutating func body(of piece: [UInt8]) -> [UInt8] {
    guard text == nil, problem == nil else { return piece }
    for (index, byte) in piece.enumerated() {
      nulls = byte == 0 ? nulls + 1 : 0
      bytes.append(byte)
      if nulls == Self.endLength {
        finish()
        return Array(piece[(index + 1)...])
      }
      if bytes.count > Self.maximumBytes {
        problem = "the stream begins with more than 1 MB without the eight null bytes that end a prelude"
        return bytes + piece[(index + 1)...]
      }
    }
    return []
  }

  /// Tells that the stream is over.
  public mutating func end() {
    if text == nil, problem == nil { problem = "the stream ended before the eight null bytes that end a prelude" }
  }

  private mutating func finish() {
    let prelude = Array(bytes.dropLast(Self.endLength))
    text = String(decoding: prelude, as: UTF8.self)
    do throws(JSONError) {
      let value = try JSONValue(parsing: prelude)
      if value.objectValue == nil { problem = "the prelude is no JSON object" }
    } catch {
      problem = "the prelude is no JSON: \(error)"
    }
    bytes = []
  }
}
