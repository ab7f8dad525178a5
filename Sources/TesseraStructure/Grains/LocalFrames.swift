import Foundation
import TesseraNumerics

/// Fits the frame of each site of an image to two reference vectors that are right up to a turn.
///
/// A site's neighbours at about the length of u each propose a turn; the one under which most of the eight sites around
/// are met wins, and least squares over these gives the local vectors. Works site by site, so that grains, bends and
/// dislocations do not disturb each other. O(n).
struct LocalFrames {
  /// The eight steps in units of u and v; each is followed by its opposite.
  static let steps: [Point] = [
    Point(1, 0), Point(-1, 0), Point(0, 1), Point(0, -1), Point(1, 1), Point(-1, -1), Point(1, -1), Point(-1, 1),
  ]

  let u, v: Point
  /// Turns by this angle carry the lattice onto itself: 60, 90 or 180 degrees, in radians.
  let period: Double
  /// A neighbour this far from its place is none, in pixels.
  let tolerance: Double
  /// Relative difference of lengths, and of angles in radians, that the lattice's turns may leave.
  let symmetryTolerance: Double
  private let index: PlanarIndex
  private let reach: Double

  /// The tolerance in units of |u|, and of the spacing of nearest neighbours: beyond a third of that a column of the basis may be
  /// nearer than the partner.
  private static let shareOfVector = 0.18
  private static let shareOfSpacing = 0.35
  /// A lattice may be stretched by a tenth where a site stands.
  private static let stretch = 1.1
  /// The first fit, of a turn alone, is a little off.
  private static let firstTolerance = 1.3
  /// A neighbour whose distance differs from |u| by less than this share may be the one along u, and proposes a turn.
  private static let lengthTolerance = 0.12

  /// - Parameters:
  ///   - u, v: the shortest vectors of the lattice.
  ///   - spacing: typical distance of nearest neighbours, in pixels.
  init?(u: Point, v: Point, index: PlanarIndex, spacing: Double) {
    self.init(u: u, v: v, index: index, tolerance: min(Self.shareOfVector * u.length, Self.shareOfSpacing * spacing))
  }

  /// - Parameters:
  ///   - tolerance: a neighbour this far from its place is none, in pixels.
  ///   - symmetryTolerance: turns that the lattice has within this are not told apart.
  init?(
    u: Point, v: Point, index: PlanarIndex, tolerance: Double, symmetryTolerance: Double = CellGrid.symmetryTolerance
  ) {
    guard let grid = CellGrid(origin: .zero, u: u, v: v), tolerance > 0 else { return nil }
    (self.u, self.v, self.index, self.tolerance) = (u, v, index, tolerance)
    self.symmetryTolerance = symmetryTolerance
    period = grid.rotationPeriod(within: symmetryTolerance)
    let longest = Self.steps.map { (u * $0.x + v * $0.y).length }.max()!
    reach = Self.stretch * longest + tolerance
  }

  /// The frames of some sites, turned arbitrarily among the lattice's own turns; nil where fewer than three neighbours, or
  /// three in one line, are met.
  func frames(of sites: [Int]) -> [LocalFrame?] {
    concurrentMap(count: sites.count) { frame(of: sites[$0]) }
  }

  private func frame(of site: Int) -> LocalFrame? {
    let near = neighbours(of: site)
    var (best, quality) = (0.0, 0.0)
    for other in near where abs(other.offset.length - u.length) < Self.lengthTolerance * u.length {
      let turn = other.offset.angle - u.angle
      let found = matches(
        near, u.rotated(by: turn), v.rotated(by: turn), tolerance: Self.firstTolerance * tolerance)
      if found.quality > quality + 1e-9 { (best, quality) = (turn, found.quality) }
    }
    guard quality > 0 else { return nil }
    return fitted(near, turn: best)
  }

  /// The same, told apart only by turns that the scatter of the columns does not blur: a lattice that is hexagonal to within it has
  /// frames of three turns side by side.
  func blurred(among sites: [Int]) -> LocalFrames? {
    let full = frames(of: sites).compactMap { $0 }.filter(\.isFull)
    let scatter = full.isEmpty ? 0 : Statistics.median(full.map(\.deviation)) / u.length
    let blur = min(Self.largestBlur, max(CellGrid.symmetryTolerance, Self.blurOfScatter * scatter))
    return LocalFrames(u: u, v: v, index: index, tolerance: tolerance, symmetryTolerance: blur)
  }

  /// Turns are confused where lengths differ by less than so many times the scatter of partners about their frame; never where
  /// they differ by more than the second figure.
  private static let (blurOfScatter, largestBlur) = (1.5, 0.12)

  /// Vectors that differ by a larger share in length belong to another crystal, of which some columns stand where this one has its own.
  private static let largestStrain = 0.12

  /// Whether a frame is one of these vectors, strained at most.
  func resembles(_ frame: LocalFrame) -> Bool {
    abs(frame.u.length - u.length) <= Self.largestStrain * u.length
      && abs(frame.v.length - v.length) <= Self.largestStrain * v.length
  }

  /// The frame of a site whose turn is known to about the tolerance.
  func frame(of site: Int, turn: Double) -> LocalFrame? { fitted(neighbours(of: site), turn: turn) }

  /// The angle among those that the lattice does not tell apart which lies nearest to another.
  func reduced(_ angle: Double, near other: Double) -> Double {
    angle - period * ((angle - other) / period).rounded()
  }

  /// Difference of two turns that the lattice does not tell from 0, -period/2 ... period/2.
  func difference(_ a: Double, _ b: Double) -> Double { reduced(a - b, near: 0) }

  private typealias Neighbour = (site: Int, offset: Point)

  private func neighbours(of site: Int) -> [Neighbour] {
    let home = index.points[site]
    return index.neighbours(of: home, within: reach).filter { $0 != site }
      .map { (site: $0, offset: index.points[$0] - home) }
  }

  /// Which neighbours stand at the eight places; `quality` falls from one a neighbour to zero at the tolerance.
  private func matches(
    _ near: [Neighbour], _ u: Point, _ v: Point, tolerance: Double
  ) -> (chosen: SIMD8<Int32>, quality: Double) {
    var chosen = SIMD8<Int32>(repeating: -1)
    var quality = 0.0
    for (k, step) in Self.steps.enumerated() {
      let place = u * step.x + v * step.y
      var least = tolerance * tolerance
      for (n, other) in near.enumerated() {
        let d = (other.offset - place).squaredLength
        if d < least { (least, chosen[k]) = (d, Int32(n)) }
      }
      if chosen[k] >= 0 { quality += 1 - least / (tolerance * tolerance) }
    }
    return (chosen, quality)
  }

  private func fitted(_ near: [Neighbour], turn: Double) -> LocalFrame? {
    var (a, b) = (u.rotated(by: turn), v.rotated(by: turn))
    var chosen = SIMD8<Int32>(repeating: -1)
    for pass in 0..<2 {
      chosen = matches(near, a, b, tolerance: pass == 0 ? Self.firstTolerance * tolerance : tolerance).chosen
      // Normal equations of offset = i a + j b.
      var (ii, ij, jj) = (0.0, 0.0, 0.0)
      var (si, sj) = (Point.zero, Point.zero)
      for (k, step) in Self.steps.enumerated() where chosen[k] >= 0 {
        let offset = near[Int(chosen[k])].offset
        ii += step.x * step.x
        ij += step.x * step.y
        jj += step.y * step.y
        si += offset * step.x
        sj += offset * step.y
      }
      let determinant = ii * jj - ij * ij
      guard ii + jj >= 3, determinant > 0.5 else { return nil }
      (a, b) = ((si * jj - sj * ij) / determinant, (sj * ii - si * ij) / determinant)
    }
    var partners = SIMD8<Int32>(repeating: -1)
    var (count, squares) = (0, 0.0)
    for (k, step) in Self.steps.enumerated() where chosen[k] >= 0 {
      let other = near[Int(chosen[k])]
      partners[k] = Int32(other.site)
      count += 1
      squares += (other.offset - a * step.x - b * step.y).squaredLength
    }
    guard count >= 3 else { return nil }
    // The turn of the gradient that carries the reference vectors onto (a, b).
    let area = u.cross(v)
    let (dx, dy) = ((a * v.y - b * u.y) / area, (b * u.x - a * v.x) / area)
    return LocalFrame(
      u: a, v: b, rotation: atan2(dx.y - dy.x, dx.x + dy.y), partners: partners, partnerCount: count,
      deviation: (squares / Double(count)).squareRoot())
  }
}
