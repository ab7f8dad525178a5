import TesseraImaging
import TesseraNumerics

/// The scores of some kinds of operations at the points of a grid: all of them, or a choice.
struct OperationScores: Sendable {
  let kinds: [Segmenter.Operations]
  let scales: Segmenter.Scales
  /// Indices of the scores wanted among those of all kinds, rising; nil: all.
  let selection: [Int]?

  /// Names of the scores of a kind, in their order.
  static func names(of kind: Segmenter.Operations, scales: Segmenter.Scales) -> [String] {
    switch kind {
    case .translations:
      TranslationDescriptor.uniformShifts(reach: scales.window).map { "shift \($0.x) \($0.y)" }
    case .rotations: PointGroupDescriptor.rotations.map(\.name)
    case .reflections: PointGroupDescriptor.reflections.map(\.name)
    case .glides: PointGroupDescriptor.glides(reach: scales.window).map(\.name)
    case .spectrum:
      SpectrumDescriptor.uniformWaves(spacing: scales.spacing).map {
        "wave \(TextOfWave.rounded($0.x)) \(TextOfWave.rounded($0.y))"
      }
    case .zernike: MomentDescriptor.names
    }
  }

  /// The kind and the name of each score that is wanted.
  var names: [(kind: Segmenter.Operations, name: String)] {
    let all = kinds.flatMap { kind in Self.names(of: kind, scales: scales).map { (kind: kind, name: $0) } }
    return selection.map { $0.map { all[$0] } } ?? all
  }

  /// How many scores there are, wanted or not.
  var totalCount: Int { kinds.reduce(0) { $0 + Self.names(of: $1, scales: scales).count } }

  /// The maps of each kind; none of a kind of which no score is wanted.
  func maps(of image: Raster<Float>, on grid: DescriptorGrid) -> [[Raster<Float>]] {
    var first = 0
    return kinds.map { kind in
      let count = Self.names(of: kind, scales: scales).count
      let range = first..<first + count
      first = range.upperBound
      let kept = selection.map { $0.filter(range.contains).map { $0 - range.lowerBound } } ?? Array(0..<count)
      return kept.isEmpty ? [] : maps(of: kind, kept: kept, image, on: grid)
    }
  }

  /// Values that the maps of an image may have before they are computed on a coarser grid, from which axes are as well known, and summed
  /// strip by strip: half a gigabyte.
  static let largestTable = 1 << 27

  /// The grid on which the scores of a grid are computed: the same, or a coarser one of one that is finer than scores change.
  func sampled(_ grid: DescriptorGrid, width: Int, height: Int) -> DescriptorGrid {
    grid.sampled(spacing: scales.spacing, width: width, height: height)
  }

  /// How many times coarser a grid must be for its maps to be held at once, 1 or more.
  static func coarsening(points: Int, scores: Int) -> Int {
    var factor = 1
    while points / (factor * factor) * scores > largestTable { factor += 1 }
    return factor
  }

  /// The coordinates of the descriptor of each point (`DescriptorBasis.coordinates(of:)`), one row each. Maps of translations are never
  /// held, only their sums.
  func coordinates(of image: Raster<Float>, on grid: DescriptorGrid, basis: DescriptorBasis) -> Matrix<Float> {
    let (seen, outside) = (basis.axes.axes.rows, basis.directionsOutside)
    let directions = Matrix(
      rows: seen + outside.rows, columns: outside.columns, values: basis.axes.axes.values + outside.values)
    let count = directions.rows
    var sums = [[Float]](repeating: [Float](repeating: 0, count: grid.count), count: count)
    var (first, column) = (0, 0)
    for (index, kind) in kinds.enumerated() {
      let range = first..<first + Self.names(of: kind, scales: scales).count
      first = range.upperBound
      let kept = selection.map { $0.filter(range.contains).map { $0 - range.lowerBound } } ?? Array(0..<range.count)
      guard !kept.isEmpty else { continue }
      let weight = basis.weights[index]
      let offsets = kept.indices.map { Float(basis.axes.mean[column + $0]) / weight }
      var weights = Matrix<Float>(rows: count, columns: kept.count, filling: 0)
      for row in 0..<count {
        for k in kept.indices { weights[row, k] = weight * Float(directions[row, column + k]) }
      }
      column += kept.count
      let parts =
        kind == .translations
        ? translations(kept).sums(of: image, on: grid, weights: weights, offsets: offsets)
        : summed(maps(of: kind, kept: kept, image, on: grid), weights: weights, offsets: offsets)
      for row in 0..<count { for point in sums[row].indices { sums[row][point] += parts[row].values[point] } }
    }
    // Components are measured from the mean, the height from nothing.
    let height = Float(basis.origin[seen])
    for point in sums[seen].indices { sums[seen][point] += height }
    return basis.coordinates(of: Self.table(sums[..<seen]), Self.table(sums[seen...]))
  }

  /// One row per point, one column per sum.
  private static func table(_ sums: ArraySlice<[Float]>) -> Matrix<Float> {
    let width = sums.count
    var result = Matrix<Float>(rows: sums.first?.count ?? 0, columns: width, filling: 0)
    for (column, sum) in sums.enumerated() {
      sum.withUnsafeBufferPointer { sum in
        result.values.withUnsafeMutableBufferPointer { values in
          for point in sum.indices { values[point * width + column] = sum[point] }
        }
      }
    }
    return result
  }

  private func summed(_ maps: [Raster<Float>], weights: Matrix<Float>, offsets: [Float]) -> [Raster<Float>] {
    concurrentMap(count: weights.rows) { row in
      var sum = maps[0].map { _ in Float(0) }
      for (index, map) in maps.enumerated() {
        for point in sum.values.indices {
          sum.values[point] += weights[row, index] * (map.values[point] - offsets[index])
        }
      }
      return sum
    }
  }

  private func translations(_ kept: [Int]) -> TranslationDescriptor {
    let shifts = TranslationDescriptor.uniformShifts(reach: scales.window)
    return TranslationDescriptor(half: scales.half, shifts: kept.map { shifts[$0] }, pooling: scales.spacing / 2)
  }

  private func maps(
    of kind: Segmenter.Operations, kept: [Int], _ image: Raster<Float>, on grid: DescriptorGrid
  ) -> [Raster<Float>] {
    let raw: [Raster<Float>]
    switch kind {
    case .translations:
      return translations(kept).maps(of: image, on: grid)
    case .rotations, .reflections, .glides:
      let operations =
        switch kind {
        case .rotations: PointGroupDescriptor.rotations
        case .reflections: PointGroupDescriptor.reflections
        default: PointGroupDescriptor.glides(reach: scales.window)
        }
      raw = PointGroupDescriptor(
        radius: min(scales.half, min(image.width, image.height) / 2 - 2), operations: kept.map { operations[$0] },
        window: scales.window
      ).maps(of: image, on: grid)
    case .spectrum:
      raw = SpectrumDescriptor(half: scales.half, waves: SpectrumDescriptor.uniformWaves(spacing: scales.spacing))
        .maps(of: image, on: grid, kept: kept)
    case .zernike:
      raw = MomentDescriptor(radius: scales.half, spacing: scales.spacing, window: scales.window)
        .maps(of: image, on: grid, kept: kept)
    }
    return raw.map { GaussianFilter.smoothed($0, sigma: scales.spacing / 2 / Double(grid.stride)) }
  }
}

/// Cycles per pixel in words.
private enum TextOfWave {
  static func rounded(_ value: Double) -> String {
    let thousandths = Int((value * 10_000).rounded())
    let digits = String(abs(thousandths) + 10_000).dropFirst()
    return "\(thousandths < 0 ? "-" : "")\(abs(thousandths) / 10_000).\(digits.suffix(4))"
  }
}

extension PointGroupDescriptor.Operation {
  /// In words.
  var name: String {
    switch self {
    case .rotation(let degrees): "rotation \(degrees)"
    case .fold(let order): "axis \(order)"
    case .reflection(let degrees): "reflection \(degrees)"
    case .glide(let degrees, let pixels): "glide \(degrees) \(pixels)"
    }
  }
}
