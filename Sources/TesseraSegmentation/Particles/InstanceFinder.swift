import TesseraNumerics

/// Divides a mask into particles: connected regions, and where two of them touch, the neck between them.
///
/// The distance to the background has a summit in each particle. Two summits belong to two particles if the pass between them is narrow:
/// lower than `neck` times the lower summit. For two discs that merely touch, the pass lies near 0, but a network fills the corners beside
/// the contact: in 30 simulated micrographs of six materials the passes of 56 touching pairs lie at 0.08 to 0.71, and of overlapping particles, of
/// which each covers a good part of the other, at 0.72 and more. Those stay one region.
public struct InstanceFinder: Sendable, Codable, Equatable {
  /// Half width of the neck over the radius of the smaller particle, 0 ... 1: above it, both are one.
  public var neck = 0.7
  /// The default limit of the neck.
  public init() {}

  /// Labels 1, 2, ... in the order of the regions' first pixels; 0 outside the mask.
  package func instances(of mask: Raster<Bool>) -> Raster<Int> {
    let distance = DistanceTransform.distances(toWhere: mask.map { !$0 })
    let seeds = seeds(in: mask, distance)
    // Water rises from the summits down; pixels outside take no part.
    var flooded = Watershed.regions(
      from: Raster(
        width: mask.width, height: mask.height,
        values: zip(seeds.values, mask.values).map { $1 ? $0 : -1 }), over: distance.map { -$0 })
    var numbers: [Int: Int] = [:]
    for index in flooded.values.indices {
      let label = flooded.values[index]
      flooded.values[index] = label > 0 ? numbers[label, default: numbers.count + 1] : 0
      if label > 0 { numbers[label] = flooded.values[index] }
    }
    return flooded
  }

  /// One pixel of each particle, its summit.
  private func seeds(in mask: Raster<Bool>, _ distance: Raster<Float>) -> Raster<Int> {
    let (width, height) = (mask.width, mask.height)
    let order = mask.values.indices.filter { mask.values[$0] }
      .sorted { (-distance.values[$0], $0) < (-distance.values[$1], $1) }
    var sets = DisjointSets(mask.count)
    var isReached = [Bool](repeating: false, count: mask.count)
    // Of each set of pixels, by its root: its highest summit, and all summits of particles in it.
    var summits: [Int: (height: Float, particles: [Int])] = [:]
    for index in order {
      isReached[index] = true
      summits[index] = (distance.values[index], [index])
      let (x, y) = (index % width, index / width)
      for (dx, dy) in [(1, 0), (0, 1), (-1, 0), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1)] {
        guard (0..<width).contains(x + dx), (0..<height).contains(y + dy) else { continue }
        let neighbour = index + dy * width + dx
        // Water does not flow where two pixels meet at a corner only.
        guard isReached[neighbour], dx == 0 || dy == 0 || mask.values[index + dx] || mask.values[index + dy * width]
        else { continue }
        let (a, b) = (sets.find(index), sets.find(neighbour))
        guard a != b, let one = summits[a], let other = summits[b] else { continue }
        let (high, low) = one.height >= other.height ? (one, other) : (other, one)
        let isOne = distance.values[index] >= Float(neck) * low.height
        sets.join(a, b)
        summits[b] = nil
        // A narrow pass: the summits stay apart. What meets this set later is compared with its higher part.
        summits[a] = (high.height, isOne ? high.particles : high.particles + low.particles)
      }
    }
    var seeds = Raster<Int>(width: width, height: height, filling: 0)
    for (number, seed) in summits.values.flatMap(\.particles).sorted().enumerated() { seeds.values[seed] = number + 1 }
    return seeds
  }
}
