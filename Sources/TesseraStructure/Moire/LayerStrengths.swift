import Foundation
import TesseraImaging
import TesseraNumerics

/// How strong each of two lattices is in each part of an image.
struct LayerStrengths {
  /// For each layer and block the power of its waves beyond what noise gives, in the squared units of the image.
  let powers: [[Double]]

  /// Blocks hold a moire period or more, for within less the two lattices cannot be told apart.
  /// - Parameter most: blocks along a side.
  init(of outcome: LayerFit.Outcome, in image: Raster<Float>, atMost most: Int = 8) {
    let shortest =
      zip(outcome.lattices[0].frequencies, outcome.lattices[1].frequencies).prefix(3).map {
        ($0 - $1).length
      }.min() ?? 1
    // Few waves, the strongest: fewer unknowns in a block.
    let strongest = (0..<2).map { layer in
      LayerLattice.waves.indices.sorted {
        (outcome.amplitude(lattice: layer, wave: $1), $0) < (outcome.amplitude(lattice: layer, wave: $0), $1)
      }.prefix(3).map { outcome.lattices[layer].frequencies[$0] }
    }
    let side = Double(min(image.width, image.height))
    let perSide = max(1, min(most, Int(saturating: side * shortest / 1.5)))
    let blocks = concurrentMap(count: perSide * perSide) { index -> [Double] in
      func part(_ index: Int, of length: Int) -> Range<Int> {
        index * length / perSide..<(index + 1) * length / perSide
      }
      let (columns, rows) = (part(index % perSide, of: image.width), part(index / perSide, of: image.height))
      let block = image.cropped(x: columns.lowerBound, y: rows.lowerBound, width: columns.count, height: rows.count)
      return Self.powers(of: strongest, in: block, noise: outcome.residualDeviation)
    }
    powers = (0..<2).map { layer in blocks.map { $0[layer] } }
  }

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
    let left = powers(of: [differences, opposite], in: outcome.residual, noise: outcome.residualDeviation)
    return own[weaker] > 0 ? max(0, left.min() ?? 0) / own[weaker] : 0
  }

  /// - Parameter frequencies: three of each layer.
  private static func powers(of layers: [[Point]], in block: Raster<Float>, noise: Double) -> [Double] {
    let frequencies = layers.flatMap { $0 }
    let waves = WaveDictionary(width: block.width, height: block.height, waves: frequencies)
    let used =
      [waves.index(.none, 0, .cosine)]
      + (1...frequencies.count).flatMap { [waves.index(.none, $0, .cosine), waves.index(.none, $0, .sine)] }
    let gram = waves.gram(taperPower: 1).selecting(rows: used).selecting(columns: used)
    let all = waves.products(with: block, columns: 0..<block.width, rows: 0..<block.height)
    guard let inverse = SmallSystem.inverse(gram.values, count: used.count) else { return [0, 0] }
    let data = Matrix(rows: used.count, columns: 1, values: used.map { all[$0] })
    let matrix = Matrix(rows: used.count, columns: used.count, values: inverse)
    let amplitudes = matrix.times(data).values
    return (0..<2).map { layer in
      (0..<6).reduce(0) { sum, k in
        let index = 1 + 6 * layer + k
        return sum + amplitudes[index] * amplitudes[index] - noise * noise * matrix[index, index]
      }
    }
  }

  /// The parts of the blocks in which one layer is present and the other is not, for each layer.
  /// - Parameter presence: part of the power in a layer's strongest tenth of blocks.
  func aloneShares(presence: Double) -> (Double, Double) {
    let isPresent = powers.map { powers -> [Bool] in
      let strong = Statistics.quantile(powers, 0.9)
      return powers.map { $0 > presence * strong }
    }
    let count = Double(powers[0].count)
    func share(_ layer: Int) -> Double {
      Double(powers[0].indices.count { isPresent[layer][$0] && !isPresent[1 - layer][$0] }) / count
    }
    return (share(0), share(1))
  }
}
