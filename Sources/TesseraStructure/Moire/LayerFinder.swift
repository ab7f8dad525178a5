import Foundation
import TesseraNumerics

/// Finds the hexagonal lattices whose waves an image is the sum of, from the reflections of its spectrum.
///
/// Three reflections 60 degrees apart are taken for each of the first three shells of a lattice in turn; the lattice that
/// explains most reflections is the true one, because a lattice that mixes two layers misses the higher shells.
struct LayerFinder: Sendable, Codable, Equatable {
  /// How far, in parts of |g|, a reflection may lie from where 60 degrees put it: a strain of the image or of the layers.
  var tolerance = 0.06
  /// Largest difference of the lattice constants of two layers of one bilayer, in parts of them.
  var mismatch = 0.12
  /// How far, in coefficients of the spectrum, a reflection may lie from a wave of a lattice. In the first shell the peaks of two
  /// layers may have merged to one between them.
  var reach = 1.2
  var firstReach = 2.0
  /// A third lattice counts from this part of the power of the weaker layer's shortest waves on.
  var thirdLayer = 0.1
  /// A reflection belongs to a satellite within this share of the distance of two: near satellites would cover all places between them.
  private static let satelliteReach = 0.2

  /// A lattice that reflections speak for.
  struct Candidate: Sendable {
    var lattice: LayerLattice
    /// Sum over the shells of the logarithms of the contrasts of the reflections that lie on it.
    var score: Double
  }

  /// Width and height of the image in pixels, and of a pixel in any unit.
  var size: Point
  var pixel: Point

  init(width: Int, height: Int, pixel: Point) {
    (size, self.pixel) = (Point(Double(width), Double(height)), pixel)
  }

  /// The strongest lattice, and the strongest other one of about the same constant; one or none where there are no more.
  func layers(of reflections: [Reflection]) -> [Candidate] {
    let all = candidates(of: reflections)
    guard let best = all.first else { return [] }
    // The layer that explains most may share its peaks with the other; both are chosen together.
    var pair: (Candidate, Candidate)?
    for (index, one) in all.prefix(12).enumerated() {
      for other in all[(index + 1)...].prefix(40) where areLayers(one.lattice, other.lattice) {
        if one.score + other.score > (pair.map { $0.0.score + $0.1.score } ?? 0) { pair = (one, other) }
      }
    }
    guard let pair, pair.0.score + pair.1.score > best.score else { return [best] }
    return [pair.0, pair.1]
  }

  /// Lattices of very different constants are shells of one another, or unlike crystals.
  private static let largestMismatch = 0.5

  /// Another lattice about as clear as the strongest, whose constant differs by more than `mismatch`; nil where there is none.
  func otherConstant(in reflections: [Reflection], beside first: LayerLattice) -> LayerLattice? {
    let all = candidates(of: reflections)
    return all.filter { $0.score > all[0].score / 2 && !isSuperstructure($0.lattice, of: first) }
      .map(\.lattice).first { (mismatch..<Self.largestMismatch).contains(difference(first, $0)) }
  }

  /// Denominators of the waves of the common superstructures, 2 x 2 and √3 x √3: larger ones have hardly all waves of one other constant,
  /// while layers of constants like 7 and 8 do share multiples.
  private static let superstructures = [2.0, 3]

  /// Reflections of a superstructure lie this near to the fractions, in coefficients: the centroids of clear peaks are not farther off.
  private static let fractionReach = 0.3

  /// Whether the waves of a lattice are fractions of another's.
  private func isSuperstructure(_ lattice: LayerLattice, of other: LayerLattice) -> Bool {
    Self.superstructures.contains { parts in
      [lattice.first, lattice.second].allSatisfy {
        coefficients(offset(of: parts * $0, from: other)) < parts * Self.fractionReach
      }
    }
  }

  /// Whether what two layers leave over has a lattice like theirs.
  /// - Parameters:
  ///   - rest: reflections of the residual.
  ///   - reflections: of the image.
  func hasThird(in rest: [Reflection], beside layers: [LayerLattice], of reflections: [Reflection]) -> Bool {
    let own = rest.filter { !explains($0.frequency, layers[0], layers[1]) }
    let weaker = layers.map { power(of: $0, in: reflections) }.min() ?? 0
    return candidates(of: own).contains { candidate in
      layers.allSatisfy { areLayers(candidate.lattice, $0) }
        && power(of: candidate.lattice, in: own) > thirdLayer * weaker
    }
  }

  /// The power of the reflections on the three shortest waves of a lattice.
  private func power(of lattice: LayerLattice, in reflections: [Reflection]) -> Double {
    lattice.frequencies.prefix(3).reduce(0) { sum, wave in
      sum
        + (reflections.filter { min(coefficients($0.frequency - wave), coefficients($0.frequency + wave)) < firstReach }
          .map(\.strength).max() ?? 0)
    }
  }

  /// Lattices that reflections speak for, best first, each once.
  func candidates(of reflections: [Reflection]) -> [Candidate] {
    let spots = reflections.flatMap { [$0.frequency, -$0.frequency] }
    var found: [Candidate] = []
    for spot in spots {
      // Every lattice has a first vector in this half plane.
      guard spot.y > 0 || (spot.y == 0 && spot.x > 0) else { continue }
      let expected = unscaled(scaled(spot).rotated(by: .pi / 3))
      for other in spots where (scaled(other) - scaled(expected)).length < tolerance * scaled(spot).length {
        for lattice in LayerLattice.having(spot, other) {
          if let score = score(of: lattice, reflections) { found.append(Candidate(lattice: lattice, score: score)) }
        }
      }
    }
    var kept: [Candidate] = []
    for one in found.sorted(by: { ($0.score, $0.lattice.first.x) > ($1.score, $1.lattice.first.x) }) {
      if kept.allSatisfy({ distance($0.lattice, one.lattice) > reach }) { kept.append(one) }
    }
    return kept
  }

  /// Nil unless all three waves of the first shell are seen.
  private func score(of lattice: LayerLattice, _ reflections: [Reflection]) -> Double? {
    var score = 0.0
    for (index, wave) in lattice.frequencies.enumerated() {
      let near = reflections.filter {
        min(coefficients($0.frequency - wave), coefficients($0.frequency + wave)) < (index < 3 ? firstReach : reach)
      }
      guard let contrast = near.map(\.contrast).max() else {
        if index < 3 { return nil }
        continue
      }
      score += log(min(contrast, 1e12))
    }
    return score
  }

  /// Whether two lattices can be the layers of one bilayer: of about the same constant, and apart in the spectrum.
  private func areLayers(_ one: LayerLattice, _ other: LayerLattice) -> Bool {
    difference(one, other) < mismatch && distance(one, other) > reach
  }

  /// By how much the constants of two lattices differ, in parts of the smaller one.
  func difference(_ one: LayerLattice, _ other: LayerLattice) -> Double {
    let (a, b) = (one.scaled(pixel: pixel).length, other.scaled(pixel: pixel).length)
    return max(a, b) / min(a, b) - 1
  }

  /// The part of the power of the reflections that lies on waves of these lattices, of any order, 0 ... 1.
  func explainedShare(of reflections: [Reflection], by lattices: [LayerLattice]) -> Double {
    var (explained, total) = (0.0, 0.0)
    for one in reflections {
      total += one.strength
      let isExplained = lattices.contains { lattice in
        coefficients(offset(of: one.frequency, from: lattice)) < 2 * reach
      }
      if isExplained { explained += one.strength }
    }
    return total > 0 ? explained / total : 0
  }

  /// How far apart two lattices are in coefficients of the spectrum: the largest distance of their third shells, at the turn
  /// by 60 degrees that brings them closest.
  func distance(_ one: LayerLattice, _ other: LayerLattice) -> Double {
    (0..<6).map { sixths in
      let turned = other.turned(sixths: sixths)
      return 2 * max(coefficients(one.first - turned.first), coefficients(one.second - turned.second))
    }.min() ?? .infinity
  }

  /// Whether a reflection belongs to two layers: a wave of one, or one displaced by the moire's own reciprocal vectors, as
  /// where layers relax or the image is no plain sum of both.
  private func explains(_ spot: Point, _ one: LayerLattice, _ other: LayerLattice) -> Bool {
    let other = Twist.named(other, like: one, pixel: pixel)
    let (u, v) = (other.first - one.first, other.second - one.second)
    let near = min(reach, Self.satelliteReach * min(coefficients(u), coefficients(v)))
    return [one, other].contains { lattice in
      let offset = offset(of: spot, from: lattice)
      return coefficients(offset) < 2 * reach
        || (-2...2).contains { i in
          (-2...2).contains { j in coefficients(offset - Double(i) * u - Double(j) * v) < near }
        }
    }
  }

  /// A frequency less the nearest wave of a lattice, of any order.
  private func offset(of frequency: Point, from lattice: LayerLattice) -> Point {
    let vectors = lattice.vectors
    return frequency - frequency.dot(vectors.u).rounded() * lattice.first - frequency.dot(vectors.v).rounded()
      * lattice.second
  }

  private func coefficients(_ g: Point) -> Double { hypot(g.x * size.x, g.y * size.y) }
  private func scaled(_ g: Point) -> Point { Point(g.x / pixel.x, g.y / pixel.y) }
  private func unscaled(_ g: Point) -> Point { Point(g.x * pixel.x, g.y * pixel.y) }
}
