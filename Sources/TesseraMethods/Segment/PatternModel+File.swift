import Foundation
import TesseraFormats
import TesseraNumerics
import TesseraSegmentation

extension PatternModel {
  /// No model is larger: some hundred groups of a few hundred scores.
  private static let largestFile = 64 << 20

  /// Patterns from `patterns.json`, or from the result folder that holds it.
  /// - Throws: `FormatError` where the file is no model of this version.
  public init(path: String) throws {
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    let file = isFolder.boolValue ? (path as NSString).appendingPathComponent("patterns.json") : path
    guard exists, FileManager.default.fileExists(atPath: file) else {
      throw FormatError(
        .missing,
        isFolder.boolValue
          ? "\(path): holds no patterns.json; a folder that `segment` has written is needed" : "\(path): does not exist"
      )
    }
    let size = (try? FileManager.default.attributesOfItem(atPath: file)[.size] as? Int) ?? 0
    guard size <= Self.largestFile, let data = FileManager.default.contents(atPath: file) else {
      throw FormatError(in: file, "is no model of patterns; give the patterns.json of a result of `segment`")
    }
    struct Version: Decodable { var version: Int? }
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    if let found = try? decoder.decode(Version.self, from: data).version, found != Self.version {
      throw FormatError(
        in: file,
        "is a model of version \(found), this program knows \(Self.version); "
          + (found > Self.version
            ? "a newer program wrote it" : "an earlier program wrote it, so `segment` its image again"))
    }
    guard let model = try? decoder.decode(PatternModel.self, from: data) else {
      throw FormatError(in: file, "is no model of patterns; give the patterns.json of a result of `segment`")
    }
    guard model.isConsistent else {
      throw FormatError(in: file, "holds numbers that do not fit one another; copy or write it again")
    }
    self = model
  }
}
