import Foundation
import TesseraNumerics

/// Counting with neighbours: `ThicknessField` with the step that foretells the columns best.
///
/// Where the histogram resolves the thicknesses it knows the step to a fraction of a per cent, and its components are where the
/// field begins. Where they overlap the step comes from the field: it is fitted from steps on a grid, half an atom of the thickest
/// column apart, with α = 1 and a coupling of .5. So weak a coupling lets plateaus find their number
/// before they freeze; α of its own would let steps of a half pass, with every other thickness empty.
extension AtomCounter {
  struct NeighbourFit {
    var fit: ThicknessField.Fit
    var isCurved: Bool
    var noise: SpacedMixture.Noise
    /// Whether the criterion is lower than that of the best model without neighbours.
    var areBetter: Bool
    /// The least criterion for each number of atoms of the thickest column.
    var orders: [Order]
    /// Means that saturate, where these foretell the columns about as well as those on a line do.
    var rival: ThicknessField.Fit?
    /// Whether a comb of half steps had the least criterion, with every second number empty.
    var isHalved = false
  }

  /// Columns that are asked for the step; the others join once it is known.
  private static let screened = 2000
  /// A curve must lead by this criterion. A difference above 10 is very strong evidence (Kass & Raftery, J. Am. Stat. Assoc. 90
  /// (1995) 773); but a pseudo-likelihood counts what neighbours share more than once.
  private static let curveLead = 20.0

  /// - Parameters:
  ///   - field: all columns with a cross-section, and their places.
  ///   - histogram: what the cross-sections say without their places.
  func neighbourFit(_ field: ThicknessField, places: [Point], histogram: HistogramFit) -> NeighbourFit {
    let sorted = field.values.indices.filter { field.informs[$0] }.map { field.values[$0] }.sorted()
    var start: ThicknessField.Model
    var isCurved = histogram.means == .curved
    var orders: [Order]
    var rivalStart: ThicknessField.Model?
    // Components much wider than the errors say may be two thicknesses each.
    if histogram.fit.entropy / histogram.fit.sampleCount < resolvedEntropy, histogram.fit.noiseFactor < 1.3 {
      start = histogram.start(reaching: sorted.last!)
      orders = histogram.orders
    } else {
      let chosen = ColumnGraph.patches(places, limit: Self.screened)
      let part = chosen.count == places.count ? field : field.part(chosen)
      let screen = StepScreen(
        field: part, top: Statistics.quantile(sorted: sorted, 0.997), largest: sorted.last!, largestCount: largestCount)
      let lines = spacing == .curved ? [] : screen.lines()
      let curves = spacing == .proportional ? [] : screen.curves(near: lines)
      let (line, curve) = (lines.min { $0.criterion < $1.criterion }, curves.min { $0.criterion < $1.criterion })
      isCurved = curve.map { $0.criterion + Self.curveLead < line?.criterion ?? .infinity } ?? false
      let fit = isCurved ? curve! : line!
      start = fit.model
      if !isCurved { rivalStart = curve?.model }
      orders = StepScreen.orders(of: lines + curves)
    }
    func fit(_ start: ThicknessField.Model, isCurved: Bool, coupling: Double) -> ThicknessField.Fit {
      var model = start
      (model.coupling, model.isFlat) = (coupling, false)
      return field.fit(from: model, isCurved: isCurved, sweeps: 60)
    }
    func refined() -> ThicknessField.Fit {
      let fits = [0.5, 0.7, 1].map { fit(start, isCurved: isCurved, coupling: $0) }
      return fits.max { $0.survey.logLikelihood < $1.survey.logLikelihood }!
    }
    let fromHistogram = histogram.start(reaching: sorted.last!)
    let alone = [
      fit(start, isCurved: isCurved, coupling: 0),
      fit(fromHistogram, isCurved: histogram.means == .curved, coupling: 0),
    ].map(\.criterion).min()!
    var best = refined()
    if best.criterion >= alone, mustAskNeighbours {
      // Neighbours that have nothing to tell do not tell the step either.
      (start, isCurved, orders) = (fromHistogram, histogram.means == .curved, histogram.orders)
      best = refined()
    }
    let areBetter = best.criterion < alone
    let reduced = field.reduced(best, isCurved: isCurved)
    // What follows is for numbers that are taken.
    let isAsked = spacing == .auto && (areBetter || mustAskNeighbours)
    let halved = isAsked ? field.halved(reduced) : nil
    // A curve that does not lead by enough to be taken is not refuted.
    let isOpen = isAsked && !isCurved && halved == nil && reduced.thickest == best.thickest
    let rival =
      isOpen
      ? (rivalStart ?? curve(beside: best, in: field, places: places)).map {
        fit($0, isCurved: true, coupling: best.model.coupling)
      } : nil
    return NeighbourFit(
      fit: halved ?? reduced, isCurved: isCurved || halved != nil, noise: field.noise,
      areBetter: areBetter, orders: orders,
      rival: rival.flatMap { $0.criterion < best.criterion + Self.curveLead ? $0 : nil }, isHalved: halved != nil)
  }

  /// Where the likeliest means that saturate begin which reach as high as those of a line, with as many atoms or a few more.
  private func curve(beside line: ThicknessField.Fit, in field: ThicknessField, places: [Point]) -> ThicknessField
    .Model?
  {
    let chosen = ColumnGraph.patches(places, limit: Self.screened)
    let screen = StepScreen(
      field: chosen.count == places.count ? field : field.part(chosen), top: line.model.mean(line.thickest),
      largest: field.values.max() ?? 0, largestCount: largestCount)
    let thickest = (0...Self.mostHidden).map { Double(line.thickest + $0) }
    return screen.curves(of: thickest).min { $0.criterion < $1.criterion }?.model
  }

  /// Means that saturate hide so many atoms at most where the columns do not tell.
  private static let mostHidden = 2
}

/// The field fitted from many steps.
private struct StepScreen {
  let field: ThicknessField
  /// Nearly the highest cross-section, and the highest.
  let top, largest: Double
  let largestCount: Int

  private static let sweeps = 20
  private static let coupling = 0.5

  /// Means on a line through zero.
  func lines() -> [ThicknessField.Fit] { fits(thickest.map { model(thickest: $0, loss: 0) }) }

  /// Means that saturate. They hide atoms: the thickest column has more than the best line says, unless that line takes half the
  /// step to follow the curve.
  func curves(near lines: [ThicknessField.Fit]) -> [ThicknessField.Fit] {
    let likely = lines.min { $0.criterion < $1.criterion }.map { Double($0.thickest) }
    return curves(of: thickest.filter { n in likely.map { 0.4 * $0 <= n && n <= 1.5 * $0 } ?? true })
  }

  /// Means that saturate by a tenth and by a quarter at the thickest column, which has one of these numbers of atoms.
  func curves(of thickest: [Double]) -> [ThicknessField.Fit] {
    fits([0.1, 0.24].flatMap { loss in thickest.map { model(thickest: $0, loss: loss) } })
  }

  static func orders(of fits: [ThicknessField.Fit]) -> [AtomCounter.Order] {
    let byThickest = Dictionary(grouping: fits, by: \.thickest)
    return byThickest.keys.sorted().map { thickest in
      .init(components: thickest, plic: byThickest[thickest]!.map(\.criterion).min()!)
    }
  }

  /// Large numbers first: they take longest.
  private var thickest: [Double] { Array(stride(from: Double(largestCount), through: 1, by: -0.5)) }

  private func fits(_ models: [ThicknessField.Model]) -> [ThicknessField.Fit] {
    concurrentMap(count: models.count) {
      field.fit(from: models[$0], isCurved: models[$0].curvature != 0, sweeps: Self.sweeps)
    }
  }

  /// - Parameters:
  ///   - thickest: number of atoms at `top`, not always a whole one.
  ///   - loss: share of the intensity that is missing there.
  private func model(thickest: Double, loss: Double) -> ThicknessField.Model {
    let step = top / (thickest * (1 - loss))
    return .init(
      step: step, curvature: -loss * step / thickest, levels: Int(saturating: thickest.rounded(.up)) + 1,
      reaching: largest,
      coupling: Self.coupling)
  }
}

extension ThicknessField.Model {
  /// Equally likely numbers up to `levels`, and on to `largest`, but no more than twice as many, and none beyond the top of a curve.
  init(step: Double, curvature: Double, levels: Int, reaching largest: Double, coupling: Double) {
    let summit = curvature < 0 ? max(1, Int(saturating: -step / (2 * curvature))) : .max
    var count = min(levels, summit)
    while count < min(2 * levels, summit), step * Double(count) + curvature * Double(count * count) < largest {
      count += 1
    }
    self.init(
      step: step, curvature: curvature,
      law: ThicknessLaw(shares: [Double](repeating: 1 / Double(count), count: count)), coupling: coupling, isFlat: true)
  }
}

extension AtomCounter.HistogramFit {
  /// A field that begins with these components.
  func start(reaching largest: Double) -> ThicknessField.Model {
    let last = fit.means.count
    // δ n + κ n² through the first and the last.
    let (first, top) = (fit.means[0], fit.means[last - 1] / Double(last))
    let curvature = means == .curved && last > 1 ? (top - first) / Double(last - 1) : 0
    return ThicknessField.Model(
      step: first - curvature, curvature: curvature, levels: last, reaching: largest, coupling: 0)
  }
}

extension ThicknessField {
  /// Some of the columns, in the order given.
  func part(_ columns: [Int]) -> ThicknessField {
    ThicknessField(
      values: columns.map { values[$0] }, scales: columns.map { scales[$0] }, informs: columns.map { informs[$0] },
      noise: noise, graph: graph.part(columns))
  }
}
