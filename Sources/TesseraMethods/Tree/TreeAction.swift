import TesseraNumerics
import TesseraStructure

/// What a person or the program did to the class tree: a line of `recipe.json`.
public enum TreeAction: Sendable, Equatable {
  /// The class of this number or name is divided by its features.
  case split(String, TreeSplit)
  /// Classes of these numbers or names become one with a new number and the name of the largest.
  case merge([String])
  /// The class of this number or name takes the second as its name.
  case name(String, String)
  /// A class is divided into what a polygon on the layout holds and the rest; the corners in layout coordinates.
  case lasso(String, [Point])
  /// All sites are sorted anew by the classes that a person gave to a few of them.
  case label([KnownLabel])
  /// All sites are sorted by classes that were known: those of another image, or of this one with other columns.
  case apply(TreeModel)

  /// What a person says of one site.
  public struct KnownLabel: Sendable, Codable, Equatable {
    /// The row of `sites.csv`, from 0.
    public var id: Int
    /// The name of its class.
    public var name: String
    /// The site in row `id` of `sites.csv`, from 0, belongs to the class `name`.
    public init(id: Int, name: String) { (self.id, self.name) = (id, name) }
  }
}

extension TreeAction: Codable {
  private enum Word: String, Codable { case split, merge, name, lasso, label, apply }
  private enum CodingKeys: String, CodingKey {
    case action, `class`, classes, name, features, angularOrders, maxOrder, patchSize, parts, polygon, labels, model
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    func number() throws -> String { try container.decode(ClassNumber.self, forKey: .class).text }
    switch try container.decode(Word.self, forKey: .action) {
    case .split:
      self = .split(
        try number(),
        TreeSplit(
          features: try container.decodeIfPresent(ZernikeDescriptor.Form.self, forKey: .features),
          angularOrders: try container.decodeIfPresent([Int].self, forKey: .angularOrders),
          maxOrder: try container.decodeIfPresent(Int.self, forKey: .maxOrder),
          patchSize: try container.decodeIfPresent(Int.self, forKey: .patchSize),
          classes: try container.decodeIfPresent(Int.self, forKey: .parts)))
    case .merge: self = .merge(try container.decode([ClassNumber].self, forKey: .classes).map(\.text))
    case .name: self = .name(try number(), try container.decode(String.self, forKey: .name))
    case .lasso:
      let corners = try container.decode([[Double]].self, forKey: .polygon)
      guard corners.allSatisfy({ $0.count == 2 }) else {
        throw DecodingError.dataCorruptedError(forKey: .polygon, in: container, debugDescription: "no list of points")
      }
      self = .lasso(try number(), corners.map { Point($0[0], $0[1]) })
    case .label: self = .label(try container.decode([KnownLabel].self, forKey: .labels))
    case .apply: self = .apply(try container.decode(TreeModel.self, forKey: .model))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    switch self {
    case .split(let number, let split):
      try container.encode(Word.split, forKey: .action)
      try container.encode(ClassNumber(number), forKey: .class)
      try container.encodeIfPresent(split.features, forKey: .features)
      try container.encodeIfPresent(split.angularOrders, forKey: .angularOrders)
      try container.encodeIfPresent(split.maxOrder, forKey: .maxOrder)
      try container.encodeIfPresent(split.patchSize, forKey: .patchSize)
      try container.encodeIfPresent(split.classes, forKey: .parts)
    case .merge(let numbers):
      try container.encode(Word.merge, forKey: .action)
      try container.encode(numbers.map(ClassNumber.init), forKey: .classes)
    case .name(let number, let name):
      try container.encode(Word.name, forKey: .action)
      try container.encode(ClassNumber(number), forKey: .class)
      try container.encode(name, forKey: .name)
    case .lasso(let number, let corners):
      try container.encode(Word.lasso, forKey: .action)
      try container.encode(ClassNumber(number), forKey: .class)
      try container.encode(corners.map { [$0.x, $0.y] }, forKey: .polygon)
    case .label(let labels):
      try container.encode(Word.label, forKey: .action)
      try container.encode(labels, forKey: .labels)
    case .apply(let model):
      try container.encode(Word.apply, forKey: .action)
      try container.encode(model, forKey: .model)
    }
  }
}

extension TreeAction {
  /// What a list of steps calls it, such as `split of class 2`.
  package var title: String {
    switch self {
    case .split(let number, _): "split of class \(number)"
    case .merge(let numbers): "merger of classes \(numbers.joined(separator: ", "))"
    case .name: sentence
    case .lasso(let number, _): "lasso in class \(number)"
    case .label(let labels): "\(labels.count) sites labelled"
    case .apply: "sorted by known classes"
    }
  }

  /// What was done, without an end, for a text: `class 2 split by the rotation-invariant features, into 3`.
  package var sentence: String {
    switch self {
    case .split(let number, let split):
      "class \(number) split \(split.text)\(split.classes.map { ", into \($0)" } ?? "")"
    case .merge(let numbers): "classes \(numbers.joined(separator: ", ")) merged"
    case .name(let number, let name): "class \(number) named \(name)"
    case .lasso(let number, let corners): "class \(number) divided by a lasso of \(corners.count) corners"
    case .label(let labels): "all sites sorted by the labels of \(labels.count)"
    case .apply: "all sites sorted by classes that were known before"
    }
  }
}
