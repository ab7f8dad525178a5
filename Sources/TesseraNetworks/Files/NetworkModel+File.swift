import Foundation
import TesseraFormats
import TesseraHDF5
import TesseraNumerics

/// The file of a network: see `ModelContainer`. Its words are the weights in half precision, in the order of `UNet.weights`.
extension NetworkModel {
  /// The extension of model files, without the dot.
  public static let fileExtension = "tessera-model"

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
    var pixelSize: Double?
    var threshold: Double?
  }

  /// Writes a model file, whole or not at all. Weights lose what half precision does not hold: 11 binary digits remain.
  ///
  /// - Throws: `DataError` for weights beyond ±65,504, which half precision does not hold; `FormatError` for the file.
  public func write(to path: String, replacing: Bool = false) throws {
    let description = Description(
      kind: kind, architecture: network.architecture, normalization: normalization, training: training,
      licence: licence, calibration: calibration == ProbabilityCalibration() ? nil : calibration,
      trainingSpread: trainingSpread, pixelSize: pixelSize, threshold: threshold)
    let words = try network.weights.map { weight in
      let half = Float16(weight)
      guard half.isFinite else {
        throw DataError("a weight of the network is \(weight); a model file holds finite numbers of at most 65504")
      }
      return half.bitPattern
    }
    let container = try ModelContainer(description: description, words: words)
    try AtomicOutput.file(at: path, replacing: replacing, contents: Data(container.bytes))
  }

  /// Reads a model file. All sizes are checked against the length of the file before memory is asked for.
  ///
  /// - Parameters:
  ///   - path: of the model file.
  ///   - wanted: what the network must find; nil: anything.
  public init(readFrom path: String, kind wanted: Kind? = nil) throws(FormatError) {
    try self.init(ModelContainer(readFrom: path), name: path, wanted)
  }

  /// A model from the bytes of its file.
  ///
  /// - Parameters:
  ///   - bytes: of the whole file.
  ///   - name: of the file, for messages.
  ///   - wanted: what the network must find; nil: anything.
  public init(bytes: [UInt8], name: String, kind wanted: Kind? = nil) throws(FormatError) {
    try self.init(ModelContainer(bytes: bytes, name: name), name: name, wanted)
  }

  private init(_ container: ModelContainer, name: String, _ wanted: Kind?) throws(FormatError) {
    let description = try container.decoded(as: Description.self, kind: wanted?.rawValue, name: name)
    try self.init(description, words: container.words, name)
    checksum = container.checksum
  }

  private init(
    _ description: Description, words: [UInt16], _ path: String
  ) throws(FormatError) {
    let architecture = description.architecture
    do {
      try architecture.check()
    } catch { throw FormatError(in: path, "describes a network that is not made: \(error.description)") }
    if let width = description.normalization.surroundings, !(1...1000).contains(width) {
      throw FormatError(in: path, "has surroundings of \(width) pixels; they must be between 1 and 1000")
    }
    guard architecture.weightCount == words.count else {
      throw FormatError(
        in: path,
        "holds \(words.count) weights, but the network that it describes has \(architecture.weightCount); it is damaged"
      )
    }
    if let limit = description.normalization.spikeLimit, !(limit > 0) {
      throw FormatError(in: path, "has a spike limit of \(limit); it must be positive")
    }
    let values = words.map { Float(Float16(bitPattern: $0)) }
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
    (pixelSize, threshold) = (description.pixelSize, description.threshold)
    if let pixelSize, !(1e-4...1e4).contains(pixelSize) {
      throw FormatError(in: path, "has a pixel size of \(pixelSize) nm; it must be between 0.0001 and 10000 nm")
    }
    if let threshold, !(threshold > 0 && threshold < 1) {
      throw FormatError(in: path, "has a threshold of \(threshold); it must be above 0 and below 1")
    }
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
}
