import ArgumentParser
import Foundation
import TesseraFormats
import TesseraImaging
import TesseraMethods

/// What `analyze`, `motifs` and `demo` share: runs the analysis of one input and writes its result folder.
struct AnalysisRun {
  var analysis: Analysis
  var seed: UInt64
  var output: OutputOptions
  var hasReport = true

  /// Analyses the images of some files one after the other; several make one array of JSON.
  func run(_ inputs: [String], options: InputOptions) throws {
    let images = options.images(of: inputs)
    var summaries: [Summary] = []
    let outcome = Result {
      if inputs.count > 1, let folder = output.output { try AtomicOutput.makeFolder(at: folder) }
      try forEachImage(images) { image in
        let folder = output.folder(for: image, ofSeveral: inputs.count > 1)
        if image.frame != nil { try AtomicOutput.makeFolder(at: (folder as NSString).deletingLastPathComponent) }
        summaries.append(try run(image.input, into: folder) { try options.micrograph(of: image) })
      }
    }
    if output.json && images.count > 1 { try Messages.printJSON(summaries) }
    if output.json && images.count == 1 { try summaries.forEach(Messages.printJSON) }
    try outcome.get()
  }

  /// - Parameters:
  ///   - input: as the user typed it.
  ///   - folder: where the result goes.
  /// - Returns: what `--json` prints; otherwise a sentence has been printed.
  func run(_ input: String, into folder: String, read: () throws -> Micrograph) throws -> Summary {
    let start = ContinuousClock.now
    try AtomicOutput.checkPlace(folder, replacing: output.force)
    let micrograph = try read()
    let reading = (ContinuousClock.now - start) / .seconds(1)
    let progress = ProgressBar()
    defer { progress.finish() }
    var result = try analysis.result(on: micrograph, seed: seed) { progress.report($0, 0.9 * $1) }
    result.timings.insert(.init(stage: "read", seconds: reading), at: 0)
    progress.report("report", 0.9)
    let results = ResultFolder(result, settings: analysis, input: input, hasReport: hasReport)
    let summary = try results.write(to: folder, replacing: output.force, since: start)
    progress.finish()
    for warning in summary.warnings where !micrograph.warnings.contains(warning) {
      Messages.warning("\(micrograph.name): \(warning)")
    }
    if output.json { return summary }
    print(Self.sentence(summary, seconds: (ContinuousClock.now - start) / .seconds(1)))
    print(hasReport ? "report: \(folder)/report.html" : "result: \(folder)")
    return summary
  }

  private static func sentence(_ summary: Summary, seconds: Double) -> String {
    let vacant = summary.counts["vacant"] ?? 0
    let kinds =
      summary.structure == "continuous"
      ? "motifs that change continuously"
      : "\(summary.classes.count) \(summary.classes.count == 1 ? "motif" : "motifs")"
    return "\(summary.input): \(summary.counts["columns"] ?? 0) columns"
      + (vacant > 0 ? ", \(vacant) vacant \(vacant == 1 ? "node" : "nodes")" : "")
      + ", \(kinds), in \((seconds * 10).rounded() / 10) s"
  }
}
