import Foundation
import TesseraFigures
import TesseraImaging
import TesseraLearning
import TesseraMethods
import TesseraNumerics
import TesseraProject

/// A project that is open in the program: its image, what was done, and the job that runs.
///
/// May be asked by several requests at once; what changes the project is done one after the other.
final class ProjectSession: Sendable {
  let id: Int
  /// Nil: it is kept in memory.
  let projectPath: String?
  let image: ImageReference
  let micrograph: Micrograph
  /// Of the image as it is in the file.
  let pyramid: TilePyramid<UInt16>
  /// The values that are black and white at first.
  let contrast: ClosedRange<Double>
  let events = EventHub()
  let jobs: JobBoard
  let tools: ScreenTools
  /// Where results are unpacked, for as long as the program runs.
  let workFolder: URL
  let room: SerialRoom<State>
  /// Maps of results.
  let pictures: RecentValues<MapLayer.Picture>
  /// What the program proposes for the classes, by revision.
  let reviews = RecentValues<[TreeProposal]>(capacity: 2)

  /// So many maps are kept, as far as they take no more than these bytes together.
  private static let (mostPictures, pictureMemory) = (6, 1 << 30)

  /// What changes.
  struct State {
    let file: ProjectFile
    var history: ProjectHistory
    var corrections: Corrections
    /// Of the analysis that the history leads to.
    var result: OpenResult?
    var map: NetworkMap?
    /// Why the last run of a command gave no result; forgotten with the program.
    var failures: [String: String] = [:]
    /// Grows with every change of what the page shows.
    var revision = 1

    /// - Throws: `DataError` where there is no result yet.
    func knownResult() throws -> OpenResult {
      guard let result else { throw DataError("nothing has been analysed yet; press Analyse first") }
      return result
    }
  }

  private struct Event: Encodable {
    let revision: Int
    @Explicit var job: JobBoard.Job?
  }

  /// - Throws: `FormatError` where the project file or a result in it is damaged, or one does not belong to the other.
  init(
    id: Int, file: ProjectFile, image: ImageReference, micrograph: Micrograph, tools: ScreenTools, workFolder: URL
  ) throws {
    (self.id, projectPath, self.image, self.micrograph) = (id, file.path, image, micrograph)
    (self.tools, self.workFolder) = (tools, workFolder)
    pyramid = TilePyramid(micrograph.pixels)
    contrast = Contrast.standard.limits(of: micrograph.pixels)
    // Two bytes per pixel, and a third more for the coarser levels.
    let bytes = max(1, micrograph.pixels.count * 8 / 3)
    pictures = RecentValues(capacity: max(1, min(Self.mostPictures, Self.pictureMemory / bytes)))
    var state = State(file: file, history: try file.history(), corrections: Corrections(of: 0))
    try Self.openResult(of: &state, micrograph, workFolder)
    let room = SerialRoom(state, label: "tessera.project-\(id)")
    self.room = room
    jobs = JobBoard { [events] job in Self.announce(job, room, events) }
  }

  /// Tells the pages, once what changes now has changed.
  private static func announce(_ job: JobBoard.Job?, _ room: SerialRoom<State>, _ events: EventHub) {
    room.later { events.send(Event(revision: $0.revision, job: job)) }
  }

  /// Lets the project file go, complete.
  func close() { try? room.runAndWait { try $0.file.close() } }

  /// Asks the state, or changes it.
  func run<Answer: Sendable>(
    _ body: @escaping @Sendable (inout State) throws -> Answer
  ) async throws -> Answer {
    try await room.run(body)
  }

  /// Changes the state and tells the pages.
  func change<Answer: Sendable>(
    _ body: @escaping @Sendable (inout State) throws -> Answer
  ) async throws -> Answer {
    defer { Self.announce(jobs.job, room, events) }
    return try await room.run { state in
      let answer = try body(&state)
      state.revision += 1
      return answer
    }
  }

  // MARK: What a person does

  /// Carries out an action on the class tree.
  /// - Returns: a sentence where it changes nothing.
  func perform(_ action: TreeAction) async throws -> String? {
    try await change { [self] state in
      try refuseWhileAnalysing()
      var result = try state.knownResult()
      guard let numbered = try result.perform(action, after: state.history.actions) else {
        return Self.unchanged(by: action)
      }
      state.history.add(try state.file.add(.tree(numbered)))
      state.result = result
      return nil
    }
  }

  /// An analysis begins anew: what is done while it runs would be gone from view at its end. To be asked in the room, where it begins: what
  /// was asked for before and waited meanwhile is refused as well.
  private func refuseWhileAnalysing() throws {
    guard jobs.running != Self.analysis else {
      throw DataError("an analysis is running, and its result will replace this one; wait for its end, or cancel it")
    }
  }

  /// What the job board calls an analysis.
  private static let analysis = "analysis"

  private static func unchanged(by action: TreeAction) -> String {
    switch action {
    case .split(let number, _): "no gap divides class \(number); it stays as it is"
    case .lasso(let number, _): "the lasso holds all points of class \(number) or none; the class stays as it is"
    default: "nothing changes"
    }
  }

  func make(_ correction: Correction) async throws {
    let (width, height) = (Double(micrograph.width), Double(micrograph.height))
    try await change { [self] state in
      try refuseWhileAnalysing()
      let places: [Point] =
        switch correction {
        case .add(let points): points
        case .move(let moves): moves.map(\.place)
        case .remove: []
        }
      guard places.allSatisfy({ (-0.5..<width - 0.5).contains($0.x) && (-0.5..<height - 0.5).contains($0.y) }) else {
        throw DataError("a column lies outside the image")
      }
      if let vacant = state.result?.places.isVacant,
        let site = correction.sites.first(where: { $0 < vacant.count && $0 >= 0 && vacant[$0] })
      {
        throw DataError("site \(site) is a vacant node: there is no column to change; add one where you see it")
      }
      var corrections = state.corrections
      try corrections.make(correction)
      state.history.add(try state.file.add(.correction(correction)))
      state.corrections = corrections
    }
  }

  func undo() async throws {
    try await step { state in
      guard let entry = state.history.undoable else { throw DataError("there is nothing to undo") }
      try state.file.mark(entry, undone: true)
      state.history.undo()
    }
  }

  func redo() async throws {
    try await step { state in
      guard let entry = state.history.redoable else { throw DataError("there is nothing to do again") }
      try state.file.mark(entry, undone: false)
      state.history.redo()
    }
  }

  private func step(_ body: @escaping @Sendable (inout State) throws -> Void) async throws {
    try await change { [self] state in
      try refuseWhileAnalysing()
      try body(&state)
      try Self.openResult(of: &state, micrograph, workFolder)
    }
  }

  // MARK: Jobs

  /// Begins an analysis.
  /// - Parameter keepsClasses: whether the columns go to the current classes; otherwise classes are found anew.
  func analyse(
    settings wished: [String: String], columns: ProjectStep.Columns, keepsClasses: Bool = false
  ) async throws {
    // Columns that are known are not found, and neither are classes.
    let settings = wished.filter { name, _ in
      !(columns == .corrected && Self.findingSettings.contains(name))
        && !(keepsClasses && Self.sortingSettings.contains(name))
    }
    try await room.run { [self] state in
      // What a job reads that runs stays as it is.
      try jobs.refuseWhileRunning()
      var files: [String: String] = [:]
      if columns == .corrected { files["sites"] = try Self.writeColumns(of: state, to: workFolder) }
      if keepsClasses { files["recipe"] = try Self.writeClasses(of: &state, to: workFolder) }
      let kept =
        columns == .corrected
        ? Self.keptSettings(of: state, beside: settings, keepsClasses: keepsClasses) : [:]
      // Before anything else is done: it would be in no column or class of the analysis.
      try begin(settings, keeping: kept, columns, files)
    }
  }

  private func begin(
    _ settings: [String: String], keeping kept: [String: String], _ columns: ProjectStep.Columns,
    _ files: [String: String]
  ) throws {
    let folder = workFolder.appendingPathComponent("new-result")
    let order = ScreenOrder(
      command: "analyze", micrograph: micrograph, settings: settings.merging(kept) { own, _ in own },
      files: files, folder: folder.path)
    try jobs.start(Self.analysis, sentence: tools.sentence) { [self] progress in
      try? FileManager.default.removeItem(at: folder)
      let outcome = try tools.run(order, progress)
      if let sites = files["sites"] {
        let given = folder.appendingPathComponent(Self.givenFolder, isDirectory: true)
        try FileManager.default.createDirectory(at: given, withIntermediateDirectories: true)
        try FileManager.default.copyItem(
          at: URL(fileURLWithPath: sites), to: given.appendingPathComponent(Self.columnsName))
      }
      // Cancelled until here, it leaves nothing.
      try progress(Stage.report.rawValue, 1)
      try room.runAndWait { state in
        let number = try state.file.keep(filesIn: folder, as: .result)
        let unpacked = Self.folder(of: number, in: workFolder)
        try? FileManager.default.removeItem(at: unpacked)
        try FileManager.default.moveItem(at: folder, to: unpacked)
        let result = try OpenResult(number, at: unpacked, of: micrograph)
        // A recipe, or the classes of another result, are part of what was done to the classes, and no setting of the columns.
        let analysis = ProjectStep.Analysis(
          result: number, settings: settings.filter { !Self.sortingSettings.contains($0.key) },
          kept: kept.isEmpty ? nil : kept, columns: columns, siteCount: result.places.positions.count,
          sentences: outcome.sentences + [Self.sentence(onKept: kept)].compactMap { $0 }, warnings: outcome.warnings)
        state.history.add(try state.file.add(.analysis(analysis)))
        for action in result.folder.recipe.actions { state.history.add(try state.file.add(.tree(action))) }
        state.corrections = try state.history.corrections()
        state.result = result
        state.revision += 1
      }
    }
  }

  private static let findingSettings: Set = [
    "method", "fold", "model", "filter", "filter-window", "filter-lower-bound",
  ]
  /// What says by which classes the columns are sorted.
  private static let sortingSettings: Set = ["recipe", "apply"]

  /// Begins to run the network.
  func findMap() throws {
    try jobs.start("map", sentence: tools.sentence) { [self] progress in
      try progress("network", 0)
      let map = try NetworkMap(of: micrograph)
      try progress("network", 1)
      try room.runAndWait { state in
        state.map = map
        state.revision += 1
      }
    }
  }
}
