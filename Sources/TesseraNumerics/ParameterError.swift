/// A setting outside its range. The message names the algorithm or setting, what was given and what would be right.
public struct ParameterError: Error, Equatable, CustomStringConvertible, Sendable {
  /// The whole sentence, as it is shown to the user.
  public let description: String
  /// An error with a sentence that names the setting, what was given and what would be right.
  public init(_ description: String) { self.description = description }
}

/// Input that cannot be analysed: too small, constant, without any finite value. A sentence with the way out.
public struct DataError: Error, Equatable, CustomStringConvertible, Sendable {
  /// The whole sentence, as it is shown to the user.
  public let description: String
  /// An error with a sentence that says what was found and what would be right.
  public init(_ description: String) { self.description = description }
}

/// Throws `ParameterError` ("name must be positive, but is -1.0") unless the condition holds.
package func require<Value>(
  _ condition: Bool, _ name: String, is value: Value, mustBe wanted: String
) throws(ParameterError) {
  if !condition { throw ParameterError("\(name) must be \(wanted), but is \(value)") }
}
