import Foundation
import TestSupport
import Testing

/// docs/architecture.md against the package that it describes.
struct `The architecture` {
  private static let page = "docs/architecture.md"
  private static let sources = SourceTree.targets.filter { !$0.isTest }

  /// The targets in the order of the page, each with what its row says that it uses.
  private func rows() throws -> [(name: String, uses: Set<String>)] {
    let names = Set(Self.sources.map(\.name))
    return try SourceTree.table(of: Self.page, under: "Targets").flatMap { cells in
      let words = cells[2].split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
      // The page says Numerics for TesseraNumerics.
      let uses = Set(words.map { names.contains("Tessera" + $0) ? "Tessera" + $0 : $0 })
      return SourceTree.code(in: cells[0]).map { (name: $0, uses: uses) }
    }
  }

  @Test func `lists each target once, with what it uses`() throws {
    let rows = try rows()
    #expect(rows.map(\.name).sorted() == Self.sources.map(\.name).sorted())
    for target in Self.sources {
      let row = rows.first { $0.name == target.name }
      #expect(row?.uses == target.dependencies, "\(target.name)")
    }
  }

  @Test func `lists a target below all that it uses`() throws {
    let names = try rows().map(\.name)
    for target in Self.sources {
      let above = Set(names.prefix { $0 != target.name })
      #expect(target.dependencies.intersection(names).subtracting(above).isEmpty, "\(target.name)")
    }
  }

  @Test func `has a folder for each target, and a target for each folder`() {
    let folders = Set(
      SourceTree.paths(below: "Sources").map { $0.split(separator: "/").prefix(2).joined(separator: "/") })
    #expect(folders == Set(Self.sources.map(\.folder)))
  }

  /// A build knows what to compile again only where a target names all that its files import.
  @Test(arguments: SourceTree.targets) func `lets files import what their target names`(target: Target) {
    let system: Set = ["Foundation", "FoundationXML", "Dispatch", "Synchronization", "Glibc"]
    let allowed = target.dependencies.union(system).union(target.isTest ? ["Testing"] : [])
    let files = SourceTree.files.filter { $0.path.hasPrefix(target.folder + "/") }
    for file in files {
      #expect(Set(file.imports).subtracting(allowed).isEmpty, "\(file.path)")
    }
  }

  @Test func `names every room, and no other`() throws {
    let rooms = try SourceTree.table(of: Self.page, under: "Rooms").flatMap { SourceTree.code(in: $0[0]) }
    let folders = Set(SourceTree.files.map(\.folder).filter { $0.hasPrefix("Sources/") })
    #expect(Set(rooms.map { "Sources/" + $0 }) == folders)
    #expect(Set(rooms).count == rooms.count)
  }

  /// More than a person looks through at a glance.
  @Test func `keeps rooms small`() {
    let paths = SourceTree.paths(below: "Sources") + SourceTree.paths(below: "Tests")
    let folders = Dictionary(grouping: paths) { ($0 as NSString).deletingLastPathComponent }
    for (folder, files) in folders.sorted(by: { $0.key < $1.key }) { #expect(files.count <= 15, "\(folder)") }
  }

  @Test func `calls a file by the one type that it holds`() {
    for file in SourceTree.files where file.path.hasPrefix("Sources/") && !file.name.contains("+") {
      if file.types.count == 1 { #expect(file.types[0] == file.name, "\(file.path)") }
    }
  }
}

struct `The pages for contributors` {
  /// `Sources/TesseraStructure/NameDescriptor.swift` is a file that a reader is to write.
  @Test(arguments: ["CONTRIBUTING.md", "docs/architecture.md"]) func `name files that are there`(page: String) throws {
    let text = try Repository.text(of: page)
    let paths = SourceTree.code(in: text).filter {
      $0.wholeMatch(of: /(Sources|Tests|docs|Benchmarks)\/[\w\/+.-]+/) != nil
    }
    #expect(!paths.isEmpty)
    for path in paths where !path.contains("/Name") {
      #expect(FileManager.default.fileExists(atPath: Repository.root.appending(path: path).path), "\(path)")
    }
  }
}
