import TesseraNumerics

/// The image that the motifs alone would give: at every site the mean patch of its class, overlapping patches blended,
///
///     f(x) = Σₛ w(|x - xₛ| / R) m_c(s)(x - xₛ) / Σₛ w(|x - xₛ| / R),   w(ρ) = (1 - ρ²)²,
///
/// with m the mean patch and R the radius of the disc. What differs from the micrograph by more than noise is what the
/// classes do not explain. Source: M22, "motif" as the mean of its members; the blending is ours.
public struct MotifReconstruction: Sendable, Equatable {
  /// The rebuilt image, in the unit of the patches' image; NaN where no classified site reaches.
  public let image: Raster<Float>

  /// Rebuilds the image that the patches were cut from.
  ///
  /// O(sites x patch area).
  /// - Parameters:
  ///   - patches: one per site.
  ///   - labels: class of each site, 1 ... ; sites with 0 are left out.
  ///   - width: of the image, in pixels.
  ///   - height: of the image, in pixels.
  public init(of patches: Patches, labels: [Int], width: Int, height: Int) {
    precondition(labels.count == patches.count, "every patch needs a label")
    let used = patches.existing.filter { labels[$0] > 0 }
    let means = Self.meanPatches(patches, labels: labels, sites: used)
    let side = patches.side
    let reach = side / 2
    let places = used.map { (centre: patches.centres[$0], mean: labels[$0] - 1) }
    // The sites that reach a row, in order of their index.
    var reaching = [[Int]](repeating: [], count: height)
    for (index, place) in places.enumerated() {
      let row = Int(saturating: place.centre.y.rounded())
      guard row + reach >= 0, row - reach < height else { continue }
      for y in max(0, row - reach)...min(height - 1, row + reach) { reaching[y].append(index) }
    }
    let sitesOfRow = reaching
    image = concurrentRows(width: width, height: height, of: Float.nan) { y, row in
      var sum = [Float](repeating: 0, count: width)
      var weight = [Float](repeating: 0, count: width)
      var line = [Float](repeating: 0, count: side)
      for index in sitesOfRow[y] {
        let (centre, mean) = places[index]
        Self.interpolateRow(of: means[mean], at: Double(y) - centre.y + Double(reach), into: &line)
        Self.blend(line, centre: centre, y: y, reach: reach, sum: &sum, weight: &weight)
      }
      for x in 0..<width where weight[x] > 1e-6 { row[x] = sum[x] / weight[x] }
    }
  }

  /// The mean patch of each class, as squares; classes without a patch are zero.
  private static func meanPatches(_ patches: Patches, labels: [Int], sites: [Int]) -> [Raster<Float>] {
    let side = patches.side
    let count = sites.map { labels[$0] }.max() ?? 0
    var members = [[Int]](repeating: [], count: count)
    for site in sites { members[labels[site] - 1].append(site) }
    // Chunks of fixed size, summed in order: the same bytes on any number of threads.
    let chunks = members.enumerated().flatMap { label, list in
      stride(from: 0, to: list.count, by: 128).map { (label: label, sites: list[$0..<min($0 + 128, list.count)]) }
    }
    let parts = concurrentMap(count: chunks.count) { index -> [Double] in
      var sum = [Double](repeating: 0, count: side * side)
      for site in chunks[index].sites {
        guard let patch = patches[site] else { continue }
        for pixel in sum.indices { sum[pixel] += Double(patch.values[pixel]) }
      }
      return sum
    }
    var means = [[Double]](repeating: [Double](repeating: 0, count: side * side), count: count)
    for (chunk, part) in zip(chunks, parts) {
      for pixel in part.indices { means[chunk.label][pixel] += part[pixel] }
    }
    return means.enumerated().map { label, sum in
      let scale = 1 / Double(max(1, members[label].count))
      return Raster(width: side, height: side, values: sum.map { Float($0 * scale) })
    }
  }

  /// The line of a patch at a place between its rows, by Keys' cubic interpolation; its edge repeats.
  private static func interpolateRow(of patch: Raster<Float>, at y: Double, into line: inout [Float]) {
    let whole = y.rounded(.down)
    let side = patch.width
    for i in line.indices { line[i] = 0 }
    for step in -1...2 {
      let weight = Float(cubicKernel(Double(step) - (y - whole)))
      let start = min(max(Int(saturating: whole) + step, 0), side - 1) * side
      for i in 0..<side { line[i] += weight * patch.values[start + i] }
    }
  }

  /// Adds one line of one patch to the row it falls on.
  private static func blend(
    _ line: [Float], centre: Point, y: Int, reach: Int, sum: inout [Float], weight: inout [Float]
  ) {
    let radius = Double(line.count) / 2
    let dy = (Double(y) - centre.y) / radius
    let half = max(0, 1 - dy * dy).squareRoot() * radius
    let first = max(0, Int(saturating: (centre.x - half).rounded(.up)))
    let last = min(sum.count - 1, Int(saturating: (centre.x + half).rounded(.down)))
    guard first <= last else { return }
    // All pixels of the row lie at the same fraction of a pixel from the patch's grid.
    let start = Double(first) - centre.x + Double(reach)
    let whole = Int(saturating: start.rounded(.down))
    let kernel = (-1...2).map { Float(cubicKernel(Double($0) - (start - Double(whole)))) }
    for x in first...last {
      let i = whole + x - first
      var value: Float = 0
      for step in 0..<4 { value += kernel[step] * line[min(max(i + step - 1, 0), line.count - 1)] }
      let dx = (Double(x) - centre.x) / radius
      let taper = Float(1 - dx * dx - dy * dy)
      sum[x] += taper * taper * value
      weight[x] += taper * taper
    }
  }
}
