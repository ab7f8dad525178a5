import Foundation
import TesseraFormats
import TesseraImaging
import TesseraProject

/// Where the results of a project lie while the program runs.
extension ProjectSession {
  static func folder(of number: Int64, in workFolder: URL) -> URL {
    workFolder.appendingPathComponent("result-\(number)", isDirectory: true)
  }

  /// Opens the result that the history leads to, unless it is open, with the corrections of its columns.
  static func openResult(of state: inout State, _ micrograph: Micrograph, _ workFolder: URL) throws {
    var result: OpenResult?
    if let analysis = state.history.analysis {
      let open = state.result?.number == analysis.result ? state.result : nil
      let known =
        try open
        ?? OpenResult(
          analysis.result, at: state.unpacked(analysis.result, below: workFolder), of: micrograph)
      // Corrections name columns by their numbers.
      guard known.places.positions.count == analysis.siteCount else {
        throw FormatError(
          .unusable,
          "\(state.file.path ?? "the project"): an analysis states \(analysis.siteCount) sites, but its result has "
            + "\(known.places.positions.count); the project is damaged: move it away, and open the image anew")
      }
      result = known
    }
    state.corrections = try state.history.corrections()
    state.result = result
  }
}

extension ProjectSession.State {
  /// The folder of a result, unpacked where it is not yet: whole, or not there at all.
  /// - Throws: `FormatError` where the project lacks the result, or cannot give all of it.
  func unpacked(_ number: Int64, below workFolder: URL) throws -> URL {
    let folder = ProjectSession.folder(of: number, in: workFolder)
    if FileManager.default.fileExists(atPath: folder.path) { return folder }
    let unfinished = workFolder.appendingPathComponent("unfinished-\(UUID().uuidString)", isDirectory: true)
    defer { try? FileManager.default.removeItem(at: unfinished) }
    try FileManager.default.createDirectory(at: unfinished, withIntermediateDirectories: true)
    try file.unpack(number, to: unfinished)
    try FileManager.default.moveItem(at: unfinished, to: folder)
    return folder
  }
}
