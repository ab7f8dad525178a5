import Foundation

/// What a JSON schema says against a document, by the keywords of draft 2020-12 that the schemas of this project use.
struct JSONSchema {
  private let root: [String: Any]

  /// Every keyword that is checked, or says nothing about documents.
  private static let keywords: Set<String> = [
    "$schema", "title", "description", "type", "additionalProperties", "required", "properties", "items", "minItems",
    "minimum",
    "maximum", "pattern", "anyOf", "$ref", "$defs", "dependentRequired",
  ]

  init(_ data: Data) throws {
    root = try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
  }

  /// One sentence for each thing that is not as the schema says; empty for a valid document.
  func complaints(about data: Data) throws -> [String] {
    check(try JSONSerialization.jsonObject(with: data, options: .fragmentsAllowed), root, at: "$")
  }

  private func check(_ value: Any, _ schema: [String: Any], at path: String) -> [String] {
    var found = Set(schema.keys).subtracting(Self.keywords).sorted().map { "the schema has the unknown keyword \($0)" }
    if let reference = schema["$ref"] as? String {
      guard let target = definition(reference) else { return ["the schema has no \(reference)"] }
      found += check(value, target, at: path)
    }
    if let choices = schema["anyOf"] as? [[String: Any]], choices.allSatisfy({ !check(value, $0, at: path).isEmpty }) {
      found.append("\(path) is none of what it may be")
    }
    if let type = schema["type"] as? String, !isOf(type, value) { return found + ["\(path) is no \(type)"] }
    if let object = value as? [String: Any] { found += members(object, schema, at: path) }
    if let list = value as? [Any] {
      if list.count < schema["minItems"] as? Int ?? 0 { found.append("\(path) has too few items") }
      if let items = schema["items"] as? [String: Any] {
        for (index, item) in list.enumerated() { found += check(item, items, at: "\(path)[\(index)]") }
      }
    }
    if let number = (value as? NSNumber)?.doubleValue, !(value is String) {
      if let least = schema["minimum"] as? Double, number < least { found.append("\(path) is below \(least)") }
      if let most = schema["maximum"] as? Double, number > most { found.append("\(path) is above \(most)") }
    }
    if let text = value as? String, let pattern = schema["pattern"] as? String,
      text.range(of: pattern, options: .regularExpression) == nil
    {
      found.append("\(path) does not match \(pattern)")
    }
    return found
  }

  private func members(_ object: [String: Any], _ schema: [String: Any], at path: String) -> [String] {
    var found: [String] = []
    let known = schema["properties"] as? [String: [String: Any]] ?? [:]
    for key in schema["required"] as? [String] ?? [] where object[key] == nil { found.append("\(path) lacks \(key)") }
    for (key, needed) in schema["dependentRequired"] as? [String: [String]] ?? [:] where object[key] != nil {
      for other in needed where object[other] == nil { found.append("\(path) has \(key) without \(other)") }
    }
    for (key, value) in object.sorted(by: { $0.key < $1.key }) {
      if let own = known[key] {
        found += check(value, own, at: "\(path).\(key)")
      } else if schema["additionalProperties"] as? Bool == false {
        found.append("\(path) has the unknown key \(key)")
      }
    }
    return found
  }

  private func definition(_ reference: String) -> [String: Any]? {
    reference.split(separator: "/").dropFirst().reduce(root as Any?) { ($0 as? [String: Any])?[String($1)] }
      as? [String: Any]
  }

  private func isOf(_ type: String, _ value: Any) -> Bool {
    let number = value is String ? nil : value as? NSNumber
    return switch type {
    case "object": value is [String: Any]
    case "array": value is [Any]
    case "string": value is String
    case "number": number != nil
    case "integer": number.map { $0.doubleValue == $0.doubleValue.rounded() } ?? false
    default: false
    }
  }
}
