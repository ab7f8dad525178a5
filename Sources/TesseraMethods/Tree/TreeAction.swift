import Foundation
import TesseraFormats
import TesseraNumerics
import TesseraStructure

/// What a person or the program did to the class tree: a line of `recipe.json`.
public enum TreeAction: Sendable, Equatable {
  case split(String, TreeSplit)
  case merge([String])
  case name(String, String)
}

/// How a class is divided: the routine of the first classes, on its members alone, with these features.
public struct TreeSplit: Sendable, Codable, Equatable {
  /// Nil: those of the first run.
  public var features: ZernikeDescriptor.Form?
  public var angularOrders: [Int]?
  public var maxOrder: Int?
  /// The number of parts; nil: found.
  public var classes: Int?

  public init(
    features: ZernikeDescriptor.Form? = nil, angularOrders: [Int]? = nil, maxOrder: Int? = nil, classes: Int? = nil
  ) {
    (self.features, self.angularOrders, self.maxOrder, self.classes) = (features, angularOrders, maxOrder, classes)
  }

  /// The descriptor of the first run with what is changed.
  func descriptor(from first: ZernikeDescriptor) -> ZernikeDescriptor {
    var descriptor = first
    if let features { descriptor.form = features }
    if let angularOrders { descriptor.angularOrders = angularOrders }
    if let maxOrder { descriptor.maxOrder = maxOrder }
    return descriptor
  }
}

extension TreeAction: Codable {
  private enum Word: String, Codable { case split, merge, name }
  private enum CodingKeys: String, CodingKey {
    case action, `class`, classes, name, features, angularOrders, maxOrder, parts
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    switch try container.decode(Word.self, forKey: .action) {
    case .split:
      self = .split(
        try container.decode(ClassNumber.self, forKey: .class).text,
        TreeSplit(
          features: try container.decodeIfPresent(ZernikeDescriptor.Form.self, forKey: .features),
          angularOrders: try container.decodeIfPresent([Int].self, forKey: .angularOrders),
          maxOrder: try container.decodeIfPresent(Int.self, forKey: .maxOrder),
          classes: try container.decodeIfPresent(Int.self, forKey: .parts)))
    case .merge: self = .merge(try container.decode([ClassNumber].self, forKey: .classes).map(\.text))
    case .name:
      self = .name(
        try container.decode(ClassNumber.self, forKey: .class).text, try container.decode(String.self, forKey: .name))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    switch self {
    case .split(let number, let split):
      try container.encode(Word.split, forKey: .action)
      try container.encode(ClassNumber(text: number), forKey: .class)
      try container.encodeIfPresent(split.features, forKey: .features)
      try container.encodeIfPresent(split.angularOrders, forKey: .angularOrders)
      try container.encodeIfPresent(split.maxOrder, forKey: .maxOrder)
      try container.encodeIfPresent(split.classes, forKey: .parts)
    case .merge(let numbers):
      try container.encode(Word.merge, forKey: .action)
      try container.encode(numbers.map(ClassNumber.init(text:)), forKey: .classes)
    case .name(let number, let name):
      try container.encode(Word.name, forKey: .action)
      try container.encode(ClassNumber(text: number), forKey: .class)
      try container.encode(name, forKey: .name)
    }
  }
}

/// The number of a class: 2 as a number, 2.1 as text, because 2.1 and 2.10 are two classes.
private struct ClassNumber: Codable {
  var text: String
  init(text: String) { self.text = text }

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    text = try (try? container.decode(Int.self)).map(String.init) ?? container.decode(String.self)
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if let number = Int(text) { try container.encode(number) } else { try container.encode(text) }
  }
}

/// `recipe.json`: what was done to the classes of a first run, in order.
public struct Recipe: Sendable, Codable, Equatable {
  /// Of this description.
  public static let version = 1
  public var version = Recipe.version
  public var actions: [TreeAction] = []
  public init(actions: [TreeAction] = []) { self.actions = actions }

  /// - Throws: `FormatError` where the file is no recipe of this version.
  public init(path: String) throws {
    let data: Data
    do { data = try Data(contentsOf: URL(fileURLWithPath: path)) } catch {
      throw FormatError(in: path, "cannot be read")
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
  }
}
