import Foundation
import TesseraNumerics

/// The least-squares fit of an image by the waves of one or two lattices: frequencies to a small part of a coefficient of the
/// spectrum, whatever the distance of the two lattices in it, with errors.
///
///     I(r) = c + Σ (α cos 2πg·r + β sin 2πg·r),   g over the first three shells of each lattice,
///
/// by Gauss and Newton, all amplitudes and the four numbers of each lattice together. Pixels are weighted by the root of a Hann
/// window. Because the waves of both lattices are in one model, neither leaks into the other.
///
/// Errors come from leaving out one block of the image after the other (a jackknife, to first order), which takes noise of any
/// colour and distortions that differ from block to block into account, or from white noise of the residual's variance,
/// whichever says more.
package struct LayerFit: Sendable, Codable, Equatable {
  package var stepLimit = 30
  /// Blocks along each side, whose scores say how far the answer may be off.
  package var blocks = 8

  package init() {}

  /// Waves of lattices in an image, measured.
  package struct Outcome: Sendable {
    package var lattices: [LayerLattice]
    /// Cosine and sine of the constant and of each wave at the middle of the image, lattice after lattice.
    var coefficients: [(cosine: Double, sine: Double)]
    /// Of the parameters: constant, cosine and sine of each wave, then four numbers of each lattice.
    var jackknife, white: Matrix<Double>
    /// Standard deviation of what the waves leave over.
    var residualDeviation: Double
    var residual, model: Raster<Float>

    /// Differences are taken over steps of so many standard errors of a parameter, over which quantities change evenly.
    private static let differenceStep = 0.01

    /// The phase of a wave at the middle of the image, in radians.
    package func phase(lattice: Int, wave: Int) -> Double {
      let c = coefficients[1 + lattice * LayerLattice.waves.count + wave]
      return atan2(-c.sine, c.cosine)
    }

    /// The amplitude of a wave, in the units of the image.
    package func amplitude(lattice: Int, wave: Int) -> Double {
      let c = coefficients[1 + lattice * LayerLattice.waves.count + wave]
      return hypot(c.cosine, c.sine)
    }

    /// Root mean square of all waves of a lattice over the image, in the units of the image.
    func strength(lattice: Int) -> Double {
      LayerLattice.waves.indices.reduce(0) { $0 + pow(amplitude(lattice: lattice, wave: $1), 2) / 2 }.squareRoot()
    }

    /// The same outcome of two lattices with the second one first.
    var swapped: Outcome {
      let (pairs, linear) = (LayerLattice.waves.count, 2 * coefficients.count - 1)
      func order(_ start: Int, _ count: Int) -> [Int] {
        Array(start + count..<start + 2 * count) + Array(start..<start + count)
      }
      let rows = [0] + order(1, 2 * pairs) + order(linear, 4)
      var copy = self
      copy.lattices.reverse()
      copy.coefficients = ([0] + order(1, pairs)).map { coefficients[$0] }
      copy.jackknife = jackknife.selecting(rows: rows).selecting(columns: rows)
      copy.white = white.selecting(rows: rows).selecting(columns: rows)
      return copy
    }

    /// The squared amplitude of a wave over its variance: 2 on average where there is no wave.
    func significance(lattice: Int, wave: Int) -> Double {
      let k = 1 + lattice * LayerLattice.waves.count + wave
      let c = coefficients[k]
      func variance(_ index: Int) -> Double { max(jackknife[index, index], white[index, index]) }
      return c.cosine * c.cosine / variance(2 * k - 1) + c.sine * c.sine / variance(2 * k)
    }

    /// The part of the power of a lattice's waves that its three shortest hold, 0 ... 1.
    func firstShellShare(lattice: Int) -> Double {
      let powers = LayerLattice.waves.indices.map { pow(amplitude(lattice: lattice, wave: $0), 2) }
      let total = powers.reduce(0, +)
      return total > 0 ? powers.prefix(3).reduce(0, +) / total : 0
    }

    var parameters: [Double] {
      [coefficients[0].cosine] + coefficients.dropFirst().flatMap { [$0.cosine, $0.sine] }
        + lattices.flatMap(\.parameters)
    }

    /// The same outcome with other parameters.
    func with(parameters: [Double]) -> Outcome {
      var copy = self
      copy.coefficients[0].cosine = parameters[0]
      for k in 1..<coefficients.count {
        copy.coefficients[k] = (parameters[2 * k - 1], parameters[2 * k])
      }
      let first = 2 * coefficients.count - 1
      for l in lattices.indices { copy.lattices[l].parameters = Array(parameters[first + 4 * l..<first + 4 * l + 4]) }
      return copy
    }

    /// The standard errors of quantities that depend on the parameters, by differences: √(gᵀ C g).
    package func errors(of quantities: (Outcome) -> [Double]) -> [Double] {
      let base = parameters
      let steps = white.diagonal.map { Self.differenceStep * max(0, $0).squareRoot() }
      let slopes = base.indices.map { index -> [Double] in
        guard steps[index] > 0 else { return [] }
        var (high, low) = (base, base)
        high[index] += steps[index]
        low[index] -= steps[index]
        return zip(quantities(with(parameters: high)), quantities(with(parameters: low))).map {
          ($0 - $1) / (2 * steps[index])
        }
      }
      let count = slopes.map(\.count).max() ?? 0
      return (0..<count).map { quantity in
        let slope = slopes.map { $0.isEmpty ? 0 : $0[quantity] }
        func variance(_ covariance: Matrix<Double>) -> Double {
          var sum = 0.0
          for i in slope.indices { for j in slope.indices { sum += slope[i] * slope[j] * covariance[i, j] } }
          return sum
        }
        return max(variance(jackknife), variance(white)).squareRoot()
      }
    }
  }

  /// Fits the waves of lattices, starting from these. Nil where it does not settle: the lattices cannot be told apart, or
  /// the image does not show them.
  /// - Parameters:
  ///   - image: finite intensities.
  ///   - lattices: of the layers, one or more, near enough to settle from.
  ///   - part: which blocks are fitted, row after row, `blocks` along each side; nil for all.
  package func fit(_ image: Raster<Float>, from lattices: [LayerLattice], within part: [Bool]? = nil) -> Outcome? {
    let field = FieldBlocks(width: image.width, height: image.height, perSide: blocks, isUsed: part)
    var lattices = lattices
    var amplitudes: [Double] = []
    let coefficient = Point(1 / Double(image.width), 1 / Double(image.height))
    for step in 0..<stepLimit {
      let waves = WaveDictionary(width: image.width, height: image.height, waves: lattices.flatMap(\.frequencies))
      let (gram, data) = (field.gram(of: waves, taperPower: 1), field.products(of: waves, with: image))
      // The amplitudes at these frequencies; then amplitudes and frequencies together.
      let plain = Self.jacobian(waves, lattices: [], amplitudes: [])
      guard let solved = Self.solution(plain, gram, data) else { return nil }
      amplitudes = solved
      let jacobian = Self.jacobian(waves, lattices: lattices, amplitudes: amplitudes)
      let model = Self.entries(of: amplitudes, waves)
      let left = zip(data, Self.product(gram, model)).map { $0 - $1 }
      guard let change = Self.solution(jacobian, gram, left) else { return nil }
      let moves = change.suffix(4 * lattices.count)
      guard moves.allSatisfy(\.isFinite) else { return nil }
      // Never further than half a coefficient at once: the phases of the far ends would turn by more than a right angle.
      let largest =
        zip(moves, moves.indices).map { abs($0) / ($1.isMultiple(of: 2) ? coefficient.x : coefficient.y) }.max() ?? 0
      let damping = min(1, 0.5 / max(largest, 1e-300))
      for l in lattices.indices {
        let part = moves.dropFirst(4 * l).prefix(4)
        lattices[l].parameters = zip(lattices[l].parameters, part).map { $0 + damping * $1 }
      }
      if largest < 1e-6 || step == stepLimit - 1 {
        guard largest < 1e-3 else { return nil }
        return outcome(of: image, lattices: lattices, waves: waves, amplitudes: amplitudes, gram: gram, field)
      }
    }
    return nil
  }

  /// The part of the image's weighted power that the waves of these lattices explain, with the best amplitudes; nil where they
  /// cannot be told apart.
  func explained(_ image: Raster<Float>, by lattices: [LayerLattice]) -> Double? {
    let waves = WaveDictionary(width: image.width, height: image.height, waves: lattices.flatMap(\.frequencies))
    let data = waves.products(with: image, columns: 0..<image.width, rows: 0..<image.height)
    let plain = Self.jacobian(waves, lattices: [], amplitudes: [])
    guard let solved = Self.solution(plain, waves.gram(taperPower: 1), data) else { return nil }
    return zip(Self.entries(of: solved, waves), data).reduce(0) { $0 + $1.0 * $1.1 }
  }

  private func outcome(
    of image: Raster<Float>, lattices: [LayerLattice], waves: WaveDictionary, amplitudes: [Double],
    gram: Matrix<Double>, _ field: FieldBlocks
  ) -> Outcome? {
    let coefficients = Self.pairs(of: amplitudes)
    let model = field.cleared(waves.image(of: coefficients))
    let residual = field.cleared(
      Raster(width: image.width, height: image.height, values: zip(image.values, model.values).map { $0 - $1 }))
    let jacobian = Self.jacobian(waves, lattices: lattices, amplitudes: amplitudes)
    guard let inverse = SmallSystem.inverse(Self.sandwich(jacobian, gram).values, count: jacobian.columns) else {
      return nil
    }
    let bread = Matrix(rows: jacobian.columns, columns: jacobian.columns, values: inverse)
    // What is not fitted is zero.
    let deviation = Statistics.deviation(residual.values) / field.share.squareRoot()
    var white = Self.sandwich(bread, Self.sandwich(jacobian, field.gram(of: waves, taperPower: 2)))
    for index in white.values.indices { white.values[index] *= deviation * deviation }
    let normal = Self.sandwich(jacobian, gram)
    let lines = field.lines(of: waves, taperPower: 1)
    let moves = concurrentMap(count: field.used.count) { index -> [Double] in
      let block = field.used[index]
      let score = Self.product(
        jacobian.transposed,
        waves.products(with: residual, columns: field.columns(of: block), rows: field.rows(of: block)))
      var rest = normal
      let own = Self.sandwich(jacobian, waves.gram(lines[block % blocks].columns, lines[block / blocks].rows))
      for index in rest.values.indices { rest.values[index] -= own.values[index] }
      guard let inverse = SmallSystem.inverse(rest.values, count: rest.columns) else { return [] }
      return Self.product(Matrix(rows: rest.columns, columns: rest.columns, values: inverse), score)
    }
    var jackknife = Matrix<Double>(rows: jacobian.columns, columns: jacobian.columns, filling: 0)
    let weight = Double(moves.count - 1) / Double(moves.count)
    for move in moves {
      for i in move.indices { for j in move.indices { jackknife[i, j] += weight * move[i] * move[j] } }
    }
    return Outcome(
      lattices: lattices, coefficients: coefficients, jackknife: jackknife, white: white,
      residualDeviation: deviation, residual: residual, model: model)
  }

  /// What each parameter adds to the image, as a column of entries of the dictionary: constant, cosine and sine of each
  /// wave, then the numbers of each lattice.
  private static func jacobian(_ waves: WaveDictionary, lattices: [LayerLattice], amplitudes: [Double]) -> Matrix<
    Double
  > {
    let n = waves.frequencies.count
    let linear = 2 * n - 1
    var result = Matrix<Double>(rows: waves.count, columns: linear + 4 * lattices.count, filling: 0)
    result[waves.index(.none, 0, .cosine), 0] = 1
    for k in 1..<n {
      result[waves.index(.none, k, .cosine), 2 * k - 1] = 1
      result[waves.index(.none, k, .sine), 2 * k] = 1
    }
    let perLattice = LayerLattice.waves.count
    for l in lattices.indices {
      for (index, wave) in LayerLattice.waves.enumerated() {
        let k = 1 + l * perLattice + index
        let (alpha, beta) = (amplitudes[2 * k - 1], amplitudes[2 * k])
        // d/dg (α cos 2πg·r + β sin 2πg·r) = 2π r (β cos - α sin).
        for (vector, order) in [wave.m, wave.n].enumerated() {
          for (axis, growth) in [WaveDictionary.Growth.x, .y].enumerated() {
            let column = linear + 4 * l + 2 * vector + axis
            result[waves.index(growth, k, .cosine), column] += 2 * .pi * Double(order) * beta
            result[waves.index(growth, k, .sine), column] -= 2 * .pi * Double(order) * alpha
          }
        }
      }
    }
    return result
  }

  /// Jᵀ G J.
  private static func sandwich(_ jacobian: Matrix<Double>, _ gram: Matrix<Double>) -> Matrix<Double> {
    jacobian.transposed.times(gram.times(jacobian))
  }

  private static func product(_ matrix: Matrix<Double>, _ vector: [Double]) -> [Double] {
    matrix.times(Matrix(rows: vector.count, columns: 1, values: vector)).values
  }

  /// The parameters whose image has these inner products with all entries, in the sense of least squares.
  private static func solution(_ jacobian: Matrix<Double>, _ gram: Matrix<Double>, _ data: [Double]) -> [Double]? {
    let normal = sandwich(jacobian, gram)
    guard let inverse = SmallSystem.inverse(normal.values, count: jacobian.columns) else { return nil }
    let right = product(jacobian.transposed, data)
    return product(Matrix(rows: right.count, columns: right.count, values: inverse), right)
  }

  private static func pairs(of amplitudes: [Double]) -> [(cosine: Double, sine: Double)] {
    [(amplitudes[0], 0)]
      + stride(from: 1, to: amplitudes.count, by: 2).map { (amplitudes[$0], amplitudes[$0 + 1]) }
  }

  private static func entries(of amplitudes: [Double], _ waves: WaveDictionary) -> [Double] {
    var result = [Double](repeating: 0, count: waves.count)
    for (k, pair) in pairs(of: amplitudes).enumerated() {
      result[waves.index(.none, k, .cosine)] = pair.cosine
      result[waves.index(.none, k, .sine)] = pair.sine
    }
    return result
  }
}

extension Matrix<Double> {
  /// The elements (i, i).
  fileprivate var diagonal: [Double] { (0..<Swift.min(rows, columns)).map { self[$0, $0] } }
}
