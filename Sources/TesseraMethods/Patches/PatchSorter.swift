import TesseraImaging
import TesseraLearning
import TesseraNumerics
import TesseraStructure

/// Sorts patches that were cut before, each an image of its own, into motifs: what `tessera patches` runs.
///
/// ```swift
/// let sorted = try PatchSorter().result(of: patches)
/// for (name, label) in zip(sorted.names, sorted.classes.labels) { print(name, label) }
/// ```
public struct PatchSorter: Sendable, Codable, Equatable {
  /// What is known of each patch.
  public var spectra = AmplitudeSpectra()
  /// Principal components of the spectra of which the layout is made, 1 or more.
  public var components = 20
  /// Arranges the patches in the plane so that like ones lie together.
  public var embedding = ForceRelaxedLayout()
  /// Finds classes between which there is a gap.
  public var classFinder = ClassFinder()
  /// Joins those that show the same, cut elsewhere.
  public var shiftTest = ShiftTest()
  /// The number of classes; nil: found.
  public var classCount: Int?

  /// A sorter that finds the number of classes.
  public init() { embedding.search.metric = .euclidean }

  /// The fewest patches that are laid out and sorted.
  static let fewestPatches = 4
  /// Pixels along a side at least, and in all at most: more are an image, in which motifs are sought.
  private static let (leastSide, mostPixels) = (8, 1 << 18)

  /// Whether an image can be a patch, so that folders of images are not read in vain.
  /// - Throws: `DataError` where it is too small or too large.
  public func check(_ patch: Micrograph) throws {
    let size = "\(patch.name): has \(patch.width) x \(patch.height) pixels"
    guard min(patch.width, patch.height) >= Self.leastSide else {
      throw DataError("\(size), and a patch has \(Self.leastSide) or more along each side")
    }
    guard patch.width * patch.height <= Self.mostPixels else {
      throw DataError(
        "\(size), and a patch that shows one motif has \(Self.mostPixels) at most; cut patches out of it, or run `analyze` on it"
      )
    }
  }

  /// The classes of some patches.
  ///
  /// - Parameters:
  ///   - patches: images of one size, whose names tell them apart. Copies of a patch, pixel by pixel, count once.
  ///   - seed: of the layout, and of k-means where `classCount` is set: equal seeds give equal classes.
  /// - Throws: `DataError` where the sizes differ or fewer than four patches show anything, `ParameterError` for a setting outside
  ///   its range.
  public func result(of patches: [Micrograph], seed: UInt64 = 1) throws -> PatchClasses {
    if let first = patches.first {
      for other in patches where (other.width, other.height) != (first.width, first.height) {
        throw DataError(
          "\(other.name): has \(other.width) x \(other.height) pixels, but \(first.name) has \(first.width) x \(first.height); patches "
            + "need one size")
      }
    }
    try patches.forEach(check)
    let features = try spectra.features(of: patches.map(\.pixels))
    let first = Self.firstAlike(patches)
    let known = (0..<features.rows).filter { first[$0] == $0 && features.row($0).allSatisfy(\.isFinite) }
    guard known.count >= Self.fewestPatches else {
      throw DataError(
        "\(Self.fewestPatches) patches or more that differ are needed, but \(patches.count == 1 ? "1 was" : "\(patches.count) were") given"
          + (known.count < patches.count ? ", of which \(known.count) show more than one value and are no copies" : "")
          + "; \(setting("frames")) with \(setting("each")) reads the frames of a stack one by one")
    }
    if let classCount {
      try require(
        (1...known.count).contains(classCount), setting("classes"), is: classCount,
        mustBe: "1 or more and at most \(known.count), the number of patches that differ")
    }
    let table = features.selecting(rows: known)
    let layout = try layout(of: table, seed: seed)
    let outcome = try classFinder.outcome(features: table, layout: layout)
    let joined = shiftTest.joined(
      outcome.classes.labels.map { $0 - 1 }, features: table,
      correlation: ShiftedCorrelation(known.map { patches[$0].pixels }))
    let found = Classes(grouping: joined)
    var confidence = found.count == 1 ? found.confidence : outcome.classes.confidence
    var labels = found.labels
    if let classCount, classCount != found.count {
      let asked = try KMeans(count: classCount).classes(of: layout, seed: seed)
      (labels, confidence) = (asked.labels, asked.confidence)
    }
    func spread<Value>(_ values: [Value], _ empty: Value) -> [Value] {
      var all = [Value](repeating: empty, count: patches.count)
      for (value, row) in zip(values, known) { all[row] = value }
      return first.map { all[$0] }
    }
    return PatchClasses(
      sorter: self, patches: patches, seed: seed, features: features,
      layout: Layout(points: spread(layout.points, Point(.nan, .nan))),
      classes: Classes(grouping: spread(labels, -1), confidence: spread(confidence, 0)), foundCount: found.count,
      copyCount: first.indices.count { first[$0] != $0 })
  }

  /// For each patch the first one that is the same pixel by pixel.
  private static func firstAlike(_ patches: [Micrograph]) -> [Int] {
    var seen: [[Float]: Int] = [:]
    return patches.indices.map { index in
      let first = seen[patches[index].pixels.values, default: index]
      seen[patches[index].pixels.values] = first
      return first
    }
  }

  private func layout(of table: Matrix<Float>, seed: UInt64) throws -> Layout {
    var embedding = embedding
    embedding.search.count = min(embedding.search.count, table.rows - 1)
    let axes = try PrincipalComponents(of: table, count: components)
    return try embedding.layout(of: axes.transform(table), seed: seed)
  }
}
