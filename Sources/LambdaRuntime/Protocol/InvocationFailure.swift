internal import JSON

/// Why an invocation, or the start, failed: what the Runtime API is told.
struct InvocationFailure: Equatable, Sendable {
  /// "Category.Reason", such as "Function.InvalidEvent".
  let type: String
  let message: String
  /// Innermost first; empty for the many errors that know of none.
  let stack: [StackFrame]

  /// Most of each that a report holds: X-Ray takes a cause of at most 1 MB, and the Runtime API a head of about as much.
  private static let mostFrames = 50
  private static let longestText = 200
  private static let longestMessageInHead = 8 << 10
  private static let longestMessage = 128 << 10

  init(type: String, message: String, stack: [StackFrame] = []) {
    // The type travels in a header field, too.
    let safe = type.utf8.map { byte -> UInt8 in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "."), UInt8(ascii: "_"): byte
      default: UInt8(ascii: "_")
      }
    }
    self.type = safe.isEmpty ? "Function.Error" : String(decoding: safe.prefix(200), as: UTF8.self)
    self.message = message
    self.stack = stack.prefix(Self.mostFrames).map {
      StackFrame(
        function: Self.shortened($0.function, Self.longestText), file: Self.shortened($0.file, Self.longestText), line: $0.line)
    }
  }

  /// The failure that an error means; `category` is used for errors that name none themselves.
  init(_ error: any Error, category: String = "Function") {
    let type = (error as? any LambdaError)?.lambdaErrorType ?? "\(category).\(Swift.type(of: error))"
    self.init(type: type, message: String(describing: error), stack: (error as? any TracedError)?.stackFrames ?? [])
  }

  /// What Lambda answers with, itself, when a function's response is larger than it takes.
  static func responseTooLarge(_ count: Int) -> InvocationFailure {
    InvocationFailure(
      type: "Function.ResponseSizeTooLarge",
      message: "Response payload size (\(count) bytes) exceeded maximum allowed payload size (\(LambdaLimits.response) bytes).")
  }

  /// The body of an error request; the trace is there even when it is empty, as callers expect.
  func json(requestID: String?) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("errorMessage", Self.shortened(message, Self.longestMessage))
    writer.member("errorType", type)
    writer.member(ifPresent: "requestId", requestID)
    writer.member("stackTrace", stack.map { "\($0.function) (\($0.file):\($0.line))" })
    writer.endObject()
    return writer.bytes
  }

  /// The cause in the form X-Ray shows, as the ASCII text that a header field needs.
  func xrayCause(workingDirectory: String) -> String {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("working_directory", workingDirectory)
    writer.key("exceptions")
    writer.beginArray()
    writer.beginObject()
    writer.member("type", type)
    writer.member("message", Self.shortened(message, Self.longestMessageInHead))
    writer.key("stack")
    writer.beginArray()
    for frame in stack {
      writer.beginObject()
      writer.member("label", frame.function)
      writer.member("path", frame.file)
      writer.member("line", Int64(frame.line))
      writer.endObject()
    }
    writer.endArray()
    writer.endObject()
    writer.endArray()
    writer.member("paths", files)
    writer.endObject()
    return Self.ascii(writer.bytes)
  }

  /// The files of the stack, each once.
  private var files: [String] {
    var files: [String] = []
    for frame in stack where !files.contains(frame.file) { files.append(frame.file) }
    return files
  }

  /// The first `count` characters, as Unicode counts them, and a mark where there were more.
  private static func shortened(_ text: String, _ count: Int) -> String {
    // No text has more characters than bytes.
    if text.utf8.count <= count { return text }
    let kept = text.unicodeScalars.prefix(count)
    return kept.endIndex == text.unicodeScalars.endIndex ? text : String(kept) + "..."
  }

  /// JSON with every character beyond ASCII escaped: such characters stand in its strings only.
  private static func ascii(_ json: [UInt8]) -> String {
    guard json.contains(where: { $0 > 0x7E }) else { return String(decoding: json, as: UTF8.self) }
    var text = ""
    for scalar in String(decoding: json, as: UTF8.self).unicodeScalars {
      if scalar.value < 0x7F {
        text.unicodeScalars.append(scalar)
      } else {
        for unit in Character(scalar).utf16 {
          let digits = String(unit, radix: 16)
          text += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
        }
      }
    }
    return text
  }
}

/// What Lambda takes.
enum LambdaLimits {
  /// Bytes of a response that is not streamed: 6 MB, and what Lambda wraps around it.
  static let response = 6 * 1024 * 1024 + 100
}
