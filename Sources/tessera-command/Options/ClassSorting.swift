import TesseraMethods

/// The classes by which the columns of an image are sorted: those of a recipe, or of another result.
struct ClassSorting {
  private let recipe: Recipe
  /// The averages of the classes and how patches are described; nil in a recipe that a person wrote.
  let model: TreeModel?
  /// Whether patches are isolated, and divided by the brightness around them; nil where that is not known.
  var isolatesPatches, levelsBrightness: Bool?
  /// Whether the classes are those of one result, whatever the image.
  let isCommon: Bool

  /// - Throws: `FormatError` where the file is no recipe.
  init(recipe path: String) throws {
    recipe = try Recipe(path: path)
    (model, isCommon) = (recipe.model, recipe.model != nil)
  }

  /// - Throws: `FormatError` where the folder is no result of `analyze` or `motifs`.
  init(result path: String) throws {
    let folder = try MotifFolder(path: path)
    let model = try TreeMethod(folder).model()
    (self.model, isCommon) = (model, true)
    (isolatesPatches, levelsBrightness) = (folder.settings.isolatesPatches, folder.settings.levelsBrightness)
    recipe = Recipe(actions: [.apply(model)])
  }

  /// Sorts a fresh result, in place, and says how it went.
  func sort(_ folder: String) throws -> String { try recipe.replay(on: folder).sentence }
}

extension MethodRun {
  /// What follows the classes of each image, and what several images then have in common.
  mutating func sort(by sorting: ClassSorting?) {
    guard let sorting else { return }
    afterwards = { try sorting.sort($0) }
    guard sorting.isCommon else { return }
    // These are of the classes that the image had before.
    let own: Set = ["classes", "cell_types", "cells", "hierarchy_nodes", "classified"]
    gathered = .init(names: ClassSeries.names, leftOut: own) { images, folder, replacing in
      let series = try ClassSeries(images)
      try series.write(to: folder, replacing: replacing)
      return series.sections
    }
  }
}
