import Foundation
import Testing

/// Every example of the documentation catalogue compiles with `import Tessera` alone, and runs.
struct `The catalogue` {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// The lines of an article's example, without its imports.
  private static func example(of article: URL) throws -> [String]? {
    let text = try String(contentsOf: article, encoding: .utf8)
    guard let block = text.firstMatch(of: #/```swift\n((?s).*?)```/#) else { return nil }
    let lines = block.1.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    return Array(lines.drop { $0.hasPrefix("import ") || $0.isEmpty }.dropLast())
  }

  /// The body of the function in `CatalogueExamples.swift` that belongs to an article.
  private static func function(of name: String) throws -> [String] {
    let source = try String(
      contentsOf: root.appending(path: "Tests/TesseraTests/CatalogueExamples.swift"), encoding: .utf8)
    let head = "  static func \(name.prefix(1).lowercased() + name.dropFirst())() throws {"
    let lines = source.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    return lines.drop { $0 != head }.dropFirst().prefix { $0 != "  }" }.map { String($0.dropFirst(4)) }
  }

  @Test func `prints what the tests run`() throws {
    let folder = Self.root.appending(path: "Sources/Tessera/Tessera.docc")
    let articles = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
      .filter { $0.pathExtension == "md" }
    var names: Set<String> = []
    for article in articles {
      guard let lines = try Self.example(of: article) else { continue }
      let name = article.deletingPathExtension().lastPathComponent
      names.insert(name)
      #expect(try Self.function(of: name) == lines, "\(name).md and its function differ")
    }
    #expect(names == Set(CatalogueExamples.all.keys) && names.count >= 8)
  }

  @Test(arguments: CatalogueExamples.all.keys.sorted())
  func `has examples that run`(_ name: String) throws {
    let example = try #require(CatalogueExamples.all[name])
    try example()
  }
}
