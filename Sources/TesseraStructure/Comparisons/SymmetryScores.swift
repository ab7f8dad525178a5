import Foundation
import TesseraNumerics

/// How symmetric patches are under rotations and reflections, told by their Zernike moments.
///
/// The score of an n-fold axis compares energies E(q) = Σₚ |A(p, q)|² over q >= 2, normalised by their sum:
///
///     S(n) = Σ E(q) over q divisible by n − 1/(n−1) Σ E(q) over all other q,
///
/// from -1/(n-1) to 1; white noise gives 0.2 for n = 2 and about 0 for the others. |q| = 0 tells nothing and |q| = 1 is the slope of the background. No command uses these scores: `DenseSymmetry` maps S(n).
public struct SymmetryScores: Sendable, Codable, Equatable {
  /// Orders of the rotation axes, 2 or more each.
  public var folds = [2, 3, 4, 6]
  /// Scores of the axes that a crystal can have: 2-, 3-, 4- and 6-fold.
  public init() {}

  /// A mirror line through a site.
  public struct Mirror: Sendable, Codable, Equatable {
    /// max over t of Σ Re(A² exp(-i q t)) / Σ |A|² over q >= 2: 1 for a patch equal to its mirror image.
    public var score: Double
    /// Direction of the line from +x towards +y, in radians, 0 ..< pi.
    public var axis: Double
  }

  /// One row per site, one column per fold; NaN where a site has no patch or nothing but a smooth background.
  public func rotations(of moments: ZernikeMoments) -> Matrix<Float> {
    precondition(folds.allSatisfy { $0 >= 2 }, "an axis has at least two folds")
    var result = Matrix<Float>(rows: moments.count, columns: folds.count, filling: .nan)
    for site in moments.existing {
      let energies = angularEnergies(of: moments, site: site)
      for (column, fold) in folds.enumerated() {
        result[site, column] = Float(rotationScore(fold: fold, angularEnergies: energies))
      }
    }
    return result
  }

  /// The best mirror line of each site; nil where a site has no patch or nothing but a smooth background.
  ///
  /// The trigonometric sum in t is sampled finely enough to find its highest hill, which three parabolas then refine.
  public func mirrors(of moments: ZernikeMoments) -> [Mirror?] {
    concurrentMap(count: moments.count) { site in
      guard !moments.values[site, 0].isNaN, moments.order >= 2 else { return nil }
      var squares = [SIMD2<Double>](repeating: .zero, count: moments.order + 1)
      var energy = 0.0
      for term in ZernikeTerm.all(order: moments.order) where term.q >= 2 {
        let moment = moments.complex(site: site, p: term.p, q: term.q)
        let (re, im) = (Double(moment.x), Double(moment.y))
        squares[term.q] += SIMD2(re * re - im * im, 2 * re * im)
        energy += re * re + im * im
      }
      guard energy > 0 else { return nil }
      func agreement(_ t: Double) -> Double {
        (2..<squares.count).reduce(0) { sum, q in
          sum + squares[q].x * cos(Double(q) * t) + squares[q].y * sin(Double(q) * t)
        }
      }
      let steps = 8 * moments.order
      var step = 2 * Double.pi / Double(steps)
      var best = (0..<steps).map { Double($0) * step }.max { agreement($0) < agreement($1) } ?? 0
      for _ in 0..<3 {
        let (left, middle, right) = (agreement(best - step), agreement(best), agreement(best + step))
        let curvature = left - 2 * middle + right
        if curvature < 0 { best += step * max(-1, min(1, 0.5 * (left - right) / curvature)) }
        step /= 8
      }
      // A patch with mirror line φ has moments of phase -q φ, so the sum is largest at t = -2 φ.
      let axis = (-best / 2).truncatingRemainder(dividingBy: .pi)
      return Mirror(score: agreement(best) / energy, axis: axis < 0 ? axis + .pi : axis)
    }
  }
}

/// E(q) = Σₚ |A(p, q)|² for q = 0 ... order.
func angularEnergies(of moments: ZernikeMoments, site: Int) -> [Double] {
  var energies = [Double](repeating: 0, count: moments.order + 1)
  for term in ZernikeTerm.all(order: moments.order) {
    let value = Double(moments.values[site, term.index])
    energies[abs(term.q)] += value * value
  }
  return energies
}

/// The score S(n) of an n-fold axis, -1/(n-1) ... 1, from the energies of the angular orders; NaN without any energy
/// from q = 2 on.
func rotationScore(fold n: Int, angularEnergies energies: [Double]) -> Double {
  var (kept, total) = (0.0, 0.0)
  for q in stride(from: 2, to: energies.count, by: 1) {
    total += energies[q]
    if q.isMultiple(of: n) { kept += energies[q] }
  }
  return total > 0 ? (kept - (total - kept) / Double(n - 1)) / total : .nan
}
