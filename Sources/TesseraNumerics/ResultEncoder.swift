import Foundation

extension JSONEncoder {
  /// How results are written as JSON: keys in snake case and sorted, so that equal results are equal bytes; numbers that are
  /// none as "nan", "inf" and "-inf".
  package static func forResults(keys: KeyEncodingStrategy = .convertToSnakeCase) -> JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = keys
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return encoder
  }

  /// A value as a text file: its JSON and a line's end.
  package func document(_ value: some Encodable) throws -> Data { try encode(value) + Data("\n".utf8) }
}
