import Foundation
import TesseraNumerics

/// Spectral clustering: k-means on the leading eigenvectors of the normalised neighbour graph.
///
/// Source: Ng, Jordan & Weiss, NIPS 14 (2001); von Luxburg, Stat. Comput. 17 (2007) 395, §4. The eigenvectors of
/// N = D^(-1/2) W D^(-1/2) are found by subspace iteration with the polynomial ((1 + N) / 2)^8 and a Rayleigh-Ritz step,
/// O(edges x k) a product.
public struct SpectralClustering: Sendable, Codable, Equatable {
  /// Classes, 1 or more.
  public var count = 2
  /// Largest number of Rayleigh-Ritz steps.
  public var stepLimit = 60
  /// The iteration ends when no eigenvalue changes by more than this.
  public var tolerance = 1e-6
  /// Clustering into two classes.
  public init() {}
  /// Clustering into this number of classes, 1 or more.
  public init(count: Int) { self.count = count }

  /// The classes of a graph's vertices.
  public func classes(of graph: NeighbourGraph, seed: UInt64) throws -> Classes {
    try require(count >= 1, "the number of classes", is: count, mustBe: "1 or more")
    try require(stepLimit >= 1, "the number of steps", is: stepLimit, mustBe: "1 or more")
    var vectors = leadingVectors(of: graph, count: min(count, graph.count), seed: seed)
    for row in 0..<vectors.rows {  // Rows of unit length: only directions matter.
      let length = vectors.row(row).reduce(0) { $0 + $1 * $1 }.squareRoot()
      for column in 0..<vectors.columns where length > 0 { vectors[row, column] /= length }
    }
    return try KMeans(count: count).classes(of: vectors.map { Float($0) }, seed: seed)
  }

  /// The eigenvectors of the largest eigenvalues of N, one per column.
  private func leadingVectors(of graph: NeighbourGraph, count: Int, seed: UInt64) -> Matrix<Double> {
    let n = graph.count
    let degrees = (0..<n).map { vertex in graph.edges(of: vertex).reduce(0.0) { $0 + Double(graph.weights[$1]) } }
    let scale = degrees.map { $0 > 0 ? 1 / $0.squareRoot() : 0 }
    var random = RandomSource(seed: seed)
    let width = min(n, count + 4)  // A few more vectors than wanted make the wanted ones converge fast.
    var basis = Matrix(rows: n, columns: width, values: (0..<n * width).map { _ in random.gaussian() })
    orthonormalise(&basis)
    var previous = [Double](repeating: 0, count: width)
    for _ in 0..<stepLimit {
      for _ in 0..<8 { basis = smoothed(basis, graph, scale) }
      orthonormalise(&basis)
      let image = smoothed(basis, graph, scale)
      guard let (values, vectors) = basis.transposed.times(image).symmetricEigen() else { break }
      basis = basis.times(vectors.selecting(columns: (0..<width).reversed()))
      let change = zip(values.reversed(), previous).prefix(count).reduce(0) { max($0, abs($1.0 - $1.1)) }
      previous = values.reversed()
      if change < tolerance { break }
    }
    return basis.selecting(columns: Array(0..<count))
  }

  /// (x + N x) / 2, whose eigenvalues are not negative.
  private func smoothed(_ x: Matrix<Double>, _ graph: NeighbourGraph, _ scale: [Double]) -> Matrix<Double> {
    let width = x.columns
    let blocks = concurrentMap(chunksOf: 512, of: graph.count) { vertices in
      var part = [Double](repeating: 0, count: vertices.count * width)
      for vertex in vertices {
        let to = (vertex - vertices.lowerBound) * width
        for edge in graph.edges(of: vertex) {
          let other = Int(graph.ends[edge])
          let weight = Double(graph.weights[edge]) * scale[vertex] * scale[other] / 2
          for column in 0..<width { part[to + column] += weight * x.values[other * width + column] }
        }
        for column in 0..<width { part[to + column] += x.values[vertex * width + column] / 2 }
      }
      return part
    }
    return Matrix(rows: graph.count, columns: width, values: blocks.flatMap { $0 })
  }
}

/// Makes columns orthonormal by two passes of Gram and Schmidt; a column that vanishes stays zero.
private func orthonormalise(_ basis: inout Matrix<Double>) {
  var columns = (0..<basis.columns).map { column in (0..<basis.rows).map { basis[$0, column] } }
  for column in columns.indices {
    for _ in 0..<2 {
      for earlier in 0..<column {
        let overlap = dot(columns[column], columns[earlier])
        for row in columns[column].indices { columns[column][row] -= overlap * columns[earlier][row] }
      }
    }
    let length = columns[column].reduce(0) { $0 + $1 * $1 }.squareRoot()
    for row in columns[column].indices where length > 0 { columns[column][row] /= length }
  }
  for (column, values) in columns.enumerated() {
    for (row, value) in values.enumerated() { basis[row, column] = value }
  }
}
