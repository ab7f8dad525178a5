import Foundation
import TesseraNumerics

/// The least-squares fit of displacements by plane waves of given frequencies, a mean place for each basis column and a mean lattice.
struct ModulationFit: Sendable {
  /// Of the nodes, in pixels.
  let places: [Point]
  /// Of the columns from their nodes, in pixels.
  let moves: [Point]
  /// Basis column of each node.
  let basis: [Int]
  let basisCount: Int

  /// A fit and what it leaves over.
  struct State: Sendable {
    var frequencies: [Point]
    /// Cosine and sine of each wave.
    var amplitudes: [(cosine: Point, sine: Point)]
    var residuals: [Point]
    /// Of the residuals along one axis, in square pixels.
    var variance: Double
    /// Variance of an amplitude over that of the residuals, the larger of cosine and sine.
    var gains: [Double]
  }

  /// Nil where the waves cannot be told apart.
  func solved(frequencies: [Point]) -> State? {
    let unknowns = basisCount + 2 + 2 * frequencies.count
    guard places.count > unknowns else { return nil }
    let scale = max(1, places.map(\.length).max() ?? 1)
    var gram = [Double](repeating: 0, count: unknowns * unknowns)
    var (right, row) = ([Point](repeating: .zero, count: unknowns), [Double](repeating: 0, count: unknowns))
    func fill(_ site: Int, _ row: inout [Double]) {
      for k in 0..<basisCount { row[k] = k == basis[site] ? 1 : 0 }
      (row[basisCount], row[basisCount + 1]) = (places[site].x / scale, places[site].y / scale)
      for (k, q) in frequencies.enumerated() {
        let phase = 2 * Double.pi * q.dot(places[site])
        (row[basisCount + 2 + 2 * k], row[basisCount + 3 + 2 * k]) = (cos(phase), sin(phase))
      }
    }
    for site in places.indices {
      fill(site, &row)
      let filled = [basis[site]] + Array(basisCount..<unknowns)
      for i in filled {
        right[i] += moves[site] * row[i]
        for j in filled where j <= i { gram[i * unknowns + j] += row[i] * row[j] }
      }
    }
    for i in 0..<unknowns { for j in 0..<i { gram[j * unknowns + i] = gram[i * unknowns + j] } }
    guard let inverse = SmallSystem.inverse(gram, count: unknowns) else { return nil }
    let solution = (0..<unknowns).map { i in
      (0..<unknowns).reduce(Point.zero) { $0 + right[$1] * inverse[i * unknowns + $1] }
    }
    var residuals: [Point] = []
    for site in places.indices {
      fill(site, &row)
      residuals.append(row.indices.reduce(moves[site]) { $0 - solution[$1] * row[$1] })
    }
    let squares = residuals.reduce(0) { $0 + $1.squaredLength }
    let first = basisCount + 2
    return State(
      frequencies: frequencies,
      amplitudes: frequencies.indices.map { (solution[first + 2 * $0], solution[first + 2 * $0 + 1]) },
      residuals: residuals, variance: squares / Double(2 * (places.count - unknowns)),
      gains: frequencies.indices.map { k in
        max(inverse[(first + 2 * k) * (unknowns + 1)], inverse[(first + 2 * k + 1) * (unknowns + 1)])
      })
  }

  /// |Σ d exp(-2πi q·r)|², of both components together.
  func power(of moves: [Point], at q: Point) -> Double {
    var (cosine, sine) = (Point.zero, Point.zero)
    for (place, move) in zip(places, moves) {
      let phase = 2 * Double.pi * q.dot(place)
      cosine += move * cos(phase)
      sine += move * sin(phase)
    }
    return cosine.squaredLength + sine.squaredLength
  }

  /// A wave with its errors: of a frequency, var(2πq) = 2 σ² / (A² N) times the inverse of the covariance of the places.
  func wave(_ k: Int, of state: State) -> LatticeModulation.Wave {
    let (q, amplitude) = (state.frequencies[k], state.amplitudes[k])
    let mean = places.reduce(Point.zero, +) / Double(places.count)
    var (xx, xy, yy) = (0.0, 0.0, 0.0)
    for place in places {
      let d = place - mean
      (xx, xy, yy) = (xx + d.x * d.x, xy + d.x * d.y, yy + d.y * d.y)
    }
    // The smaller eigenvalue: the axis along which the frequency is known worst.
    let narrow = (xx + yy) / 2 - ((xx - yy) * (xx - yy) / 4 + xy * xy).squareRoot()
    let power = amplitude.cosine.squaredLength + amplitude.sine.squaredLength
    let error = power > 0 && narrow > 0 ? (2 * state.variance / (power * narrow)).squareRoot() / (2 * .pi) : .infinity
    let isTurned = q.y < 0 || (q.y == 0 && q.x < 0)
    return LatticeModulation.Wave(
      frequency: isTurned ? -q : q, frequencyError: error, cosine: amplitude.cosine,
      sine: isTurned ? -amplitude.sine : amplitude.sine, error: (state.variance * state.gains[k]).squareRoot())
  }
}
