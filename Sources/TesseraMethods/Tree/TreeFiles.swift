import Foundation
import TesseraFormats
import TesseraLearning
import TesseraNumerics
import TesseraStructure

/// The files of a result that follow its class tree: tables, cells and hierarchy with the current classes, the first ones below
/// `first/`, and `recipe.json`.
public struct TreeFiles {
  /// The result as it lies on disk.
  public let folder: MotifFolder
  /// The actions that led from its first classes to `tree`.
  public let recipe: Recipe
  /// The classes to be written.
  public let tree: ClassTree

  /// The files of `folder` after the actions of `recipe`, which gave `tree`; nothing is written yet.
  public init(_ folder: MotifFolder, recipe: Recipe, tree: ClassTree) {
    (self.folder, self.recipe, self.tree) = (folder, recipe, tree)
  }

  /// Writes the whole folder anew, in its own place or another: what the tree does not change is copied.
  /// - Parameters:
  ///   - path: of another folder; nil: the result's own, which gives way.
  ///   - replacing: whether another folder that stands there gives way.
  ///   - version: of the program, for the manifest.
  public func write(to path: String? = nil, replacing: Bool = false, version: String = TesseraVersion.current) throws {
    let target = path ?? folder.path
    let isOwn = path == nil
    let documents = try documents()
    try AtomicOutput.folder(at: target, replacing: isOwn || replacing, version: version) { place in
      try copyUnchanged(to: place)
      for (name, data) in documents {
        let file = place.appendingPathComponent(name)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try AtomicOutput.write(data, to: file.path)
      }
    }
  }

  /// What the tree changes, by name.
  private func documents() throws -> [(name: String, data: Data)] {
    var first = MotifFolder.followers.compactMap { name in folder.first[name].map { (name, $0) } }
    for (name, path) in folder.firstPaths.sorted(by: { $0.key < $1.key }) {
      do { first.append((name, try Data(contentsOf: URL(fileURLWithPath: path)))) } catch {
        throw FormatError(in: path, "cannot be read")
      }
    }
    guard !recipe.actions.isEmpty else { return first }
    var recipe = recipe
    recipe.first = folder.firstChecksum
    // Of an image whose sites fit no class there is nothing to learn.
    recipe.model = tree.leaves.allSatisfy(\.members.isEmpty) ? nil : try TreeModel(folder, tree)
    let structure = try TreeStructure(folder, tree)
    let hierarchy = try structure.testedHierarchy()
    let encoder = JSONEncoder.forResults()
    return first.map { ("\(MotifFolder.firstFolder)/\($0)", $1) } + [
      ("recipe.json", try encoder.document(recipe)), ("sites.csv", siteTable), ("classes.csv", classTable),
      (
        "cells.csv",
        CellTable(cells: structure.cells, hierarchy: hierarchy, numbers: structure.numbers).data
      ),
      ("hierarchy.json", try encoder.document(HierarchyDocument(hierarchy, numbers: structure.numbers))),
      (
        "summary.json",
        try encoder.document(
          TreeSummary(
            first: folder.summary, structure: structure, hierarchy: hierarchy, actionCount: recipe.actions.count,
            unknownCount: unknownCount
          ).document)
      ),
    ] + (try report(structure, hierarchy)).map { ($0.path, $0.data) }
  }

  /// Number of sites in the current classes.
  var sortedCount: Int { tree.leaves.reduce(0) { $0 + $1.members.count } }
  /// How many sites that have a patch are in none of the current classes.
  public var unknownCount: Int { folder.moments.existing.count - sortedCount }

  /// The report of the current classes; nothing where the first run wrote none, or the image is not in the folder.
  private func report(_ structure: TreeStructure, _ hierarchy: Hierarchy?) throws -> [ReportFile] {
    guard folder.firstPaths["report.html"] != nil, let image = try folder.image() else { return [] }
    return try TreeReport(
      folder: folder, tree: tree, structure: structure, hierarchy: hierarchy, actions: recipe.actions, image: image
    ).files()
  }

  /// What a program wrote there before and the tree leaves alone.
  private func copyUnchanged(to place: URL) throws {
    let own = MotifFolder.followers + ["recipe.json", "manifest.json", "summary.json", "report.html"]
    guard let manifest = FolderManifest(readFrom: URL(fileURLWithPath: folder.path, isDirectory: true)) else {
      throw FormatError(
        in: folder.path, "has no manifest.json of Tessera, so its files are not touched; run analyze or motifs again")
    }
    for name in manifest.files.map(\.path) {
      let isInFolder = [MotifFolder.firstFolder, MotifFolder.figureFolder].contains { name.hasPrefix("\($0)/") }
      guard !own.contains(name), !isInFolder else { continue }
      let (source, target) = (
        URL(fileURLWithPath: folder.path).appendingPathComponent(name), place.appendingPathComponent(name)
      )
      guard FileManager.default.fileExists(atPath: source.path) else { continue }
      try FileManager.default.createDirectory(at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
      try FileManager.default.copyItem(at: source, to: target)
    }
  }

  /// The first table with other classes; everything else as it was, letter for letter.
  var siteTable: Data {
    let table = folder.sites
    guard let number = table.column("class"), let name = table.column("class_name"),
      let sure = table.column("confidence")
    else { return folder.first["sites.csv"] ?? Data() }
    var rows = table.rows
    for index in rows.indices {
      // A site that had a class and fits none of the current ones.
      let isLeftOver = !rows[index][number].isEmpty
      (rows[index][number], rows[index][name], rows[index][sure]) = ("", isLeftOver ? TreeMethod.unknown : "", "")
    }
    for leaf in tree.leaves {
      for (member, confidence) in zip(leaf.members, leaf.confidence) {
        rows[member][number] = leaf.number
        rows[member][name] = leaf.name
        rows[member][sure] = TableWriter.number(confidence)
      }
    }
    var writer = TableWriter(columns: table.header)
    for row in rows { writer.add(row.map(TableWriter.cell)) }
    return writer.data
  }

  /// The current classes.
  var classTable: Data {
    var table = TableWriter(columns: ["class", "parent", "name"] + ClassCount.columns)
    for (leaf, own) in zip(tree.leaves, folder.counts(of: tree.leaves)) {
      table.add([leaf.number, leaf.parents.joined(separator: " "), TableWriter.cell(leaf.name)] + own.fields)
    }
    return table.data
  }
}
