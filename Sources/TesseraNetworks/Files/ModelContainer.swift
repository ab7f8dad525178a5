import CZlib
import Foundation
import TesseraFormats
import TesseraHDF5
import TesseraNumerics

/// A model file, `NAME.tessera-model`, little-endian, whatever it finds:
///
///     byte 0    8 bytes    signature: 89 "TSRMDL" 0A
///          8    4 bytes    version of the format, 1
///         12    4 bytes    J: bytes of the description
///         16    8 bytes    W: number of 16-bit words
///         24    J bytes    description: JSON, keys in snake case, `kind` among them
///       24+J    2W bytes   words: weights of a network in half precision (IEEE 754), or the trees of a forest
///    24+J+2W    4 bytes    CRC-32 of all bytes before
package struct ModelContainer {
  package var description: Data
  package var words: [UInt16]
  /// CRC-32 of the file, as eight hexadecimal digits.
  package private(set) var checksum = ""

  private static let signature: [UInt8] = [0x89] + Array("TSRMDL\n".utf8)
  private static let version: UInt32 = 1
  package static let headSize = 24
  private static let checksumSize = 4

  package init(description: some Encodable, words: [UInt16]) throws {
    (self.description, self.words) = (try JSONEncoder.forResults().encode(description), words)
  }

  /// Whether a file begins as a model file does, whatever its name.
  package static func isModel(_ path: String) -> Bool {
    guard let handle = FileHandle(forReadingAtPath: path) else { return false }
    defer { try? handle.close() }
    return (try? handle.read(upToCount: signature.count)).map { Array($0) } == signature
  }

  package var bytes: [UInt8] {
    var bytes = Self.signature
    bytes.reserveCapacity(Self.headSize + description.count + 2 * words.count + Self.checksumSize)
    bytes.append(littleEndian: Self.version)
    bytes.append(littleEndian: UInt32(description.count))
    bytes.append(littleEndian: UInt64(words.count))
    bytes += description
    for word in words { bytes.append(littleEndian: word) }
    bytes.append(littleEndian: Self.checksum(bytes[...]))
    return bytes
  }

  /// Reads a file. All sizes are checked against its length before memory is asked for.
  package init(readFrom path: String) throws(FormatError) {
    let file = try FileBytes(path: path, wanted: "a .\(NetworkModel.fileExtension) file")
    let head = try file.bytes(at: 0, count: min(file.count, Self.headSize))
    _ = try Self.sizes(head, of: file.count, path)
    try self.init(bytes: file.bytes(at: 0, count: file.count), name: path)
  }

  /// - Parameters:
  ///   - bytes: of the whole file.
  ///   - name: of the file, for messages.
  package init(bytes: [UInt8], name: String) throws(FormatError) {
    let (jsonCount, wordCount) = try Self.sizes(bytes, of: bytes.count, name)
    let end = bytes.count - Self.checksumSize
    let (stored, found): (UInt32, UInt32) = (bytes.number(at: end), Self.checksum(bytes[..<end]))
    guard stored == found else {
      throw FormatError(
        in: name,
        "has the checksum \(hexadecimal(found)), but should have \(hexadecimal(stored)); it is damaged, copy it again")
    }
    description = Data(bytes[Self.headSize..<Self.headSize + jsonCount])
    let start = Self.headSize + jsonCount
    words = (0..<wordCount).map { bytes.number(at: start + 2 * $0) }
    checksum = hexadecimal(found)
  }

  /// Bytes of the description and number of weights, from the head of a file of `count` bytes.
  private static func sizes(
    _ head: [UInt8], of count: Int, _ path: String
  ) throws(FormatError) -> (json: Int, weights: Int) {
    guard count >= headSize else {
      throw FormatError(
        in: path, "has \(count) bytes; a Tessera model has more than \(headSize), name a file that is one")
    }
    guard head.starts(with: signature) else {
      throw FormatError(
        in: path, "is no Tessera model (its first bytes are others); name a .\(NetworkModel.fileExtension) file")
    }
    let version: UInt32 = head.number(at: 8)
    guard version == Self.version else {
      throw FormatError(
        in: path, "is a Tessera model of version \(version), but this program reads version \(Self.version)")
    }
    let (jsonCount, weightCount): (UInt32, UInt64) = (head.number(at: 12), head.number(at: 16))
    // The file's length bounds both numbers before they are added.
    let room = UInt64(count - headSize)
    guard UInt64(jsonCount) <= room, weightCount <= room / 2,
      UInt64(jsonCount) + 2 * weightCount + UInt64(checksumSize) == room
    else {
      throw FormatError(
        in: path,
        "has \(count) bytes, but claims a description of \(jsonCount) bytes and \(weightCount) weights; it is truncated "
          + "or damaged, copy it again")
    }
    return (Int(jsonCount), Int(weightCount))
  }

  private struct Kind: Decodable { var kind: String }

  /// The description of a model of this kind.
  package func decoded<Description: Decodable>(
    as type: Description.Type, kind wanted: String?, name: String
  ) throws(FormatError) -> Description {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    if let wanted, let found = try? decoder.decode(Kind.self, from: description), found.kind != wanted {
      throw FormatError(in: name, "is a model of \(found.kind), but a model of \(wanted) is needed here")
    }
    do {
      return try decoder.decode(type, from: description)
    } catch {
      throw FormatError(
        in: name, "has a description that cannot be understood (\(Self.fault(error))); write the model again")
    }
  }

  /// What is wrong with JSON, in a few words.
  private static func fault(_ error: any Error) -> String {
    func place(_ path: [any CodingKey]) -> String { path.map(\.stringValue).joined(separator: ".") }
    switch error as? DecodingError {
    case .keyNotFound(let key, let context): return "\(place(context.codingPath + [key])) is missing"
    case .valueNotFound(_, let context), .typeMismatch(_, let context):
      return "\(place(context.codingPath)) has no value, or one of another type"
    case .dataCorrupted(let context) where !context.codingPath.isEmpty:
      return "\(place(context.codingPath)) has a value that is unknown"
    default: return "it is no JSON, or a number in it is too large"
    }
  }

  /// CRC-32 as in ZIP and PNG.
  private static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    bytes.withUnsafeBufferPointer { UInt32(truncatingIfNeeded: crc32_z(0, $0.baseAddress, $0.count)) }
  }
}

private func hexadecimal(_ number: UInt32) -> String { String(format: "%08x", number) }

extension [UInt8] {
  fileprivate mutating func append(littleEndian number: some FixedWidthInteger) {
    Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
  }

  /// A little-endian number; all its bytes must be there.
  fileprivate func number<Number: FixedWidthInteger>(at offset: Int) -> Number {
    var result: Number = 0
    for index in 0..<MemoryLayout<Number>.size { result |= Number(self[offset + index]) << Number(8 * index) }
    return result
  }
}
