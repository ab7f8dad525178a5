import TesseraImaging
import TesseraNumerics

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

extension PatternSource {
  /// The patterns of an image where it holds columns; nil where it is one, or none are wanted.
  func patterns(in prepared: Preparation.Prepared, columns: [Point], seed: UInt64) throws -> SitePatterns? {
    switch self {
    case .image: try SitePatterns(in: prepared, columns: columns, seed: seed)
    case .none: nil
    case .result(let path): try SitePatterns(path: path, width: prepared.image.width, height: prepared.image.height)
    }
  }
}
