import Foundation
import TesseraImaging
import TesseraLearning
import TesseraNumerics

extension Segmenter {
  /// Patterns that a person can mark.
  public static let largestScribble = 50
  /// Marked points of the grid that a pattern needs to be learned from.
  private static let leastMarks = 10
  /// Groups of descriptors that the marks of one pattern may have: what is one to a person may look different to symmetry.
  private static let groupsOfMark = 4
  private static let marksOfGroup = 40
  /// Marks are small, and know little of how descriptors scatter: what lies within a third of the way from a group to the nearest of another
  /// pattern is of it, whatever the marks say.
  private static let safeShare = 1.0 / 3

  private static func leastReaches(_ centres: Matrix<Double>, _ labels: [Int]) -> [Double] {
    labels.indices.map { a in
      let others = labels.indices.filter { labels[$0] != labels[a] }
      let nearest = others.map { b in
        zip(centres.row(a), centres.row(b)).reduce(0.0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
      }.min()
      return (nearest ?? 0) * safeShare / PatternModel.novelty
    }
  }

  /// The patterns that a person has marked somewhere: each point has that of the group of marked descriptors that is nearest, and none
  /// where it is twice as far from all of them as all but one in a hundred of the marks are from theirs, and more than a third of the way to
  /// the nearest group of another pattern.
  ///
  /// - Parameters:
  ///   - field: from the same image, at the same scales.
  ///   - image: without its background (`withoutBackground`).
  ///   - scales: those of the descriptors.
  ///   - marks: of the image's size: number of the pattern where it is marked, 1 upwards without gaps, 0 elsewhere.
  ///   - isMeasured: pixels that hold a measurement, nil: all; the others get label 0.
  ///   - seed: of the starts of k-means: equal seeds give equal patterns.
  /// - Throws: `DataError` where fewer than two patterns are marked, one of them too little, or a number is left out.
  public func segmentation(
    from field: DescriptorField, of image: Raster<Float>, scales: Scales, marks: Raster<UInt16>,
    isMeasured: Raster<Bool>? = nil, seed: UInt64 = 1
  ) throws -> Segmentation {
    let marked = try self.marked(marks, on: field.grid)
    let count = marked.values.max() ?? 0
    let (centres, labelOfCentre) = try groups(of: marked, count: count, in: field, seed: seed)
    let change = change(in: field, scales: scales)
    let core = core(
      of: change, in: field, scales: scales, isKnown: known(isMeasured, on: field.grid, scales: scales))
    let outcome = PatternFinder.Outcome(labels: marked, steps: [], centres: centres, labelOfCentre: labelOfCentre)
    let leastReaches = Self.leastReaches(centres, labelOfCentre)
    let draft = PatternModel(
      operations: operations, scales: scales, field: field, outcome: outcome, labels: labelOfCentre, discriminant: nil,
      leastReaches: leastReaches)
    let likeness = draft.labels(of: field, gain: 1)
    var seeds = likeness
    for point in seeds.values.indices where !core.values[point] { seeds.values[point] = 0 }
    for point in seeds.values.indices where marked.values[point] > 0 { seeds.values[point] = marked.values[point] }
    let points = grown(from: seeds, over: change, scales: scales)
    let placed = pixels(of: points, in: image, on: field.grid, scales: scales, isMeasured: isMeasured)
    var known = points.map { $0 > count ? 0 : $0 }
    for point in known.values.indices where !core.values[point] { known.values[point] = 0 }
    for point in known.values.indices where marked.values[point] > 0 { known.values[point] = marked.values[point] }
    let mixture = try PatternMixture(
      of: field, labels: known, count: count, resolution: finder.resolution * field.scale)
    let identity = Dictionary(uniqueKeysWithValues: (1...count).map { ($0, $0) })
    let model = PatternModel(
      operations: operations, scales: scales, field: field, outcome: outcome, labels: labelOfCentre,
      discriminant: placed.discriminant?.renumbered(identity, count: count), leastReaches: leastReaches)
    let near = PatternSeparation.all(in: field, labels: points, count: count, core: core)
      .filter { $0.deviations < finder.separation }
    let found = placed.labels.map { Int($0) > count ? 0 : $0 }
    return segmentation(
      Self.obeying(marks, found, isMeasured: isMeasured), points: points.map { $0 > count ? 0 : $0 }, change: change,
      field: field, of: image, model: model, mixture: mixture, isMeasured: isMeasured, steps: [], foundCount: count,
      merged: Set(near.flatMap { [$0.first, $0.second] }).sorted(),
      contradicted: Set(
        Self.contradicted(marks, by: found, count: count, isMeasured: isMeasured)
          + Self.contradicted(marked, by: likeness, count: count)
      ).sorted())
  }

  /// Labels with those of the marks where something is marked: what a person has drawn is not in doubt.
  private static func obeying(
    _ marks: Raster<UInt16>, _ labels: Raster<UInt16>, isMeasured: Raster<Bool>?
  ) -> Raster<UInt16> {
    var result = labels
    for index in result.values.indices where marks.values[index] > 0 && isMeasured?.values[index] ?? true {
      result.values[index] = marks.values[index]
    }
    return result
  }

  /// A smaller share of the marks of a pattern may lie beside a boundary, or on a defect.
  private static let leastContradicted = 0.2

  /// The patterns whose own marks lie on what symmetry gives to others.
  private static func contradicted<Label: BinaryInteger>(
    _ marks: Raster<Label>, by labels: Raster<Label>, count: Int, isMeasured: Raster<Bool>? = nil
  ) -> [Int] {
    var (all, lost) = ([Int](repeating: 0, count: count + 1), [Int](repeating: 0, count: count + 1))
    for (index, mark) in marks.values.enumerated() where mark > 0 && isMeasured?.values[index] ?? true {
      all[Int(mark)] += 1
      if labels.values[index] != mark { lost[Int(mark)] += 1 }
    }
    return (1...count).filter { Double(lost[$0]) >= leastContradicted * Double(max(1, all[$0])) }
  }

  /// The mark of each point of the grid: of the pixels nearest to it the largest number of equal ones; 0 for none.
  private func marked(_ marks: Raster<UInt16>, on grid: DescriptorGrid) throws -> Raster<Int> {
    let present = Set(marks.values.lazy.filter { $0 > 0 }).sorted()
    guard present.count >= 2 else {
      throw DataError(
        present.isEmpty
          ? "no pattern is marked: all values are 0; draw 1 on one pattern and 2 on another"
          : "one pattern alone is marked; mark two or more, 1 on one and 2 on another")
    }
    guard present.count == Int(present[present.count - 1]), present.count <= Self.largestScribble else {
      throw DataError(
        "the marks have the numbers \(present.prefix(8).map(String.init).joined(separator: ", "))"
          + "\(present.count > 8 ? ", ..." : ""); patterns count from 1 without gaps, up to \(Self.largestScribble)")
    }
    var result = Raster(width: grid.columns, height: grid.rows, filling: 0)
    let before = grid.stride / 2
    for row in 0..<grid.rows {
      let ys = (grid.pixel(row) - before..<grid.pixel(row) - before + grid.stride).clamped(to: 0..<marks.height)
      for column in 0..<grid.columns {
        let xs = (grid.pixel(column) - before..<grid.pixel(column) - before + grid.stride).clamped(to: 0..<marks.width)
        var counts: [Int: Int] = [:]
        for y in ys { for x in xs where marks[x, y] > 0 { counts[Int(marks[x, y]), default: 0] += 1 } }
        if let best = counts.max(by: { ($0.value, -$0.key) < ($1.value, -$1.key) }) { result[column, row] = best.key }
      }
    }
    for label in 1...present.count {
      let points = result.values.count { $0 == label }
      guard points >= Self.leastMarks else {
        throw DataError(
          "pattern \(label) is marked at \(points) of the points, \(grid.stride) pixels apart, at which symmetry is measured; mark it at "
            + "\(Self.leastMarks) or more")
      }
    }
    return result
  }

  /// Groups of the marked descriptors of each pattern, without those that look as more marks of another do: a slip of the pen.
  private func groups(
    of marked: Raster<Int>, count: Int, in field: DescriptorField, seed: UInt64
  ) throws -> (centres: Matrix<Double>, labels: [Int]) {
    var groups: [(centre: [Double], label: Int, points: Int)] = []
    for label in 1...count {
      let table = field.components.selecting(rows: marked.values.indices.filter { marked.values[$0] == label })
      let clustering = KMeans(count: max(1, min(Self.groupsOfMark, table.rows / Self.marksOfGroup)))
      let fit = try clustering.fit(table, seed: seed)
      for group in Set(fit.assignment).sorted() {
        groups.append((Array(fit.centres.row(group)), label, fit.assignment.count { $0 == group }))
      }
    }
    let resolution = finder.resolution * field.scale
    /// Marks of a pattern that look as a group does.
    func alike(_ label: Int, to centre: [Double]) -> Int {
      groups.reduce(0) { sum, other in
        let square = zip(other.centre, centre).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        return other.label == label && square < resolution * resolution ? sum + other.points : sum
      }
    }
    let slips = groups.indices.filter { index in
      let own = alike(groups[index].label, to: groups[index].centre)
      return (1...count).contains { $0 != groups[index].label && alike($0, to: groups[index].centre) > own }
    }
    // A pattern that has nothing else keeps its groups.
    let kept = groups.indices.filter { index in
      !slips.contains(index)
        || !groups.indices.contains { groups[$0].label == groups[index].label && !slips.contains($0) }
    }
    groups = kept.map { groups[$0] }
    return (
      Matrix(rows: groups.count, columns: field.components.columns, values: groups.flatMap(\.centre)),
      groups.map(\.label)
    )
  }
}
