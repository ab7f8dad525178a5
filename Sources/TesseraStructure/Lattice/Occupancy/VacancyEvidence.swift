import Foundation
import TesseraImaging
import TesseraNumerics

/// Whether the pixels at an empty lattice node show that no column stands there.
///
/// At the node, a Gaussian of its sublattice's width on a constant is fitted to what the columns found leave over. Its height is held
/// against the columns of the same sublattice nearby: what they leave over in turn, by the same fit, is what the fit errs by, misfit of
/// the model included; their heights with that are what a filled node would show. So brightness that drifts, and neighbours that are no
/// Gaussians, are no vacancies.
public struct VacancyEvidence: Sendable, Codable, Equatable {
  /// A filled node must be this many standard deviations away from what is seen; positive.
  public var leastDoubt = 3.5
  /// A vacant node shows at most this share of its sublattice's height, or what the fit errs by; 0 ... 1.
  public var largestRest = 0.25
  /// Evidence of 3.5 standard deviations, and at most a quarter of the height of a filled node.
  public init() {}

  /// A column is there if what is seen is this many times what the fit errs by; positive.
  public var leastSignal = 4.0

  /// What the pixels say of a node at which no column was listed.
  enum Filling: Sendable {
    /// Nothing is there but this.
    case vacant(VacantNode.Seen)
    /// A column of this height, with its error, and the width of its sublattice: fainter than its like, or missed.
    case column(height: Double, error: Double, sigma: Double)
    /// Neither is sure.
    case undecided
  }

  /// What stands at each node.
  ///
  /// - Parameters:
  ///   - columns: in the order of the labels of `grains`.
  ///   - residual: the image without background and columns.
  func fillings(
    of nodes: [VacantNode], among columns: Sites, _ grains: Grains, residual: Raster<Float>, isMeasured: Raster<Bool>
  ) -> [Filling] {
    // The columns of each sublattice, by place.
    var members: [Lattice.Node: [Int]] = [:]
    for (grain, own) in grains.grains.enumerated() {
      for site in own.sites where columns[site].amplitude.isFinite && columns[site].sigmaMajor > 0 {
        guard let node = own.lattice.nodes[site], grains.labels[site] == grain + 1 else { continue }
        members[Lattice.Node(basis: node.basis, i: grain, j: 0), default: []].append(site)
      }
    }
    let places = members.mapValues { PlanarIndex($0.map { columns[$0].position }) }
    let (known, index) = (members, places)
    return concurrentMap(count: nodes.count) { k in
      let key = Lattice.Node(basis: nodes[k].node.basis, i: nodes[k].grain - 1, j: 0)
      guard let own = known[key], let index = index[key] else { return .undecided }
      let place = nodes[k].site.position
      let near = index.nearest(Self.witnesses, to: place).map { columns[own[$0]] }
      guard near.count >= Self.fewestWitnesses else { return .undecided }
      let sigma = Statistics.median(near.map { ($0.sigmaMajor * $0.sigmaMinor).squareRoot() })
      let rests = near.compactMap { column in
        Self.height(at: column.position, sigma: sigma, in: residual, isMeasured).map {
          (rest: $0, full: $0 + column.amplitude)
        }
      }
      guard rests.count >= Self.fewestWitnesses,
        let seen = Self.height(at: place, sigma: sigma, in: residual, isMeasured)
      else { return .undecided }
      let error = Self.size(of: rests.map(\.rest))
      let full = Statistics.median(rests.map(\.full))
      let scatter = Statistics.robustDeviation(rests.map(\.full))
      let doubt = (full - seen) / max((scatter * scatter + error * error).squareRoot(), .leastNormalMagnitude)
      // Beside columns as faint as what is seen, it is one of them: layers of other materials have fainter ones.
      let faintest = Statistics.quantile(rests.map(\.full), 0.05)
      if doubt >= leastDoubt && seen <= max(largestRest * full, min(2 * error, 0.5 * full)) && seen < 0.5 * faintest {
        return .vacant(VacantNode.Seen(height: seen, error: error, full: full))
      }
      return seen >= leastSignal * error ? .column(height: seen, error: error, sigma: sigma) : .undecided
    }
  }

  /// Typical distance from zero, untouched by a few that are far off.
  private static func size(of values: [Double]) -> Double {
    let (middle, spread) = (Statistics.median(values), Statistics.robustDeviation(values))
    return (middle * middle + spread * spread).squareRoot()
  }

  /// Columns of the same sublattice that a node is held against, at most and at least.
  private static let (witnesses, fewestWitnesses) = (24, 6)
  /// Reach of the fit in standard deviations of the column.
  private static let reach = 2.5

  /// The border of the image must leave this share of the disc: half a column looks like a bright edge.
  private static let leastDisc = 0.75

  /// Height of a Gaussian on a constant, by least squares; nil where less than `leastDisc` of its disc was measured.
  private static func height(
    at place: Point, sigma: Double, in residual: Raster<Float>, _ isMeasured: Raster<Bool>
  ) -> Double? {
    let radius = reach * sigma
    let (left, right) = (Int(saturating: (place.x - radius).rounded(.up)), Int(saturating: place.x + radius))
    let (top, bottom) = (Int(saturating: (place.y - radius).rounded(.up)), Int(saturating: place.y + radius))
    var (n, g, gg, r, gr) = (0.0, 0.0, 0.0, 0.0, 0.0)
    // Columns may be centred outside the image.
    for y in stride(from: max(0, top), through: min(bottom, residual.height - 1), by: 1) {
      for x in stride(from: max(0, left), through: min(right, residual.width - 1), by: 1) where isMeasured[x, y] {
        let square = (Point(Double(x), Double(y)) - place).squaredLength
        guard square <= radius * radius else { continue }
        let weight = exp(-square / (2 * sigma * sigma))
        let value = Double(residual[x, y])
        (n, g, gg, r, gr) = (n + 1, g + weight, gg + weight * weight, r + value, gr + weight * value)
      }
    }
    let determinant = n * gg - g * g
    guard n >= leastDisc * .pi * radius * radius, determinant > 0 else { return nil }
    return (n * gr - g * r) / determinant
  }
}
