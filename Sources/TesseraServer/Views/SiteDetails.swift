import TesseraImaging
import TesseraLearning
import TesseraMethods
import TesseraNumerics
import TesseraStructure

/// One site: its row of the table, what surrounds it, and what its moments make of that.
struct SiteDetails: Encodable, Sendable {
  let site: Int
  /// The row of `sites.csv`, by column.
  let fields: [String: String]
  /// The number of a site and its distance in pixels, nearest first.
  let neighbours: [[Double]]
  /// Of the patch, in pixels.
  let side: Int
  /// Row by row; null where a site has no patch.
  @Explicit var patch: [Float?]?
  /// In the values of the patch.
  @Explicit var reconstruction: [Float?]?
}

/// The mean patch of a class.
struct ClassAverage: Encodable, Sendable {
  let side: Int
  /// Row by row, null outside the disc; null for a class without patches.
  @Explicit var values: [Float?]?
}

extension ProjectSession {
  /// - Throws: `DataError` where there is no such site.
  func details(of site: Int) async throws -> SiteDetails {
    try await run { state in
      var result = try state.knownResult()
      let positions = result.places.positions
      guard positions.indices.contains(site) else {
        throw DataError("there is no site \(site); the sites are 0 to \(positions.count - 1)")
      }
      let tree = try result.tree(after: state.history.actions)
      state.result = result
      let side = result.folder.moments.side
      let moments = result.folder.moments.values.row(site)
      let patch = result.patches[site].map { discOnly($0) }
      let rebuilt =
        moments.allSatisfy(\.isFinite) ? discOnly(zernikeReconstruction(of: Array(moments), side: side)) : nil
      return SiteDetails(
        site: site, fields: Self.fields(of: site, in: result.folder, tree),
        neighbours: result.index.nearest(7, to: positions[site]).filter { $0 != site }.prefix(6).map {
          [Double($0), (positions[$0] - positions[site]).length]
        },
        side: side, patch: patch?.values.map(\.finite),
        reconstruction: rebuilt.map { rebuilt in
          (patch.map { Self.scaled(rebuilt.values, to: $0.values) } ?? rebuilt.values).map(\.finite)
        })
    }
  }

  /// A reconstruction in the values of its patch.
  ///
  /// Moments are of what stands above the background and, where the brightness was levelled, divided by that of the place; a line leads
  /// back from there, and least squares give it: what the moments leave out is orthogonal to what they hold.
  private static func scaled(_ rebuilt: [Float], to patch: [Float]) -> [Float] {
    let pairs = zip(rebuilt, patch).filter { $0.isFinite && $1.isFinite }.map { (x: Double($0), y: Double($1)) }
    let count = Double(max(pairs.count, 1))
    let (x, y) = (pairs.reduce(0) { $0 + $1.x } / count, pairs.reduce(0) { $0 + $1.y } / count)
    let square = pairs.reduce(0) { $0 + ($1.x - x) * ($1.x - x) }
    let slope = square > 0 ? pairs.reduce(0) { $0 + ($1.x - x) * ($1.y - y) } / square : 0
    return rebuilt.map { Float(y + slope * (Double($0) - x)) }
  }

  /// The row of the first table, with the current class.
  private static func fields(of site: Int, in folder: MotifFolder, _ tree: ClassTree) -> [String: String] {
    var fields = Dictionary(zip(folder.sites.header, folder.sites.rows[site]), uniquingKeysWith: { $1 })
    (fields["class"], fields["class_name"], fields["confidence"]) = ("", "", "")
    for leaf in tree.leaves {
      guard let place = leaf.members.firstIndex(of: site) else { continue }
      (fields["class"], fields["class_name"]) = (leaf.number, leaf.name)
      fields["confidence"] = TableWriter.number(leaf.confidence[place])
    }
    return fields
  }

  /// Nothing for a class that is not there: a page that still shows an older state may ask for one.
  /// - Throws: `DataError` before the first analysis.
  func average(ofClass number: String) async throws -> ClassAverage {
    try await run { state in
      var result = try state.knownResult()
      let tree = try result.tree(after: state.history.actions)
      state.result = result
      let members = tree.leaf(named: number)?.members.filter { result.patches.exists[$0] } ?? []
      let mean = meanPatch(of: members, in: result.patches)
      return ClassAverage(side: result.folder.moments.side, values: mean.map { $0.values.map(\.finite) })
    }
  }
}

extension Float {
  /// Nil for what JSON has no number for.
  fileprivate var finite: Float? { isFinite ? self : nil }
}
