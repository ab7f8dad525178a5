/// The number of a class in a file: 2 as a number, 2.1 as text, because 2.1 and 2.10 are two classes.
struct ClassNumber: Codable, Equatable {
  var text: String
  init(_ text: String) { self.text = text }

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    text = try (try? container.decode(Int.self)).map(String.init) ?? container.decode(String.self)
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if let number = Int(text) { try container.encode(number) } else { try container.encode(text) }
  }
}
