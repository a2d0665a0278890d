public import JSON

/// Serves invocations, one at a time: bytes in, bytes out.
///
/// An instance lives as long as the process; it must not use the main actor, whose thread runs the loop.
public protocol LambdaHandler: Sendable {
  /// Answers one event.
  /// - Parameter event: the event as it came, nearly always JSON.
  /// - Returns: the response, at most 6 MB.
  /// - Throws: any error; it fails this invocation and no other. A `LambdaError` names its own type.
  func handle(_ event: [UInt8], _ context: LambdaContext) async throws -> [UInt8]
}

/// A handler made of a function on bytes.
public struct RawHandler: LambdaHandler {
  private let body: @Sendable ([UInt8], LambdaContext) async throws -> [UInt8]

  public init(_ body: @escaping @Sendable ([UInt8], LambdaContext) async throws -> [UInt8]) { self.body = body }

  public func handle(_ event: [UInt8], _ context: LambdaContext) async throws -> [UInt8] { try await body(event, context) }
}

/// A handler made of a function on wire types: `TypedHandler { (order: Order, context) in Receipt(order) }`.
///
/// The type itself is not generic: making the metadata of a generic type searches every conformance of the program, and would be a good part of
/// the start-up.
public struct TypedHandler: LambdaHandler {
  private let body: @Sendable ([UInt8], LambdaContext) async throws -> [UInt8]

  public init<Event: JSONDecodable & SendableMetatype, Output: JSONEncodable & SendableMetatype>(
    _ body: @escaping @Sendable (Event, LambdaContext) async throws -> Output
  ) {
    self.body = { event, context in
      let output = try await body(Self.decode(event), context)
      var writer = JSONWriter(capacity: event.count)
      output.write(to: &writer)
      return writer.bytes
    }
  }

  /// - Throws: `InvalidEventError` for an event that does not fit, naming the field and the byte; else what the function throws.
  public func handle(_ event: [UInt8], _ context: LambdaContext) async throws -> [UInt8] { try await body(event, context) }

  private static func decode<Event: JSONDecodable>(_ event: [UInt8]) throws(InvalidEventError) -> Event {
    do throws(JSONError) { return try Event(json: event) } catch { throw InvalidEventError("the event is no \(Event.self): \(error)") }
  }
}
