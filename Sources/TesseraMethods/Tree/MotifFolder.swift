import Foundation
import TesseraFormats
import TesseraImaging
import TesseraLearning
import TesseraNumerics
import TesseraStructure

/// The result folder of `analyze` or `motifs`, read back to go on with its classes.
///
/// The first classes stand in `sites.csv` and `classes.csv` until the first action moves them to `first/`; every state of the
/// folder is what replaying `recipe.json` on them gives.
public struct MotifFolder: Sendable {
  public let path: String
  /// The first tables.
  let sites, classes: CSVTable
  /// The same as they were written, byte for byte.
  let firstSites, firstClasses: Data
  public let recipe: Recipe
  public let moments: ZernikeMoments
  public let settings: MotifMethod
  public let seed: UInt64
  /// Standard deviation of a moment from the noise of the pixels.
  public let momentNoise: Double

  static let firstFolder = "first"

  /// - Throws: `FormatError` where the folder is none of these, or a file in it is damaged.
  public init(path: String) throws {
    self.path = path
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw FormatError(.missing, "\(path): does not exist")
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
    let prefix = hasActions && exists("\(Self.firstFolder)/sites.csv") ? "\(Self.firstFolder)/" : ""
    (firstSites, firstClasses) = (
      try Self.data(file(prefix + "sites.csv")), try Self.data(file(prefix + "classes.csv"))
    )
    (sites, classes) = (
      try CSVTable(path: file(prefix + "sites.csv")), try CSVTable(path: file(prefix + "classes.csv"))
    )
    let summary = try Summary(path: file("summary.json"))
    (settings, seed, momentNoise) = (summary.settings, summary.seed ?? 1, summary.momentNoise)
    moments = try Self.moments(file("moments.npy"), side: summary.patch.side, rows: sites.rows.count)
  }

  private static func data(_ path: String) throws -> Data {
    do { return try Data(contentsOf: URL(fileURLWithPath: path)) } catch {
      throw FormatError(in: path, "cannot be read")
    }
  }

  /// The keys of `summary.json` that are needed.
  private struct Summary: Decodable {
    struct Patch: Decodable { var side: Int }
    var settings: MotifMethod
    var seed: UInt64?
    var momentNoise: Double
    var patch: Patch

    init(path: String) throws {
      let decoder = JSONDecoder()
      decoder.keyDecodingStrategy = .convertFromSnakeCase
      do { self = try decoder.decode(Summary.self, from: try MotifFolder.data(path)) } catch let error as FormatError {
        throw error
      } catch {
        throw FormatError(in: path, "is no summary of analyze or motifs of this version; run one of them again")
      }
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
}
