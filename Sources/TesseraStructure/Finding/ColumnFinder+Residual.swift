import Foundation
import TesseraFitting
import TesseraImaging
import TesseraNumerics

/// Columns that a first fit leaves over: those without a maximum of their own at the scale of the search.
extension ColumnFinder {
  /// A residual is the sum of many misfits; what it shows counts from so many times the threshold for the image.
  private static let rescueNoise = 2.0
  /// A column that was missed alone is not faint: share of the height of the columns around.
  private static let rescueHeight = 0.6
  /// And it stands where there is room for one, in spacings.
  private static let rescueRoom = 0.6
  /// Faint columns are believed where there are so many of them per column found: a sublattice. Fewer are texture, or what
  /// the shape of the columns leaves over here and there.
  private static let faintCount = 0.25
  /// Half of them stand so far above both thresholds: of a sublattice near a threshold, a few columns would be listed and most not.
  private static let faintMargin = 1.4
  /// They stand farther than this from every column, in spacings: the hollows of a hexagonal lattice are .58 away.
  private static let faintRoom = 0.5

  /// Columns that the residual of a fit shows, blobs apart from any column: those that were missed, about as high as the columns around;
  /// and faint ones, lower and many (`faintCount`), each a summit of the image itself.
  ///
  /// At the place of a faint sublattice the rings which the Laplacian draws around its strong neighbours lower the response below
  /// `contrastThreshold`. The residual has no such rings.
  func residualColumns(
    from outcome: ColumnFit.Outcome, prepared: Preparation.Prepared, sigma: Double, spacing: Double, noise: NoiseModel
  ) -> (missed: [GaussianColumn], faint: [GaussianColumn]) {
    let response = GaussianFilter.blobResponse(outcome.residual, sigma: sigma)
    let all = LocalMaxima.indices(
      in: response, reach: max(1, Int(saturating: (ScaleLadder.maximumReach * sigma).rounded()))
    )
    .filter { prepared.isMeasured.values[$0] }
    let ratios = ScaleLadder(image: prepared.image, noise: noise).significance(of: all, in: response, scale: sigma)
    let columns = PlanarIndex(outcome.columns.map(\.centre))
    // Most images have no faint blob that would be held against it.
    lazy var smooth = GaussianFilter.smoothed(prepared.image, sigma: sigma / 2)
    let leastShare = contrastThreshold ?? Self.faintestShare
    var (missed, faint): ([GaussianColumn], [GaussianColumn]) = ([], [])
    var (shares, deviations): ([Double], [Double]) = ([], [])
    for k in all.indices where ratios[k] > Self.rescueNoise * noiseThreshold {
      let place = LocalMaxima.subpixel(
        in: response, x: all[k] % response.width, y: all[k] / response.width)
      let nearest = columns.nearest(8, to: place)
      let strong = Statistics.median(nearest.map { outcome.columns[$0].amplitude })
      // A Gaussian of this width answers with half its height.
      let height = 2 * Double(response.values[all[k]])
      let room = nearest.first.map { (outcome.columns[$0].centre - place).length } ?? .infinity
      let column = GaussianColumn(amplitude: height, centre: place, sigma: sigma)
      if room > Self.rescueRoom * spacing, height > Self.rescueHeight * strong {
        missed.append(column)
      } else if room > Self.faintRoom * spacing, height > leastShare * strong,
        Self.isSummit(place, in: smooth, radius: sigma)
      {
        faint.append(column)
        shares.append(height / strong)
        deviations.append(ratios[k])
      }
    }
    guard Double(faint.count) >= Self.faintCount * Double(outcome.columns.count),
      Statistics.median(shares) > Self.faintMargin * leastShare,
      Statistics.median(deviations) > Self.faintMargin * Self.rescueNoise * noiseThreshold
    else { return (missed, []) }
    return (missed, faint)
  }

  /// Whether an image is higher at a place than all around, at `radius` pixels in eight directions.
  static func isSummit(_ place: Point, in image: Raster<Float>, radius: Double) -> Bool {
    func value(_ place: Point) -> Float? {
      let (x, y) = (Int(saturating: place.x.rounded()), Int(saturating: place.y.rounded()))
      return image.contains(x: x, y: y) ? image[x, y] : nil
    }
    guard let summit = value(place) else { return false }
    return (0..<8).allSatisfy { direction in
      let angle = Double(direction) * .pi / 4
      return value(place + radius * Point(cos(angle), sin(angle))).map { $0 < summit } ?? true
    }
  }
}
