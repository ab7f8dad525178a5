import Foundation
import TesseraNumerics

/// Finds the translations that carry the columns of an image onto columns of the same height.
///
/// Displacements between neighbouring columns are gathered in a histogram. Its peaks are the vectors that many columns
/// share; those after which (nearly) every column meets another, with heights no more different than chance, are lattice
/// vectors: the vectors between unlike columns of a basis fail one or the other. The two shortest independent ones span
/// the lattice. Works for any basis and under slow distortion; in a polycrystal it finds the largest grain's lattice.
public struct LatticeFinder: Sendable, Codable, Equatable {
  /// Displacements up to this many mean spacings are gathered.
  public var reach = 6.0
  /// A vector must lead from at least this share of the columns to a column.
  public var smallestShare = 0.5
  /// At most so many columns contribute displacements.
  public var sampleLimit = 6_000

  /// A finder of lattices that at least half of the columns share.
  public init() {}

  /// Fewer sites than these show no lattice.
  private static let fewestSites = 12
  /// Lattice vectors serve as many columns as the best does, but for chance and for what grains and vacancies take from longer ones.
  private static let commonShare = 0.8
  /// Of the vectors that most columns share, the tenth after which heights differ least are taken for lattice vectors; so are those that
  /// change heights by no more than a third above that.
  private static let likest = 0.1
  private static let alikeHeights = 1.35
  /// Cells of the histogram.
  private static let cellsPerSpacing = 10.0
  /// A peak may hold this share of the displacements that its vector will need: a slow distortion spreads the rest.
  static let peakShare = 0.15
  /// A column this far from where a vector leads, in spacings, is not the partner: beyond it another may be nearer.
  private static let tolerance = 0.25
  /// A vector is measured where so many columns have a target in the image, and so many meet a column there.
  private static let fewestInside = 8
  private static let fewestMet = 4

  /// A peak of the displacement histogram.
  struct Translation {
    var vector: Point
    /// Share of the columns, among those whose target lies in the image, that meet a column there.
    var share: Double
    /// Mean squared difference of heights between partners, or `negligibleDifference` if it is less.
    var heightDifference: Double
    /// Root mean square distance of the partners from where the vector leads, in pixels.
    var scatter: Double
  }

  /// A lattice holds at least this share of the columns of its image; fewer may share vectors by chance.
  private static let leastIndexedShare = 0.5

  /// The lattice that most columns of the image share; nil where there is none. Parameters as in `vectors`.
  public func lattice(of positions: [Point], heights: [Double], width: Int, height: Int) -> Lattice? {
    guard let (u, v) = vectors(of: positions, heights: heights, width: width, height: height),
      let lattice = LatticeIndexer(u: u, v: v).lattice(of: positions, heights: heights),
      lattice.indexedShare >= Self.leastIndexedShare, lattice.isSound
    else { return nil }
    return lattice
  }

  /// In a film of n rows the share 1 - 1/n of the columns has a neighbour across it, .67 of three rows, while all have one along it.
  private static let filmShare = 0.6
  /// A film is of one crystal: nearly all of its columns lie on the lattice.
  private static let leastFilmIndexedShare = 0.8
  /// They lie within this share of the shorter vector of it (RMS), which rows that are not in step exceed.
  private static let largestFilmDeviation = 0.15

  /// The lattice of a film of three rows or more, across which columns share fewer vectors than along it; nil where there is none. For
  /// columns that share no `lattice` and are no grains, which share one vector in the same way. Parameters as in `vectors`.
  public func filmLattice(of positions: [Point], heights: [Double], width: Int, height: Int) -> Lattice? {
    guard
      let (u, v) = vectors(
        of: positions, heights: heights, width: width, height: height, commonShare: Self.filmShare),
      let lattice = LatticeIndexer(u: u, v: v).lattice(of: positions, heights: heights),
      lattice.indexedShare >= Self.leastFilmIndexedShare,
      lattice.deviation <= Self.largestFilmDeviation * min(lattice.grid.u.length, lattice.grid.v.length)
    else { return nil }
    return lattice
  }

  /// Two lattice vectors, the shorter first, turned so that u x v is positive; nil where the columns have no lattice. Columns
  /// centred outside the image take no part: of their heights only a flank is seen, and heights tell columns apart.
  /// - Parameters:
  ///   - positions: of the columns, in pixels.
  ///   - heights: of the columns, any unit.
  ///   - width: of the image, in pixels.
  ///   - height: of the image, in pixels.
  public func vectors(of positions: [Point], heights: [Double], width: Int, height: Int) -> (u: Point, v: Point)? {
    vectors(of: positions, heights: heights, width: width, height: height, commonShare: Self.commonShare)
  }

  private func vectors(
    of positions: [Point], heights: [Double], width: Int, height: Int, commonShare: Double
  ) -> (u: Point, v: Point)? {
    let (across, down) = (-1...Double(width), -1...Double(height))
    let seen = positions.indices.filter { across.contains(positions[$0].x) && down.contains(positions[$0].y) }
    return vectors(
      ofSeen: seen.map { positions[$0] }, heights: seen.map { heights[$0] }, width: width, height: height,
      commonShare: commonShare)
  }

  private func vectors(
    ofSeen positions: [Point], heights: [Double], width: Int, height: Int, commonShare: Double
  ) -> (u: Point, v: Point)? {
    guard positions.count >= Self.fewestSites else { return nil }
    let index = PlanarIndex(positions)
    guard let spacing = index.medianSpacing, spacing.isFinite, spacing > 0 else { return nil }
    let extent = Point(Double(width - 1), Double(height - 1))
    let translations = self.translations(index: index, heights: heights, spacing: spacing, extent: extent)
    guard let best = translations.map(\.share).max(), best >= smallestShare else { return nil }
    let common = translations.filter { $0.share >= max(smallestShare, commonShare * best) }
    let least = common.map(\.scatter).min() ?? 0
    let even = common.filter {
      $0.scatter < max(Self.evenScatter * least, Self.leastAlternation * spacing)
        || !alternates($0, index: index, heights: heights, spacing: spacing, extent: extent)
    }
    return Self.vectors(from: even).map {
      Self.primitive($0, among: even, of: positions, heights: heights, spacing: spacing)
    }
  }

  /// Vectors whose partners scatter by less than this many times the least of all are as good as any, and so are those that scatter by less
  /// than this part of a spacing, as what is left of the grid of pixels does.
  private static let (evenScatter, leastAlternation) = (2.0, 0.02)
  /// Noise scatters the partners of a vector and of its double alike, and distortion those of the double more.
  private static let alternation = 0.5

  /// Whether columns stand off to one side and the other in turns where a vector leads: its double meets them better, and is of the lattice.
  private func alternates(
    _ one: Translation, index: PlanarIndex, heights: [Double], spacing: Double, extent: Point
  ) -> Bool {
    guard
      let double = measure(
        2 * one.vector, sample: sample(of: index), index: index, heights: heights, spacing: spacing, extent: extent)
    else { return false }
    return double.share >= Self.commonShare * one.share && double.scatter < Self.alternation * one.scatter
  }

  /// The columns, spread evenly through the list, from which vectors are measured.
  private func sample(of index: PlanarIndex) -> [Int] {
    Swift.stride(from: 0, to: index.points.count, by: max(1, index.points.count / sampleLimit)).map { $0 }
  }

  /// The two shortest independent vectors of those that most columns share, that keep the heights.
  static func vectors(from common: [Translation]) -> (u: Point, v: Point)? {
    guard !common.isEmpty else { return nil }
    let differences = common.map(\.heightDifference)
    if let cell = shortest(common, below: alikeHeights * Statistics.quantile(differences, likest)) {
      return reduced(cell.u, cell.v)
    }
    // Layers of different materials: along them heights hardly change, across them they do, yet less than between unlike columns.
    let layered = layerShare * Statistics.quantile(differences, 1 - likest)
    return shortest(common, below: layered).map { reduced($0.u, $0.v) }
  }

  /// Where vectors that keep the heights are all parallel, those count too that change them by less than this share of what vectors
  /// between unlike columns do.
  private static let layerShare = 0.25

  /// The two shortest independent translations that change heights by no more than a limit.
  private static func shortest(_ translations: [Translation], below limit: Double) -> (u: Point, v: Point)? {
    shortest(translations.filter { $0.heightDifference <= limit + 1e-12 }.map(\.vector))
  }

  /// Heights that differ by less than this share of the usual height tell no column from another. Without noise the pixels that a
  /// column falls on would.
  private static let negligibleShare = 0.02

  /// Squared differences of heights up to this tell no column from another.
  static func negligibleDifference(of heights: [Double]) -> Double {
    let known = heights.filter(\.isFinite).map(abs)
    return known.isEmpty ? 0 : pow(negligibleShare * Statistics.median(known), 2)
  }

  /// The shortest basis of the same lattice (Gauss), with u along positive x where possible.
  static func reduced(_ a: Point, _ b: Point) -> (u: Point, v: Point) {
    var (u, v) = a.length <= b.length ? (a, b) : (b, a)
    for _ in 0..<64 {
      v -= u * (u.dot(v) / u.squaredLength).rounded()
      if v.length >= u.length * (1 - 1e-9) { break }
      (u, v) = (v, u)
    }
    if u.x < -1e-9 || (abs(u.x) <= 1e-9 && u.y < 0) { u = -u }
    if u.cross(v) < 0 { v = -v }
    return (u, v)
  }

  /// Peaks of the displacement histogram, one of each pair +-v.
  /// - Parameter peakShare: of the displacements that a vector needs, the part that its peak must hold.
  func translations(
    index: PlanarIndex, heights: [Double], spacing: Double, extent: Point, peakShare: Double = Self.peakShare
  ) -> [Translation] {
    let (positions, sample, radius) = (index.points, sample(of: index), reach * spacing)
    let neighbours = concurrentMap(count: sample.count) { index.neighbours(of: positions[sample[$0]], within: radius) }
    // The half plane y > 0 (or y = 0, x > 0).
    let cell = spacing / Self.cellsPerSpacing
    let half = Int(saturating: (radius / cell).rounded(.up)) + 2
    let columns = 2 * half + 1
    var histogram = Raster<Float>(width: columns, height: half + 1, filling: 0)
    for (k, list) in neighbours.enumerated() {
      for other in list where other != sample[k] {
        let d = positions[other] - positions[sample[k]]
        guard d.y > 0 || (d.y == 0 && d.x > 0) else { continue }
        histogram[Int(saturating: (d.x / cell).rounded()) + half, Int(saturating: (d.y / cell).rounded())] += 1
      }
    }
    let peaks = self.peaks(of: histogram, smallest: Float(peakShare * smallestShare * Double(sample.count)))
    let negligible = Self.negligibleDifference(of: heights)
    return peaks.compactMap { peak in
      var translation = measure(
        (centroid(of: histogram, around: peak) - Point(Double(half), 0)) * cell, sample: sample, index: index,
        heights: heights, spacing: spacing, extent: extent)
      if let difference = translation?.heightDifference { translation?.heightDifference = max(difference, negligible) }
      return translation
    }
  }

  /// Cells that hold the most within a quarter spacing and whose surroundings hold at least `smallest` displacements.
  private func peaks(of histogram: Raster<Float>, smallest: Float) -> [(x: Int, y: Int)] {
    var smooth = histogram
    for y in 0..<histogram.height {
      for x in 0..<histogram.width {
        var sum: Float = 0
        for v in max(0, y - 2)...min(histogram.height - 1, y + 2) {
          for u in max(0, x - 2)...min(histogram.width - 1, x + 2) { sum += histogram[u, v] }
        }
        smooth[x, y] = sum
      }
    }
    var found: [(Int, Int)] = []
    for y in 0..<smooth.height {
      next: for x in 0..<smooth.width where smooth[x, y] >= smallest {
        for v in max(0, y - 3)...min(smooth.height - 1, y + 3) {
          for u in max(0, x - 3)...min(smooth.width - 1, x + 3) where (u, v) != (x, y) {
            if smooth[u, v] > smooth[x, y] || (smooth[u, v] == smooth[x, y] && (v, u) < (y, x)) { continue next }
          }
        }
        found.append((x, y))
      }
    }
    return found
  }

  /// Mean place of what a peak's cells hold, in cells; its window is moved to that place once.
  private func centroid(of histogram: Raster<Float>, around peak: (x: Int, y: Int)) -> Point {
    var place = Point(Double(peak.x), Double(peak.y))
    for _ in 0..<2 {
      let (cx, cy) = (Int(saturating: place.x.rounded()), Int(saturating: place.y.rounded()))
      var (sum, total) = (Point.zero, 0.0)
      for y in max(0, cy - 3)...min(histogram.height - 1, cy + 3) {
        for x in max(0, cx - 3)...min(histogram.width - 1, cx + 3) {
          let weight = Double(histogram[x, y])
          sum += Point(Double(x), Double(y)) * weight
          total += weight
        }
      }
      if total > 0 { place = sum / total }
    }
    return place
  }

  /// Refines a vector by the mean of the displacements near it, and counts how many columns it serves.
  private func measure(
    _ start: Point, sample: [Int], index: PlanarIndex, heights: [Double], spacing: Double, extent: Point
  ) -> Translation? {
    var vector = start
    var result = Translation(vector: start, share: 0, heightDifference: 0, scatter: 0)
    for _ in 0..<3 {
      let target = vector
      let partners = concurrentMap(count: sample.count) { k -> (inside: Bool, offset: Point, other: Int) in
        let place = index.points[sample[k]] + target
        guard place.x >= 0, place.y >= 0, place.x <= extent.x, place.y <= extent.y else { return (false, .zero, -1) }
        guard let other = index.neighbours(of: place, within: Self.tolerance * spacing).first else {
          return (true, .zero, -1)
        }
        return (true, index.points[other] - place, other)
      }
      let inside = partners.count { $0.inside }
      let met = partners.indices.filter { partners[$0].other >= 0 }
      guard inside >= Self.fewestInside, met.count >= Self.fewestMet else { return nil }
      vector += met.reduce(Point.zero) { $0 + partners[$1].offset } / Double(met.count)
      let differences = met.map { k -> Double in
        let d = heights[sample[k]] - heights[partners[k].other]
        return d * d
      }
      result = Translation(
        vector: vector, share: Double(met.count) / Double(inside), heightDifference: Statistics.mean(differences),
        scatter: Statistics.mean(met.map { (target + partners[$0].offset - vector).squaredLength }).squareRoot())
    }
    return result
  }
}
