import TesseraLearning

extension Recipe {
  /// Sorts a fresh result as the recipe says, in place.
  ///
  /// On the classes that the recipe began with its actions are replayed as they stand. On those of another image the sites are
  /// sorted by the averages of the classes that the actions led to.
  /// - Returns: the files that were written.
  /// - Throws: `FormatError` where the folder is no fresh result, `DataError` where an action names a class that is not there.
  @discardableResult
  public func replay(on path: String) throws -> TreeFiles {
    let folder = try MotifFolder(path: path)
    let actions =
      if let model, first != folder.firstChecksum { [TreeAction.apply(model)] } else { self.actions }
    return try Recipe(actions: actions).carryOut(in: folder)
  }

  /// The tree that the actions lead to on the first classes of a folder, written to it.
  public func carryOut(in folder: MotifFolder) throws -> TreeFiles {
    let files = TreeFiles(folder, recipe: self, tree: try TreeMethod(folder).tree(after: actions))
    try files.write()
    return files
  }
}

extension TreeFiles {
  /// How many sites are in how many classes, and how many fit none, as a sentence without an end.
  public var sentence: String {
    let leaves = tree.leaves.filter { !$0.members.isEmpty }
    let (sorted, left) = (sortedCount, unknownCount)
    let degrees = if case .apply(let model)? = recipe.actions.last { model.turn(of: folder) * 180 / .pi } else { 0.0 }
    return "\(sorted) sites sorted into \(leaves.count) class\(leaves.count == 1 ? "" : "es")"
      + (left > 0 ? ", \(left) fit none of them" : "")
      + (sorted < left ? scales : "")
      + (degrees != 0 ? "; turned by \(Text.fixed(degrees, 1)) degrees against the image of the classes" : "")
  }

  /// Why most sites may fit no class, as the end of a sentence. Patches show the same area of the specimen where both scales are known, so these are the
  /// cause only where one is not known, or is wrong.
  private var scales: String {
    guard case .apply(let model)? = recipe.actions.last else { return "" }
    let (own, here) = (model.pixelSize.map(Float.init), folder.calibration.map { Float($0.nanometresPerPixelX) })
    let another = "; the classes are those of another specimen, contrast or orientation"
    if own == here { return another }
    if let own, let here { return another + ", or one of the pixel sizes is wrong (\(own) and \(here) nm)" }
    func text(_ size: Float?) -> String { size.map { "\($0) nm per pixel" } ?? "an unknown pixel size" }
    return "; the classes were learned at \(text(own)), and this image has \(text(here))"
  }
}
