import TesseraNumerics

/// Whether what differs within classes is alike at neighbouring places.
///
/// Noise and disorder are not: a site says nothing about the next one whose patch it does not share. A moiré, a strain
/// gradient or a change of composition is: motifs drift from place to place. The measure is the correlation of the
/// residuals (features less their class mean) of pairs of sites of one class that are one to two patch sides apart, so
/// that no pixel is shared, with the noise taken off the variance.
public enum SpatialCorrelation {
  /// - Parameters:
  ///   - features: one row per site; NaN where unknown.
  ///   - labels: the class of each site, 1 or more; 0 where it has none.
  ///   - positions: of the sites, in pixels.
  ///   - patchSide: diameter of the patches in pixels.
  ///   - noise: standard deviation of a feature from the image's noise.
  /// - Returns: about 0 for disorder, towards 1 for motifs that drift; 0 where the classes hold no more than noise.
  public static func ofResiduals(
    _ features: Matrix<Float>, labels: [Int], positions: [Point], patchSide: Int, noise: Double
  ) -> Double {
    let residuals = self.residuals(features, labels)
    let index = PlanarIndex(positions)
    let (near, far) = (Double(patchSide), 2 * Double(patchSide))
    let known = labels.indices.filter { labels[$0] > 0 }
    let stride = max(1, known.count / 4_000)
    let sample = Swift.stride(from: 0, to: known.count, by: stride).map { known[$0] }
    let sums = concurrentMap(count: sample.count) { k -> (product: Double, square: Double)? in
      let site = sample[k]
      let partner = index.neighbours(of: positions[site], within: far).first {
        labels[$0] == labels[site] && (positions[$0] - positions[site]).length >= near
      }
      guard let partner else { return nil }
      var (product, square) = (0.0, 0.0)
      for column in 0..<features.columns {
        let (a, b) = (Double(residuals[site, column]), Double(residuals[partner, column]))
        product += a * b
        square += a * a
      }
      return (product, square)
    }.compactMap { $0 }
    let variance =
      sums.reduce(0) { $0 + $1.square } - Double(sums.count * features.columns) * noise * noise
    guard variance > 0 else { return 0 }
    return sums.reduce(0) { $0 + $1.product } / variance
  }

  /// Features less the mean of their class; rows without class stay as they are.
  private static func residuals(_ features: Matrix<Float>, _ labels: [Int]) -> Matrix<Float> {
    let count = (labels.max() ?? 0) + 1
    var sums = [Double](repeating: 0, count: count * features.columns)
    var sizes = [Double](repeating: 0, count: count)
    for (row, label) in labels.enumerated() where label > 0 {
      sizes[label] += 1
      for column in 0..<features.columns { sums[label * features.columns + column] += Double(features[row, column]) }
    }
    var result = features
    for (row, label) in labels.enumerated() where label > 0 {
      for column in 0..<features.columns {
        result[row, column] -= Float(sums[label * features.columns + column] / sizes[label])
      }
    }
    return result
  }
}
