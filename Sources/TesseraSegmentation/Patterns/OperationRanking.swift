import TesseraNumerics

/// How well the score of each operation tells the patterns apart: Fisher's separability [S21, eq. 4, with variances],
///
///     S = Σ N_k (μ_k − μ)² / Σ N_k σ_k²,
///
/// over the patterns k, of each score and of each component. Means, and the variances within patterns that the components hold, follow
/// from the components; what these leave out of the variance of a score is counted as within.
public struct OperationRanking: Sendable, Codable, Equatable {
  /// One operation.
  public struct Entry: Sendable, Codable, Equatable {
    /// Which kind of operation, and which one: `shift 3 -4` in pixels, `rotation 60` or `reflection 18` in degrees, `axis 4`,
    /// `glide 18 10` in degrees and pixels, `wave 0.0208 -0.0417` in cycles per pixel, `symmetry 3`, `term 3 -1` (p, q).
    public var kind: Segmenter.Operations
    /// In words.
    public var name: String
    /// Variance of its score over the image, several kinds of operations in equal weight; 0 or more.
    public var variance: Double
    /// Fisher's separability; 0 or more.
    public var separability: Double
  }

  /// In the order of the scores.
  public var entries: [Entry]
  /// Separability of each component, in their order.
  public var components: [Double]

  /// Indices, among the scores of all operations, of the `count` that tell the patterns apart best, rising.
  /// - Parameter selection: the scores that `entries` are of, where these are a choice already.
  func best(_ count: Int, among selection: [Int]?) -> [Int] {
    let order = entries.indices.sorted { (-entries[$0].separability, $0) < (-entries[$1].separability, $1) }
    return order.prefix(count).map { selection?[$0] ?? $0 }.sorted()
  }

  /// The operations by falling separability.
  public var best: [Entry] { entries.sorted { ($0.separability, $1.name) > ($1.separability, $0.name) } }

  /// - Parameters:
  ///   - field: whose basis was fitted to the same image.
  ///   - labels: pattern of each point, 1 upwards; 0 for none.
  init(of field: DescriptorField, labels: Raster<Int>, operations: [Segmenter.Operations], scales: Segmenter.Scales) {
    let d = field.components.columns
    let count = max(1, labels.values.max() ?? 1)
    var (numbers, sums) = ([Double](repeating: 0, count: count), Matrix<Double>(rows: count, columns: d, filling: 0))
    var total = Matrix<Double>(rows: d, columns: d, filling: 0)
    for point in labels.values.indices where labels.values[point] > 0 {
      let (label, start) = (labels.values[point] - 1, point * d)
      numbers[label] += 1
      for a in 0..<d {
        let value = Double(field.components.values[start + a])
        sums[label, a] += value
        for b in 0..<d { total[a, b] += value * Double(field.components.values[start + b]) }
      }
    }
    let all = max(1, numbers.reduce(0, +))
    let mean = (0..<d).map { a in (0..<count).reduce(0.0) { $0 + sums[$1, a] } / all }
    var between = Matrix<Double>(rows: d, columns: d, filling: 0)
    for label in 0..<count where numbers[label] > 0 {
      let offset = (0..<d).map { sums[label, $0] / numbers[label] - mean[$0] }
      for a in 0..<d { for b in 0..<d { between[a, b] += numbers[label] / all * offset[a] * offset[b] } }
    }
    func within(_ a: Int, _ b: Int) -> Double { total[a, b] / all - mean[a] * mean[b] - between[a, b] }
    components = (0..<d).map { within($0, $0) > 0 ? between[$0, $0] / within($0, $0) : 0 }
    let basis = field.basis
    let names = OperationScores(kinds: operations, scales: scales, selection: basis.selection).names
    entries = names.indices.map { score in
      let loading = (0..<d).map { basis.axes.axes[$0, score] }
      var (apart, inside, held) = (0.0, 0.0, 0.0)
      for a in 0..<d {
        held += loading[a] * loading[a] * basis.axes.variances[a]
        for b in 0..<d {
          apart += loading[a] * loading[b] * between[a, b]
          inside += loading[a] * loading[b] * within(a, b)
        }
      }
      let spread = inside + max(0, basis.scoreVariances[score] - held)
      return Entry(
        kind: names[score].kind, name: names[score].name, variance: basis.scoreVariances[score],
        separability: spread > 0 ? max(0, apart) / spread : 0)
    }
  }
}
