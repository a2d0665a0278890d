internal import JSON

/// A handler made of a function on `Codable` types: `CodableHandler { (order: Order, context) in Receipt(order) }`.
public struct CodableHandler: LambdaHandler, Sendable {
  private let body: @Sendable ([UInt8], LambdaContext) async throws -> [UInt8]

  public init<Event: Decodable & SendableMetatype, Output: Encodable & SendableMetatype>(
    _ body: @escaping @Sendable (Event, LambdaContext) async throws -> Output
  ) {
    self.body = { event, context in try CodableWriter.encode(try await body(Self.decode(event), context)) }
  }

  /// - Throws: `InvalidEventError` for an event that does not fit, naming the field; else what the function throws.
  public func handle(_ event: [UInt8], _ context: LambdaContext) async throws -> [UInt8] { try await body(event, context) }

  private static func decode<Event: Decodable>(_ event: [UInt8]) throws(InvalidEventError) -> Event {
    do { return try CodableReader.decode(Event.self, from: event) } catch {
      throw InvalidEventError("the event is no \(Event.self): \(describe(error))")
    }
  }

  /// The path and the problem of a decoding error; its own description is long and says them last.
  private static func describe(_ error: any Error) -> String {
    guard let error = error as? DecodingError else { return String(describing: error) }
    let (context, missing): (DecodingError.Context, String?) =
      switch error {
      case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context): (context, nil)
      case .keyNotFound(let key, let context): (context, key.stringValue)
      @unknown default: (DecodingError.Context(codingPath: [], debugDescription: String(describing: error)), nil)
      }
    let path = context.codingPath.map { key in key.intValue.map { "[\($0)]" } ?? ".\(key.stringValue)" }.joined()
    if let missing { return "field '\(path).\(missing)' is missing" }
    return path.isEmpty ? context.debugDescription : "field '\(path)': \(context.debugDescription)"
  }
}
