import ArgumentParser
import Foundation
import TesseraFormats
import TesseraImaging
import TesseraMethods

/// Runs a method on the images of a command line and writes a result folder for each: what all commands that write
/// folders have in common.
struct MethodRun<M: Method> {
  /// What the result folder of an image is called, `NAME.strain`.
  let resultName: String
  var output: OutputOptions
  /// Where columns may be given.
  var columns: ColumnOptions?
  /// Files of models and masks that are read for each image.
  var models: [String?] = []
  var seed: UInt64 = 1
  var hasReport = true
  /// Whether frames of a file may be worked on at the same time: they know nothing of one another, and `settings` are those of the first.
  var isSideBySide = false
  /// Goes on with a result folder before it appears in its place, and says what came of it.
  var afterwards: ((_ folder: String) throws -> String)?
  /// What is read again from several results and written beside them; the report over all of them goes with it.
  var gathered: Gathering?
  /// The settings for one image; some depend on its scale.
  let settings: (Micrograph) throws -> M

  /// Files over the results of several images.
  struct Gathering {
    /// Names of the files that may be written.
    var names: [String]
    /// Numbers of the single results that the report over all of them leaves out, since the chapters say otherwise.
    var leftOut: Set<String> = []
    /// Writes them into the folder that holds the result folders, and gives the chapters of the report over all images.
    var write:
      (_ images: [(image: String, folder: String)], _ folder: String, _ replacing: Bool) throws
        -> [ReportDocument.Section]
  }

  /// Runs the method on some files, or on frames of them; several make one array of JSON.
  func run(_ inputs: [String], options: InputOptions) throws {
    let images = options.images(of: inputs)
    let folders = images.map { output.folder(for: $0, ofSeveral: inputs.count > 1, named: resultName) }
    try checkDistinct(folders, images)
    // Results of several files in the current folder have no folder of their own.
    let common = inputs.count == 1 || output.output != nil ? commonFolder(of: folders) : nil
    if let common, let gathered, images.count > 1 {
      for name in gathered.names + [SeriesReport.name] where AtomicOutput.exists("\(common)/\(name)") {
        try AtomicOutput.checkPlace("\(common)/\(name)", replacing: output.force)
      }
    }
    var summaries: [ResultSummary<M.Result>] = []
    var done: [(image: String, folder: String)] = []
    let outcome = Result {
      if inputs.count > 1, let folder = output.output { try AtomicOutput.makeFolder(at: folder) }
      try forEachImage(images, count: { isSideBySide ? SideBySide.count(pixels: $0.micrograph.pixels.count) : 1 }) {
        image in
        let folder = output.folder(for: image, ofSeveral: inputs.count > 1, named: resultName)
        if image.frame != nil { try AtomicOutput.makeFolder(at: (folder as NSString).deletingLastPathComponent) }
        return try begin(image.input, into: folder, reading: inputs) { try options.micrograph(of: image) }
      } end: { image, unwritten in
        summaries.append(try end(unwritten))
        done.append((image.name, unwritten.folder))
      }
    }
    if output.json && images.count > 1 {
      try Messages.printJSON(summaries)
    } else if output.json {
      for summary in summaries { try Messages.printJSON(summary) }
    }
    if let gathered, images.count > 1, let common {
      let sections = try done.isEmpty ? [] : gathered.write(done, common, output.force)
      let entries = zip(images, folders).map { image, folder in
        done.contains { $0.folder == folder }
          ? SeriesReport.Entry(
            image: image.name, folder: String(folder.dropFirst(common.count + 1)), in: common,
            leavingOut: gathered.leftOut)
          : SeriesReport.Entry(image: image.name, message: "failed")
      }
      try SeriesReport(entries, command: "\(resultName) of \(images.count) images", sections: sections)
        .write(to: common, replacing: output.force)
      if !output.json { print("all images: \(common)/\(SeriesReport.name)") }
    }
    try outcome.get()
  }

  /// The folder in which the result folders of several images lie.
  private func commonFolder(of folders: [String]) -> String? {
    output.output ?? folders.first.map { ($0 as NSString).deletingLastPathComponent }
  }

  /// - Parameters:
  ///   - input: as the user typed it.
  ///   - folder: where the result goes.
  ///   - files: all files that the command reads; none of them is written to.
  ///   - tell: called as each stage begins, with the share that is done; may throw to stop.
  /// - Returns: what `--json` prints; otherwise sentences have been printed.
  @discardableResult
  func run(
    _ input: String, into folder: String, reading files: [String] = [],
    telling tell: @escaping (Stage, Double) throws -> Void = { _, _ in }, read: () throws -> Micrograph
  ) throws -> ResultSummary<M.Result> {
    try end(begin(input, into: folder, reading: files, telling: tell, read: read))
  }

  /// A result that has no folder yet.
  private struct Unwritten {
    let input, folder: String
    let micrograph: Micrograph
    let result: M.Result
    let start: ContinuousClock.Instant
    let log: StageLog
    let progress: ProgressBar
  }

  /// The first part of `run`: all but the folder and what is said of the result.
  private func begin(
    _ input: String, into folder: String, reading files: [String],
    telling tell: @escaping (Stage, Double) throws -> Void = { _, _ in }, read: () throws -> Micrograph
  ) throws -> Unwritten {
    let start = ContinuousClock.now
    let inputs = files + ([columns?.sites] + models).compactMap { $0 }
    try AtomicOutput.checkPlace(folder, replacing: output.force, inputs: inputs)
    let log = StageLog(of: input)
    log.begin(Stage.read.rawValue)
    let micrograph = try read()
    let reading = RunRecord.Timing(.read, since: start)
    let method = try settings(micrograph)
    Messages.noteSize(of: folder, method.bytesPerPixel * micrograph.width * micrograph.height)
    let progress = ProgressBar()
    do {
      var result = try result(of: method, on: micrograph) { stage, share in
        log.begin(stage.rawValue)
        Memory.release(after: micrograph.pixels.count)
        progress.report(stage.rawValue, 0.9 * share)
        try tell(stage, share)
      }
      result.record.timings.insert(reading, at: 0)
      return Unwritten(
        input: input, folder: folder, micrograph: micrograph, result: result, start: start, log: log,
        progress: progress)
    } catch {
      progress.finish()
      throw error
    }
  }

  /// The second part of `run`: writes the folder and says what came of it.
  private func end(_ unwritten: Unwritten) throws -> ResultSummary<M.Result> {
    let (input, folder, micrograph) = (unwritten.input, unwritten.folder, unwritten.micrograph)
    defer { unwritten.progress.finish() }
    unwritten.log.begin("files and report")
    Memory.release(after: micrograph.pixels.count)
    unwritten.progress.report(Stage.report.rawValue, 0.9)
    let (summary, addition) = try write(
      ResultFolder(unwritten.result, input: input, hasReport: hasReport), to: folder, replacing: output.force,
      since: unwritten.start)
    unwritten.log.finish()
    unwritten.progress.finish()
    let told = Set(micrograph.warnings.map(OptionNames.put))
    for warning in summary.warnings where !told.contains(warning) {
      Messages.warning("\(micrograph.name): \(warning)")
    }
    if !output.json {
      let seconds = RunRecord.Timing(.total, since: unwritten.start).seconds
      for sentence in unwritten.result.sentences {
        print("\(input): \(sentence), in \((seconds * 10).rounded() / 10) s")
      }
      if let addition { print("\(input): \(addition)") }
      print(hasReport ? "report: \(folder)/report.html" : "result: \(folder)")
    }
    return summary
  }

  /// Writes a result folder with what follows it, and gives the sentence on that.
  func write(
    _ result: ResultFolder<M.Result>, to folder: String, replacing: Bool = false, since start: ContinuousClock.Instant
  ) throws -> (summary: ResultSummary<M.Result>, addition: String?) {
    var addition: String?
    let summary = try result.write(
      to: folder, replacing: replacing, since: start, sequel: afterwards.map { go in { addition = try go($0) } })
    return (summary, addition)
  }

  /// The result of one image, not written.
  func result(on micrograph: Micrograph, progress: @escaping (Stage, Double) throws -> Void) throws -> M.Result {
    try result(of: settings(micrograph), on: micrograph, progress: progress)
  }

  private func result(
    of method: M, on micrograph: Micrograph, progress: @escaping (Stage, Double) throws -> Void
  ) throws -> M.Result {
    var result = try method.result(
      on: micrograph, columns: columns?.known(in: micrograph), seed: seed, progress: progress)
    // Summary and report name options as the terminal does.
    result.record.warnings = result.record.warnings.map(OptionNames.put)
    for index in result.record.choices.indices {
      result.record.choices[index].reason = OptionNames.put(in: result.record.choices[index].reason)
    }
    return result
  }

  /// Two images whose results would be one folder are refused before the first is analysed. Names that differ in capitals alone
  /// are one on some disks.
  private func checkDistinct(_ folders: [String], _ images: [ChosenImage]) throws {
    var first: [String: ChosenImage] = [:]
    for (folder, image) in zip(folders, images) {
      if let other = first.updateValue(image, forKey: folder.lowercased()) {
        throw ValidationError(
          "\(other.name) and \(image.name) would both have the result folder \(folder); run them one at a time, each with "
            + "an --output of its own")
      }
    }
  }
}
