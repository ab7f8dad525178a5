import Foundation
import TesseraFormats
import TesseraImaging
import TesseraLearning
import TesseraNumerics
import TesseraStructure

/// The result folder of `analyze` or `motifs`, read back to go on with its classes.
///
/// What follows the classes stands as the first run wrote it until the first action moves it to `first/`; every state of the
/// folder is what replaying `recipe.json` on the first classes gives.
public struct MotifFolder: Sendable {
  /// Path of the folder, as given.
  public let path: String
  /// The first tables.
  package let sites, classes: CSVTable
  /// The tables that follow the classes, by name, as the first run wrote them, byte for byte.
  let first: [String: Data]
  /// What else follows the classes, by name, where the first run's files of these names are now: summary, report and figures.
  let firstPaths: [String: String]
  /// `summary.json` of the first run.
  let summary: JSONValue
  /// What was done to the first classes so far; empty before the first action.
  public let recipe: Recipe
  /// Full Zernike moments, one row per row of `sites.csv`; NaN where a site has no patch.
  public let moments: ZernikeMoments
  /// The settings of the first run.
  public let settings: MotifMethod
  /// The seed of the first run; 1 where its summary states none.
  public let seed: UInt64
  /// Standard deviation of a moment from the noise of the pixels.
  public let momentNoise: Double
  /// The places that were like none of the first classes, the most unlike first; none in the result of an older program.
  public let outliers: [Outlier]
  /// Nil in the result of an older program.
  let imageSize: ImageSize?
  /// By how much scan lines are shifted against one another, in pixels; 0 where they are not, and in the result of an older program.
  let lineJitter: Double
  /// Whether the columns share a lattice.
  let hasLattice: Bool
  /// Phases, grains and faults of the image; empty where it is one pattern, and in the result of an older program.
  let patterns: [PatternShare]
  /// Nil where unknown.
  let calibration: Calibration?

  /// A place that was like none of the first classes, as `summary.json` states it.
  public struct Outlier: Decodable, Sendable {
    /// Row of its most unlike site in `sites.csv`, from 0, and the number of sites there.
    public var site, sites: Int
    /// In pixels.
    public var x, y: Double
    /// Deviation from its own class in standard deviations of a normal law, and false discovery rate.
    public var z, q: Double
    /// Height over the median of its class.
    public var heightRatio: Double?
  }

  struct ImageSize: Decodable {
    /// In pixels.
    var width, height: Int
  }

  /// A patch has a centre and what surrounds it; one with a larger side would hold a whole image.
  static let patchSides = 3...9_999
  static let firstFolder = "first"
  /// The tables that follow the classes.
  static let followers = ["sites.csv", "classes.csv", "cells.csv", "hierarchy.json"]
  /// Where the figures of the report are.
  static let figureFolder = "figures"

  /// - Throws: `FormatError` where the folder is none of these, or a file in it is damaged.
  public init(path: String) throws {
    self.path = path
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw FormatError(
        .missing,
        path == "-"
          ? "-: a result is a folder and cannot come from standard input; name the folder" : "\(path): does not exist")
    }
    func file(_ name: String) -> String { "\(path)/\(name)" }
    func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: file(name)) }
    guard isFolder.boolValue, exists("summary.json"), exists("sites.csv"), exists("classes.csv") else {
      throw FormatError(in: path, "is no result of analyze or motifs; name the folder that one of them wrote")
    }
    guard exists("moments.npy") else {
      throw FormatError(
        in: path, "has no moments.npy, which splitting needs; an older program wrote it: run analyze or motifs again")
    }
    let hasActions = exists("recipe.json")
    recipe = hasActions ? try Recipe(path: file("recipe.json")) : Recipe()
    func firstPath(_ name: String) -> String {
      hasActions && exists("\(Self.firstFolder)/\(name)") ? file("\(Self.firstFolder)/\(name)") : file(name)
    }
    first = try Dictionary(
      uniqueKeysWithValues: Self.followers.filter(exists).map { ($0, try Self.data(firstPath($0))) })
    (sites, classes) = (try CSVTable(path: firstPath("sites.csv")), try CSVTable(path: firstPath("classes.csv")))
    firstPaths = Self.firstPaths(in: path, firstPath: firstPath)
    let summary: Summary
    (self.summary, summary) = try Self.summary(firstPath("summary.json"))
    (settings, seed, momentNoise) = (summary.settings, summary.seed ?? 1, summary.momentNoise)
    (outliers, lineJitter) = (summary.outliers ?? [], summary.lineJitterPx ?? 0)
    if let size = summary.image, size.width < 1 || size.height < 1 {
      throw FormatError(
        in: firstPath("summary.json"),
        "states an image of \(size.width) x \(size.height) pixels; run analyze or motifs again")
    }
    guard Self.patchSides ~= summary.patch.side, !summary.patch.side.isMultiple(of: 2) else {
      throw FormatError(
        in: firstPath("summary.json"),
        "states patches of \(summary.patch.side) pixels, whose side is odd and between \(Self.patchSides.lowerBound) and "
          + "\(Self.patchSides.upperBound); run analyze or motifs again")
    }
    (imageSize, hasLattice, patterns) = (summary.image, summary.lattice != nil, summary.patterns ?? [])
    calibration = summary.calibration.flatMap { Calibration(x: $0.x, y: $0.y) }
    moments = try Self.moments(file("moments.npy"), side: summary.patch.side, rows: sites.rows.count)
  }

  /// The `id` of a row of `sites.csv`; nil where there is no such row.
  public func id(ofRow row: Int) -> String? {
    guard let column = sites.column("id"), sites.rows.indices.contains(row) else { return nil }
    return sites.rows[row][column]
  }

  /// CRC-32 of the first `sites.csv`.
  var firstChecksum: String { first["sites.csv"].map(FileStamp.checksum) ?? "" }

  /// The files of the first run that follow the classes beside its tables. An older program left them in their own places.
  private static func firstPaths(in path: String, firstPath: (String) -> String) -> [String: String] {
    let folder = URL(fileURLWithPath: path, isDirectory: true)
    let written = FolderManifest(readFrom: folder)?.files.map(\.path) ?? []
    let report = firstPath("report.html")
    let prefix = report.hasSuffix("\(firstFolder)/report.html") ? "\(firstFolder)/" : ""
    var names = written.filter { $0.hasPrefix("\(prefix)\(figureFolder)/") }.map { String($0.dropFirst(prefix.count)) }
    names += ["report.html", "summary.json"]
    var paths: [String: String] = [:]
    for name in names {
      let place = name == "summary.json" ? firstPath(name) : "\(path)/\(prefix)\(name)"
      if FileManager.default.fileExists(atPath: place) { paths[name] = place }
    }
    return paths
  }

  private static func data(_ path: String) throws -> Data {
    do { return try Data(contentsOf: URL(fileURLWithPath: path)) } catch {
      throw FormatError(in: path, "cannot be read")
    }
  }

  /// The keys of `summary.json` that are needed.
  private struct Summary: Decodable {
    struct Patch: Decodable { var side: Int }
    struct PixelSize: Decodable { var x, y: Double }
    struct Lattice: Decodable {}
    var settings: MotifMethod
    var seed: UInt64?
    var momentNoise: Double
    var lineJitterPx: Double?
    var patch: Patch
    var image: ImageSize?
    var outliers: [Outlier]?
    var lattice: Lattice?
    var patterns: [PatternShare]?
    var calibration: PixelSize?
  }

  private static func summary(_ path: String) throws -> (JSONValue, Summary) {
    let data = try data(path)
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    do {
      let summary = try JSONDecoder().decode(JSONValue.self, from: data)
      // What a setting did not exist for, an older program did as it is done where nothing is set.
      let standard = try JSONDecoder().decode(
        JSONValue.self, from: try JSONEncoder.forResults().encode(["settings": MotifMethod()]))
      let whole = try JSONEncoder().encode(summary.completed(by: standard))
      return (summary, try decoder.decode(Summary.self, from: whole))
    } catch {
      throw FormatError(in: path, "is no summary of analyze or motifs of this version; run one of them again")
    }
  }

  private static func moments(_ path: String, side: Int, rows: Int) throws -> ZernikeMoments {
    let image = try ImageFile.open(path: path).read().pixels
    let order = (0...40).first { ZernikeTerm.count(order: $0) == image.width }
    guard let order, image.height == rows else {
      throw FormatError(
        in: path, "holds \(image.height) x \(image.width) numbers; \(rows) rows of Zernike moments belong to sites.csv")
    }
    return ZernikeMoments(
      side: side, order: order, values: Matrix(rows: rows, columns: image.width, values: image.values))
  }

  /// The first classes as a tree.
  public func firstTree() throws -> ClassTree {
    guard let number = sites.column("class"), let confidence = sites.column("confidence"),
      let name = classes.column("name")
    else { throw FormatError(in: path, "sites.csv or classes.csv lacks the columns class, confidence and name") }
    let count = classes.rows.count
    var labels: [Int] = []
    for (row, fields) in sites.rows.enumerated() {
      let label = fields[number].isEmpty ? 0 : Int(fields[number]) ?? -1
      guard (0...count).contains(label) else {
        throw FormatError(in: "\(path)/sites.csv", "row \(row + 1): class \(fields[number]) is not in classes.csv")
      }
      labels.append(label)
    }
    return ClassTree(
      labels: labels, confidence: sites.rows.map { Double($0[confidence]) ?? 0 }, names: classes.rows.map { $0[name] })
  }

  /// Where the sites are.
  package struct Places: Sendable {
    /// In pixels.
    package var positions: [Point]
    /// Of the columns, in the image's units; 0 where none is.
    package var heights: [Double]
    /// What stands at each.
    package var kinds: [Site.Kind]
    /// Where no column stands.
    package var isVacant: [Bool] { kinds.map { $0 == .vacant } }
    /// Number of columns of the image: neither vacant nodes nor columns centred outside it.
    package var columnCount: Int { kinds.count { $0 != .vacant && $0 != .outside } }
    /// The sites as far as the table tells: places, heights and kinds.
    package var sites: Sites {
      Sites(
        positions.indices.map { Site(position: positions[$0], amplitude: heights[$0], kind: kinds[$0]) })
    }
  }

  /// The pattern of each site; 0 where none is known.
  private var sitePatterns: [Int] {
    guard let column = sites.column("pattern") else { return sites.rows.map { _ in 0 } }
    return sites.rows.map { Int($0[column]) ?? 0 }
  }

  /// The pattern of each site for the search of lattices; 0 where none is known.
  var phases: [Int] { patterns.phases(of: sitePatterns) }

  /// In how many of the patterns sites stand; 0 where none are known.
  var patternCount: Int { patterns.count(at: sitePatterns) }

  /// - Throws: `FormatError` where `sites.csv` is damaged.
  package func places() throws -> Places {
    guard let x = sites.column("x"), let y = sites.column("y"), let height = sites.column("amplitude"),
      let kind = sites.column("kind")
    else { throw FormatError(in: "\(path)/sites.csv", "lacks one of the columns x, y, amplitude and kind") }
    let kinds = sites.rows.map { Site.Kind(rawValue: $0[kind]) ?? .column }
    return Places(
      positions: zip(try sites.numbers(x), try sites.numbers(y)).map { Point($0, $1) },
      heights: zip(sites.rows, kinds).map { $1 == .vacant ? 0 : Double($0[height]) ?? .nan }, kinds: kinds)
  }

  /// The layout of the first run: one point per site, NaN where it has none.
  /// - Throws: `FormatError` where the file is missing or does not belong to `sites.csv`.
  package func layout() throws -> [Point] {
    let file = "\(path)/layout.npy"
    let image = try ImageFile.open(path: file).read().pixels
    guard image.width == 2, image.height == sites.rows.count else {
      throw FormatError(
        in: file, "holds \(image.height) x \(image.width) numbers; \(sites.rows.count) rows of two belong to sites.csv")
    }
    return (0..<image.height).map { Point(Double(image.values[2 * $0]), Double(image.values[2 * $0 + 1])) }
  }
}
