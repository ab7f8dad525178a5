import Foundation
import TesseraMethods
import TesseraNumerics

/// What an analysis takes over from the one before.
extension ProjectSession {
  /// The current columns as a table for the analysis.
  static func writeColumns(of state: State, to folder: URL) throws -> String {
    let places = state.result?.places
    let columns = state.corrections.columns(of: places?.positions ?? [], isVacant: places?.isVacant ?? [])
    guard !columns.isEmpty else { throw DataError("there are no columns; add some, or let the program find them") }
    var table = TableWriter(columns: ["x", "y"])
    for place in columns { table.add([TableWriter.number(place.x), TableWriter.number(place.y)]) }
    let path = folder.appendingPathComponent("corrected.csv").path
    try table.data.write(to: URL(fileURLWithPath: path))
    return path
  }

  /// The current classes as a recipe for the analysis.
  static func writeClasses(of state: inout State, to folder: URL) throws -> String {
    var result = try state.knownResult()
    var recipe = Recipe()
    recipe.model = try TreeMethod(result.folder).model(of: try result.tree(after: state.history.actions))
    state.result = result
    let path = folder.appendingPathComponent("kept.recipe.json").path
    try JSONEncoder.forResults().document(recipe).write(to: URL(fileURLWithPath: path))
    return path
  }
}
