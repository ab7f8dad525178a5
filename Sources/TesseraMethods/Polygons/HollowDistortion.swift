import TesseraFigures
import TesseraImaging
import TesseraLearning
import TesseraNumerics
import TesseraStructure

/// How the empty units of one number of sides are distorted: the principal components of the invariant Zernike features of their images
/// ([M22] Fig. S17).
struct HollowDistortion: Sendable {
  /// Indices of the units, rising.
  let units: [Int]
  /// Place of each on the first two components.
  let scores: [Point]
  /// Parts of the variance that the components hold, 0 ... 1.
  let explained: [Double]

  /// Fewer units have no distribution.
  private static let fewestUnits = 20
  /// Half side of a patch in radii of the polygon: the wall is seen, and little of what fills the units beside.
  private static let reach = 1.2

  /// Nil with too few empty units inside the image.
  init?(of net: PolygonFinder.Net, sides: Int, in image: Raster<Float>) throws {
    let hollow = net.units.indices.filter { net.units[$0].sides == sides && net.units[$0].filling == .empty }
    guard hollow.count >= Self.fewestUnits else { return nil }
    let radius = Statistics.median(hollow.map { net.units[$0].radius })
    let side = 2 * Int(saturating: (Self.reach * radius).rounded()) + 1
    guard side >= 5, side <= min(image.width, image.height) / 2 else { return nil }
    var descriptor = ZernikeDescriptor()
    (descriptor.form, descriptor.keepsPiston) = (.invariant, false)
    let patches = Patches(of: image, around: hollow.map { net.units[$0].centre }, side: side)
    let moments = try descriptor.basis(side: side).moments(of: patches)
    let known = moments.existing
    guard known.count >= Self.fewestUnits else { return nil }
    let features = descriptor.features(from: moments).selecting(rows: known)
    let components = try PrincipalComponents(of: features, count: 2)
    let flat = components.transform(features)
    units = known.map { hollow[$0] }
    scores = known.indices.map { Point(Double(flat[$0, 0]), Double(flat[$0, 1])) }
    explained = components.variances.prefix(2).map {
      components.totalVariance > 0 ? $0 / components.totalVariance : 0
    }
  }

  /// The units by their first component, from blue (least) to red (most), and their places on both.
  func blocks(net: PolygonFinder.Net, positions: [Point], micrograph: Micrograph) -> [ReportDocument.Block] {
    // Ranks: a few that are far out would else take all colours.
    let order = scores.indices.sorted { (scores[$0].x, $0) < (scores[$1].x, $1) }
    var colors = [Color](repeating: .neutral, count: scores.count)
    for (rank, index) in order.enumerated() {
      colors[index] = ColorMap.diverging.color(at: Double(rank) / Double(max(1, order.count - 1)))
    }
    var figure = ImageFigure(micrograph, summary: "Empty polygons coloured by their first principal component")
    figure.dimming = 0.2
    let painted = PaintedPolygons(
      polygons: units.map { net.units[$0].corners.map { positions[$0] } }, colors: colors, opacity: 0.6)
    let shape = zip(units, scores).map { (net.units[$0].regularity, $1.x) }
    let relation = Statistics.correlation(shape.map(\.0), shape.map(\.1))
    return [
      .paragraph(
        "\(Number.count(units.count)) empty polygons by the principal components of the invariant Zernike features of their images: the first "
          + "holds \(Number.percent(explained.first ?? 0)) of the variance, the second \(Number.percent(explained.dropFirst().first ?? 0)). "
          + "The first correlates with the regularity of the corners by \(Text.fixed(relation, 2)): near 0, something else than the shape "
          + "differs, such as what fills the polygons beside."),
      .figure(
        .init(
          "distortion", title: "Distortion of empty polygons",
          caption:
            "Colours go by the rank of the first principal component, from blue (least) to red (most) ([M22] Fig. S17).",
          figure.adding(painted).drawing())),
    ]
  }
}
