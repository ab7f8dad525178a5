import Foundation
import TesseraNumerics

/// How wide the walls between domains are: over which distance the motifs change from those of one stacking to those of the next.
///
/// Along the line from an anchor to a neighbour of another kind, each site says by its features how far it has gone from the mean of
/// the sites at anchors of the one kind (0) to that of the other (1). A logistic curve through all sites near such lines gives the width
/// from 12 to 88 %. In two rigid layers the motif changes all the way, and how wide the wall seems depends on how wide the columns
/// are, and on which of them are resolved: it is a quarter to two thirds of the distance of the anchors. So a width does not tell rigid
/// layers from those that relax.
public struct DomainWalls: Sendable, Codable, Equatable {
  /// Sites this near to an anchor, in distances of neighbouring anchors, show its stacking.
  public var core = 0.2
  /// Sites this near to the line between two anchors tell of its wall, in the same unit.
  public var breadth = 0.2
  /// Bootstrap samples of the lines, for the error.
  public var bootstraps = 40
  /// The curve must explain at least this part of the variance of how far the sites have gone, 0 ... 1: stackings that look alike have
  /// no wall.
  public var leastExplained = 0.3
  /// Fewer sites near an anchor or along a line tell nothing.
  public var fewestSites = 30
  /// Anchors within so many distances of neighbouring anchors are neighbours.
  private static let neighbourReach = 1.25
  /// Sites of a wall are nearer than this to the middle of its line, in the same unit: half along the line, and the breadth across it.
  private static let wallReach = 0.6

  /// Sites within a fifth of the distance of anchors.
  public init() {}

  /// The walls between two stackings.
  public struct Wall: Sendable, Equatable {
    /// Indices into `Moire.stackings`.
    public var first, second: Int
    /// Distance over which the motif goes from 12 to 88 % of the way, in pixels.
    public var width: Moire.Measured
    /// Distance of the anchors, in pixels.
    public var distance: Double
    /// Part of the variance of how far the sites have gone that the curve explains, 0 ... 1.
    public var explained: Double
    /// Sites that were used.
    public var sites: Int
  }

  /// The widths between each two stackings that are seen side by side.
  /// - Parameters:
  ///   - moire: both layers, with the anchors of the stackings.
  ///   - sites: the nearest anchor of each of `positions`.
  ///   - positions: of the columns, in pixels.
  ///   - features: one row per site, in the order of `positions`.
  ///   - seed: of the bootstrap samples of the lines: equal seeds give equal errors of the widths.
  package func walls(
    of moire: Moire, sites: MoireSites, positions: [Point], features: Matrix<Float>, seed: UInt64
  ) -> [Wall] {
    let spacing = (moire.vectors.u.length + moire.vectors.v.length) / 2 / 3.0.squareRoot()
    let field = Field(
      positions: positions, features: features, index: PlanarIndex(positions),
      anchors: PlanarIndex(moire.anchors.map(\.position)), spacing: spacing)
    let means = moire.stackings.indices.map { kind -> [Double]? in
      let near = positions.indices.filter {
        field.isKnown[$0] && sites.nearest[$0].stacking == kind && sites.nearest[$0].distance < core * spacing
      }
      guard near.count >= fewestSites else { return nil }
      return (0..<features.columns).map { column in Statistics.mean(near.map { Double(features[$0, column]) }) }
    }
    return moire.stackings.indices.flatMap { first in
      moire.stackings.indices.compactMap { second -> Wall? in
        guard second > first, let from = means[first], let to = means[second] else { return nil }
        let lines = lines(between: first, second, of: moire, in: field, from: from, to: to)
        var random = RandomSource(seed: seed, stream: UInt64(first * 3 + second))
        return wall(along: lines, spacing: spacing, random: &random).map {
          Wall(
            first: first, second: second, width: $0.width, distance: spacing, explained: $0.explained,
            sites: lines.reduce(0) { $0 + $1.count })
        }
      }
    }
  }

  /// The columns, by place and by motif, and the anchors.
  private struct Field {
    let positions: [Point]
    let features: Matrix<Float>
    let index, anchors: PlanarIndex
    /// Distance of neighbouring anchors, in pixels.
    let spacing: Double
    let isKnown: [Bool]

    init(positions: [Point], features: Matrix<Float>, index: PlanarIndex, anchors: PlanarIndex, spacing: Double) {
      (self.positions, self.features, self.index, self.anchors) = (positions, features, index, anchors)
      self.spacing = spacing
      isKnown = positions.indices.map { features.row($0).allSatisfy(\.isFinite) }
    }
  }

  /// The sites along one line between two anchors: each with its place from the middle of the line, in pixels, and how far its motif
  /// has gone from the first stacking (0) to the second (1).
  private typealias Line = [(place: Double, part: Double)]

  /// The lines between neighbouring anchors of two stackings that have sites.
  /// - Parameters:
  ///   - from: mean features of the sites at anchors of the first stacking.
  ///   - to: those at anchors of the second; where they are equal there are no lines.
  private func lines(
    between first: Int, _ second: Int, of moire: Moire, in field: Field, from: [Double], to: [Double]
  ) -> [Line] {
    let way = zip(to, from).map { $0 - $1 }
    let length = way.reduce(0) { $0 + $1 * $1 }
    guard length > 0 else { return [] }
    let spacing = field.spacing
    var lines: [Line] = []
    for a in moire.anchors where a.stacking == moire.stackings[first] {
      for other in field.anchors.neighbours(of: a.position, within: Self.neighbourReach * spacing)
      where moire.anchors[other].stacking == moire.stackings[second] {
        let b = moire.anchors[other].position
        let axis = (b - a.position) / (b - a.position).length
        let near = field.index.neighbours(of: (a.position + b) / 2, within: Self.wallReach * spacing)
        let found = near.filter { field.isKnown[$0] }
          .compactMap { site -> (place: Double, part: Double)? in
            let d = field.positions[site] - (a.position + b) / 2
            guard abs(d.cross(axis)) < breadth * spacing, abs(d.dot(axis)) < spacing / 2 else { return nil }
            let row = field.features.row(site)
            let done = zip(zip(row, from), way).reduce(0) { $0 + (Double($1.0.0) - $1.0.1) * $1.1 } / length
            return (d.dot(axis), done)
          }
        if !found.isEmpty { lines.append(found) }
      }
    }
    return lines
  }

  /// The width of a wall from the sites along its lines, and the part of their variance that the curve explains; nil with too few sites
  /// or where no curve explains enough.
  private func wall(along lines: [Line], spacing: Double, random: inout RandomSource) -> (
    width: Moire.Measured, explained: Double
  )? {
    guard lines.count >= Self.fewestLines, lines.reduce(0, { $0 + $1.count }) >= fewestSites else { return nil }
    // Samples of the lines share the sums over each of them.
    let starts = Self.starts(spacing: spacing)
    let sums = concurrentMap(count: lines.count) { line in
      starts.map { CurveSums(of: lines[line], scale: $0.scale, middle: $0.middle) }
    }
    func fitted(_ drawn: [Int]) -> (width: Double, explained: Double)? {
      Self.width(
        of: drawn.flatMap { lines[$0] }, from: Self.best(of: starts, sums: drawn.map { sums[$0] }), spacing: spacing)
    }
    guard let (width, explained) = fitted(Array(lines.indices)), explained >= leastExplained else { return nil }
    let sampled = (0..<bootstraps).compactMap { _ -> Double? in
      fitted(lines.indices.map { _ in random.index(below: lines.count) })?.width
    }
    return (Moire.Measured(width, error: sampled.count > 1 ? Statistics.deviation(sampled) : .nan), explained)
  }

  /// Fewer lines than this have no scatter to speak of.
  private static let fewestLines = 3

  /// A logistic curve goes from 12 to 88 % within four times its scale.
  private static let scales = 4.0

  /// Scale and middle of a curve.
  private typealias Curve = (scale: Double, middle: Double)

  /// The curves from which the best fit is sought.
  private static func starts(spacing: Double) -> [Curve] {
    (0..<24).flatMap { k in
      (-4...4).map { (spacing * 0.01 * pow(40, Double(k) / 23), 0.04 * spacing * Double($0)) }
    }
  }

  /// The start that leaves the least over; nil where no curve fits better than a constant.
  /// - Parameter sums: of each line at each start.
  private static func best(of starts: [Curve], sums: [[CurveSums]]) -> Curve? {
    var best: (start: Int, misfit: Double)?
    for start in starts.indices {
      let value = sums.reduce(into: CurveSums()) { $0.add($1[start]) }.misfit
      if value < best?.misfit ?? .infinity { best = (start, value) }
    }
    return best.map { starts[$0.start] }
  }

  /// The width by least squares over scale and middle, the two levels being free; nil where no curve fits better than a constant.
  private static func width(
    of sites: [(place: Double, part: Double)], from start: Curve?, spacing: Double
  ) -> (width: Double, explained: Double)? {
    guard let start else { return nil }
    func misfit(_ scale: Double, _ middle: Double) -> Double {
      CurveSums(of: sites, scale: scale, middle: middle).misfit
    }
    var best = (scale: start.scale, middle: start.middle, misfit: misfit(start.scale, start.middle))
    guard best.misfit.isFinite else { return nil }
    var step = (scale: 0.08, middle: 0.02 * spacing)
    for _ in 0..<14 {
      for (factor, shift) in [(1 + step.scale, 0.0), (1 / (1 + step.scale), 0), (1, step.middle), (1, -step.middle)] {
        let (scale, middle) = (best.scale * factor, best.middle + shift)
        let value = misfit(scale, middle)
        if value < best.misfit { best = (scale, middle, value) }
      }
      step = (step.scale * 0.7, step.middle * 0.7)
    }
    let parts = sites.map(\.part)
    let total = pow(Statistics.deviation(parts), 2) * Double(parts.count)
    return (scales * best.scale, total > 0 ? 1 - best.misfit / total : 0)
  }
}

/// Sums over sites from which the least squares of a logistic curve with free levels follow.
private struct CurveSums: Sendable {
  private var (n, s, ss, t, st, tt) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)

  init() {}

  /// - Parameters:
  ///   - scale: of the curve, in the unit of the places; more than 0.
  ///   - middle: the place where it has half its height.
  init(of sites: [(place: Double, part: Double)], scale: Double, middle: Double) {
    for site in sites {
      let curve = 1 / (1 + exp(-(site.place - middle) / scale))
      (n, s, ss, t) = (n + 1, s + curve, ss + curve * curve, t + site.part)
      (st, tt) = (st + curve * site.part, tt + site.part * site.part)
    }
  }

  mutating func add(_ other: CurveSums) {
    (n, s, ss, t) = (n + other.n, s + other.s, ss + other.ss, t + other.t)
    (st, tt) = (st + other.st, tt + other.tt)
  }

  /// The sum of squares that the best levels leave over; infinite where the curve would fall.
  var misfit: Double {
    let variance = ss - s * s / n
    let slope = variance > 1e-12 ? (st - s * t / n) / variance : 0
    return slope > 0 ? tt - t * t / n - slope * (st - s * t / n) : .infinity
  }
}
