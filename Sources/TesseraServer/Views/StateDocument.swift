import Foundation
import TesseraFigures
import TesseraLearning
import TesseraMethods
import TesseraNumerics
import TesseraProject

/// All that the page shows of a project, but for pixels and sites.
struct StateDocument: Encodable, Sendable {
  let id: Int
  let name: String
  let revision: Int
  @Explicit var projectFile: String?
  let image: Image
  @Explicit var job: JobBoard.Job?
  @Explicit var result: Result?
  let classes: [Class]
  let tree: [Node]
  let corrections: CorrectionList
  @Explicit var undo: String?
  @Explicit var redo: String?
  let history: [Step]
  @Explicit var map: Map?
  /// The last result of each command beside `analyze`.
  let views: [View]
  /// Why the last run of a command gave none, by command.
  let failures: [String: String]
  /// What the last action says where it changed nothing.
  @Explicit var message: String?

  struct Image: Encodable, Sendable {
    struct PixelSize: Encodable, Sendable { let x, y: Double }
    let width, height: Int
    @Explicit var pixelSizeNm: PixelSize?
    /// The values of the smallest and the largest 16-bit sample.
    let low, high: Double
    /// What is shown black and white at first, as shares of low ... high.
    let contrast: [Double]
    let levels, tile: Int
    let warnings: [String]
  }

  struct Result: Encodable, Sendable {
    /// Where this stays the same, so do the sites.
    let sitesRevision: Int64
    let sites, columns, vacant: Int
    let sentences, warnings: [String]
    let settings: [String: String]
    /// In pixels.
    let patchSide: Int
    let isLayout: Bool
    /// Whether the columns are those that a person corrected.
    let usesColumns: Bool
    /// How much was done to its classes.
    let classActions: Int
  }

  struct Class: Encodable, Sendable {
    let number, name: String
    let count: Int
    let countLow, countHigh: Int
    /// Mean of the members; null without members.
    @Explicit var confidence: Double?
    /// `#rrggbb`.
    let color: String
    let marker: String
  }

  struct Node: Encodable, Sendable {
    let number: String
    let parents: [String]
    let name: String
    let count: Int
    let isDivided: Bool
  }

  struct CorrectionList: Encodable, Sendable {
    let added: [[Double]]
    let removed: [Int]
    let moved: [[Double]]
  }

  struct Step: Encodable, Sendable {
    let time: Date
    let text: String
    let isUndone: Bool
  }

  struct View: Encodable, Sendable {
    let command: String
    /// Where this stays the same, so do its maps.
    let result: Int64
    let sentences, warnings: [String]
    let settings: [String: String]
    let usesColumns: Bool
    let scribbles: [Scribble]
    let layers: [MapLayer]
  }

  struct Map: Encodable, Sendable {
    @Explicit var spacing: Double?
    let window, bound: Double
    let levels: Int
  }
}

extension ProjectSession {
  /// What the page shows now.
  func document(saying message: String? = nil) async throws -> StateDocument {
    try await run { [self] state in
      let tree = try state.result?.tree(after: state.history.actions)
      let counts = try state.result?.counts(after: state.history.actions) ?? []
      return StateDocument(
        id: id, name: micrograph.name, revision: state.revision, projectFile: projectPath, image: picture,
        job: jobs.job, result: try result(state), classes: tree.map { classes(of: $0, counts) } ?? [],
        tree: tree.map(nodes) ?? [],
        corrections: list(of: state.corrections), undo: state.history.undoable?.step.text,
        redo: state.history.redoable?.step.text,
        history: state.history.entries.enumerated().map { index, entry in
          .init(time: entry.time, text: entry.step.text, isUndone: index >= state.history.applied)
        },
        map: state.map.map { map in
          .init(
            spacing: map.spacing, window: map.standard.window, bound: map.standard.bound,
            levels: map.pyramid.levels.count)
        },
        views: views(of: state), failures: state.failures, message: message)
    }
  }

  /// A result that cannot be unpacked has no maps and says why; the others are shown.
  private func views(of state: State) -> [StateDocument.View] {
    state.history.measurements.sorted { $0.key < $1.key }.map { command, measurement in
      var (warnings, layers) = (measurement.warnings, [MapLayer]())
      do {
        layers = MapView(measurement, at: try state.unpacked(measurement.result, below: workFolder)).layers
      } catch { warnings.append(tools.sentence(error)) }
      return .init(
        command: command, result: measurement.result, sentences: measurement.sentences, warnings: warnings,
        settings: measurement.settings, usesColumns: measurement.usesColumns, scribbles: measurement.scribbles,
        layers: layers)
    }
  }

  private var picture: StateDocument.Image {
    let (low, high) = (pyramid.low, pyramid.high)
    func share(_ value: Double) -> Double { high > low ? min(1, max(0, (value - low) / (high - low))) : 0 }
    return .init(
      width: micrograph.width, height: micrograph.height,
      pixelSizeNm: micrograph.calibration.map { .init(x: $0.nanometresPerPixelX, y: $0.nanometresPerPixelY) },
      low: low, high: high, contrast: [share(contrast.lowerBound), share(contrast.upperBound)],
      levels: pyramid.levels.count, tile: TilePyramid<UInt16>.side, warnings: micrograph.warnings.map(\.asSentence))
  }

  private func result(_ state: State) throws -> StateDocument.Result? {
    guard let result = state.result, let analysis = state.history.analysis else { return nil }
    let vacant = result.places.kinds.count { $0 == .vacant }
    return .init(
      sitesRevision: result.number, sites: result.places.positions.count,
      columns: result.places.columnCount, vacant: vacant,
      sentences: analysis.sentences, warnings: analysis.warnings, settings: analysis.settings,
      patchSide: result.folder.moments.side, isLayout: result.layout.contains { $0.x.isFinite },
      usesColumns: analysis.columns == .corrected, classActions: state.history.actions.count)
  }

  private func classes(of tree: ClassTree, _ counts: [ClassCount]) -> [StateDocument.Class] {
    zip(tree.leaves, counts).map { leaf, count in
      let style = ClassStyle.styles(names: [leaf.name], after: leaf.look)[0]
      return .init(
        number: leaf.number, name: leaf.name, count: count.count, countLow: count.interval.lowerBound,
        countHigh: count.interval.upperBound,
        confidence: count.count > 0 ? count.confidence : nil, color: style.color.hexadecimal,
        marker: style.marker.rawValue)
    }
  }

  private func nodes(of tree: ClassTree) -> [StateDocument.Node] {
    tree.nodes.map {
      .init(
        number: $0.number, parents: $0.parents, name: $0.name, count: $0.members.count, isDivided: $0.isDivided)
    }
  }

  private func list(of corrections: Corrections) -> StateDocument.CorrectionList {
    .init(
      added: corrections.added.map { [$0.x, $0.y] }, removed: corrections.removed.sorted(),
      moved: corrections.moved.sorted { $0.key < $1.key }.map { [Double($0.key), $0.value.x, $0.value.y] })
  }
}
