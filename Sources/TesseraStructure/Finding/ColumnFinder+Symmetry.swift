import Foundation
import TesseraImaging
import TesseraNumerics

/// Sites at the maxima of a dense symmetry map [H20, M22: "high local contrast or symmetry"].
///
/// The map is S(n) of `DenseSymmetry`, whose disc is a patch of `PatchSize`. A column that stands at a maximum gives the
/// site its place, height and widths, out of the joint fit of all columns of the image. A maximum without a column is a
/// hole of the structure, such as the empty centre of a ring; its place is the summit of the map and it has no height.
extension ColumnFinder {
  /// A maximum counts from this share of the score that the clearest maxima reach.
  private static let leastShare = 0.5
  /// The clearest maxima are those above this quantile of the scores.
  private static let clearestQuantile = 0.9
  /// The energy of a disc must exceed that of the noise alone by this factor.
  private static let leastEnergy = 2.0
  /// Without a ring in the power spectrum, a disc reaches this far, in spacings.
  private static let discReach = 1.2
  /// Maxima are the highest of the map within this distance, in spacings.
  private static let mapReach = 0.4
  /// A column nearer than this to a maximum, in spacings, is the site there.
  private static let siteReach = 0.35

  /// - Parameter columns: those of the whole image.
  func symmetric(among columns: Found, in prepared: Preparation.Prepared, name: String) throws -> Found {
    let image = prepared.image
    guard let fold else {
      throw ParameterError(
        "sites by symmetry need the order of the rotation axis: set \(setting("fold", "6")), for example")
    }
    try require((2...40).contains(fold), setting("fold"), is: fold, mustBe: "between 2 and 40")
    let spacing = PlanarIndex(columns.sites.positions).medianSpacing ?? Self.loneSpacing * columns.scale
    let ring = PatchSize().estimate(of: PowerSpectrum(of: image), spacing: spacing)
    let side = ring.oddSide ?? (2 * Int(saturating: Self.discReach * spacing) + 1)
    guard side <= min(image.width, image.height) else {
      throw DataError(
        "\(name): the patch of \(side) x \(side) pixels in which symmetry is measured is larger than the image")
    }
    let places = try maxima(fold: fold, side: side, spacing: spacing, in: prepared, columns: columns)
    guard !places.isEmpty else {
      throw DataError("\(name): no \(fold)-fold symmetry was found above the noise")
    }
    return Self.merged(places, columns, reach: Self.siteReach * spacing)
  }

  /// Maxima of S(n), to a fraction of a pixel, where the disc holds more than noise.
  private func maxima(
    fold: Int, side: Int, spacing: Double, in prepared: Preparation.Prepared, columns: Found
  ) throws -> [Point] {
    var dense = DenseSymmetry(side: side)
    dense.folds = [fold]
    // Discs of few pixels carry few orders; an axis of order n needs p >= n.
    dense.maxOrder = max(fold, min(dense.maxOrder, side / 2))
    let maps = try dense.maps(of: prepared.image)
    let basis = ZernikeBasis(side: side, order: dense.maxOrder, coversSites: false)
    let gain = ZernikeTerm.all(order: dense.maxOrder).filter { abs($0.q) >= 2 }
      .reduce(0) { $0 + basis.noiseGain(of: $1) }
    let floor =
      Self.leastEnergy * gain * columns.noiseCorrelation
      * max(columns.constantVariance + columns.gain * Statistics.median(prepared.image.values.map { Double($0) }), 0)
    // A score of little energy is one of noise; the factor takes it down smoothly, so that it makes no maxima.
    var map = maps.scores[0]
    for index in map.values.indices {
      let energy = Double(maps.contrast.values[index]) * Double(maps.contrast.values[index])
      map.values[index] = energy.isFinite ? map.values[index] * Float(energy / (energy + floor)) : -1
    }
    // On the rim of the map a rising score only ends there.
    func isInner(_ index: Int) -> Bool {
      let (x, y, rim) = (index % map.width, index / map.width, side / 2)
      return x > rim && y > rim && x < map.width - rim - 1 && y < map.height - rim - 1
    }
    let all = LocalMaxima.indices(in: map, reach: max(1, Int(saturating: (Self.mapReach * spacing).rounded())))
      .filter { map.values[$0] > 0 && prepared.isMeasured.values[$0] && isInner($0) }
    guard !all.isEmpty else { return [] }
    let least = Float(Self.leastShare) * Statistics.quantile(all.map { map.values[$0] }, Self.clearestQuantile)
    return all.filter { map.values[$0] >= least }
      .map { LocalMaxima.subpixel(in: map, x: $0 % map.width, y: $0 / map.width) }
  }

  /// The column within `reach` of each place, or the place itself. A column belongs to one place at most: the nearest.
  private static func merged(_ places: [Point], _ columns: Found, reach: Double) -> Found {
    let (columnIndex, placeIndex) = (PlanarIndex(columns.sites.positions), PlanarIndex(places))
    var result = columns
    result.route = .symmetry
    var listed = Set<Int>()
    (result.sites, result.accuracies) = (Sites([]), [])
    for (number, place) in places.enumerated() {
      let column = columnIndex.nearest(1, to: place).first.flatMap { column -> Int? in
        let centre = columns.sites[column].position
        return (centre - place).length <= reach && placeIndex.nearest(1, to: centre).first == number ? column : nil
      }
      if let column {
        listed.insert(column)
        result.sites.sites.append(columns.sites[column])
        result.accuracies.append(columns.accuracies[column])
      } else {
        result.sites.sites.append(Site(position: place))
        result.accuracies.append(.unknown)
      }
    }
    // The tails of columns that are no sites still reach the patches.
    result.outside.sites += columns.sites.sites.indices.filter { !listed.contains($0) }.map { columns.sites[$0] }
    return result
  }
}
