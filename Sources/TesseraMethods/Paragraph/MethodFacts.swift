import Foundation
import TesseraHDF5

/// What a paragraph on methods rests on: the facts that every `summary.json` states.
public struct MethodFacts: Sendable {
  /// Name of the file, without its folder.
  public var input: String
  /// In pixels.
  public var width, height: Int
  /// nm per pixel along x and y; nil where unknown.
  public var pixel: (x: Double, y: Double)?
  /// The parameters that were chosen: the value with its unit, and the reason.
  public var parameters: [String: (value: String, reason: String)]
  /// Nil where nothing is random.
  public var seed: UInt64?
  /// Of the program.
  public var version: String
  /// Settings that differ from the defaults, with their values, in the order of their names.
  public var changed: [String]

  init<Result: MethodResult>(of result: Result, input: String, version: String) {
    self.init(
      input: input, width: result.record.prepared.image.width, height: result.record.prepared.image.height,
      version: version)
    pixel = result.micrograph.calibration.map { ($0.nanometresPerPixelX, $0.nanometresPerPixelY) }
    for choice in result.choices { parameters[choice.name] = (choice.value, choice.reason) }
    seed = result.record.seed
    changed = Self.difference(of: Self.object(result.settings), from: Self.object(Result.Settings()))
  }

  init<M: Method>(_ method: M.Type, summary path: String) throws {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw FormatError(.missing, "\(path): does not exist")
    }
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    guard let summary = try? decoder.decode(Summary<M>.self, from: data) else {
      throw FormatError(in: path, "is no summary of this method and version; run the command again")
    }
    self.init(
      input: summary.input, width: summary.image.width, height: summary.image.height, version: summary.version)
    pixel = summary.calibration.map { ($0.x, $0.y) }
    parameters = summary.parameters.mapValues { ($0.value, $0.reason) }
    seed = summary.seed
    changed = Self.difference(of: Self.object(summary.settings), from: Self.object(M()))
  }

  private init(input: String, width: Int, height: Int, version: String) {
    (self.input, self.width, self.height) = ((input as NSString).lastPathComponent, width, height)
    (self.version, parameters, changed) = (version, [:], [])
  }

  /// The keys of `summary.json` that are needed.
  private struct Summary<M: Method>: Decodable {
    struct Size: Decodable { var width, height: Int }
    struct Pixel: Decodable { var x, y: Double }
    struct Parameter: Decodable { var value, reason: String }
    var input, version: String
    var image: Size
    var calibration: Pixel?
    var parameters: [String: Parameter]
    var seed: UInt64?
    var settings: M
  }

  /// The value of a parameter; nil where it was not chosen.
  public func value(_ name: String) -> String? { parameters[name]?.value }

  /// What every paragraph begins with.
  var opening: MethodsParagraph.Sentence {
    func length(_ value: Double) -> String { String(format: "%.4g", value) }
    let size = pixel.map { pixel in
      pixel.x == pixel.y ? " of \(length(pixel.x)) nm" : " of \(length(pixel.x)) x \(length(pixel.y)) nm"
    }
    return .init(
      "The image \(input) (\(width) x \(height) pixels\(size ?? ", not calibrated")) was analysed with Tessera \(version)"
        + (seed.map { " (seed of random numbers \($0))." } ?? "."))
  }

  // MARK: Settings

  /// A value by the paths of its parts; a part without parts of its own has its name alone.
  private static func object(_ settings: some Encodable) -> [String: String] {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    guard let data = try? encoder.encode(settings), let value = try? JSONDecoder().decode(JSONValue.self, from: data)
    else {
      return [:]
    }
    var leaves: [String: String] = [:]
    func add(_ part: JSONValue, at path: [String]) {
      let name = path.filter { !$0.hasPrefix("_") }.map { $0.replacing("_", with: " ") }.joined(separator: ", ")
      switch part {
      case .object(let parts) where parts.isEmpty: leaves[name] = ""
      case .object(let parts): for (key, part) in parts { add(part, at: path + [key]) }
      case .list(let list):
        let words = list.compactMap(word)
        if words.count == list.count {
          leaves[name] = words.joined(separator: " ")
        } else {
          for (index, part) in list.enumerated() { add(part, at: path + ["\(index + 1)"]) }
        }
      default: leaves[name] = word(part)
      }
    }
    add(value, at: [])
    return leaves
  }

  /// A value without parts as a sentence says it; nil of others.
  private static func word(_ value: JSONValue) -> String? {
    switch value {
    case .null: "none"
    case .bool(let flag): flag ? "yes" : "no"
    case .integer(let number): String(number)
    case .number(let number): "\(number)"
    // Of a file its name: where it lay is nobody else's business.
    case .text(let text): (text as NSString).lastPathComponent
    case .list, .object: nil
    }
  }

  private static func difference(of settings: [String: String], from defaults: [String: String]) -> [String] {
    settings.filter { defaults[$0.key] != $0.value }.sorted { $0.key < $1.key }.map {
      $0.value.isEmpty ? $0.key : "\($0.key) \($0.value)"
    }
  }
}
