import Foundation
import TesseraNumerics

/// Finds the waves of displacement in a lattice.
public struct ModulationFinder: Sendable, Codable, Equatable {
  /// At most so many waves.
  public var waveLimit = 6
  /// Noise gives as strong a wave anywhere in the plane of frequencies with this probability at most.
  public var largestChance = 1e-4
  /// A wave has at least so many periods in the image: fewer are a bend of the lattice, or strain.
  public var fewestPeriods = 2.0
  /// Waves shorter than this many spacings of the columns are not sought: a column has few neighbours to show them.
  public var shortestPeriod = 3.0

  /// A finder of up to six waves.
  public init() {}

  /// Steps of a trial frequency, in coefficients of the field's spectrum.
  private static let step = 0.35
  /// Steps by which the frequencies of a joint fit move, one round each, in the same unit.
  private static let refinements = [0.2, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005]
  /// Waves nearer than this are not told apart, in the same unit.
  private static let separation = 1.0

  /// The waves that stand out; nil without any.
  /// - Parameters:
  ///   - lattice: the mean lattice, with the node of each column.
  ///   - positions: of the columns, in pixels, in the order of `lattice.nodes`.
  ///   - spacing: typical distance of neighbouring columns, in pixels.
  public func modulation(of lattice: Lattice, positions: [Point], spacing: Double) -> LatticeModulation? {
    let known = lattice.nodes.indices.filter { lattice.nodes[$0] != nil }
    guard known.count >= 8 * waveLimit, spacing > 0 else { return nil }
    let nodes = known.map { lattice.nodes[$0]! }
    let places = nodes.map { lattice.position(of: $0) - lattice.grid.origin }
    let moves = zip(known, nodes).map { positions[$0] - lattice.position(of: $1) }
    let fit = ModulationFit(places: places, moves: moves, basis: nodes.map(\.basis), basisCount: lattice.basis.count)
    let low = places.reduce(places[0]) { pointwiseMin($0, $1) }
    let extent = places.reduce(places[0]) { pointwiseMax($0, $1) } - low
    guard min(extent.x, extent.y) > 0 else { return nil }
    let trials = frequencies(extent: extent, highest: 1 / (shortestPeriod * spacing))
    // Independent frequencies among the trials.
    let tests = max(1, Double(trials.count) * Self.step * Self.step)
    guard var state = fit.solved(frequencies: []) else { return nil }
    for _ in 0..<waveLimit {
      let rest = state.residuals
      let variance = state.variance
      guard variance > 0 else { break }
      let powers = concurrentMap(count: trials.count) { fit.power(of: rest, at: trials[$0]) }
      guard let best = powers.indices.max(by: { powers[$0] < powers[$1] }) else { break }
      // Of noise, t is the sum of two exponentials, one for each axis: P(> t) = (1 + t) e^-t.
      let t = powers[best] / (Double(places.count) * variance)
      guard tests * (1 + t) * exp(-t) < largestChance else { break }
      // What lies within a coefficient of a wave is that wave again, where its amplitude changes.
      let isNew = state.frequencies.allSatisfy { known in
        [trials[best] - known, trials[best] + known].allSatisfy {
          hypot($0.x * extent.x, $0.y * extent.y) > Self.separation
        }
      }
      guard isNew, let start = fit.solved(frequencies: state.frequencies + [trials[best]]) else { break }
      state = Self.refined(start, fit, extent: extent)
    }
    guard !state.frequencies.isEmpty else { return nil }
    let waves = state.frequencies.indices.map { fit.wave($0, of: state) }
    return LatticeModulation(
      waves: waves.sorted { ($0.amplitude, $0.frequency.x) > ($1.amplitude, $1.frequency.x) },
      residual: state.variance.squareRoot())
  }

  /// The frequencies that leave least over, by parabolas through smaller and smaller steps of each.
  private static func refined(_ start: ModulationFit.State, _ fit: ModulationFit, extent: Point) -> ModulationFit.State
  {
    var state = start
    for width in refinements {
      for wave in state.frequencies.indices {
        for axis in [Point(width / extent.x, 0), Point(0, width / extent.y)] {
          func moved(_ steps: Double) -> ModulationFit.State? {
            var frequencies = state.frequencies
            frequencies[wave] += axis * steps
            return fit.solved(frequencies: frequencies)
          }
          guard let before = moved(-1), let after = moved(1) else { continue }
          let curvature = before.variance - 2 * state.variance + after.variance
          let vertex = curvature > 0 ? (before.variance - after.variance) / (2 * curvature) : 0
          let tried = [before, after] + (abs(vertex) < 1 ? [moved(vertex)].compactMap { $0 } : [])
          if let best = tried.min(by: { $0.variance < $1.variance }), best.variance < state.variance { state = best }
        }
      }
    }
    return state
  }

  /// Trial frequencies over a half plane, without those of too long and too short periods.
  private func frequencies(extent: Point, highest: Double) -> [Point] {
    let steps = Point(Self.step / extent.x, Self.step / extent.y)
    let (columns, rows) = (Int(saturating: highest / steps.x), Int(saturating: highest / steps.y))
    let lowest = fewestPeriods / min(extent.x, extent.y)
    return (0...rows).flatMap { j in
      (-columns...columns).compactMap { i -> Point? in
        let q = Point(Double(i) * steps.x, Double(j) * steps.y)
        return (j > 0 || i > 0) && q.length <= highest && q.length >= lowest ? q : nil
      }
    }
  }
}
