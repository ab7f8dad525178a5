import CZlib
import Foundation
import TesseraFormats
import TesseraHDF5
import TesseraNumerics

/// The model file, `NAME.tessera-model`, little-endian:
///
///     byte 0    8 bytes    signature: 89 "TSRMDL" 0A
///          8    4 bytes    version of the format, 1
///         12    4 bytes    J: bytes of the description
///         16    8 bytes    W: number of weights
///         24    J bytes    description: JSON, keys in snake case
///       24+J    2W bytes   weights, half precision (IEEE 754), in the order of `UNet.weights`
///    24+J+2W    4 bytes    CRC-32 of all bytes before
extension NetworkModel {
  /// The extension of model files, without the dot.
  public static let fileExtension = "tessera-model"

  private static let signature: [UInt8] = [0x89] + Array("TSRMDL\n".utf8)
  private static let version: UInt32 = 1
  private static let headSize = 24
  private static let checksumSize = 4

  /// The JSON of a model file.
  private struct Description: Codable {
    var kind: Kind
    var architecture: UNetArchitecture
    var normalization: InputNormalization
    var training: TrainingRecord
    var licence: String
    /// Left out: values are probabilities as they are.
    var calibration: ProbabilityCalibration?
    var trainingSpread: TrainingSpread?
  }

  /// Writes a model file, whole or not at all. Weights lose what half precision does not hold: 11 binary digits remain.
  ///
  /// - Throws: `DataError` for weights beyond ±65,504, which half precision does not hold; `FormatError` for the file.
  public func write(to path: String, replacing: Bool = false) throws {
    let description = Description(
      kind: kind, architecture: network.architecture, normalization: normalization, training: training,
      licence: licence, calibration: calibration == ProbabilityCalibration() ? nil : calibration,
      trainingSpread: trainingSpread)
    let json = try JSONEncoder.forResults().encode(description)
    let weights = network.weights
    var bytes = Self.signature
    bytes.reserveCapacity(Self.headSize + json.count + 2 * weights.count + Self.checksumSize)
    bytes.append(littleEndian: Self.version)
    bytes.append(littleEndian: UInt32(json.count))
    bytes.append(littleEndian: UInt64(weights.count))
    bytes += json
    for weight in weights {
      let half = Float16(weight)
      guard half.isFinite else {
        throw DataError("a weight of the network is \(weight); a model file holds finite numbers of at most 65504")
      }
      bytes.append(littleEndian: half.bitPattern)
    }
    bytes.append(littleEndian: Self.checksum(bytes[...]))
    try AtomicOutput.file(at: path, replacing: replacing, contents: Data(bytes))
  }

  /// Reads a model file. All sizes are checked against the length of the file before memory is asked for.
  ///
  /// - Parameter kind: what the network must find; nil takes any.
  public init(readFrom path: String, kind wanted: Kind? = nil) throws(FormatError) {
    let file = try FileBytes(path: path, wanted: "a .\(Self.fileExtension) file")
    let head = try file.bytes(at: 0, count: min(file.count, Self.headSize))
    _ = try Self.sizes(head, of: file.count, path)
    try self.init(bytes: file.bytes(at: 0, count: file.count), name: path, kind: wanted)
  }

  /// A model from the bytes of its file.
  ///
  /// - Parameters:
  ///   - name: of the file, for messages.
  ///   - kind: what the network must find; nil takes any.
  public init(bytes: [UInt8], name: String, kind wanted: Kind? = nil) throws(FormatError) {
    let (jsonCount, _) = try Self.sizes(bytes, of: bytes.count, name)
    let end = bytes.count - Self.checksumSize
    let (stored, found): (UInt32, UInt32) = (bytes.number(at: end), Self.checksum(bytes[..<end]))
    guard stored == found else {
      throw FormatError(
        in: name,
        "has the checksum \(hexadecimal(found)), but should have \(hexadecimal(stored)); it is damaged, copy it again")
    }
    let json = bytes[Self.headSize..<Self.headSize + jsonCount]
    try self.init(Self.description(json, name), weights: bytes[(Self.headSize + jsonCount)..<end], name, wanted)
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
        in: path, "is no Tessera model (its first bytes are others); name a .\(fileExtension) file")
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

  private static func description(_ json: ArraySlice<UInt8>, _ path: String) throws(FormatError) -> Description {
    do {
      let decoder = JSONDecoder()
      decoder.keyDecodingStrategy = .convertFromSnakeCase
      decoder.nonConformingFloatDecodingStrategy = .convertFromString(
        positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
      return try decoder.decode(Description.self, from: Data(json))
    } catch {
      throw FormatError(
        in: path, "has a description that cannot be understood (\(fault(error))); write the model again")
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

  private init(
    _ description: Description, weights: ArraySlice<UInt8>, _ path: String, _ wanted: Kind?
  ) throws(FormatError) {
    if let wanted, wanted != description.kind {
      throw FormatError(
        in: path, "is a model of \(description.kind.rawValue), but a model of \(wanted.rawValue) is needed here")
    }
    let architecture = description.architecture
    do {
      try architecture.check()
    } catch { throw FormatError(in: path, "describes a network that is not made: \(error.description)") }
    if let width = description.normalization.surroundings, !(1...1000).contains(width) {
      throw FormatError(in: path, "has surroundings of \(width) pixels; they must be between 1 and 1000")
    }
    guard architecture.weightCount == weights.count / 2 else {
      throw FormatError(
        in: path,
        "holds \(weights.count / 2) weights, but the network that it describes has \(architecture.weightCount); it is damaged"
      )
    }
    if let limit = description.normalization.spikeLimit, !(limit > 0) {
      throw FormatError(in: path, "has a spike limit of \(limit); it must be positive")
    }
    let values = stride(from: weights.startIndex, to: weights.endIndex, by: 2).map { index in
      Float(Float16(bitPattern: UInt16(weights[index]) | UInt16(weights[index + 1]) << 8))
    }
    guard values.allSatisfy(\.isFinite) else {
      throw FormatError(in: path, "holds weights that are no finite numbers; write the model again")
    }
    let network: UNet
    do {
      network = try UNet(architecture, weights: values)
    } catch { throw FormatError(in: path, "describes a network that is not made: \(error.description)") }
    guard network.largestTileMemory <= Self.largestMemory else {
      throw FormatError(
        in: path,
        "describes a network that needs \(network.largestTileMemory >> 20) MiB for the smallest part of an image; at most "
          + "\(Self.largestMemory >> 20) MiB are given to one")
    }
    self.init(kind: description.kind, network: network, training: description.training, licence: description.licence)
    normalization = description.normalization
    (calibration, trainingSpread) = try Self.doubt(description, path)
  }

  /// The parts of a description that say how far the network is to be trusted.
  private static func doubt(
    _ description: Description, _ path: String
  ) throws(FormatError) -> (ProbabilityCalibration, TrainingSpread?) {
    let calibration = description.calibration ?? ProbabilityCalibration()
    guard calibration.slope.isFinite, calibration.offset.isFinite else {
      throw FormatError(
        in: path,
        "has a calibration of slope \(calibration.slope) and offset \(calibration.offset); both must be finite numbers")
    }
    do {
      try description.trainingSpread?.check(bottomChannels: description.architecture.bottomChannels)
    } catch { throw FormatError(in: path, "describes training images that cannot be: \(error.description)") }
    return (calibration, description.trainingSpread)
  }

  /// Bytes that a network from a file may take for one tile.
  private static let largestMemory = 1 << 32

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
