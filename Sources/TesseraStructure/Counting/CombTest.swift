import Foundation
import TesseraNumerics

/// Whether cross-sections stand on a comb of equidistant numbers of atoms, or only in a smooth distribution.
///
/// A comb can be fitted to anything, and with neighbours a slope passes for terraces. The comb means something if cross-sections gather at
/// its teeth. Its nulls are the same distribution with the teeth smoothed away,
///
///     G = Σᵢ log (ε + (1 − ε) Σₖ N(xᵢ − k; 0, sᵢ²)),
///
/// xᵢ being the number of atoms, with fractions, at a cross-section and sᵢ its deviation, and the same comb moved by part of a step,
///
///     μₙ = δ (n − s) + κ (n − s)²,    s = ¼, ½, ¾,
///
/// fitted as the comb itself is, with neighbours if they are evidence, from steps around it and from those that put a moved tooth where the
/// comb explains most. Of a smooth distribution G is negative, and no s is better than another. If the comb with s = ½ is as good as that
/// with s = 0, nothing tells one number from the next. Any two numbers suit some comb: the two that say most are left out of sums.
///
/// G is a likelihood ratio, which exceeds a under its null in one case of eᵃ at most: Ville; Wald, Ann. Math. Stat. 16 (1945) 117.
struct CombTest: Sendable {
  let field: ThicknessField
  /// δ and κ that were found, and the most atoms.
  let step, curvature: Double
  let thickest: Double
  let coupling: Double
  let largest: Double

  /// Columns that are asked.
  private static let asked = 2000
  /// Of the field, as for finding the step.
  private static let sweeps = 20
  /// Most atoms of combs that are tried, besides those of the comb that was found.
  private static let offsets = [-1, -0.5, 0, 0.5, 1]
  /// Moved combs are fitted again so often with a tooth where the comb leads most: at the two numbers that any comb suits.
  private static let grants = 2
  /// A comb has at least this share of the teeth of the comb that was found, and at most that.
  private static let teeth = 0.2...2.2

  /// - Parameters:
  ///   - values: cross-sections of the columns that the step rests on, all positive.
  ///   - places: of these columns, or none.
  /// Nil where fewer than two numbers of atoms were found.
  init?(of result: AtomCounter.Result, values: [Double], places: [Point]) {
    guard let first = result.components.first, let last = result.components.last, last.atoms > first.atoms else {
      return nil
    }
    let (low, high) = (Double(first.atoms), Double(last.atoms))
    curvature = result.spacing == .curved ? (last.mean / high - first.mean / low) / (high - low) : 0
    (step, thickest) = (last.mean / high - curvature * high, high)
    let chosen = places.isEmpty ? Array(values.indices) : ColumnGraph.patches(places, limit: Self.asked)
    let hasNeighbours = result.evidence == .neighbours && !places.isEmpty
    coupling = hasNeighbours ? 0.5 : 0
    field = ThicknessField(
      values: chosen.map { values[$0] }, scales: chosen.map { _ in 1 }, informs: chosen.map { _ in true },
      noise: SpacedMixture.Noise(of: result.components),
      graph: hasNeighbours ? ColumnGraph(places).part(chosen) : ColumnGraph(count: chosen.count, pairs: []))
    largest = values.max() ?? last.mean
  }

  func comb() -> AtomCounter.Comb {
    let shifts = [0, 0.25, 0.5, 0.75]
    let tried = shifts.flatMap { shift in Self.offsets.map { (shift: shift, scale: 1 + $0 / thickest) } }
    let fits = fits(tried)
    var best = shifts.indices.map { k in
      likeliest(fits[k * Self.offsets.count..<(k + 1) * Self.offsets.count].compactMap { $0 })
    }
    guard let still = best[0] else {
      return .init(gathering: 0, halfStepLead: 0, halfStepRest: 0, sway: 0, hasNeighbours: coupling > 0)
    }
    for _ in 0..<Self.grants {
      let scales = shifts.indices.dropFirst().flatMap { k -> [(shift: Double, scale: Double)] in
        guard let moved = best[k] else { return [] }
        let number = Double(Self.leads(of: still, over: moved).max { $0.lead < $1.lead }?.number ?? 1)
        return [number, number + 1].map { (shift: shifts[k], scale: ($0 - shifts[k]) / number) }
      }
      let others = self.fits(scales)
      for k in shifts.indices.dropFirst() {
        let own = scales.indices.filter { scales[$0].shift == shifts[k] }.compactMap { others[$0] }
        best[k] = likeliest(own + [best[k]].compactMap { $0 })
      }
    }
    func lead(_ k: Int) -> Double {
      best[k].map { still.survey.logLikelihood - $0.survey.logLikelihood } ?? 0
    }
    let rest = best[2].map { Self.rest(Self.leads(of: still, over: $0)) } ?? 0
    return .init(
      gathering: gathering, halfStepLead: lead(2), halfStepRest: rest, sway: lead(3) - lead(1),
      hasNeighbours: coupling > 0)
  }

  /// The field fitted from combs with `scale` times the teeth; nil where these are too few or too many.
  private func fits(_ tried: [(shift: Double, scale: Double)]) -> [ThicknessField.Fit?] {
    concurrentMap(count: tried.count) { k in
      let (shift, scale) = (tried[k].shift, tried[k].scale)
      guard Self.teeth.contains(scale) else { return nil }
      var model = ThicknessField.Model(
        step: step / scale, curvature: curvature / (scale * scale),
        levels: Int(saturating: (thickest * scale).rounded(.up)) + 2, reaching: largest, coupling: coupling)
      model.shift = shift
      return field.fit(from: model, isCurved: curvature != 0, sweeps: Self.sweeps)
    }
  }

  private func likeliest(_ fits: [ThicknessField.Fit]) -> ThicknessField.Fit? {
    fits.max { $0.survey.logLikelihood < $1.survey.logLikelihood }
  }

  /// By how much one model foretells the columns of each of its numbers of atoms better than another one.
  private static func leads(of fit: ThicknessField.Fit, over other: ThicknessField.Fit) -> [(
    number: Int, lead: Double
  )] {
    let (mine, others) = (fit.survey, other.survey)
    return sums(of: mine.logDensities.indices.map { mine.logDensities[$0] - others.logDensities[$0] }, by: mine.counts)
  }

  private static func sums(of values: [Double], by numbers: [Int]) -> [(number: Int, lead: Double)] {
    var sums = [Double](repeating: 0, count: (numbers.max() ?? 0) + 1)
    var isSeen = [Bool](repeating: false, count: sums.count)
    for (value, number) in zip(values, numbers) {
      sums[number] += value
      isSeen[number] = true
    }
    return sums.indices.filter { isSeen[$0] }.map { (number: $0, lead: sums[$0]) }
  }

  /// Without the two numbers that say most.
  private static func rest(_ leads: [(number: Int, lead: Double)]) -> Double {
    leads.map(\.lead).sorted(by: >).dropFirst(2).reduce(0, +)
  }
}

/// Single cross-sections on the comb.
extension CombTest {
  /// Share of the columns that stand anywhere: mixed, cut or dirty ones.
  private static let strayShare = 0.1
  /// No comb of atoms is straighter than this, in atoms.
  private static let leastDeviation = 0.06
  /// Deviations of noise that is larger than the components say, and the components' own.
  private static let widths = [1.0, 1.5]

  /// G without the two numbers that say most, with the width that suits best.
  var gathering: Double {
    let numbers = field.values.map(number)
    let rounded = numbers.map { Int(saturating: $0.rounded()) }
    return Self.widths.map { width in
      let logs = field.values.indices.map { k -> Double in
        guard rounded[k] > 0 else { return 0 }
        let slope = step + 2 * curvature * numbers[k]
        let deviation = width * (field.noise.variance(at: field.values[k])).squareRoot() / max(abs(slope), 1e-6 * step)
        let density = Self.density(at: numbers[k], deviation: max(deviation, Self.leastDeviation))
        return log(Self.strayShare + (1 - Self.strayShare) * density)
      }
      return Self.rest(Self.sums(of: logs, by: rounded.map { max(0, $0) }))
    }.max() ?? 0
  }

  /// Atoms, with fractions, at a cross-section: the smaller root of δ n + κ n² = V.
  private func number(at value: Double) -> Double {
    guard curvature != 0 else { return value / step }
    return 2 * value / (step + max(step * step + 4 * curvature * value, 1e-6 * step * step).squareRoot())
  }

  /// Σₖ N(x − k; 0, s²) = 1 + 2 Σₘ exp(−2 π² s² m²) cos(2 π m x), which averages to 1. Terms below e^−20 are left out.
  private static func density(at x: Double, deviation s: Double) -> Double {
    var (sum, m) = (1.0, 1.0)
    while 2 * .pi * .pi * s * s * m * m < 20 {
      sum += 2 * exp(-2 * .pi * .pi * s * s * m * m) * cos(2 * .pi * m * x)
      m += 1
    }
    return max(0, sum)
  }
}

extension AtomCounter {
  /// The result with what tells its comb from a smooth distribution.
  /// - Parameter informing: the columns that the step rests on.
  func tested(_ result: Result, _ crossSections: [Double], _ places: [Point], _ informing: [Int]) -> Result {
    var result = result
    result.comb = CombTest(
      of: result, values: informing.map { crossSections[$0] },
      places: places.isEmpty ? [] : informing.map { places[$0] }
    )?.comb()
    return result
  }
}
