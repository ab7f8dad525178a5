import Foundation
import TesseraFormats

/// `recipe.json`: what was done to the classes of a first run, in order, and what the classes are now, so that other images can be
/// sorted by them.
public struct Recipe: Sendable, Codable, Equatable {
  /// Of this description.
  public static let version = 1
  /// Version of the description that this recipe follows.
  public var version = Recipe.version
  /// The actions, in the order in which they are carried out.
  public var actions: [TreeAction] = []
  /// CRC-32 of the `sites.csv` of the first run, eight hexadecimal digits: on these classes the actions are replayed as they
  /// stand. Nil in a recipe that a person wrote.
  public var first: String?
  /// The classes that the actions led to, by which all other images are sorted; nil in a recipe that a person wrote.
  public var model: TreeModel?

  /// A recipe of these actions, as a person might write it, without the classes that it leads to.
  public init(actions: [TreeAction] = []) { self.actions = actions }

  /// - Throws: `FormatError` where the file is no recipe of this version.
  public init(path: String) throws {
    let data: Data
    do { data = try Data(contentsOf: URL(fileURLWithPath: path)) } catch {
      throw FormatError(
        FileManager.default.fileExists(atPath: path) ? .unusable : .missing,
        "\(path): \(FileManager.default.fileExists(atPath: path) ? "cannot be read" : "does not exist")")
    }
    struct Version: Decodable { var version: Int? }
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    if let found = try? decoder.decode(Version.self, from: data).version, found != Self.version {
      throw FormatError(
        in: path, "is a recipe of version \(found), this program knows \(Self.version); a newer program wrote it")
    }
    do { self = try decoder.decode(Recipe.self, from: data) } catch {
      throw FormatError(
        in: path,
        "is no recipe: a JSON object with a list `actions` of objects such as {\"action\": \"split\", \"class\": 2}")
    }
    let models = [model] + actions.map { if case .apply(let model) = $0 { model } else { nil } }
    guard models.compactMap({ $0 }).allSatisfy(\.isConsistent) else {
      throw FormatError(in: path, "holds a model of classes whose parts do not fit one another; copy or save it again")
    }
  }

  private enum CodingKeys: String, CodingKey { case version, actions, first, model }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    version = try container.decodeIfPresent(Int.self, forKey: .version) ?? Self.version
    actions = try container.decode([TreeAction].self, forKey: .actions)
    first = try container.decodeIfPresent(String.self, forKey: .first)
    model = try container.decodeIfPresent(TreeModel.self, forKey: .model)
  }
}
