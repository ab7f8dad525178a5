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

  @Test(arguments: SourceTree.targets.filter { !$0.isTest })
  func `document all of their parameters, or none`(_ target: Target) {
    let wrong = SourceTree.files.filter { $0.path.hasPrefix(target.folder + "/") }.flatMap { file in
      DocumentedFunction.all(in: file).filter { $0.isShared && $0.documented != $0.parameters }.map {
        "\(file.path):\($0.line): has the parameters \($0.parameters), but documents \($0.documented)"
      }
    }
    #expect(wrong.isEmpty, "\(wrong.joined(separator: "\n"))")
  }

  @Test func `are read as the compiler reads them`() {
    let file = SourceFile(path: "", text: Self.sample)
    let found = DocumentedFunction.all(in: file)
    #expect(found.map(\.parameters) == Self.sampleParameters)
    #expect(found.dropLast().allSatisfy { $0.documented == $0.parameters })
    #expect(found.last?.documented == ["left, right"])
    #expect(found.map(\.isShared) == [true, true, true, true, true, false, true, true])
    #expect(found.map(\.line) == [8, 17, 22, 27, 31, 34, 40, 44])
  }

  /// Public declarations, and cases of public enumerations, without a comment above them: file, line and text of each.
  private static func undocumented(in file: SourceFile) -> [String] {
    let lines = file.text.split(separator: "\n", omittingEmptySubsequences: false)
    var found: [String] = []
    /// Whether each open brace is that of a public enumeration.
    var open: [Bool] = []
    for (number, line) in lines.enumerated() {
      let code = SourceFile.code(of: line)
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

  private static let sampleParameters = [
    ["closure", "table", "text", "flag", "last"], ["image", "body"], ["path"], ["row", "column"], ["values"],
    ["hidden"], ["request"], ["left", "right"],
  ]

  private static let sample = #"""
    /// - Parameters:
    ///   - closure: of two.
    ///   - table: of tables,
    ///     - one: of which is no parameter.
    ///   - text: with a comma.
    ///   - flag: whatever.
    ///   - last: of all.
    public static func first<A: Sequence<Int>, B>(
      _ closure: @escaping (_ a: Int, [B]) throws -> (Int, B) = { a, _ in (a, b) }, by table: [String: (A, Int)] = [:],
      text: String = "a, b: (c", flag: Bool = 1 < 2,  // no, comment: (
      at last: inout Dictionary<String, (A) -> B>
    ) -> (one: Int, two: Int) {

    /// - Parameter image: of one.
    /// - Parameter body: of another.
    @discardableResult
    package mutating func second(in image: Raster<Float>, @Builder _ body: () -> Void) {
    /// Nothing of parameters.
    public func third(a: Int) {
    /// - Parameter path: of a file.
    @available(*, deprecated)
    @inlinable @inline(__always) public init?<T>(readFrom path: T) where T: Equatable {
    /// - Parameters:
    ///   - row: first.
    ///   - column: then.
    /// - Returns: a number.
    public subscript(row: Int, column: Int) -> Float {
    /// - Parameters:
    ///   - values: any number of them.
    /// - Throws: nothing.
    public func `repeat`(_ values: Int...) {
    public protocol Something {
      /// - Parameter hidden: to others.
      private func fourth(hidden: Int = max(1, 2))
    }
    public protocol Asked {
      /// - Parameter request: of a protocol.
      ///
      /// More words.
      func fifth(for request: Request) throws(Error) -> Answer
    }
    /// - Parameters:
    ///   - left, right: of the sign.
    public static func < (left: Int, right: Int) -> Bool {
    """#
}
