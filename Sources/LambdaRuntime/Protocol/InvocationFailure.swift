internal import JSON

/// Why an invocation, or the start, failed: what the Runtime API is told.
struct InvocationFailure: Equatable, Sendable {
  /// "Category.Reason", such as "Function.InvalidEvent".
  let type: String
  let message: String

  init(type: String, message: String) {
    // The type travels in a header field, too.
    let safe = type.utf8.map { byte -> UInt8 in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "."), UInt8(ascii: "_"): byte
      default: UInt8(ascii: "_")
      }
    }
    self.type = String(decoding: safe.prefix(200), as: UTF8.self)
    self.message = message
  }

  /// The failure that an error means; `category` is used for errors that name none themselves.
  init(_ error: any Error, category: String = "Function") {
    if let named = error as? any LambdaError {
      self.init(type: named.lambdaErrorType, message: String(describing: error))
    } else {
      self.init(type: "\(category).\(Swift.type(of: error))", message: String(describing: error))
    }
  }

  /// The body of an error request. Swift errors carry no stack, so the trace is empty; the field must be there.
  var json: [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("errorMessage", message)
    writer.member("errorType", type)
    writer.member("stackTrace", [String]())
    writer.endObject()
    return writer.bytes
  }

  /// The cause in the form X-Ray shows, as the ASCII text that a header field needs.
  var xrayCause: String {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("working_directory", "/var/task")
    writer.key("exceptions")
    writer.beginArray()
    writer.beginObject()
    writer.member("type", type)
    writer.member("message", String(String.UnicodeScalarView(message.unicodeScalars.prefix(1000).map { $0.isASCII ? $0 : "?" })))
    writer.member("stack", [String]())
    writer.endObject()
    writer.endArray()
    writer.member("paths", [String]())
    writer.endObject()
    return String(decoding: writer.bytes, as: UTF8.self)
  }
}
