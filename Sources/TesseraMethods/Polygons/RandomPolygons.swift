import TesseraImaging
import TesseraNumerics
import TesseraStructure

/// Whether an image's polygons are more alike and more regular than those of columns at random places.
struct RandomPolygons {
  let net: PolygonFinder.Net
  let positions: [Point]
  let image: Raster<Float>
  let seed: UInt64

  /// The commonest kind of the image beside random nets of the same density.
  struct Comparison: Sendable, Equatable {
    var sides: Int
    /// Share among all polygons of four or more sides, and median regularity: of the image, and of random nets.
    var share, regularity: Double
    var randomShare, randomRegularity: Double

    /// A structure is claimed where the corners are placed with less than half of the variance that chance leaves unexplained.
    var isStructure: Bool { 1 - regularity < 0.5 * (1 - randomRegularity) }
  }

  /// Nil where there are too few columns to compare.
  func comparison() throws -> Comparison? {
    guard let own = RandomNet.commonest(of: net.units, among: net.counts) else { return nil }
    // Random columns all lie in the image, so columns centred outside it are no part of the density.
    let random = try RandomNet().kinds(
      like: positions.filter { image.excess(of: $0) <= 0 }, width: image.width, height: image.height, sides: own.sides,
      seed: seed)
    guard let same = random.same else { return nil }
    return Comparison(
      sides: own.sides, share: own.share, regularity: own.regularity, randomShare: same.share,
      randomRegularity: same.regularity)
  }
}
