import Foundation
import TesseraNumerics

/// One sweep of `ThicknessField` over some columns, one after the other.
struct ThicknessListener {
  let field: ThicknessField
  let model: ThicknessField.Model
  /// Of `ThicknessLaw`, for the coupling of the model.
  let ratios: [Double]
  let old: ThicknessField.Messages
  /// Probability density of a cross-section that no number explains.
  let stray: Double
  var survey: ThicknessField.Survey
  /// What these columns say, edge after edge.
  var weights: [Double] = []
  var free: [Double] = []

  // Of one column: what each neighbour says; the same with its own shares, all together; what it says.
  private var said: [Double] = []
  private var together: [Double] = []
  private var own: [Double] = []
  private var found: [Double]

  init(
    field: ThicknessField, model: ThicknessField.Model, ratios: [Double], old: ThicknessField.Messages, stray: Double
  ) {
    (self.field, self.model, self.ratios, self.old, self.stray) = (field, model, ratios, old, stray)
    survey = ThicknessField.Survey(shares: [Double](repeating: 0, count: model.law.count))
    found = [Double](repeating: 0, count: ThicknessLaw.reach + 1)
  }

  /// Weights below this say nothing.
  private static let least = 1e-6

  mutating func listen(_ i: Int) {
    let (first, count) = (old.first[i], old.count[i])
    let edges = model.coupling > 0 ? field.graph.starts[i]..<field.graph.starts[i + 1] : 0..<0
    let (likelihood, top) = field.likelihoods(i, first, count, model)
    hear(first, count, edges)
    var (alone, whole, bound) = (0.0, 1e-300, 0.0)
    for k in 0..<count {
      alone += model.independent * likelihood[k] * model.law.shares[first + k]
      whole += together[k]
      bound += likelihood[k] * together[k]
    }
    bound *= (1 - model.independent) / whole
    let total = max(bound + alone, 1e-300)
    speak(i, first, count, edges, likelihood, alone)
    // A stray cross-section hardly counts.
    let density = total * exp(top)
    let trust = density / (density + stray)
    if field.informs[i] {
      survey.informing += 1
      survey.logLikelihood += log(density + stray)
      survey.independent += alone / total
    }
    var best = (number: first + 1, probability: -1.0)
    for k in 0..<count {
      let belief =
        likelihood[k]
        * ((1 - model.independent) * together[k] / whole + model.independent * model.law.shares[first + k]) / total
      if belief > best.probability { best = (first + k + 1, belief) }
      if field.informs[i], belief > 1e-9 { note(i, first + k + 1, belief, trust) }
    }
    survey.logDensities.append(field.informs[i] ? log(density + stray) : 0)
    survey.counts.append(best.number)
    survey.probabilities.append(best.probability)
  }

  private mutating func hear(_ first: Int, _ count: Int, _ edges: Range<Int>) {
    said.removeAll(keepingCapacity: true)
    together.removeAll(keepingCapacity: true)
    together += model.law.shares[first..<first + count]
    let levels = model.law.count
    for (slot, edge) in edges.enumerated() {
      let (from, sender) = (field.graph.reverse[edge], field.graph.targets[edge])
      let (base, start) = (slot * count, old.starts[field.graph.reverse[edge]])
      for _ in 0..<count { said.append(old.free[from]) }
      for b in 0..<old.count[sender] {
        let weight = old.weights[start + b]
        guard weight > Self.least else { continue }
        let row = (old.first[sender] + b) * levels + first
        for k in 0..<count { said[base + k] += weight * ratios[row + k] }
      }
      for k in 0..<count {
        said[base + k] = max(said[base + k], 1e-12)
        together[k] *= said[base + k]
      }
    }
  }

  /// To each neighbour: what all others said, and what is seen here.
  private mutating func speak(
    _ i: Int, _ first: Int, _ count: Int, _ edges: Range<Int>, _ likelihood: [Double], _ alone: Double
  ) {
    for (slot, edge) in edges.enumerated() {
      let base = slot * count
      own.removeAll(keepingCapacity: true)
      var (whole, total) = (1e-300, alone)
      for k in 0..<count {
        own.append(together[k] / said[base + k])
        whole += own[k]
      }
      for k in 0..<count {
        own[k] *= (1 - model.independent) * likelihood[k] / whole
        total += own[k]
      }
      total = max(total, 1e-300)
      for k in 0..<count { own[k] /= total }
      weights += own
      free.append(alone / total)
      let other = field.graph.targets[edge]
      if other > i, field.informs[i], field.informs[other] { notePair(first, field.graph.reverse[edge], other) }
    }
  }

  /// Adds by how much two neighbours differ, as far as they care.
  private mutating func notePair(_ first: Int, _ from: Int, _ sender: Int) {
    for d in found.indices { found[d] = 0 }
    let (levels, start) = (model.law.count, old.starts[from])
    var (sum, cares, theyCare) = (0.0, 0.0, 0.0)
    for k in own.indices { cares += own[k] }
    for b in 0..<old.count[sender] {
      let weight = old.weights[start + b]
      theyCare += weight
      guard weight > Self.least else { continue }
      let other = old.first[sender] + b
      for k in own.indices {
        let p = weight * own[k] * ratios[other * levels + first + k]
        found[min(abs(other - first - k), ThicknessLaw.reach)] += p
        sum += p
      }
    }
    let all = sum + max(0, 1 - cares * theyCare)
    guard all > 0 else { return }
    for d in found.indices { survey.differences[d] += found[d] / all }
  }

  private mutating func note(_ i: Int, _ number: Int, _ belief: Double, _ trust: Double) {
    let (n, p, mean) = (Double(number) - model.shift, belief * trust, model.mean(number))
    survey.entropy -= belief * log(belief)
    survey.shares[number - 1] += p
    let (w, offset) = (p / (field.scales[i] * field.noise.variance(at: mean)), field.values[i] - mean)
    survey.moments[0] += w * n * n
    survey.moments[1] += w * n * n * n
    survey.moments[2] += w * n * n * n * n
    survey.moments[3] += w * n * field.values[i]
    survey.moments[4] += w * n * n * field.values[i]
    survey.weight += p
    survey.squares += w * offset * offset
  }
}
