import Foundation
import TesseraNumerics

/// Least squares for the lattice vectors around a place.
///
/// Columns j of sublattice s at indices n_j sit at p_j = t_s + A n_j. Weighted by w_j = exp(-r_j² / 2σ²) / variance_j, and with
/// the means of each sublattice taken off n and p, so that the sublattices' offsets t_s drop out,
///
///     A = Σ w p nᵀ (Σ w n nᵀ)⁻¹ = Σ p_j c_jᵀ,   c_j = (Σ w n nᵀ)⁻¹ w_j n_j.
///
/// A linear displacement is recovered exactly. A slowly varying one is seen through a Gaussian of standard deviation σ: the
/// slope fitted with weights w(x) is the slope averaged with ∫ₓ w t dt, and a Gaussian is its own such integral. So the
/// fit has the resolution of geometric phases seen through a Gaussian mask of s = 1 / (2πσ). (Of a step sharper than the
/// spacing h the columns show less: its variance is seen smaller by h² / 6 at most.) Covariances follow from c_j.
///
/// A column displaced outwards by its error ε_j weighs less, one displaced inwards more, so that A comes out too small by its
/// share variance / σ². To second order the expectation is E δA = -Σ (1 - H_j) cov_j r_j c_jᵀ / σ², r_j = p_j - x, H_j being
/// the leverage of the column; it is taken off where covariances are known.
public struct LocalLatticeFit: Sendable {
  let index: PlanarIndex
  let basis: [Int]
  let covariances: [PlanarCovariance]?
  let nominal: LatticeVectors
  /// Standard deviation of the weights, in pixels.
  public let blur: Double
  let tolerance: Double
  private let weights: [Double]
  /// Columns a square pixel, over the area they fill.
  private let density: Double

  init(
    positions: [Point], basis: [Int], covariances: [PlanarCovariance]?, nominal: LatticeVectors, blur: Double,
    tolerance: Double
  ) {
    index = PlanarIndex(positions)
    (self.basis, self.covariances, self.nominal) = (basis, covariances, nominal)
    (self.blur, self.tolerance) = (blur, tolerance)
    let mean = covariances.map { Statistics.mean($0.map { ($0.xx + $0.yy) / 2 }) } ?? 1
    weights = covariances?.map { 2 * mean / ($0.xx + $0.yy) } ?? positions.map { _ in 1 }
    density = Double(Set(basis).count) / abs(nominal.area)
  }

  /// Weights are cut so many standard deviations away, where they fall to 0.2 % (exp(-6.1)); cut at 3 σ the resolution would be 4 % finer
  /// than stated.
  private static let cut = 3.5
  /// Indices are first given to columns within so many lengths of the longer vector; each further round reaches so many times as far.
  private static let (firstReach, growth) = (1.3, 1.6)
  /// Where a smaller share of the columns around a place matches, as in the core of a dislocation, there is no lattice.
  private static let leastMatched = 0.6
  /// Columns that match the local lattice only within more than this share of the shorter vector, beyond their errors, are of none: within
  /// about a Burgers vector of a dislocation, or across a fault. Between one and two vectors from a dislocation the share is .03-.05.
  private static let largestMisfit = 0.05
  /// Bends and steps of the strain of a few per cent leave misfits of less than this share, and the slope is right in spite of them.
  private static let harmlessMisfit = 0.01
  /// Error of a slope over the misfit and σ: .5-.7 between one and two Burgers vectors from a dislocation, .25-.4 beyond.
  private static let slopePerMisfit = 0.5
  /// Columns fill this share of what the weights cover at least: they fill half at an edge and a quarter at a corner.
  private static let leastFilled = 0.18
  /// A component of the displacement gradient that is larger than this is that of another lattice.
  private static let largestGradient = 0.35

  private var reach: Double { Self.cut * blur }

  /// The lattice at a place; nil beyond the columns, in large holes, and where too few match (the core of a dislocation).
  func local(at place: Point) -> LatticeField.Local? {
    let near = index.neighbours(of: place, within: reach)
    guard near.count >= 4, surrounds(near, place), isDense(near, place) else { return nil }
    // Indices are first given to the nearest columns, by the global vectors, then outwards by what those say.
    var vectors = nominal
    var radius = Self.firstReach * max(nominal.u.length, nominal.v.length)
    var result: Sums?
    while true {
      let inside = near.prefix { (index.points[$0] - place).length <= radius }
      let matched = match(Array(inside), by: vectors)
      if matched.count >= 4, let sums = Sums(matched, of: self, around: place) {
        result = sums
        vectors = sums.vectors
      } else {
        result = nil
      }
      if radius >= reach { break }
      radius *= Self.growth
    }
    guard let result, isSound(result.vectors), Double(result.count) >= Self.leastMatched * Double(near.count) else {
      return nil
    }
    let misfit = result.squaredMisfit(of: self, around: place)
    let unit = nominal.u.length < nominal.v.length ? nominal.u.squaredLength : nominal.v.squaredLength
    guard misfit <= Self.largestMisfit * Self.largestMisfit * unit else { return nil }
    let harm = max(0, misfit - Self.harmlessMisfit * Self.harmlessMisfit * unit)
    var spread = result.spread(of: self, around: place)
    if harm > 0 {
      // Both components of the displacement, along every direction alike.
      let (u, v) = (result.vectors.u, result.vectors.v)
      let slope =
        PlanarCovariance(xx: u.dot(u), xy: u.dot(v), yy: v.dot(v))
        * (Self.slopePerMisfit * Self.slopePerMisfit * harm / (blur * blur))
      (spread.xx, spread.yy) = (spread.xx + slope, spread.yy + slope)
    }
    return LatticeField.Local(vectors: result.unbiased(of: self, around: place), spread: spread)
  }

  /// A column and its indices within its sublattice.
  struct Match {
    var column: Int
    var n: Point
  }

  /// Indices of the columns relative to one of their sublattice near the place; columns off the nodes are left out. Where
  /// the nearest one serves less than six in ten of the others (it may itself be displaced), the next two are tried.
  private func match(_ near: [Int], by vectors: LatticeVectors) -> [Match] {
    let g = vectors.reciprocal
    let limit = tolerance * min(vectors.u.length, vectors.v.length)
    var groups: [(basis: Int, members: [Int])] = []
    for column in near {
      if let group = groups.firstIndex(where: { $0.basis == basis[column] }) {
        groups[group].members.append(column)
      } else {
        groups.append((basis[column], [column]))
      }
    }
    return groups.flatMap { group -> [Match] in
      var best: [Match] = []
      for origin in group.members.prefix(3) {
        let found = group.members.compactMap { column -> Match? in
          let d = index.points[column] - index.points[origin]
          let n = Point(g.u.dot(d).rounded(), g.v.dot(d).rounded())
          let miss = d - vectors.u * n.x - vectors.v * n.y
          return miss.length <= limit ? Match(column: column, n: n) : nil
        }
        if found.count > best.count { best = found }
        if 10 * best.count >= 6 * group.members.count { break }
      }
      return best.count >= 2 ? best : []
    }
  }

  func weight(_ column: Int, _ place: Point) -> Double {
    weights[column] * exp((index.points[column] - place).squaredLength / (-2 * blur * blur))
  }

  /// Whether columns lie on all sides: no gap of half a turn between their directions. So a place inside the hull.
  private func surrounds(_ near: [Int], _ place: Point) -> Bool {
    // Directions in 32 sectors; 15 empty ones in a row are a gap of nearly half a turn.
    var sectors: UInt32 = 0
    for column in near {
      let d = index.points[column] - place
      if d.squaredLength < 1e-12 { continue }
      // The diamond angle rises with the direction, 0 ..< 4.
      let t = d.y / (abs(d.x) + abs(d.y))
      let angle = d.x >= 0 ? (d.y >= 0 ? t : 4 + t) : 2 - t
      sectors |= 1 << UInt32(min(31, Int(saturating: angle * 8)))
    }
    var (gap, longest) = (0, 0)
    for bit in 0..<64 {
      gap = sectors >> UInt32(bit % 32) & 1 == 0 ? gap + 1 : 0
      longest = max(longest, gap)
    }
    return longest < 16
  }

  /// Whether the columns fill enough of what the weights cover: there is no lattice in holes and beyond corners.
  private func isDense(_ near: [Int], _ place: Point) -> Bool {
    let sum = near.reduce(0.0) { $0 + exp((index.points[$1] - place).squaredLength / (-2 * blur * blur)) }
    return sum > Self.leastFilled * density * 2 * .pi * blur * blur
  }

  /// Whether vectors are those of a strained, not of another lattice.
  private func isSound(_ vectors: LatticeVectors) -> Bool {
    let f = vectors.gradient(from: nominal)
    return max(abs(f.xx), abs(f.xy), abs(f.yx), abs(f.yy)) < Self.largestGradient
  }

  /// The lattice on a grid over the image, with three nodes or more a standard deviation of the weights.
  public func field(width: Int, height: Int) -> LatticeField {
    func count(_ length: Int) -> Int { max(2, Int(saturating: (3 * Double(length - 1) / blur).rounded(.up)) + 1) }
    let (columns, rows) = (min(width, count(width)), min(height, count(height)))
    let step = Point(Double(width - 1) / Double(columns - 1), Double(height - 1) / Double(rows - 1))
    let locals = concurrentMap(chunksOf: columns, of: columns * rows) { range in
      range.map { local(at: Point(Double($0 % columns) * step.x, Double($0 / columns) * step.y)) }
    }.flatMap { $0 }
    return LatticeField(
      width: width, height: height, columns: columns, rows: rows, step: step, locals: locals, nominal: nominal,
      resolution: LatticeField.gaussianWidth * blur, hasErrors: covariances != nil)
  }

  /// The strain at places, such as the columns' own; nil where it is unknown.
  public func strains(at places: [Point], from reference: LatticeVectors, axis: Double = 0) -> [LocalStrain?] {
    concurrentMap(count: places.count) {
      local(at: places[$0])?.strain(from: reference, axis: axis, hasErrors: covariances != nil)
    }
  }
}
