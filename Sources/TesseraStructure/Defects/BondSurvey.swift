import Foundation
import TesseraNumerics

/// Lengths of the bonds between first neighbours, and the angles between bonds at a column, as the image shows them:
/// projected along the beam.
public struct BondSurvey: Sendable, Codable, Equatable {
  /// Neighbours up to this share farther than the nearest of their kind on the mean lattice are first neighbours;
  /// positive.
  public var shellTolerance = 0.2

  /// A survey in which neighbours up to 20 % farther than the nearest are first neighbours.
  public init() {}

  /// Two neighbours.
  public struct Bond: Sendable, Equatable {
    /// Indices of the sites at both ends; the letter of the first is not behind that of the second.
    public var first, second: Int
    /// Index into `Survey.pairs`.
    public var pair: Int
    /// From the first to the second, in pixels.
    public var vector: Point
    /// Standard error of the length, in pixels.
    public var error: Double
    /// In pixels.
    public var length: Double { vector.length }
  }

  /// Two neighbouring directions at a column.
  public struct Angle: Sendable, Equatable {
    /// Indices of the sites: the column with the angle, and the neighbours at which it begins and ends.
    public var vertex, first, second: Int
    /// Index into `Survey.pairs`: the vertex's letter, then that of both ends.
    public var pair: Int
    /// In radians, 0 ... 2π: from the first towards +y to the second; of two neighbours alone the one up to π.
    public var value: Double
    /// Standard error in radians.
    public var error: Double
  }

  /// Letters of two sublattices.
  public struct Pair: Sendable, Hashable {
    /// Letters of the sublattices, A for the brightest.
    public var first, second: String
    /// Both letters with a hyphen between: `A-B`.
    public var name: String { "\(first)-\(second)" }
  }

  /// The bonds and angles of an image.
  public struct Survey: Sendable {
    /// The pairs of letters that occur, in order.
    public var pairs: [Pair]
    /// Each bond once.
    public var bonds: [Bond]
    /// The angles between successive neighbours of one sublattice around each column.
    public var angles: [Angle]
  }

  /// All bonds and angles of the grains.
  /// - Parameters:
  ///   - grains: the crystals of the image, each with its lattice.
  ///   - positions: of all sites, in pixels.
  ///   - errors: standard errors of x and y of each site, in pixels. Where some are known, sites of unknown error have
  ///     no trustworthy place and no bonds.
  public func survey(of grains: Grains, positions: [Point], errors: [Point]) throws(ParameterError) -> Survey {
    try require(
      shellTolerance > 0 && shellTolerance < 1, "bonds: shell tolerance", is: shellTolerance, mustBe: "between 0 and 1")
    var pairs: [Pair] = []
    for grain in grains.grains {
      let letters = grain.lattice.basisLetters
      for a in letters {
        for b in letters where !pairs.contains(Pair(first: a, second: b)) { pairs.append(.init(first: a, second: b)) }
      }
    }
    pairs.sort { ($0.first, $0.second) < ($1.first, $1.second) }
    var survey = Survey(pairs: pairs, bonds: [], angles: [])
    for grain in grains.grains {
      let lattice = grain.lattice
      let letters = lattice.basisLetters
      let partners = LatticePartners(of: lattice, positions: positions)
      let count = lattice.basis.count
      let shells = (0..<count).map { a in
        (0..<count).map { lattice.shell(around: a, of: $0, tolerance: shellTolerance) }
      }
      let hasErrors = grain.sites.contains { errors[$0].squaredLength.isFinite }
      func isPlaced(_ site: Int) -> Bool { !hasErrors || errors[site].squaredLength.isFinite }
      for site in grain.sites where isPlaced(site) {
        guard let node = lattice.nodes[site] else { continue }
        for other in 0..<count {
          let near = shells[node.basis][other].map { step in
            partners.partner(of: site, by: step).flatMap { isPlaced($0) ? $0 : nil }
          }
          let forward = pairs.firstIndex(of: Pair(first: letters[node.basis], second: letters[other]))!
          for end in near.compactMap({ $0 }) {
            // Each bond once: from the earlier letter, or among equals from the earlier site.
            guard letters[node.basis] < letters[other] || (other == node.basis && site < end) else { continue }
            survey.bonds.append(Self.bond(site, end, forward, positions, errors))
          }
          survey.angles += Self.angles(at: site, near, pair: forward, positions, errors)
        }
      }
    }
    return survey
  }

  private static func bond(
    _ first: Int, _ second: Int, _ pair: Int, _ positions: [Point], _ errors: [Point]
  ) -> Bond {
    let vector = positions[second] - positions[first]
    let along = vector / vector.length
    // Only errors along the bond change its length.
    let variance = (along * errors[first]).squaredLength + (along * errors[second]).squaredLength
    return Bond(first: first, second: second, pair: pair, vector: vector, error: variance.squareRoot())
  }

  /// The angles between each neighbour and the next, where both are there; `near` is sorted by direction.
  private static func angles(
    at vertex: Int, _ near: [Int?], pair: Int, _ positions: [Point], _ errors: [Point]
  ) -> [Angle] {
    guard near.count >= 2 else { return [] }
    let home = positions[vertex]
    return (0..<(near.count == 2 ? 1 : near.count)).compactMap { k in
      guard let first = near[k], let second = near[(k + 1) % near.count] else { return nil }
      let (a, b) = (positions[first] - home, positions[second] - home)
      var value = atan2(a.cross(b), a.dot(b))
      if near.count == 2 { value = abs(value) } else if value < 0 { value += 2 * .pi }
      // The gradient of a direction's angle is the perpendicular over the length squared.
      let (p, q) = (Point(-a.y, a.x) / a.squaredLength, Point(-b.y, b.x) / b.squaredLength)
      let (e, f, g) = (errors[first], errors[second], errors[vertex])
      let parts: [Point] = [p * e, q * f, (q - p) * g]
      let variance = parts.reduce(0.0) { $0 + $1.squaredLength }
      return Angle(vertex: vertex, first: first, second: second, pair: pair, value: value, error: variance.squareRoot())
    }
  }
}
