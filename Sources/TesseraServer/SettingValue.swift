/// A setting as the page sends it: `"5"`, `5` or `true`.
enum SettingValue: Decodable {
  case text(String)
  case flag(Bool)

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let flag = try? container.decode(Bool.self) {
      self = .flag(flag)
    } else if let number = try? container.decode(Double.self) {
      self = .text(Int(exactly: number).map { "\($0)" } ?? "\(number)")
    } else {
      self = .text(try container.decode(String.self))
    }
  }

  /// Settings as a command line has them: flags that are set have an empty value, and others are left out.
  static func words(_ settings: [String: SettingValue]?) -> [String: String] {
    (settings ?? [:]).compactMapValues { value in
      switch value {
      case .text(let text): text
      case .flag(let isSet): isSet ? "" : nil
      }
    }
  }
}
