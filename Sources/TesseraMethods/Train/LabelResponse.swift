import TesseraImaging
import TesseraNumerics

/// How strongly an image answers to the filter for bright spots, at labels and elsewhere.
struct LabelResponse {
  /// Response of the filter at each pixel.
  let values: Raster<Float>
  private let spread: Double

  /// - Parameters:
  ///   - image: columns bright.
  ///   - sigma: standard deviation of a column in pixels.
  init(of image: Raster<Float>, sigma: Double) {
    values = GaussianFilter.blobResponse(image, sigma: max(1, sigma))
    spread = Statistics.deviation(values.values)
  }

  /// The mean response at places inside the image, in its standard errors if they lay anywhere.
  func significance(of places: [Point]) -> Double {
    let found = places.compactMap { place -> Double? in
      let (x, y) = (Int(saturating: place.x.rounded()), Int(saturating: place.y.rounded()))
      return values.contains(x: x, y: y) ? Double(values[x, y]) : nil
    }
    guard !found.isEmpty, spread > 0 else { return 0 }
    return Statistics.mean(found) / (spread / Double(found.count).squareRoot())
  }

  /// Responses are higher beside all labels than at them by so many standard errors of the mean difference. Of some hundred displacements that
  /// are tried, chance makes 3; labels of experts have 0 to 1, simulated ones that were moved by two pixels 12.
  private static let leastOffset = 5.0
  /// Fewer labels cannot be significant.
  static let fewestLabels = 4

  /// The displacement in whole pixels that carries labels to the brightest spots beside them all; nil where it is none, or not certain.
  ///
  /// - Parameters:
  ///   - places: of the labels, in pixels.
  ///   - reach: largest displacement along x and y, in pixels.
  func offset(of places: [Point], reach: Double) -> (Int, Int)? {
    let search = Search(of: places, reach: reach, in: values)
    guard let best = search.best, best != (0, 0), search.isBetter(best, than: (0, 0), by: Self.leastOffset) else {
      return nil
    }
    return best
  }

  /// The shortest displacement in whole pixels to a place at which the image answers to labels as well as anywhere, within the noise: of a lattice
  /// many places are as good. Nil with too few labels.
  ///
  /// - Parameters:
  ///   - places: of the labels, in pixels.
  ///   - reach: largest displacement along x and y, in pixels.
  func placement(of places: [Point], reach: Double) -> Point? {
    let search = Search(of: places, reach: reach, in: values)
    guard let best = search.best else { return nil }
    let chosen = search.summits.sorted { $0.0 * $0.0 + $0.1 * $0.1 < $1.0 * $1.0 + $1.1 * $1.1 }
      .first { !search.isBetter(best, than: $0, by: Self.leastOffset) }
    let displacement = chosen ?? best
    return Point(Double(displacement.0), Double(displacement.1))
  }

  /// Mean responses at labels that are displaced together.
  private struct Search {
    private let places: [(Int, Int)]
    private let values: Raster<Float>
    private let most: Int
    /// In rows from the displacement (-most, -most).
    private let sums: [Double]

    /// Every label is compared with itself moved, so labels near the border take no part.
    init(of labels: [Point], reach: Double, in values: Raster<Float>) {
      let most = Int(saturating: reach.rounded(.up))
      let places = labels.map { (Int(saturating: $0.x.rounded()), Int(saturating: $0.y.rounded())) }.filter {
        $0 >= most && $1 >= most && $0 + most < values.width && $1 + most < values.height
      }
      let side = 2 * most + 1
      sums =
        places.count < LabelResponse.fewestLabels
        ? []
        : concurrentMap(count: side * side) { index in
          let (u, v) = (index % side - most, index / side - most)
          return places.reduce(0) { $0 + Double(values[$1.0 + u, $1.1 + v]) }
        }
      (self.places, self.values, self.most) = (places, values, most)
    }

    private func displacement(_ index: Int) -> (Int, Int) {
      (index % (2 * most + 1) - most, index / (2 * most + 1) - most)
    }

    /// Nil with too few labels.
    var best: (Int, Int)? { sums.indices.max { sums[$0] < sums[$1] }.map(displacement) }

    /// Displacements at which the sum is larger than at those beside it.
    var summits: [(Int, Int)] {
      let side = 2 * most + 1
      return sums.indices.filter { index in
        let (x, y) = (index % side, index / side)
        return (-1...1).allSatisfy { dy in
          (-1...1).allSatisfy { dx in
            let (u, v) = (x + dx, y + dy)
            return !(0..<side).contains(u) || !(0..<side).contains(v) || sums[v * side + u] <= sums[index]
          }
        }
      }.map(displacement)
    }

    /// Whether the response at one displacement exceeds that at another by so many standard errors of the mean difference.
    func isBetter(_ one: (Int, Int), than other: (Int, Int), by errors: Double) -> Bool {
      let gains = places.map {
        Double(values[$0.0 + one.0, $0.1 + one.1] - values[$0.0 + other.0, $0.1 + other.1])
      }
      let error = Statistics.deviation(gains) / Double(gains.count).squareRoot()
      return Statistics.mean(gains) > errors * error
    }
  }
}
