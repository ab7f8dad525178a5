import Foundation
import TesseraLearning
import TesseraNumerics
import TestSupport
import Testing

/// The definition, followed literally in O(n⁴): the density threshold rises through all mutual reachability distances,
/// and the sets that are still connected are looked at anew each time.
private struct ObviousHDBSCAN {
  let distance: [[Double]]
  let minimumSize: Int

  init(_ points: [Point], minimumSize: Int, neighbours: Int) {
    let plain = points.map { a in points.map { (a - $0).length } }
    let core = plain.map { $0.sorted()[neighbours] }  // Place 0 is the point itself.
    distance = points.indices.map { a in points.indices.map { max(core[a], core[$0], plain[a][$0]) } }
    self.minimumSize = minimumSize
  }

  /// Sets of members that stay connected by distances below `limit`.
  private func components(_ members: [Int], below limit: Double) -> [[Int]] {
    var (left, result) = (Set(members), [[Int]]())
    while let first = left.min() {
      left.remove(first)
      var (set, next) = ([first], 0)
      while next < set.count {
        let near = left.filter { distance[set[next]][$0] < limit }
        left.subtract(near)
        set += near.sorted()
        next += 1
      }
      result.append(set.sorted())
    }
    return result
  }

  /// Stability of the class that `members` begin at λ = `birth`, and the best choice of classes within it.
  func best(_ members: [Int], birth: Double, isRoot: Bool) -> (stability: Double, choice: [[Int]]) {
    var (current, stability) = (members, 0.0)
    while true {
      let limits = Set(current.flatMap { a in current.filter { $0 != a }.map { distance[a][$0] } })
      guard let limit = limits.filter({ components(current, below: $0).count > 1 }).max() else { break }
      let parts = components(current, below: limit)
      let large = parts.filter { $0.count >= minimumSize }
      let leaving = large.count == 1 ? current.count - large[0].count : current.count
      stability += Double(leaving) * (1 / limit - birth)
      if large.count != 1 {
        let inner = large.map { best($0, birth: 1 / limit, isRoot: false) }
        let sum = inner.reduce(0) { $0 + $1.stability }
        if !large.isEmpty && (isRoot || sum > stability) { return (sum, inner.flatMap(\.choice)) }
        break
      }
      current = large[0]
    }
    return (stability, isRoot ? [] : [members])
  }
}

struct `HDBSCAN*` {
  @Test(.slow, arguments: 1...12) func `finds what its definition says`(seed: UInt64) throws {
    var random = RandomSource(seed: seed)
    let points = (0..<60).map { index -> Point in
      let centre = [Point(0, 0), Point(6, 1), Point(2, 7)][index % 3]
      // Every tenth point is background.
      return index.isMultiple(of: 10)
        ? Point(random.uniform(), random.uniform()) * 10
        : centre + Point(random.gaussian(), random.gaussian()) * 0.8
    }
    var clustering = HDBSCAN()
    clustering.minimumSize = 5
    clustering.neighbours = 3
    let found = try clustering.classes(of: Layout(points: points))
    let expected = ObviousHDBSCAN(points, minimumSize: 5, neighbours: 3)
      .best(Array(points.indices), birth: 0, isRoot: true).choice
    #expect(Set((1...found.count).map { Set(found.members(of: $0)) }) == Set(expected.map { Set($0) }))
  }

  @Test(arguments: HDBSCAN.Selection.allCases)
  func `finds separate blobs and leaves out the background`(selection: HDBSCAN.Selection) throws {
    var random = RandomSource(seed: 5)
    var points = (0..<1000).map { Point(Double($0 % 4) * 10, 0) + Point(random.gaussian(), random.gaussian()) * 0.2 }
    points += (0..<8).map { Point(Double($0) * 5 - 3, 30 + 7 * Double($0 % 3)) }
    var clustering = HDBSCAN()
    clustering.minimumSize = selection == .leaves ? 150 : 15
    let classes = try clustering.classes(of: Layout(points: points))
    #expect(classes.count == 4)
    #expect(classes.labels[1000...].allSatisfy { $0 == 0 })
    #expect(classes.labels[..<1000].count { $0 == 0 } < 20)
    #expect(classes.confidence.allSatisfy { $0 >= 0 && $0 <= 1 })
  }

  @Test func `may find one class where that is allowed`() throws {
    var random = RandomSource(seed: 5)
    let layout = Layout(points: (0..<300).map { _ in Point(random.gaussian(), random.gaussian()) })
    var clustering = HDBSCAN()
    clustering.minimumSize = 40
    clustering.allowsSingleClass = true
    #expect(try clustering.classes(of: layout).count == 1)
  }

  /// The layout may draw a class together into one point; its density is then infinite.
  @Test func `bears repeated points`() throws {
    let layout = Layout(points: (0..<400).map { Point(Double($0 % 2), 0) })
    let classes = try HDBSCAN().classes(of: layout)
    #expect(classes.sizes == [200, 200])
    #expect(classes.confidence.allSatisfy { $0 == 1 })
  }

  @Test func `takes any number of points`() throws {
    for count in 0...3 {
      let layout = Layout(points: (0..<count).map { Point(Double($0), 0) })
      #expect(try HDBSCAN().classes(of: layout).labels == [Int](repeating: 0, count: count))
    }
  }
}
