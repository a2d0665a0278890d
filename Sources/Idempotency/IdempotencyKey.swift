internal import AWSClient
public import JSON

/// What tells one piece of work from another, and what must be the same when it is asked for again.
///
/// Events are compared by their values: the order of an object's members and the white space do not count, and 1.0 is 1.
public struct IdempotencyKey: Sendable {
  /// What happens with an event that has no key.
  public enum Missing: Sendable {
    /// It is refused.
    case fails
    /// It is worked on each time it comes.
    case runsEachTime
  }

  enum Check: Sendable {
    case nothing
    case wholePayload
    case members([JSONPointer])
  }

  private let pointers: [JSONPointer]
  private let check: Check
  private let missing: Missing

  /// The whole event is the key.
  public static let wholePayload = IdempotencyKey(pointers: [], check: .nothing, missing: .fails)

  /// The values at these places are the key: `.members(JSONPointer("body", "paymentId"))`.
  /// - Parameter missing: what happens with an event that has nothing, or null, at all of them.
  public static func members(_ pointers: JSONPointer..., missing: Missing = .fails) -> IdempotencyKey {
    IdempotencyKey(pointers: pointers, check: .nothing, missing: missing)
  }

  /// The same key, where the whole event must be the same too. Not for events in which a repetition shows, as in those of SQS.
  public func checkingWholePayload() -> IdempotencyKey { IdempotencyKey(pointers: pointers, check: .wholePayload, missing: missing) }

  /// The same key, where the values at these places must be the same too, such as the amount of a payment.
  public func checking(_ members: JSONPointer...) -> IdempotencyKey {
    IdempotencyKey(pointers: pointers, check: .members(members), missing: missing)
  }

  /// Hash of the key and of what is checked; nil when the event has no key and needs none.
  /// - Throws: `IdempotencyError.keyMissing`, or an `AWSError` of libcrypto's.
  func hashes(of payload: JSONValue) throws -> (key: String, payload: String?)? {
    var keyValue = payload
    if !pointers.isEmpty {
      let values = pointers.map { payload[$0] ?? .null }
      guard values.contains(where: { !$0.isNull }) else {
        if case .runsEachTime = missing { return nil }
        throw IdempotencyError.keyMissing(place: pointers.map(\.description).joined(separator: " and "))
      }
      keyValue = .array(values)
    }
    let checked: JSONValue? =
      switch check {
      case .nothing: nil
      case .wholePayload: payload
      case .members(let pointers): .array(pointers.map { payload[$0] ?? .null })
      }
    return (
      try ContentHash.sha256(CanonicalJSON.bytes(of: keyValue)), try checked.map { try ContentHash.sha256(CanonicalJSON.bytes(of: $0)) }
    )
  }
}

/// JSON of which equal values have equal bytes: members in the order of their names' bytes, of one that occurs twice the last; numbers as whole
/// digits and a power of ten.
enum CanonicalJSON {
  static func bytes(of value: JSONValue) -> [UInt8] {
    var writer = JSONWriter()
    write(value, to: &writer)
    return writer.bytes
  }

  private static func write(_ value: JSONValue, to writer: inout JSONWriter) {
    switch value {
    case .array(let elements):
      writer.beginArray()
      for element in elements { write(element, to: &writer) }
      writer.endArray()
    case .object(let object):
      writer.beginObject()
      for (name, value) in object.dictionary.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
        writer.key(name)
        write(value, to: &writer)
      }
      writer.endObject()
    case .number(let number): writer.raw(bytes(of: number.text))
    case .null, .bool, .string: writer.value(value)
    }
  }

  /// "1", "1.0" and "10e-1" are all "1e0". Exact: no digit is lost to a binary number.
  private static func bytes(of number: String) -> [UInt8] {
    var digits: [UInt8] = []
    var exponent = 0
    var isFraction = false
    let text = Array(number.utf8)
    var index = 0
    while index < text.count, text[index] | 0x20 != UInt8(ascii: "e") {
      if text[index] == UInt8(ascii: ".") { isFraction = true }
      if text[index] >= 0x30, text[index] <= 0x39 {
        if text[index] != 0x30 || !digits.isEmpty { digits.append(text[index]) }
        if isFraction { exponent -= 1 }
      }
      index += 1
    }
    if digits.isEmpty { return [0x30] }
    if index < text.count {
      // An exponent that no number has is left as it is written.
      guard let written = Int(String(decoding: text[(index + 1)...], as: UTF8.self)), written.magnitude < 1 << 40 else { return text }
      exponent += written
    }
    while digits.last == 0x30 {
      digits.removeLast()
      exponent += 1
    }
    let sign: [UInt8] = text.first == UInt8(ascii: "-") ? [UInt8(ascii: "-")] : []
    return sign + digits + Array("e\(exponent)".utf8)
  }
}
