import TesseraImaging
import TesseraMethods
import TesseraNetworks
import TesseraNumerics
import TesseraStructure

/// What the network says of an image, kept, so that its filter can be set while one looks [A23].
struct NetworkMap: Sendable {
  /// Predicted distance of nearest neighbours in pixels; nil: the network does not say.
  let spacing: Double?
  let pyramid: TilePyramid<UInt8>
  private let detection: LiveDetection
  /// The slider of [A23] begins here.
  private static let lowestBound = 0.01

  /// - Throws: `DataError` where the image is none that a network can see.
  init(of micrograph: Micrograph) throws {
    let prepared = try Preparation().prepared(micrograph)
    let maps = try NetworkModel.shippedAtoms.maps(of: prepared.image)
    spacing = maps.spacing
    pyramid = TilePyramid(maps.maps[0], range: 0...1)
    detection = LiveDetection(maps.maps[0], spacing: spacing, lowestBound: Self.lowestBound)
  }

  /// The filter as the program sets it.
  var standard: (window: Double, bound: Double) {
    let detector = MapDetector()
    return (max(2, MapDetector.windowShare * (spacing ?? 0)), detector.filterLowerBound)
  }

  /// The columns that stand, live.
  /// - Throws: `ParameterError` where the window or the bound is out of range.
  func candidates(window: Double?, bound: Double?) throws -> [MapCandidate] {
    var detector = MapDetector()
    detector.filterWindow = window
    if let bound { detector.filterLowerBound = bound }
    return try detection.candidates(by: detector)
  }
}
