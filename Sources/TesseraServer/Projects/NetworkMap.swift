import TesseraImaging
import TesseraMethods
import TesseraNetworks
import TesseraNumerics
import TesseraStructure

/// What the network says of an image, kept, so that its filter can be set while one looks [A23].
struct NetworkMap: Sendable {
  let map: Raster<Float>
  /// Predicted distance of nearest neighbours in pixels; nil: the network does not say.
  let spacing: Double?
  let pyramid: TilePyramid<UInt8>

  /// - Throws: `DataError` where the image is none that a network can see.
  init(of micrograph: Micrograph) throws {
    let prepared = try Preparation().prepared(micrograph)
    let maps = try NetworkModel.shippedAtoms.maps(of: prepared.image)
    (map, spacing) = (maps.maps[0], maps.spacing)
    pyramid = TilePyramid(map, range: 0...1)
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
    return try detector.candidates(in: map, spacing: spacing)
  }
}
