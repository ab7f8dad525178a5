/// Any JSON value, so that a document can be changed in one place and stay what it was in all others.
enum JSONValue: Codable, Equatable, Sendable {
  case null
  case bool(Bool)
  case integer(Int)
  case number(Double)
  case text(String)
  case list([JSONValue])
  case object([String: JSONValue])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Int.self) {
      self = .integer(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .text(value)
    } else if let value = try? container.decode([JSONValue].self) {
      self = .list(value)
    } else {
      self = .object(try container.decode([String: JSONValue].self))
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .bool(let value): try container.encode(value)
    case .integer(let value): try container.encode(value)
    case .number(let value): try container.encode(value)
    case .text(let value): try container.encode(value)
    case .list(let values): try container.encode(values)
    case .object(let values): try container.encode(values)
    }
  }

  /// The member of an object; nil where there is none, and of what is no object.
  subscript(key: String) -> JSONValue? { if case .object(let values) = self { values[key] } else { nil } }

  /// The same with what an object, or an object in it, lacks and another one has.
  func completed(by other: JSONValue) -> JSONValue {
    guard case .object(let own) = self, case .object(let others) = other else { return self }
    return .object(own.merging(others) { $0.completed(by: $1) })
  }

  /// The text itself; nil of what is none.
  var text: String? { if case .text(let value) = self { value } else { nil } }

  /// The whole number itself; nil of what is none.
  var integer: Int? { if case .integer(let value) = self { value } else { nil } }

  /// The items of a list; none of what is no list.
  var items: [JSONValue] { if case .list(let values) = self { values } else { [] } }

  /// The members of an object; none of what is no object.
  var members: [String: JSONValue] { if case .object(let values) = self { values } else { [:] } }
}
