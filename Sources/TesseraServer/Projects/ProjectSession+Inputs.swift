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

  /// What the analysis before chose from the image. Chosen anew, the patches and the scale may differ much where one column does, and
  /// all classes with them.
  /// - Parameter settings: what a person set, which comes first.
  static func keptSettings(of state: State, beside settings: [String: String], keepsClasses: Bool) -> [String: String] {
    guard let folder = state.result?.folder else { return [:] }
    var kept: [String: String] = [:]
    // Classes that are kept say of which patches they are.
    if !keepsClasses { kept["patch-size"] = "\(folder.moments.side)" }
    if let scale = folder.columnScale { kept["scale"] = TableWriter.number(scale, decimals: 2) }
    return kept.filter { settings[$0.key] == nil }
  }

  /// Says what was taken over; nil where nothing was.
  static func sentence(onKept kept: [String: String]) -> String? {
    let names = [("patch-size", "size of the patches"), ("scale", "smoothing scale")]
    let words = names.compactMap { option, name in kept[option].map { "the \(name) (\($0) px)" } }
    guard !words.isEmpty else { return nil }
    return "Kept from the analysis before: \(words.joined(separator: " and "))."
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
