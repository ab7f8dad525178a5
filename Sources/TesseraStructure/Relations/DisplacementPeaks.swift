import Foundation
import TesseraNumerics

/// The displacements from site to site that an image repeats: hills of their density in the plane.
struct DisplacementPeaks: Sendable {
  /// A pair of sites that one of the displacements joins.
  struct Pair: Sendable {
    var from, to: Int32
    var peak: Int32
  }

  /// In pixels, shortest first.
  let displacements: [Point]
  /// Every ordered pair near one of the displacements, by `from`.
  let pairs: [Pair]

  /// The density is counted in so many bins per spacing, fine beside its smoothing.
  private static let binsPerSpacing = 16.0
  /// Standard deviation of the smoothing in spacings: narrow beside the distance of two hills, wide enough to make one of few pairs.
  private static let smoothing = 0.12
  /// Hills nearer than this, in spacings, are one: no two columns stand that near.
  private static let leastDistance = 0.4
  /// A displacement belongs to the nearest hill within so many spacings, two and a half standard deviations of the smoothing.
  private static let ownReach = 0.3
  /// Displacements whose lengths fall into one step of so many spacings have one length.
  private static let lengthStep = 0.1

  /// - Parameters:
  ///   - reach: longest displacement, in pixels; positive.
  ///   - spacing: typical distance between neighbours, in pixels; hills nearer than 0.4 of it are one.
  ///   - smallestCount: a hill of fewer pairs is none.
  init(among positions: [Point], reach: Double, spacing: Double, smallestCount: Int) {
    let index = PlanarIndex(positions)
    let neighbours = concurrentMap(count: positions.count) { site in
      index.neighbours(of: positions[site], within: reach).filter { $0 != site }
    }
    let bin = spacing / Self.binsPerSpacing
    let half = Int(saturating: reach / bin) + 4
    let width = 2 * half + 1
    func place(_ d: Point) -> Int {
      (Int(saturating: (d.y / bin).rounded()) + half) * width + Int(saturating: (d.x / bin).rounded()) + half
    }
    var counts = [Float](repeating: 0, count: width * width)
    for (site, others) in neighbours.enumerated() {
      for other in others { counts[place(positions[other] - positions[site])] += 1 }
    }
    let density = smoothed(counts, width: width, sigma: Self.smoothing * spacing / bin)
    var peaks: [Point] = []
    for start in density.indices.sorted(by: { (density[$0], -$0) > (density[$1], -$1) }) where density[start] > 0 {
      let (x, y) = (start % width, start / width)
      guard (1..<width - 1).contains(x), (1..<width - 1).contains(y) else { continue }
      let isSummit = (-1...1).allSatisfy { dy in
        (-1...1).allSatisfy { dx in density[start + dy * width + dx] <= density[start] }
      }
      let displacement = Point(Double(x - half), Double(y - half)) * bin
      if isSummit && !peaks.contains(where: { ($0 - displacement).length < Self.leastDistance * spacing }) {
        peaks.append(displacement)
      }
    }
    let known = PlanarIndex(peaks)
    let owned = concurrentMap(count: positions.count) { site in
      neighbours[site].map {
        known.neighbours(of: positions[$0] - positions[site], within: Self.ownReach * spacing).first ?? -1
      }
    }
    var sums = [(count: Int, total: Point)](repeating: (0, .zero), count: peaks.count)
    for site in positions.indices {
      for (other, peak) in zip(neighbours[site], owned[site]) where peak >= 0 {
        sums[peak] = (sums[peak].count + 1, sums[peak].total + positions[other] - positions[site])
      }
    }
    let kept = peaks.indices.filter { sums[$0].count >= smallestCount }
    let means = kept.map { sums[$0].total / Double(sums[$0].count) }
    let order = means.indices.sorted { a, b in
      // Displacements of one length by angle; noise must not mix lengths that belong together.
      let step = Self.lengthStep * spacing
      let (p, q) = ((means[a].length / step).rounded(), (means[b].length / step).rounded())
      return (p, means[a].angle) < (q, means[b].angle)
    }
    var rank = [Int32](repeating: -1, count: peaks.count)
    for (number, place) in order.enumerated() { rank[kept[place]] = Int32(number) }
    displacements = order.map { means[$0] }
    var pairs: [Pair] = []
    for site in positions.indices {
      for (other, peak) in zip(neighbours[site], owned[site]) where peak >= 0 && rank[peak] >= 0 {
        pairs.append(Pair(from: Int32(site), to: Int32(other), peak: rank[peak]))
      }
    }
    self.pairs = pairs
  }
}

/// A square of counts, smoothed by a Gaussian of `sigma` bins along rows and columns.
private func smoothed(_ counts: [Float], width: Int, sigma: Double) -> [Float] {
  let reach = Int(saturating: 3 * sigma)
  let kernel = (-reach...reach).map { Float(exp(-Double($0 * $0) / (2 * sigma * sigma))) }
  func pass(_ input: [Float], stride: Int, other: Int) -> [Float] {
    var output = [Float](repeating: 0, count: input.count)
    for line in 0..<width {
      for k in 0..<width {
        var sum: Float = 0
        for offset in max(-reach, -k)...min(reach, width - 1 - k) {
          sum += kernel[offset + reach] * input[line * other + (k + offset) * stride]
        }
        output[line * other + k * stride] = sum
      }
    }
    return output
  }
  return pass(pass(counts, stride: 1, other: width), stride: width, other: 1)
}
