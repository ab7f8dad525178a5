/// An optional that is encoded as null, not left out.
@propertyWrapper
public struct Explicit<Value: Sendable & Encodable>: Sendable, Encodable {
  /// The value; nil is encoded as null.
  public var wrappedValue: Value?
  /// Wraps a value, or none.
  public init(wrappedValue: Value?) { self.wrappedValue = wrappedValue }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if let wrappedValue { try container.encode(wrappedValue) } else { try container.encodeNil() }
  }
}
