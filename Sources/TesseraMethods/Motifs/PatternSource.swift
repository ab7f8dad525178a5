/// Where the patterns of an image come from, within which its lattices are sought.
public enum PatternSource: Sendable, Equatable {
  /// The image is divided by local symmetry, as `segment` does.
  case image
  /// The image is taken for one pattern.
  case none
  /// A result of `segment` on the same image, or its label map, at this path.
  case result(String)
}

extension PatternSource: RawRepresentable, Codable {
  /// `auto`, `none` or a path.
  public init(rawValue: String) {
    self =
      switch rawValue {
      case "auto": .image
      case "none": .none
      default: .result(rawValue)
      }
  }

  /// The word or the path.
  public var rawValue: String {
    switch self {
    case .image: "auto"
    case .none: "none"
    case .result(let path): path
    }
  }

  /// The path of a result; nil where none is read.
  public var path: String? {
    if case .result(let path) = self { path } else { nil }
  }
}
