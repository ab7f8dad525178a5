import Foundation
import TesseraFormats
import TesseraHDF5
import TesseraMethods
import TesseraNumerics

/// What a person takes home.
extension ProjectSession {
  /// A file to download.
  enum Export: Sendable {
    /// Open, so that it can be read when its folder has gone.
    case file(FileHandle, name: String)
    case data(Data, name: String)
  }

  /// The result folder as it is now; written once for each state.
  static func resultFolder(_ state: inout State, below workFolder: URL) throws -> URL {
    var result = try state.knownResult()
    let actions = state.history.actions
    let tree = try result.tree(after: actions)
    state.result = result
    let folder = workFolder.appendingPathComponent("export-\(state.revision)", isDirectory: true)
    if FileManager.default.fileExists(atPath: folder.path) { return folder }
    for name in try FileManager.default.contentsOfDirectory(atPath: workFolder.path) where name.hasPrefix("export-") {
      try? FileManager.default.removeItem(at: workFolder.appendingPathComponent(name))
    }
    try TreeFiles(result.folder, recipe: Recipe(actions: actions), tree: tree).write(to: folder.path)
    return folder
  }

  /// - Parameter name: `result.zip`, or the name of a file of the result folder.
  /// - Throws: `DataError` where the result has no such file.
  func export(_ name: String) async throws -> Export {
    let stem = (micrograph.name as NSString).deletingPathExtension
    let workFolder = workFolder
    return try await run { state in
      let folder = try Self.resultFolder(&state, below: workFolder)
      guard name == "result.zip" else {
        // What was given to the analysis is no file of its result.
        let file =
          name == Self.columnsName
          ? URL(fileURLWithPath: try state.knownResult().folder.path)
            .appendingPathComponent("\(Self.givenFolder)/\(name)") : folder.appendingPathComponent(name)
        guard Self.single.contains(name), FileManager.default.fileExists(atPath: file.path) else {
          throw DataError(
            name == "recipe.json"
              ? "nothing was done to the classes, so there is no recipe yet" : "the result has no file \(name)")
        }
        return .file(try FileHandle(forReadingFrom: file), name: "\(stem).\(name)")
      }
      let archive = workFolder.appendingPathComponent("result.zip")
      let names = try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted()
      let files = names.map { (name: "\(stem).tessera/\($0)", source: folder.appendingPathComponent($0)) }
      try? FileManager.default.removeItem(at: archive)
      try ZipWriter.write(files.filter { !Self.isFolder($0.source) }, to: archive.path)
      return .file(try FileHandle(forReadingFrom: archive), name: "\(stem).tessera.zip")
    }
  }

  /// What can be had by itself.
  private static let single = [
    "sites.csv", "classes.csv", "cells.csv", "hierarchy.json", "recipe.json", "summary.json", "report.html",
    columnsName,
  ]

  private static func isFolder(_ url: URL) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) && isFolder.boolValue
  }

  /// What another method wrote: everything, or one file.
  /// - Throws: `DataError` where there is no such file.
  func export(_ name: String, of command: String) async throws -> Export {
    let view = try await view(of: command)
    let stem = (micrograph.name as NSString).deletingPathExtension
    let workFolder = workFolder
    return try await run { _ in
      let names = try FileManager.default.subpathsOfDirectory(atPath: view.folder.path).sorted()
      guard name == "result.zip" else {
        guard names.contains(name), !Self.isFolder(view.folder.appendingPathComponent(name)) else {
          throw DataError("the result of \(command) has no file \(name)")
        }
        let file = try FileHandle(forReadingFrom: view.folder.appendingPathComponent(name))
        return .file(file, name: "\(stem).\(command).\((name as NSString).lastPathComponent)")
      }
      let archive = workFolder.appendingPathComponent("\(command).zip")
      let files = names.map { (name: "\(stem).\(command)/\($0)", source: view.folder.appendingPathComponent($0)) }
      try? FileManager.default.removeItem(at: archive)
      try ZipWriter.write(files.filter { !Self.isFolder($0.source) }, to: archive.path)
      return .file(try FileHandle(forReadingFrom: archive), name: "\(stem).\(command).zip")
    }
  }

  /// The columns that the filter of the network's map leaves, in the form in which the program of [A23] saves them: counted from 1,
  /// and the phase is the number of a label, here 1 for all.
  func points(window: Double?, bound: Double?) async throws -> Export {
    let candidates = try await knownMap().candidates(window: window, bound: bound)
    var table = TableWriter(columns: ["Peak#", "X", "Y", "Phase"])
    for (index, candidate) in candidates.enumerated() {
      table.add([
        String(index + 1), TableWriter.number(candidate.position.x), TableWriter.number(candidate.position.y), "1",
      ])
    }
    return .data(table.data, name: "\((micrograph.name as NSString).deletingPathExtension).points.csv")
  }

  /// - Throws: `DataError` where the network has not been run.
  func knownMap() async throws -> NetworkMap {
    try await run { state in
      guard let map = state.map else { throw DataError("the network has not been run on this image yet") }
      return map
    }
  }
}
