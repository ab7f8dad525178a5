import TestSupport
import Testing

/// What a user of the library can call says what it is.
struct `Public declarations` {
  /// What the standard library's protocols ask for, and say enough about.
  private static let asked = [
    "func encode(to", "func hash(into", "func ==", "func <", "init(from ", "var description:", "var errorDescription:",
  ]

  @Test(arguments: SourceTree.targets.filter { !$0.isTest && $0.name.hasPrefix("Tessera") })
  func `all have a comment`(_ target: Target) {
    let undocumented = SourceTree.files.filter { $0.path.hasPrefix(target.folder + "/") }.flatMap(Self.undocumented)
    #expect(undocumented.isEmpty, "\(undocumented.joined(separator: "\n"))")
  }

  /// A line without its texts and its comment, whose braces are none.
  private static func code(of line: Substring) -> Substring {
    guard line.contains("\"") || line.contains("//") else { return line }
    return Substring(line.replacing(/"(?:\\.|[^"\\])*"/, with: "\"\"").replacing(/\/\/.*/, with: ""))
  }

  /// Public declarations, and cases of public enumerations, without a comment above them: file, line and text of each.
  private static func undocumented(in file: SourceFile) -> [String] {
    let lines = file.text.split(separator: "\n", omittingEmptySubsequences: false)
    var found: [String] = []
    /// Whether each open brace is that of a public enumeration.
    var open: [Bool] = []
    for (number, line) in lines.enumerated() {
      let code = Self.code(of: line)
      let isDeclared =
        code.contains("public ") && code.contains(/^\s*(?:@\S+(?:\(.*?\))? )*(?:indirect )?public (?!extension|import)/)
      let isCase = open.last == true && code.contains("case ") && code.contains(#/^\s*(?:indirect )?case /#)
      if isDeclared || isCase, !asked.contains(where: { code.contains($0) }) {
        let above = lines[..<number].last { !$0.contains(/^\s*@\w+(?:\(.*\))?$/) }
        if above?.contains(/^\s*\/\/\//) != true { found.append("\(file.path):\(number + 1): \(line)") }
      }
      var isEnumeration = code.contains("enum ") && code.contains(#/public (?:indirect )?enum /#)
      for character in code {
        if character == "{" {
          open.append(isEnumeration)
          isEnumeration = false
        } else if character == "}" {
          _ = open.popLast()
        }
      }
    }
    return found
  }
}
