import Foundation
import TesseraImaging
import TesseraNumerics

/// What the waves of two lattices leave over, and whether it is that of a superstructure.
enum LayerStrengths {
  /// The power that the waves of the first shells leave over within three coefficients of them, beyond that of the noise farther off,
  /// as a part of their own.
  static func left(of outcome: LayerFit.Outcome) -> Double {
    let residual = PowerSpectrum(of: outcome.residual)
    let model = PowerSpectrum(of: outcome.model)
    var (near, far, own) = ([Double](), [Double](), 0.0)
    for wave in outcome.lattices.flatMap({ $0.frequencies.prefix(3) }) {
      let place = residual.place(of: wave)
      let (x, y) = (Int(saturating: place.x.rounded()), Int(saturating: place.y.rounded()))
      for row in y - 12...y + 12 {
        for column in x - 12...x + 12 where residual.power.contains(x: column, y: row) {
          let distance = hypot(Double(column) - place.x, Double(row) - place.y)
          let power = Double(residual.power[column, row])
          if distance < 3 {
            near.append(power)
            own += Double(model.power[column, row])
          } else if distance > 8 {
            far.append(power)
          }
        }
      }
    }
    guard own > 0, !far.isEmpty else { return 0 }
    let noise = Statistics.mean(far)
    return max(0, near.reduce(0, +) - noise * Double(near.count)) / own
  }

  /// Shorter differences of the waves of two lattices, in parts of these, are those of layers turned by less than 6 degrees, which relax.
  private static let shortestDifference = 0.1

  /// The power of waves that a superstructure of one layer has and two layers on each other have not, as a part of that of the three
  /// shortest waves of the weaker lattice: the waves of the moire, and those opposite to the weaker lattice's about the stronger one's.
  /// The smaller of both counts, for contamination has waves of the first kind, and layers that relax have waves of the second.
  static func superstructure(in outcome: LayerFit.Outcome) -> Double {
    let own = (0..<2).map { layer -> Double in
      (0..<3).reduce(0) { $0 + pow(outcome.amplitude(lattice: layer, wave: $1), 2) }
    }
    let weaker = own[1] < own[0] ? 1 : 0
    let (strong, weak) = (outcome.lattices[1 - weaker].triple, outcome.lattices[weaker].triple)
    let differences = zip(weak, strong).map { $0 - $1 }
    guard differences[0].length > shortestDifference * strong[0].length else { return 0 }
    let opposite = zip(weak, strong).map { 2 * $1 - $0 }
    let waves = WavePowers(
      width: outcome.residual.width, height: outcome.residual.height, groups: [differences, opposite])
    let left = waves?.powers(in: outcome.residual, noise: outcome.residualDeviation).min() ?? 0
    return own[weaker] > 0 ? max(0, left) / own[weaker] : 0
  }
}
