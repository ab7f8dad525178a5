import Foundation
import TesseraFormats
import TesseraImaging
import TesseraLearning
import TesseraMethods
import TesseraNumerics
import TesseraStructure

/// `tessera sites --tile`: the columns of an image that is read a few lines at a time.
extension SitesCommand {
  /// Rows that are formatted at once.
  private static let rowsAtOnce = 1 << 16

  /// The image, of which no pixel is read yet.
  func mosaicImage() throws -> MosaicImage {
    var mosaic = try MosaicImage(image.reading.open(input), dataset: image.dataset, frame: image.frame)
    if let calibration = image.calibration { mosaic.facts.calibration = calibration }
    return mosaic
  }

  /// The image, and what all of its tiles share.
  func mosaic(side: Int) throws -> MosaicMethod {
    let mosaic = try mosaicImage()
    var (preparation, finder) = (Preparation(), ColumnFinder())
    var network: NetworkFinder?
    finding.apply(to: &preparation, &finder, &network)
    var plan = try MosaicPlan(for: mosaic, side: side, preparation: preparation, finder: finder)
    if let result = apply ?? motifs {
      if apply == nil { try analyzePart(of: mosaic, plan, into: result) }
      try plan.sort(by: MosaicSorter(result: result, calibration: mosaic.facts.calibration), in: mosaic)
    }
    return MosaicMethod(mosaic, plan: plan)
  }

  /// Analyses the part of the image by whose classes all of its columns are sorted, and writes its result folder.
  private func analyzePart(of mosaic: MosaicImage, _ plan: MosaicPlan, into folder: String) throws {
    let start = ContinuousClock.now
    try AtomicOutput.checkPlace(folder, replacing: output.force, inputs: [input])
    var method = MotifMethod()
    (method.preparation, method.finder) = (plan.preparation, plan.finder)
    if plan.isInverted { method.preparation.contrast = .dark }
    let progress = ProgressBar()
    defer { progress.finish() }
    let result = try method.result(on: plan.part(of: mosaic), seed: 1) { progress.report($0.rawValue, $1) }
    _ = try ResultFolder(result, input: input).write(to: folder, replacing: output.force, since: start)
  }

  /// Finds the columns tile by tile and writes their table.
  func table(inTiles side: Int, to path: String, _ log: StageLog) throws -> Report {
    let method = try log.run("sample") { try mosaic(side: side) }
    let (plan, facts) = (method.plan, method.image.facts)
    for warning in facts.warnings + plan.warnings { Messages.warning("\(facts.name): \(warning)") }
    let progress = ProgressBar()
    defer { progress.finish() }
    let count = plan.grid.rows * plan.grid.columns
    let (items, emptyTiles) = try log.run("columns") {
      try method.sites { progress.report("columns", Double($0) / Double(count)) }
    }
    progress.finish()
    guard !items.isEmpty else { throw DataError("\(facts.name): no atom columns were found in any of \(count) tiles") }
    try log.run("table") {
      if output.isPrinted {
        Self.forEachPart(of: items, plan, calibration: facts.calibration) { StandardOutput.write($0) }
      } else {
        try Self.write(items, plan, calibration: facts.calibration, to: path, replacing: output.force)
      }
    }
    var report = Report(
      input: input, output: output.isPrinted ? nil : path, frame: nil,
      columns: items.columnCount,
      scale: plan.finder.scale ?? 0,
      method: plan.finder.route.rawValue, shape: plan.finder.fit.shape?.rawValue ?? "", tiles: count,
      emptyTiles: emptyTiles,
      flagged: items.count { $0.accuracy.flag != nil },
      meanSpacing: PlanarIndex(items.map(\.site.position)).meanSpacing, version: TesseraVersion.current,
      warnings: (facts.warnings + plan.warnings).map(OptionNames.put))
    if let sorter = plan.sorter { report.sorted = Sorted(items, by: sorter) }
    return report
  }

  /// How the columns of an image in tiles were sorted.
  struct Sorted: Encodable {
    /// A class of the result that was applied.
    struct Class: Encodable {
      let `class`, name: String
      let count: Int
    }
    /// In the order of the result.
    let classes: [Class]
    /// Number of columns that fit none of them, or have no whole patch.
    let unknown: Int
    /// By how much the specimen is turned against that of the classes.
    let turnDegrees: Double

    init(_ items: [MosaicSites.Item], by sorter: MosaicSorter) {
      var counts = [Int](repeating: 0, count: sorter.model.classes.count + 1)
      for item in items where item.site.kind != .outside { counts[item.label.label] += 1 }
      classes = zip(sorter.model.classes, counts.dropFirst()).map { .init(class: $0.number, name: $0.name, count: $1) }
      (unknown, turnDegrees) = (counts[0], sorter.turn * 180 / .pi)
    }

    /// As a sentence without an end.
    var sentence: String {
      let (sorted, used) = (classes.reduce(0) { $0 + $1.count }, classes.count { $0.count > 0 })
      let turned =
        turnDegrees == 0
        ? "" : "; turned by \((turnDegrees * 10).rounded() / 10) degrees against the image of the classes"
      return "\(sorted) of them sorted into \(used) class\(used == 1 ? "" : "es")"
        + (unknown > 0 ? ", \(unknown) fit none or have no whole patch" : "") + turned
    }
  }

  /// Writes the table of all columns.
  static func write(
    _ items: [MosaicSites.Item], _ plan: MosaicPlan, calibration: Calibration?, to path: String, replacing: Bool
  ) throws {
    try AtomicOutput.file(at: path, replacing: replacing) { file in
      let output = try PiecewiseFile(at: file)
      try forEachPart(of: items, plan, calibration: calibration) { try output.write($0) }
      try output.close()
    }
  }

  /// Gives the table of all columns, some rows at a time.
  private static func forEachPart(
    of items: [MosaicSites.Item], _ plan: MosaicPlan, calibration: Calibration?, _ body: (Data) throws -> Void
  ) rethrows {
    for first in stride(from: 0, to: items.count, by: rowsAtOnce) {
      let part = items[first..<min(items.count, first + rowsAtOnce)]
      var table = SiteTable(
        sites: Sites(part.map(\.site)), accuracies: part.map(\.accuracy), calibration: calibration)
      table.firstID = first
      if let classes = plan.sorter?.model.classes {
        var own = Classes(grouping: [])
        (own.labels, own.confidence) = (part.map(\.label.label), part.map(\.label.confidence))
        (own.names, table.classNumbers) = (classes.map(\.name), classes.map(\.number))
        table.classes = own
      }
      try body(first == 0 ? table.csv : table.csvRows)
    }
  }
}
