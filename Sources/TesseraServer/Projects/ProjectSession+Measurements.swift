import Foundation
import TesseraFormats
import TesseraMethods
import TesseraNumerics
import TesseraProject

/// What the page asks of a measurement.
struct MeasurementWish: Sendable {
  var command: String
  /// Options by name, without dashes; flags have an empty value.
  var settings: [String: String]
  /// Whether the columns of the analysis are given to it.
  var usesColumns: Bool
  var scribbles: [Scribble]
}

/// Runs of the commands beside `analyze`.
extension ProjectSession {
  /// Where files lie that a command was given, below its result: they belong to what can be repeated.
  static let givenFolder = "given"
  static let columnsName = "columns.csv"
  private static let scribblesName = "scribbles.tif"

  /// Begins a measurement.
  /// - Throws: `DataError` where the page has no such command, or no columns to give.
  func measure(_ wish: MeasurementWish) async throws {
    guard let command = tools.commands.dropFirst().first(where: { $0.name == wish.command }) else {
      throw DataError("the page has no measurement called \(wish.command)")
    }
    guard !wish.usesColumns || command.takesColumns else { throw DataError("\(command.name) takes no columns") }
    guard wish.scribbles.isEmpty || command.options.contains(where: { $0.name == "scribbles" }) else {
      throw DataError("\(command.name) takes no scribbles")
    }
    var wish = wish
    // What was drawn here comes before a file that is named.
    if !wish.scribbles.isEmpty { wish.settings["scribbles"] = nil }
    // A folder of its own: a run that goes on must not lose its files to one that will be refused.
    let given = workFolder.appendingPathComponent("given-\(UUID().uuidString)", isDirectory: true)
    var isBegun = false
    defer { if !isBegun { try? FileManager.default.removeItem(at: given) } }
    try FileManager.default.createDirectory(at: given, withIntermediateDirectories: true)
    if wish.usesColumns {
      let table = try await columnsOfNow()
      try table.write(to: given.appendingPathComponent(Self.columnsName))
    }
    if !wish.scribbles.isEmpty {
      try ScribbleImage(wish.scribbles, width: micrograph.width, height: micrograph.height)
        .write(to: given.appendingPathComponent(Self.scribblesName).path)
    }
    try await change { [self, wish] state in
      try begin(wish, given: given)
      // Why the last run gave none counts until another begins, which cannot fail before this is done.
      state.failures[wish.command] = nil
    }
    isBegun = true
  }

  private func begin(_ wish: MeasurementWish, given: URL) throws {
    let folder = workFolder.appendingPathComponent("new-\(wish.command)", isDirectory: true)
    let order = ScreenOrder(
      command: wish.command, micrograph: micrograph, settings: wish.settings,
      files: Self.files(usesColumns: wish.usesColumns, hasScribbles: !wish.scribbles.isEmpty) {
        given.appendingPathComponent($0).path
      }, folder: folder.path)
    try jobs.start(wish.command, sentence: tools.sentence) { [self] progress in
      // What was given moves to the result, or goes.
      defer { try? FileManager.default.removeItem(at: given) }
      try? FileManager.default.removeItem(at: folder)
      do {
        let outcome = try tools.run(order, progress)
        if !order.files.isEmpty {
          try FileManager.default.moveItem(at: given, to: folder.appendingPathComponent(Self.givenFolder))
        }
        try room.runAndWait { state in
          let number = try state.file.keep(filesIn: folder, as: .result)
          let unpacked = Self.folder(of: number, in: workFolder)
          try? FileManager.default.removeItem(at: unpacked)
          try FileManager.default.moveItem(at: folder, to: unpacked)
          let measurement = ProjectStep.Measurement(
            command: wish.command, result: number, settings: wish.settings, usesColumns: wish.usesColumns,
            scribbles: wish.scribbles, sentences: outcome.sentences, warnings: outcome.warnings)
          state.history.add(try state.file.add(.measurement(measurement)))
          state.revision += 1
        }
      } catch {
        if !(error is CancellationError), !StopSignal.isStopped {
          let sentence = tools.sentence(error)
          try? room.runAndWait { state in
            state.failures[wish.command] = sentence
            state.revision += 1
          }
        }
        throw error
      }
    }
  }

  /// The options that name files which the server writes.
  static func files(
    usesColumns: Bool, hasScribbles: Bool, _ path: (_ name: String) -> String
  ) -> [String: String] {
    var files: [String: String] = [:]
    if usesColumns { files["sites"] = path(columnsName) }
    if hasScribbles { files["scribbles"] = path(scribblesName) }
    return files
  }

  /// The table of the columns with their current classes.
  private func columnsOfNow() async throws -> Data {
    let workFolder = workFolder
    return try await run { state in
      let folder = try Self.resultFolder(&state, below: workFolder)
      return try Data(contentsOf: folder.appendingPathComponent("sites.csv"))
    }
  }

  /// The last result of a command.
  /// - Throws: `DataError` where there is none.
  func view(of command: String) async throws -> MapView {
    let workFolder = workFolder
    return try await run { state in
      guard let measurement = state.history.measurements[command] else {
        throw DataError("there is no result of \(command) yet")
      }
      return MapView(measurement, at: try state.unpacked(measurement.result, below: workFolder))
    }
  }

  /// A map of a result, read once: the last few are kept.
  func picture(of layer: MapLayer, in view: MapView) async throws -> MapLayer.Picture {
    let key = "\(view.measurement.result)/\(layer.name)"
    return try await pictures.value(for: key) { try layer.picture(in: view.folder.path) }
  }
}
