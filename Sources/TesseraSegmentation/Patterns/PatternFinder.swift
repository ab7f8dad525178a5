import Foundation
import TesseraLearning
import TesseraNumerics

/// Groups the points of a descriptor field into patterns, and finds how many there are.
///
/// k-means proposes more groups than there are patterns; then the two groups with the least between them are joined, again
/// and again. Two groups stay apart where a gap lies between them in descriptor space and where they occupy regions of the
/// image of their own. What varies gradually, and the accidents of a disordered region, remain one pattern.
public struct PatternFinder: Sendable, Codable, Equatable {
  /// Patterns wanted, 2 or more; nil: found.
  public var count: Int?
  /// Two patterns of equal size lie at least this many standard deviations apart.
  public var separation = 4.0
  /// What is added to `separation` for each factor of ten between the sizes of both.
  public var rarityPenalty = 0.6
  /// Between two patterns the density of descriptors falls to this share of the sparser one's, or less.
  public var valley = 0.5
  /// Two patterns stand beside each other, one patch apart, at most this share of times as often as if they were mixed ...
  public var mixing = 0.7
  /// ... or one of them beside itself at least so many times as often.
  public var clustering = 3.0
  /// Two patterns whose descriptors differ by a factor alone are one, unless the factor is below this.
  public var contrast = 0.3
  /// Differences below this share of the length of a descriptor are not told apart, however little noise there is.
  public var resolution = 0.04
  /// Groups that k-means proposes.
  public var proposals = 12
  /// Points from which groups are judged, at most.
  public var sampleLimit = 20_000

  /// Finds the number of patterns by the gaps between them.
  public init() {}

  /// Groups of the points, and how their number came about.
  struct Outcome: Sendable {
    /// Group of each point, 1 upwards in the order of falling size; 0 for points that took no part.
    var labels: Raster<Int>
    /// Steps of joining, from many groups to few.
    var steps: [Step]
    /// Centres among the components, one row each, and the label that points nearest to each have.
    var centres: Matrix<Double>
    var labelOfCentre: [Int]
  }

  /// One number of groups.
  public struct Step: Sendable, Codable, Equatable {
    /// Number of groups.
    public let count: Int
    /// Least distance between two of the groups in standard deviations, with the penalties; patterns need `separation`.
    public let separation: Double
  }

  /// The number of patterns that steps of joining ended with.
  func count(after steps: [Step]) -> Int {
    guard let last = steps.last, last.separation >= separation else { return 1 }
    return last.count
  }

  /// - Parameters:
  ///   - isCore: points that take part; those that change fast lie between patterns and do not.
  ///   - distance: steps of the grid beyond which descriptors share no pixels.
  func outcome(_ field: DescriptorField, core isCore: Raster<Bool>, distance: Int, seed: UInt64) throws -> Outcome {
    let points = isCore.values.indices.filter { isCore.values[$0] }
    let step = max(1, points.count / sampleLimit)
    let sample = Swift.stride(from: 0, to: points.count, by: step).map { points[$0] }
    let table = field.components.selecting(rows: sample)
    var clustering = KMeans(count: max(proposals, 2 * (count ?? 0)))
    clustering.restarts = 4
    let fit = try clustering.fit(table, seed: seed)
    // A centre that lost all its samples proposes nothing.
    let used = Set(fit.assignment).sorted()
    let number = Dictionary(uniqueKeysWithValues: used.enumerated().map { ($1, $0) })
    let nearest = nearestCentres(to: fit.centres.selecting(rows: used), points: points, of: field)
    var partition = JoinedGroups(
      table: table, assignment: fit.assignment.map { number[$0]! }, count: used.count,
      resolution: resolution * field.scale, origin: field.origin,
      neighbours: NeighbourCounts(of: nearest, count: used.count, distance: max(1, distance)), rule: self)
    partition.join()
    var groups = partition.group
    var labels = nearest
    var centres = fit.centres.selecting(rows: used)
    if let count, partition.groupCount != count {
      // No number of gaps says so: the partition of least variance.
      var forced = KMeans(count: count)
      forced.restarts = 10
      let fit = try forced.fit(table, seed: seed)
      centres = fit.centres
      labels = nearestCentres(to: centres, points: points, of: field)
      groups = Array(0..<fit.centres.rows)
    }
    let numbered = numberedBySize(labels.map { $0 < 0 ? -1 : groups[$0] })
    var labelOfCentre = [Int](repeating: 0, count: centres.rows)
    for point in points { labelOfCentre[labels.values[point]] = numbered.values[point] }
    return Outcome(labels: numbered, steps: partition.steps, centres: centres, labelOfCentre: labelOfCentre)
  }

  func nearestCentres(to centres: Matrix<Double>, points: [Int], of field: DescriptorField) -> Raster<Int> {
    let d = centres.columns
    let parts = concurrentMap(chunksOf: 4096, of: points.count) { range in
      range.map { index -> Int in
        let row = points[index] * d
        var (best, least) = (0, Double.infinity)
        for centre in 0..<centres.rows {
          var sum = 0.0
          for k in 0..<d {
            let difference = Double(field.components.values[row + k]) - centres.values[centre * d + k]
            sum += difference * difference
          }
          if sum < least { (best, least) = (centre, sum) }
        }
        return best
      }
    }
    var result = Raster(width: field.grid.columns, height: field.grid.rows, filling: -1)
    for (index, label) in parts.joined().enumerated() { result.values[points[index]] = label }
    return result
  }
}

/// Labels 1 upwards in the order of falling area (ties: the group met first); 0 for points of no group, -1.
func numberedBySize(_ groups: Raster<Int>) -> Raster<Int> { numbered(groups.map { $0 + 1 }).labels }

/// The same for groups that count from 1, 0 being none; with the label of each group that is there.
func numbered<Label: BinaryInteger>(_ groups: Raster<Label>) -> (labels: Raster<Label>, names: [Int: Int]) {
  let count = Int(groups.values.max() ?? 0)
  var (sizes, first) = ([Int](repeating: 0, count: count + 1), [Int](repeating: 0, count: count + 1))
  for place in groups.values.indices where groups.values[place] > 0 {
    let group = Int(groups.values[place])
    if sizes[group] == 0 { first[group] = place }
    sizes[group] += 1
  }
  let order = sizes.indices.filter { sizes[$0] > 0 }.sorted { (-sizes[$0], first[$0]) < (-sizes[$1], first[$1]) }
  let names = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1, $0 + 1) })
  var table = [Label](repeating: 0, count: count + 1)
  for (group, label) in names { table[group] = Label(label) }
  return (groups.map { table[Int($0)] }, names)
}
