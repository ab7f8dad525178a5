import Foundation
import TestSupport
import Testing

/// A target of `Package.swift`, as its text declares it.
struct Target: Sendable {
  let name: String
  /// From the root; the manifest names it where it is not the usual one.
  let folder: String
  /// Targets, and products of other packages.
  let dependencies: Set<String>
  let isTest: Bool
}

/// A Swift file of the repository.
struct SourceFile: Sendable, CustomTestStringConvertible {
  /// From the root.
  let path: String
  let text: String

  var testDescription: String { path }
  var folder: String { (path as NSString).deletingLastPathComponent }
  /// The file's name without its extension.
  var name: String { ((path as NSString).lastPathComponent as NSString).deletingPathExtension }

  /// The modules that its lines import.
  var imports: [String] {
    text.matches(of: /(?m)^(?:@\w+ |public |package |internal )*import (?:struct |enum |func |class )?(\w+)/)
      .map { String($0.1) }
  }

  /// The types at its top level that other files can see.
  var types: [String] {
    text.matches(of: /(?m)^(?:@\w+(?:\([^)]*\))? )*((?:[a-z]+ )*)(?:struct|enum|class|actor|protocol) (\w+)/)
      .filter { !$0.1.contains("private") }.map { String($0.2) }
  }

  /// A line without its comment and what its texts hold, whose brackets are none.
  static func code(of line: Substring) -> Substring {
    guard line.contains("\"") || line.contains("//") else { return line }
    return Substring(line.replacing(/"(?:\\.|[^"\\])*"/, with: "\"\"").replacing(/\/\/.*/, with: ""))
  }
}

/// The manifest, the folders and the files that the documents speak of.
enum SourceTree {
  static let targets: [Target] = {
    let text = (try? Repository.text(of: "Package.swift")) ?? ""
    let starts = text.matches(of: /\.(target|executableTarget|testTarget|systemLibrary)\(\s*name: "([^"]+)"/)
    let ends = starts.dropFirst().map(\.range.lowerBound) + [text.endIndex]
    return zip(starts, ends).map { start, end in
      let declaration = text[start.range.lowerBound..<end]
      let (kind, name) = (String(start.1), String(start.2))
      var dependencies: Set<String> = []
      if let list = declaration.firstMatch(of: /dependencies: \[([^\]]*)\]/) {
        // A product's package is a second text in quotes, which is no dependency.
        let listed = list.1.replacing(/, package: "[^"]*"/, with: "")
        dependencies = Set(listed.matches(of: /"([^"]+)"/).map { String($0.1) })
      }
      let given = declaration.firstMatch(of: /path: "([^"]+)"/).map { String($0.1) }
      return Target(
        name: name, folder: given ?? (kind == "testTarget" ? "Tests/" : "Sources/") + name, dependencies: dependencies,
        isTest: kind == "testTarget" || given?.hasPrefix("Tests/") == true)
    }
  }()

  /// The Swift files below Sources and Tests, by their paths.
  static let files: [SourceFile] = ["Sources", "Tests"].flatMap { paths(below: $0) }
    .filter { $0.hasSuffix(".swift") }.compactMap { path in
      (try? Repository.text(of: path)).map { SourceFile(path: path, text: $0) }
    }

  /// All files below a folder, sorted.
  static func paths(below folder: String) -> [String] {
    let inside = FileManager.default.enumerator(atPath: Repository.root.appending(path: folder).path)
    return (inside?.compactMap { $0 as? String } ?? []).map { "\(folder)/\($0)" }.filter { path in
      var isFolder: ObjCBool = false
      let place = Repository.root.appending(path: path).path
      return FileManager.default.fileExists(atPath: place, isDirectory: &isFolder) && !isFolder.boolValue
    }.sorted()
  }

  /// The rows of the table below a heading of a page, each as its cells.
  static func table(of page: String, under heading: String) throws -> [[String]] {
    let lines = try Repository.text(of: page).components(separatedBy: "\n")
    let section = lines.drop { $0 != "## " + heading }.dropFirst().prefix { !$0.hasPrefix("## ") }
    return section.filter { $0.hasPrefix("|") }.dropFirst(2).map { line in
      line.split(separator: "|", omittingEmptySubsequences: false).dropFirst().dropLast()
        .map { $0.trimmingCharacters(in: .whitespaces) }
    }
  }

  /// What stands between backticks.
  static func code(in text: String) -> [String] { text.matches(of: /`([^`]+)`/).map { String($0.1) } }
}
