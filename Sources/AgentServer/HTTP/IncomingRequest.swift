internal import CMicroHTTPD

extension Connection {
  /// The connection as a key, as long as it lives.
  var key: UInt { UInt(bitPattern: pointer) }
}

/// One call of the library about a request: its head, a part of its body, or that it goes on.
struct IncomingRequest {
  let connection: Connection
  let method: String
  let path: String
  let data: UnsafePointer<CChar>?
  let size: UnsafeMutablePointer<Int>
  /// What the library keeps for the request between its calls.
  let kept: UnsafeMutablePointer<UnsafeMutableRawPointer?>

  /// Stands for a request that has begun and needs nothing to be kept; an address that is no object's.
  private static var begun: UnsafeMutableRawPointer? { UnsafeMutableRawPointer(bitPattern: 1) }

  var isBegun: Bool { kept.pointee != nil }

  var exchange: Exchange? {
    guard let pointer = kept.pointee, pointer != Self.begun else { return nil }
    return Unmanaged<Exchange>.fromOpaque(pointer).takeUnretainedValue()
  }

  /// Keeps an exchange, or only that the request has begun; the library calls again.
  func begin(_ exchange: Exchange? = nil) -> Bool {
    kept.pointee = exchange.map { Unmanaged.passRetained($0).toOpaque() } ?? Self.begun
    return true
  }

  static func takeExchange(_ kept: UnsafeMutablePointer<UnsafeMutableRawPointer?>) -> Exchange? {
    guard let pointer = kept.pointee else { return nil }
    kept.pointee = nil
    return pointer == begun ? nil : Unmanaged<Exchange>.fromOpaque(pointer).takeRetainedValue()
  }

  /// Hands the part of the body on, if this call has one, and tells the library that it is taken.
  func takeBody<Result>(_ take: (UnsafeBufferPointer<UInt8>?) -> Result) -> Result {
    let count = size.pointee
    guard count > 0, let data else { return take(nil) }
    size.pointee = 0
    return data.withMemoryRebound(to: UInt8.self, capacity: count) { take(UnsafeBufferPointer(start: $0, count: count)) }
  }

  /// The header fields by their names in small letters; of a name that came twice, the first value.
  func headers() -> [String: String] {
    var headers: [String: String] = [:]
    withUnsafeMutablePointer(to: &headers) { pointer in
      _ = MHD_get_connection_values(
        connection.pointer, .HEADER_KIND,
        { context, _, name, value in
          guard let context, let name else { return .YES }
          let headers = context.assumingMemoryBound(to: [String: String].self)
          let key = String(cString: name).lowercased()
          if headers.pointee[key] == nil { headers.pointee[key] = value.map { String(cString: $0) } ?? "" }
          return .YES
        }, pointer)
    }
    return headers
  }

  /// Why nobody can tell where this request ends: by two readings of its head, what follows is its body or another request.
  /// Source: RFC 9112, sections 5.1, 6.1 and 6.3. The library takes the first length, and any coding for a body without an end.
  func framingProblem() -> String? {
    var framing = Framing()
    withUnsafeMutablePointer(to: &framing) { pointer in
      _ = MHD_get_connection_values(
        connection.pointer, .HEADER_KIND,
        { context, _, name, value in
          guard let context, let name else { return .YES }
          context.assumingMemoryBound(to: Framing.self).pointee.note(String(cString: name), value.map { String(cString: $0) } ?? "")
          return .YES
        }, pointer)
    }
    return framing.problem
  }

  private struct Framing {
    private var lengths = 0
    private var codings: [String] = []
    private var hasSpoiledName = false

    mutating func note(_ name: String, _ value: String) {
      if name.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7F }) { hasSpoiledName = true }
      switch name.lowercased() {
      case "content-length": lengths += 1
      case "transfer-encoding": codings.append(value.lowercased())
      default: break
      }
    }

    var problem: String? {
      if hasSpoiledName { return "a field's name has a blank" }
      if lengths > 1 { return "Content-Length is there more than once" }
      if lengths > 0, !codings.isEmpty { return "Content-Length and Transfer-Encoding are both there" }
      return codings.isEmpty || codings == ["chunked"] ? nil : "Transfer-Encoding is another than chunked"
    }
  }
}
