import Foundation
import TesseraImaging
import TesseraLearning
import TesseraMethods
import TesseraNumerics
import TesseraStructure

/// The result that a project shows, read from its files, with the class tree after each action.
struct OpenResult {
  /// In the project file.
  let number: Int64
  let folder: MotifFolder
  let places: MotifFolder.Places
  /// Of the places.
  let index: PlanarIndex
  /// One point per site; NaN without a place.
  let layout: [Point]
  /// Cuts of the prepared image around the sites.
  let patches: Patches
  /// After 0, 1, ... actions.
  private(set) var trees: [ClassTree]
  /// How many sites the classes of each of these have, by the number of actions, as far as that was asked.
  private var counts: [Int: [ClassCount]] = [:]

  /// - Parameter url: the unpacked folder.
  /// - Throws: `FormatError` where a file of it is damaged.
  init(_ number: Int64, at url: URL, of micrograph: Micrograph) throws {
    self.number = number
    folder = try MotifFolder(path: url.path)
    places = try folder.places()
    index = PlanarIndex(places.positions)
    layout = try folder.layout()
    patches = Patches(
      of: try folder.settings.preparation.prepared(micrograph).image, around: places.positions,
      side: folder.moments.side)
    trees = [try folder.firstTree()]
  }

  /// The tree after these actions; replays what is new.
  mutating func tree(after actions: [TreeAction]) throws -> ClassTree {
    let method = TreeMethod(folder)
    while trees.count <= actions.count {
      var tree = trees[trees.count - 1]
      try method.apply(actions[trees.count - 1], to: &tree)
      trees.append(tree)
    }
    return trees[actions.count]
  }

  /// How many sites each class has after these actions, and how surely, in the order of the leaves.
  mutating func counts(after actions: [TreeAction]) throws -> [ClassCount] {
    let leaves = try tree(after: actions).leaves
    if let known = counts[actions.count] { return known }
    let found = folder.counts(of: leaves)
    counts[actions.count] = found
    return found
  }

  /// Carries out one more action after those.
  /// - Returns: the action with numbers for names; nil where it changes nothing.
  mutating func perform(_ action: TreeAction, after actions: [TreeAction]) throws -> TreeAction? {
    let method = TreeMethod(folder)
    var tree = try tree(after: actions)
    let numbered = try method.numbered(action, in: tree)
    guard try method.apply(numbered, to: &tree) else { return nil }
    trees.removeSubrange((actions.count + 1)...)
    counts = counts.filter { $0.key <= actions.count }
    trees.append(tree)
    return numbered
  }
}
