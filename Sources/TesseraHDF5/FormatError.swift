/// Why a file could not be read or written: a sentence with the file, the fact and the way out.
public struct FormatError: Error, Equatable, CustomStringConvertible, Sendable {
  /// What stood in the way; commands turn it into their exit status.
  public enum Kind: Sendable, Equatable {
    /// The file is there, but damaged, unsupported or unsuitable.
    case unusable
    /// There is no such file.
    case missing
    /// The result exists already, or its folder does not accept it.
    case cannotWrite
    /// The device failed in the middle of reading or writing.
    case inputOutput
  }

  /// What stood in the way.
  public let kind: Kind
  /// The whole sentence, as it is shown to the user.
  public let description: String

  /// An error with a sentence that names the file, says what was found and what to do.
  public init(_ kind: Kind = .unusable, _ description: String) {
    self.kind = kind
    self.description = description
  }

  /// A sentence about a file: `NAME: FACT`. Only the last component of the path is named.
  package init(_ kind: Kind = .unusable, in path: String, _ fact: String) {
    self.init(kind, "\(fileName(path)): \(visible(fact))")
  }
}

/// The last component of a path.
package func fileName(_ path: String) -> String {
  path.split(separator: "/").last.map(String.init) ?? path
}

/// A text that may hold parts of a file, for a message: line breaks and other characters that a terminal obeys become
/// `\u{A}` and the like, and of a very long text the beginning is kept.
package func visible(_ text: String) -> String {
  var result = ""
  for scalar in text.unicodeScalars.prefix(1000) {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
      result += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result + (text.unicodeScalars.count > 1000 ? "..." : "")
}
