import Foundation
import TesseraNumerics

/// Numbers of atoms of columns that know their neighbours: a Markov random field over `ColumnGraph`.
///
/// A column of n atoms has a cross-section of mean μₙ = δ n + κ n² and variance f (a + b μₙ). Its neighbours say by `ThicknessLaw` how
/// likely n is before the cross-section is seen; a share of the columns, learned too, has nothing to do with its neighbours,
/// neither hears them nor speaks to them, so that an adatom whose intensity says so keeps its number and leaves theirs alone.
///
/// Probabilities follow from belief propagation. Source: Pearl, Probabilistic Reasoning (1988), ch. 4; Yedidia, Freeman & Weiss,
/// IEEE Trans. Inf. Theory 51 (2005) 2282. Pair laws enter as P(a, b) / P(a) P(b) to the power of the coupling, and are
/// those that the beliefs imply: Wainwright, Jaakkola & Willsky, AISTATS 9 (2003), pseudo-moment matching. A coupling below 1 allows for what
/// neighbours of a column tell each other: its evidence would count several times in a net with short loops.
///
/// The measure of a model is how well it foretells each cross-section from the others,
///
///     L = Σᵢ log Σₙ p(n | neighbours of i) N(Vᵢ; μₙ, σₙ²),
///
/// a pseudo-likelihood: Besag, The Statistician 24 (1975) 179. Without coupling it is the likelihood of the histogram.
struct ThicknessField: Sendable {
  var values: [Double]
  /// Variance of each over what its intensity lets expect.
  var scales: [Double]
  /// Whether a column takes part in the fit; the others are only given numbers.
  var informs: [Bool]
  var noise: SpacedMixture.Noise
  var graph: ColumnGraph

  struct Model: Sendable {
    /// δ and κ.
    var step: Double
    var curvature = 0.0
    /// f.
    var noiseFactor = 1.0
    var law: ThicknessLaw
    /// Share of the columns that have nothing to do with their neighbours.
    var independent = 0.01
    var coupling: Double
    /// Whether α is 1 for all thicknesses.
    var isFlat = false
    /// Part of a step by which all means are moved down: 0, but for the null of `CombTest`.
    var shift = 0.0

    /// Of n atoms.
    func mean(_ n: Int) -> Double {
      let m = Double(n) - shift
      return step * m + curvature * m * m
    }
  }

  /// What each column says to its neighbours.
  struct Messages: Sendable {
    /// First number of atoms that is possible for a column, less one, and how many are.
    var first, count: [Int]
    /// Where the weights of an edge begin.
    var starts: [Int]
    /// Of each edge the probabilities of the numbers of its first end, without what the second said; with
    /// `free`, the probability that the column does not care, they add up to 1.
    var weights: [Double]
    var free: [Double]
  }

  /// What one sweep sees.
  struct Survey: Sendable {
    /// L, in nats, and the entropy of the beliefs.
    var logLikelihood = 0.0
    var entropy = 0.0
    var informing = 0.0
    var shares: [Double]
    var differences = [Double](repeating: 0, count: ThicknessLaw.reach + 1)
    var independent = 0.0
    /// Sums of wn², wn³, wn⁴, wnV, wn²V over columns and numbers of atoms.
    var moments = [Double](repeating: 0, count: 5)
    /// Sums of weights and of squares over the variances that are expected.
    var weight = 0.0, squares = 0.0
    /// Likeliest number and its probability, of each column.
    var counts: [Int] = []
    var probabilities: [Double] = []
    /// Of each column its part of L; 0 of those that do not take part in the fit.
    var logDensities: [Double] = []

    mutating func add(_ other: Survey) {
      logLikelihood += other.logLikelihood
      entropy += other.entropy
      informing += other.informing
      for n in shares.indices { shares[n] += other.shares[n] }
      for d in differences.indices { differences[d] += other.differences[d] }
      independent += other.independent
      for k in moments.indices { moments[k] += other.moments[k] }
      weight += other.weight
      squares += other.squares
      counts += other.counts
      probabilities += other.probabilities
      logDensities += other.logDensities
    }
  }

  /// A fitted model.
  struct Fit: Sendable {
    var model: Model
    var survey: Survey
    /// Most atoms of half a column or more.
    var thickest: Int
    var parameterCount: Int

    /// −2 L + p log N. Source: Stanford & Raftery, IEEE TPAMI 24 (2002) 1517.
    var criterion: Double { -2 * survey.logLikelihood + Double(parameterCount) * log(max(survey.informing, 2)) }
  }

  /// So many columns are added to those of each number of atoms: one that no column happens to show stays possible, and all that are tried, a
  /// few tens, weigh as one or two columns together.
  private static let unseenColumns = 0.05
  /// So many pairs of neighbours are added to those of each difference, which are few: half a pair, the least that is seen.
  private static let unseenPairs = 0.5

  /// The best model near a first one.
  /// - Parameters:
  ///   - isCurved: whether κ is fitted.
  ///   - sweeps: at most.
  func fit(from start: Model, isCurved: Bool, sweeps: Int) -> Fit {
    // Before the means move.
    let resting = 3
    var model = start
    var messages = firstMessages(model)
    var survey = Survey(shares: [])
    for round in 0..<sweeps {
      let before = survey.logLikelihood
      (messages, survey) = sweep(model, messages)
      let isLast =
        round == sweeps - 1 || round > resting + 3 && abs(survey.logLikelihood - before) < 1e-6 * survey.informing
      if isLast { break }
      model.law.fit(
        shares: model.isFlat ? nil : survey.shares.map { $0 + Self.unseenColumns },
        differences: survey.differences.map { $0 + Self.unseenPairs })
      if model.coupling > 0 {
        model.independent = min(0.999, max(survey.independent, 1) / max(survey.informing, 2))
      }
      // The first rounds sort the columns, the others place the means.
      if round >= resting { move(&model, survey, isCurved: isCurved) }
    }
    // Empty thicknesses below the highest count too: they are what lets half the step fit.
    let thickest = (survey.shares.lastIndex { $0 > 0.5 } ?? 0) + 1
    return Fit(
      model: model, survey: survey, thickest: thickest,
      parameterCount: (model.isFlat ? 1 : thickest) + (isCurved ? 2 : 1)
        + (model.coupling > 0 ? ThicknessLaw.reach + 1 : 0))
  }

  /// Weighted least squares of the means, and the noise factor with its prior.
  private func move(_ model: inout Model, _ survey: Survey, isCurved: Bool) {
    let (a, b, c, p, q) = (
      survey.moments[0], survey.moments[1], survey.moments[2], survey.moments[3], survey.moments[4]
    )
    guard a > 0 else { return }
    let determinant = a * c - b * b
    let (delta, kappa) = ((p * c - q * b) / determinant, (q * a - p * b) / determinant)
    let top = Double(model.law.count)
    if isCurved, determinant > 1e-9 * a * c, delta > 0, delta + 2 * kappa * top > 0 {
      (model.step, model.curvature) = (delta, kappa)
    } else {
      model.step = (p - model.curvature * b) / a
    }
    model.noiseFactor = SpacedMixture.Noise.factor(ratio: survey.squares / survey.weight, count: survey.weight)
  }

  /// Numbers that the intensities allow, with as many columns of each.
  private func firstMessages(_ model: Model) -> Messages {
    let levels = model.law.count
    let means = (1...levels).map(model.mean)
    var (first, count) = ([Int](repeating: 0, count: values.count), [Int](repeating: 1, count: values.count))
    for i in values.indices {
      let reach = 5.5 * (1.2 * scales[i] * noise.variance(at: values[i])).squareRoot()
      let nearest = means.indices.reduce(0) { abs(means[$1] - values[i]) < abs(means[$0] - values[i]) ? $1 : $0 }
      let low = min(means.firstIndex { $0 >= values[i] - reach } ?? nearest, max(0, nearest - 3))
      let high = max(means.lastIndex { $0 <= values[i] + reach } ?? nearest, min(levels - 1, nearest + 3))
      (first[i], count[i]) = (low, high - low + 1)
    }
    var starts = [0]
    starts.reserveCapacity(graph.targets.count + 1)
    var (weights, free) = ([Double](), [Double]())
    // Without coupling nobody speaks.
    for i in 0..<(model.coupling > 0 ? graph.count : 0) {
      let likelihoods = likelihoods(i, first[i], count[i], model).values
      let sum = zip(likelihoods, first[i]..<first[i] + count[i]).reduce(0.0) { $0 + $1.0 * model.law.shares[$1.1] }
      let own = likelihoods.indices.map {
        (1 - model.independent) * likelihoods[$0] * model.law.shares[first[i] + $0] / max(sum, 1e-300)
      }
      for _ in graph.starts[i]..<graph.starts[i + 1] {
        weights += own
        free.append(model.independent)
        starts.append(weights.count)
      }
    }
    return Messages(first: first, count: count, starts: starts, weights: weights, free: free)
  }

  /// Of `count` numbers from `first` + 1 on, in units of e^`top`.
  func likelihoods(_ i: Int, _ first: Int, _ count: Int, _ model: Model) -> (values: [Double], top: Double) {
    let logs = (first..<first + count).map { n -> Double in
      let mean = model.mean(n + 1)
      let variance = model.noiseFactor * scales[i] * noise.variance(at: mean)
      return -0.5 * (log(2 * .pi * variance) + (values[i] - mean) * (values[i] - mean) / variance)
    }
    let top = logs.max()!
    return (logs.map { exp($0 - top) }, top)
  }

  /// All columns listen, and then all speak: the same on any number of threads.
  private func sweep(_ model: Model, _ old: Messages) -> (Messages, Survey) {
    let ratios = model.law.ratios(coupling: model.coupling)
    // A cross-section that no number explains: one column in as many as there are, anywhere below the highest.
    let informing = Double(max(1, informs.count { $0 }))
    let stray = 1 / (informing * model.mean(model.law.count))
    let parts = concurrentMap(chunksOf: 128, of: values.count) { range -> ThicknessListener in
      var listener = ThicknessListener(field: self, model: model, ratios: ratios, old: old, stray: stray)
      for i in range { listener.listen(i) }
      return listener
    }
    var survey = Survey(shares: [Double](repeating: 0, count: model.law.count))
    var messages = old
    messages.weights.removeAll(keepingCapacity: true)
    messages.free.removeAll(keepingCapacity: true)
    for part in parts {
      survey.add(part.survey)
      messages.weights += part.weights
      messages.free += part.free
    }
    return (messages, survey)
  }
}
