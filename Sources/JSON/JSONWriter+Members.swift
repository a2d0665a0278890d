// The names of members are literals nearly always; each method stands here for them, and for names that are made as the program runs.

extension JSONWriter {
  public mutating func member(_ name: StaticString, _ value: String) { quotedMember(name, value) }
  public mutating func member(_ name: StaticString, _ value: Bool) {
    key(name)
    bool(value)
  }
  @inlinable public mutating func member(_ name: StaticString, _ value: some BinaryInteger) {
    key(name)
    integer(value)
  }
  public mutating func member(_ name: StaticString, _ value: Double) {
    key(name)
    double(value)
  }
  public mutating func member(_ name: StaticString, _ value: JSONValue) {
    key(name)
    self.value(value)
  }
  @inlinable public mutating func member(_ name: StaticString, _ value: some JSONEncodable) {
    key(name)
    value.write(to: &self)
  }
  @inlinable public mutating func member(_ name: StaticString, _ values: [some JSONEncodable]) {
    key(name)
    beginArray()
    for value in values { value.write(to: &self) }
    endArray()
  }
  public mutating func member(_ name: StaticString, _ values: [String]) {
    key(name)
    beginArray()
    for value in values { string(value) }
    endArray()
  }
  /// Writes nothing when the value is nil.
  public mutating func member(ifPresent name: StaticString, _ value: String?) { if let value { member(name, value) } }
  /// Writes nothing when the value is nil.
  public mutating func member(ifPresent name: StaticString, _ value: Bool?) { if let value { member(name, value) } }
  /// Writes nothing when the value is nil.
  @inlinable public mutating func member(ifPresent name: StaticString, _ value: (some BinaryInteger)?) {
    if let value { member(name, value) }
  }
  /// Writes nothing when the value is nil.
  public mutating func member(ifPresent name: StaticString, _ value: JSONValue?) { if let value { member(name, value) } }
  /// Writes nothing when the value is nil.
  @inlinable public mutating func member(ifPresent name: StaticString, _ value: (some JSONEncodable)?) {
    if let value { member(name, value) }
  }
}

extension JSONWriter {
  @_disfavoredOverload public mutating func member(_ name: String, _ value: String) {
    key(name)
    string(value)
  }
  @_disfavoredOverload public mutating func member(_ name: String, _ value: Bool) {
    key(name)
    bool(value)
  }
  @_disfavoredOverload @inlinable public mutating func member(_ name: String, _ value: some BinaryInteger) {
    key(name)
    integer(value)
  }
  @_disfavoredOverload public mutating func member(_ name: String, _ value: Double) {
    key(name)
    double(value)
  }
  @_disfavoredOverload public mutating func member(_ name: String, _ value: JSONValue) {
    key(name)
    self.value(value)
  }
  @_disfavoredOverload @inlinable public mutating func member(_ name: String, _ value: some JSONEncodable) {
    key(name)
    value.write(to: &self)
  }
}
