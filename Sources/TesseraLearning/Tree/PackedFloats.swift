import Foundation

/// Numbers that are written as one word: base64 of 32-bit floats, least significant byte first.
struct PackedFloats: Sendable, Codable, Equatable {
  let values: [Float]
  init(_ values: [Float]) { self.values = values }

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let data = Data(base64Encoded: try container.decode(String.self)), data.count.isMultiple(of: 4) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "no base64 of 32-bit floats")
    }
    let bytes = [UInt8](data)
    values = stride(from: 0, to: bytes.count, by: 4).map { place in
      Float(bitPattern: (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[place + $1]) << (8 * UInt32($1)) })
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    let bytes = values.flatMap { value in
      (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * UInt32($0))) }
    }
    try container.encode(Data(bytes).base64EncodedString())
  }
}
