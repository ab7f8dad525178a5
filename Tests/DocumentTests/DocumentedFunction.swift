/// A function, an initialiser or a subscript whose comment documents parameters.
struct DocumentedFunction {
  /// Line of the declaration, from 1.
  let line: Int
  /// Whether other modules see it.
  let isShared: Bool
  /// Names that its comment documents, in its order; several that are written together are one.
  let documented: [String]
  /// Names of its parameters inside the function, in the order of the declaration.
  let parameters: [String]

  /// Those of a file, from its beginning.
  static func all(in file: SourceFile) -> [DocumentedFunction] {
    let lines = file.text.split(separator: "\n", omittingEmptySubsequences: false)
    var found: [DocumentedFunction] = []
    var comment: [Substring] = []
    for (index, line) in lines.enumerated() {
      if line.drop(while: \.isWhitespace).hasPrefix("///") {
        comment.append(line)
      } else if !comment.isEmpty, !isAttribute(line) {
        let documented = names(in: comment)
        comment = []
        if !documented.isEmpty,
          let function = DocumentedFunction(documented, declaredIn: lines[index...], after: lines[..<index])
        {
          found.append(function)
        }
      }
    }
    return found
  }

  /// Whether a line holds nothing but an attribute of the next one.
  private static func isAttribute(_ line: Substring) -> Bool {
    line.contains("@") && SourceFile.code(of: line).contains(/^\s*@\w+(?:\([^()]*\))?\s*$/)
  }

  /// What a comment says between `- Parameter` and the colon, or with two spaces before the bar below `- Parameters:`.
  private static func names(in comment: [Substring]) -> [String] {
    var names: [String] = []
    var isInList = false
    for line in comment {
      if let entry = line.firstMatch(of: #/^\s*/// - Parameter ([^:]+):/#) {
        names.append(String(entry.1))
      } else if isInList, let entry = line.firstMatch(of: #/^\s*///   - ([^:]+):/#) {
        names.append(String(entry.1))
      } else if line.contains(#/^\s*/// - /#) {
        isInList = line.contains(#/^\s*/// - Parameters:/#)
      }
    }
    return names
  }

  /// Nil where the lines begin with something else than a function.
  private init?(_ documented: [String], declaredIn lines: ArraySlice<Substring>, after before: ArraySlice<Substring>) {
    let head = Self.head(of: lines)
    guard let start = head.firstMatch(of: /^(.*?)\b(?:func|init|subscript)\b/) else { return nil }
    let words = start.1.split { $0.isWhitespace }
    // What a protocol or an extension holds is as open as it, unless it says something else.
    let owner = before.last { $0.first?.isLetter == true } ?? ""
    let isInherited =
      head.first?.isWhitespace == true && owner.contains(#/^(?:public|package) (?:protocol|extension) /#)
      && !words.contains { ["private", "fileprivate", "internal"].contains($0) }
    line = lines.startIndex + 1
    isShared = isInherited || words.contains("public") || words.contains("package")
    self.documented = documented
    parameters = Self.parameters(in: Self.afterName(head[start.range.upperBound...]))
  }

  /// The lines up to the one in which as many parentheses are closed as were opened, without texts and comments.
  private static func head(of lines: ArraySlice<Substring>) -> String {
    var head = ""
    var (isOpened, depth) = (false, 0)
    for line in lines {
      let code = SourceFile.code(of: line)
      head += code + "\n"
      for character in code where character == "(" || character == ")" {
        isOpened = true
        depth += character == "(" ? 1 : -1
      }
      if isOpened && depth == 0 { break }
    }
    return head
  }

  /// What follows the name of a function and its generic parameters. The name of an operator may begin with an angle bracket itself.
  private static func afterName(_ text: Substring) -> Substring {
    let named = text.drop(while: \.isWhitespace)
    // Initialisers and subscripts have none.
    let hasName = text.startIndex < named.startIndex
    let isOperator = named.first.map { !$0.isLetter && $0 != "_" && $0 != "`" } ?? false
    let end = isOperator ? "( " : "<( "
    let rest = hasName ? named.drop { !end.contains($0) } : named
    let generic = rest.drop { $0.isWhitespace || $0 == "?" || $0 == "!" }
    guard generic.first == "<" else { return generic }
    var depth = 0
    var before: Character = " "
    for index in generic.indices {
      if generic[index] == "<" { depth += 1 }
      if generic[index] == ">", before != "-" { depth -= 1 }
      if depth == 0 { return generic[generic.index(after: index)...] }
      before = generic[index]
    }
    return ""
  }

  /// The names inside the function, from a text in which the first parenthesis is that of its parameters.
  private static func parameters(in text: Substring) -> [String] {
    var parts: [String] = []
    var part = ""
    /// The brackets that are open.
    var open: [Character] = []
    var before: Character = " "
    for character in text {
      if character == ")" || character == "]" || character == "}" {
        // An angle that is none, as in a comparison, ends with what is around it.
        while open.popLast() == "<" {}
        if open.isEmpty { break }
      } else if character == ">", before != "-", open.last == "<" {
        open.removeLast()
      }
      if character == ",", open.count == 1 {
        parts.append(part)
        part = ""
      } else if !open.isEmpty {
        part.append(character)
      }
      let isGeneric = character == "<" && (before.isLetter || before.isNumber || before == "_")
      if character == "(" || character == "[" || character == "{" || isGeneric { open.append(character) }
      before = character
    }
    return (parts + [part]).compactMap { part in
      part.prefix { $0 != ":" }.split { $0.isWhitespace }.last.map { $0.filter { $0 != "`" } }
    }
  }
}
