import Foundation
import TesseraImaging
import TesseraNetworks
import TesseraNumerics
import TesseraStructure

/// Finds the columns of an image with a network: the network proposes places, and `ColumnFinder` fits columns there and keeps
/// those that the pixels support (route `network`).
public struct NetworkFinder: Sendable, Codable, Equatable {
  /// Path of a model file of the kind `atoms`; nil: the network that comes with the program.
  public var model: String?
  /// From the map of the network to candidates.
  public var detector = MapDetector()
  /// Whether the detector's lower bound was asked for; otherwise that of the model file, chosen on labelled images, takes its place.
  public var boundIsGiven: Bool?
  /// The network that comes with the program, with the default thresholds of `MapDetector`.
  public init() {}

  /// The columns of a prepared image; `Found.proposed` holds their probabilities and says which network it was.
  ///
  /// The network sees the prepared image: columns bright, unusable pixels filled from their surroundings.
  /// - Parameters:
  ///   - finder: how columns are fitted and which of them stand.
  ///   - prepared: the image, which the network sees and to which columns are fitted.
  ///   - name: of the micrograph, for messages.
  /// - Throws: `FormatError` for the model file, `DataError` where no column stands, `ParameterError` for a setting outside its
  ///   range.
  public func found(
    by finder: ColumnFinder, in prepared: Preparation.Prepared, name: String
  ) throws -> ColumnFinder.Found {
    try detector.check()
    let (network, maps) = try answer(to: prepared, name: name)
    var detector = detector
    if boundIsGiven != true, let bound = network.threshold { detector.filterLowerBound = bound }
    let proposals = try detector.candidates(in: maps.maps[0], spacing: maps.spacing).map { candidate in
      ColumnFinder.Proposal(
        position: candidate.position, probability: network.calibration.probability(of: candidate.value))
    }
    var found = try finder.found(
      among: proposals, areTrusted: network.training.labelledImages != nil, in: prepared, name: name)
    let file = model.map { ($0 as NSString).lastPathComponent } ?? NetworkModel.shippedAtomsName
    found.proposed?.source = file + (network.checksum.map { ", CRC-32 \($0)" } ?? "")
    found.proposed?.sourceReason = model == nil ? "the network that comes with the program" : "given"
    found.proposed?.spacing = maps.spacing
    found.warnings += Self.warnings(of: network.unlikeness(of: maps))
    // That single atoms may be texture says the same of a network, and why.
    if found.proposed?.isTextureDoubted != true {
      found.warnings += Self.warnings(ofProbabilities: found.proposed?.probabilities ?? [])
    }
    return found
  }

  /// The map of the network, in which columns are maxima, 0 ... 1, of the size of the image.
  ///
  /// - Parameters:
  ///   - prepared: the image, which the network sees.
  ///   - name: of the micrograph, for messages.
  /// - Throws: `FormatError` for the model file, `DataError` for an image that the network cannot take.
  public func map(of prepared: Preparation.Prepared, name: String) throws -> Raster<Float> {
    try answer(to: prepared, name: name).maps.maps[0]
  }

  private func answer(
    to prepared: Preparation.Prepared, name: String
  ) throws -> (network: NetworkModel, maps: UNetMaps) {
    let network = try model.map { try NetworkModel(readFrom: $0, kind: .atoms) } ?? .shippedAtoms
    do {
      return (network, try network.maps(of: prepared.image))
    } catch let error as DataError { throw DataError("\(name): \(error.description)") }
  }

  /// Below this mean of the columns' probabilities a reader is told; images of crystals give 0.8 to 0.97.
  static let doubtfulMean = 0.75

  /// What the reader must know where the network, by its own probabilities, is often wrong: how sure a network is tells images that
  /// it does not know at least as well as measures made for that (Hendrycks & Gimpel, ICLR 2017).
  static func warnings(ofProbabilities probabilities: [Double]) -> [String] {
    let sum = probabilities.reduce(0, +)
    guard !probabilities.isEmpty, sum < doubtfulMean * Double(probabilities.count) else { return [] }
    let right = Int(saturating: sum.rounded())
    return [
      "the network is in doubt: by its own probabilities about \(right) of these \(probabilities.count) columns are right; the "
        + "image may be unlike those of its training; check the columns by eye"
    ]
  }

  /// What the reader must know of an image that lies farther from the training images than nearly all that the network was
  /// tested on.
  static func warnings(of unlikeness: (distance: Double, limit: Double)?) -> [String] {
    guard let (distance, limit) = unlikeness, !(distance <= limit) else { return [] }
    return [
      "this image is unlike the training images of the network (distance \(Text.fixed(distance, 2)); "
        + "\(TrainingSpread.limitShare) of those that it was tested on lie within \(Text.fixed(limit, 2))); check the columns "
        + "by eye"
    ]
  }
}
