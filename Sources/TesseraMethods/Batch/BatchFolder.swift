import Foundation
import TesseraFormats
import TesseraNumerics

/// The folder of a batch: a result folder for each input, `batch.json` and `batch.csv`.
///
/// What is written is always true, wherever the program is stopped: an input is entered before its result appears, each result
/// appears whole or not at all, and each file is replaced by renaming. One program at a time works in a folder, or several that share
/// the inputs: each input is then done by one of them, and the last that ends enters all.
public final class BatchFolder {
  /// Name of the file that holds the record, which the next run on the folder reads.
  public static let recordName = "batch.json"
  /// Name of the table with one row per input that ended.
  public static let tableName = "batch.csv"

  /// Names of a script that runs the batch on a cluster, and of the folder of what its jobs say.
  package static let (scriptName, logsName) = ("slurm.sh", "slurm-logs")

  /// Path of the folder, as given.
  public let path: String
  /// Every input that was entered so far and what became of it; `write()` puts it into the folder.
  public internal(set) var record: BatchRecord
  let checksum: String
  /// Of each input by its path, its place in the record; and the names that are taken, in small letters.
  private var places: [String: Int] = [:]
  private var names: Set<String> = []
  /// Of each name that was taken when a folder was to have it: the number from which on it may be free with a number behind it.
  private var nextNumbers: [String: Int] = [:]
  let lock: FolderLock
  let entries: BatchEntryFiles
  /// Which inputs are at work, and what the run itself does; nil in a run that shares the inputs with none.
  let shared: (share: BatchShare, locks: NumberedLocks)?
  /// `batch.json` and `batch.csv` are of all inputs: seconds between two times that they are written, and their share of the time.
  var writing = Pacing(least: 1, share: 0.02)
  /// Whether something is in `entries` that is not in `batch.json`.
  var hasUnwritten = false

  /// Opens the folder of a batch, or makes it.
  ///
  /// - Parameters:
  ///   - path: of the folder; it is made where there is none.
  ///   - options: the command and its options, which all results of the folder share.
  ///   - anew: whether the folder may take on other options than those of its results.
  ///   - share: the part of the inputs that this run does while others do theirs; nil for a run that works in the folder alone.
  ///   - version: of the program, for the record.
  /// - Throws: `FormatError` for a folder that holds something else, belongs to other options, or in which a run is at work.
  public init(
    at path: String, options: BatchOptions, anew: Bool = false, share: BatchShare? = nil,
    version: String = TesseraVersion.current
  ) throws {
    if AtomicOutput.isFile(path) {
      throw FormatError(.cannotWrite, "\(path): is a file; name a folder for the results")
    }
    try AtomicOutput.makeFolder(at: path)
    // The last of earlier shares may be entering what they did.
    lock = try FolderLock(of: path, isShared: share != nil, patience: share == nil ? 0 : Self.patience)
    (self.path, checksum, entries) = (path, options.checksum, BatchEntryFiles(of: path))
    record = BatchRecord(options: options, version: version)
    let isNew = Self.isNew(path)
    if let share {
      if !isNew { _ = try Self.read(path) }
      try entries.make()
      shared = (share, try NumberedLocks(at: entries.locks))
    } else {
      shared = nil
      AtomicOutput.removeLeavings(in: path)
    }
    try inTurn {
      try take(Self.read(path, isNew: isNew), options, anew: anew)
      if share != nil && !AtomicOutput.exists(file(Self.recordName)) { try writeRecord() }
    }
    if share == nil { takeEntries() }
  }

  /// Whether nothing is in the folder but what a run writes before its record.
  private static func isNew(_ path: String) -> Bool {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    return names.allSatisfy { $0 == BatchEntryFiles.name || $0.hasPrefix(".\(recordName).") }
  }

  /// Seconds for which a share waits for the last of earlier ones to enter what they did.
  private static let patience = 60.0

  /// Takes on what an earlier run left.
  private func take(_ earlier: BatchRecord?, _ options: BatchOptions, anew: Bool) throws {
    if let earlier {
      let isOther = earlier.options.command != options.command || earlier.images.contains { $0.options != checksum }
      // A run that takes on other options and is interrupted has entered them.
      if isOther && !anew && earlier.options != options {
        throw FormatError(
          .cannotWrite,
          "\(path): its results were made with other options (\(earlier.options.text)); give these, name another folder (or "
            + "\(setting("force")), to do the inputs again)")
      }
      record.images = earlier.images
    }
    places = Dictionary(record.images.enumerated().map { ($1.path, $0) }, uniquingKeysWith: { first, _ in first })
    names = Set((record.images.map(\.result) + Self.ownNames).map { $0.lowercased() })
  }

  /// What lies beside the result folders.
  private static let ownNames =
    [recordName, tableName, SeriesReport.name] + ParticleSeries.names + SegmentSeries.names + ClassSeries.names
    + [scriptName, logsName]

  /// Takes on what became of images since `batch.json` was written; a run alone then knows that none is at work.
  func takeEntries() {
    for (index, entry) in entries.all() where record.images.indices.contains(index) {
      // An entry of another input was left by something else.
      if record.images[index].path == entry.path { record.images[index] = entry }
    }
    for index in record.images.indices where record.images[index].status == .running { settle(index) }
  }

  /// An input of a batch.
  public struct Job: Sendable {
    /// The input as given: the path of an image.
    public let input: String
    let index: Int
    /// Whether its result lies there: whole, of this file and of these options.
    public let isComplete: Bool

    /// Of several runs that share the images of the batch, the number of the one that does it.
    package func task(of count: Int) -> Int { BatchShare.number(of: index, amongst: count) }
  }

  /// Enters inputs and says which of them are to be done; of those of a share, the others do theirs.
  ///
  /// - Parameters:
  ///   - inputs: paths of images, in the order of the jobs.
  ///   - anew: whether those that are complete are done again.
  /// - Throws: `FormatError` where a share cannot enter inputs that are new.
  public func jobs(for inputs: [String], anew: Bool = false) throws -> [Job] {
    let paths = inputs.map(Self.fullPath)
    if shared != nil, paths.contains(where: { places[$0] == nil }) {
      try inTurn {
        // Others may have entered some in the meantime.
        try take(Self.read(path), record.options, anew: false)
        for (input, path) in zip(inputs, paths) where places[path] == nil { enter(input, path) }
        try writeRecord()
      }
    }
    return zip(inputs, paths).compactMap { input, path in
      let isNew = places[path] == nil
      let index = places[path] ?? enter(input, path)
      if let shared, !shared.share.holds(index) { return nil }
      return Job(input: input, index: index, isComplete: !isNew && !anew && isComplete(record.images[index]))
    }
  }

  @discardableResult
  private func enter(_ input: String, _ path: String) -> Int {
    let result = freeName(for: input)
    (places[path], _) = (record.images.count, names.insert(result.lowercased()))
    record.images.append(BatchEntry(input: input, path: path, result: result, options: checksum))
    return record.images.count - 1
  }

  /// While no other share does the same.
  private func inTurn(_ body: () throws -> Void) throws {
    guard let shared else { return try body() }
    _ = try shared.locks.take(0, waits: true)
    defer { shared.locks.giveBack(0) }
    try body()
  }

  /// The result folder of an input.
  public func folder(of job: Job) -> String { self.folder(named: record.images[job.index].result) }

  /// Whether an input failed, and the file is still that which failed.
  public func hasFailed(_ job: Job) -> Bool {
    let entry = record.images[job.index]
    return entry.status == .failed && entry.options == checksum && entry.file?.matches(fileAt: entry.path) == true
  }

  /// The images that have a result, and the paths of their folders, in the order in which they were given first.
  public var results: [(image: String, folder: String)] {
    record.images.filter { $0.status == .done }.map { ($0.input, folder(named: $0.result)) }
  }

  /// How many results of other options the folder holds beside those of this run.
  public var otherCount: Int { record.images.count { $0.status == .done && $0.options != checksum } }

  /// Writes `report.html` over all inputs that ended.
  /// - Parameters:
  ///   - sections: chapters of the command on all images together.
  ///   - leftOut: names of numbers of the single results that the page does not show.
  public func writeReport(sections: [ReportDocument.Section] = [], leavingOut leftOut: Set<String> = []) throws {
    let entries = record.images.compactMap { image -> SeriesReport.Entry? in
      switch image.status {
      case .done: .init(image: image.input, folder: image.result, in: path, leavingOut: leftOut)
      case .failed: .init(image: image.input, message: image.message)
      case .waiting, .running: nil
      }
    }
    try SeriesReport(entries, command: record.options.text, sections: sections).write(to: path, replacing: true)
  }

  func file(_ name: String) -> String { (path as NSString).appendingPathComponent(name) }

  func folder(named name: String) -> String { file(name) }

  func isComplete(_ entry: BatchEntry) -> Bool {
    guard entry.status == .done, entry.options == checksum, entry.file?.matches(fileAt: entry.path) == true else {
      return false
    }
    let folder = URL(fileURLWithPath: folder(named: entry.result), isDirectory: true)
    return FolderManifest(readFrom: folder)?.isWhole(in: folder) == true
  }

  /// An entry that an earlier run has begun and not ended: done if a new result is there, otherwise still to be done.
  func settle(_ index: Int) {
    let entry = record.images[index]
    guard entry.hasSequel != true else { return }
    let folder = URL(fileURLWithPath: folder(named: entry.result), isDirectory: true)
    if let manifest = FolderManifest(readFrom: folder), manifest != entry.earlier, manifest.isWhole(in: folder) {
      record.images[index].end(with: folder)
    }
  }

  /// The name of the file without its extension, with a number behind it where that is taken. Names that differ in capitals
  /// alone are one on some disks.
  private func freeName(for input: String) -> String {
    let stem = (fileName(input) as NSString).deletingPathExtension.drop { $0 == "." }
    let base = stem.isEmpty ? "image" : String(stem)
    // What lies there already and is not entered is somebody else's.
    func isTaken(_ name: String) -> Bool { names.contains(name.lowercased()) || AtomicOutput.exists(file(name)) }
    guard isTaken(base) else { return base }
    var number = nextNumbers[base] ?? 2
    while isTaken("\(base)-\(number)") { number += 1 }
    nextNumbers[base] = number
    return "\(base)-\(number)"
  }

  /// From the root; links are followed where the file is there.
  private static func fullPath(of input: String) -> String {
    AtomicOutput.resolved(URL(fileURLWithPath: input).standardizedFileURL.path)
  }

  /// - Parameter isNew: whether the folder may be one that no run has written to.
  static func read(_ path: String, isNew: Bool = false) throws -> BatchRecord? {
    let file = (path as NSString).appendingPathComponent(recordName)
    guard AtomicOutput.exists(file) else {
      if isNew { return nil }
      throw FormatError(
        .cannotWrite, "\(path): holds something else than a batch (there is no \(recordName)); name another folder")
    }
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    do { return try decoder.decode(BatchRecord.self, from: try Data(contentsOf: URL(fileURLWithPath: file))) } catch {
      throw FormatError(
        .unusable,
        "\(file): is not the record of a batch, so it is not known what was done; name another folder (the results in this one stay as they are)"
      )
    }
  }
}
