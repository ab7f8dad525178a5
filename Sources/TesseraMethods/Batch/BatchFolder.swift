import Foundation
import TesseraFormats
import TesseraNumerics

/// The folder of a batch: a result folder for each input, `batch.json` and `batch.csv`.
///
/// What is written is always true, wherever the program is stopped: an input is entered before its result appears, each result
/// appears whole or not at all, and each file is replaced by renaming. One program at a time works in a folder.
public final class BatchFolder {
  /// Name of the file that holds the record, which the next run on the folder reads.
  public static let recordName = "batch.json"
  /// Name of the table with one row per input that ended.
  public static let tableName = "batch.csv"

  /// Path of the folder, as given.
  public let path: String
  /// Every input that was entered so far and what became of it; `write()` puts it into the folder.
  public private(set) var record: BatchRecord
  private let checksum: String
  /// Of each input by its path, its place in the record; and the names that are taken, in small letters.
  private var places: [String: Int]
  private var names: Set<String>
  private let lock: FolderLock

  /// Opens the folder of a batch, or makes it.
  ///
  /// - Parameter anew: whether the folder may take on other options than those of its results.
  /// - Throws: `FormatError` for a folder that holds something else, belongs to other options, or in which a run is at work.
  public init(at path: String, options: BatchOptions, anew: Bool = false, version: String = TesseraVersion.current)
    throws
  {
    if AtomicOutput.isFile(path) {
      throw FormatError(.cannotWrite, "\(path): is a file; name a folder for the results")
    }
    try AtomicOutput.makeFolder(at: path)
    lock = try FolderLock(of: path)
    AtomicOutput.removeLeavings(in: path)
    (self.path, checksum) = (path, options.checksum)
    let earlier = try Self.read(path) ?? BatchRecord(options: options, version: version)
    record = earlier
    places = Dictionary(earlier.images.enumerated().map { ($1.path, $0) }, uniquingKeysWith: { first, _ in first })
    names = Set(
      (earlier.images.map(\.result) + [Self.recordName, Self.tableName, SeriesReport.name] + ParticleSeries.names).map {
        $0.lowercased()
      })
    let isOther = record.options.command != options.command || record.images.contains { $0.options != checksum }
    // A run that takes on other options and is interrupted has entered them.
    if isOther && !anew && record.options != options {
      throw FormatError(
        .cannotWrite,
        "\(path): its results were made with other options (\(record.options.text)); give these, name another folder (or "
          + "\(setting("force")), to do the inputs again)")
    }
    (record.options, record.version) = (options, version)
    for index in record.images.indices where record.images[index].status == .running { settle(index) }
  }

  /// An input of a batch.
  public struct Job: Sendable {
    /// The input as given: the path of an image.
    public let input: String
    let index: Int
    /// Whether its result lies there: whole, of this file and of these options.
    public let isComplete: Bool
  }

  /// Enters inputs and says which of them are to be done.
  ///
  /// - Parameter anew: whether those that are complete are done again.
  public func jobs(for inputs: [String], anew: Bool = false) -> [Job] {
    inputs.map { input in
      let path = Self.fullPath(of: input)
      guard let index = places[path] else {
        let result = freeName(for: input)
        (places[path], _) = (record.images.count, names.insert(result.lowercased()))
        record.images.append(BatchEntry(input: input, path: path, result: result, options: checksum))
        return Job(input: input, index: record.images.count - 1, isComplete: false)
      }
      return Job(input: input, index: index, isComplete: !anew && isComplete(record.images[index]))
    }
  }

  /// The result folder of an input.
  public func folder(of job: Job) -> String { self.folder(named: record.images[job.index].result) }

  /// Whether an input failed, and the file is still that which failed.
  public func hasFailed(_ job: Job) -> Bool {
    let entry = record.images[job.index]
    return entry.status == .failed && entry.options == checksum && entry.file?.matches(fileAt: entry.path) == true
  }

  /// Enters that an input is begun, with the file as it is now.
  ///
  /// - Parameter hasSequel: whether the command goes on with the result after it was put in its place.
  /// - Throws: `FormatError` where there is no such file or the folder cannot be written.
  public func begin(_ job: Job, hasSequel: Bool = false) throws {
    var entry = record.images[job.index]
    (entry.input, entry.status, entry.options) = (job.input, .running, checksum)
    (entry.file, entry.hasSequel) = (nil, hasSequel ? true : nil)
    entry.earlier = FolderManifest(readFrom: URL(fileURLWithPath: folder(of: job), isDirectory: true))
    record.images[job.index] = entry
    record.images[job.index].file = try FileStamp(of: entry.path)
    try write()
  }

  /// Enters that the result of an input lies in its folder.
  ///
  /// - Throws: `DataError` where the file changed while it was read; the result is then of no known file, and the input failed.
  public func end(_ job: Job, seconds: Double) throws {
    let entry = record.images[job.index]
    guard entry.file.map({ $0.matches(fileAt: entry.path) }) == true else {
      throw DataError("\(fileName(entry.input)): the file changed while it was read; run the same command again")
    }
    record.images[job.index].end(with: URL(fileURLWithPath: folder(of: job)), seconds: seconds)
    try write()
  }

  /// Enters why an input has no result.
  public func fail(_ job: Job, message: String, exitStatus: Int32, seconds: Double) throws {
    record.images[job.index].fail(message, exitStatus: exitStatus, seconds: seconds)
    try write()
  }

  /// Writes `batch.json` and `batch.csv`.
  public func write() throws {
    record.count()
    try AtomicOutput.file(
      at: file(Self.recordName), replacing: true, contents: try JSONEncoder.forResults().document(record))
    try AtomicOutput.file(at: file(Self.tableName), replacing: true, contents: record.csv)
  }

  /// The images that have a result, and the paths of their folders, in the order in which they were given first.
  public var results: [(image: String, folder: String)] {
    record.images.filter { $0.status == .done }.map { ($0.input, folder(named: $0.result)) }
  }

  /// Writes `report.html` over all inputs that ended.
  /// - Parameter sections: chapters of the command on all images together.
  public func writeReport(sections: [ReportDocument.Section] = []) throws {
    let entries = record.images.compactMap { image -> SeriesReport.Entry? in
      switch image.status {
      case .done: .init(image: image.input, folder: image.result, in: path)
      case .failed: .init(image: image.input, message: image.message)
      case .waiting, .running: nil
      }
    }
    try SeriesReport(entries, command: record.options.text, sections: sections).write(to: path, replacing: true)
  }

  private func file(_ name: String) -> String { (path as NSString).appendingPathComponent(name) }

  private func folder(named name: String) -> String { file(name) }

  private func isComplete(_ entry: BatchEntry) -> Bool {
    guard entry.status == .done, entry.options == checksum, entry.file?.matches(fileAt: entry.path) == true else {
      return false
    }
    let folder = URL(fileURLWithPath: folder(named: entry.result), isDirectory: true)
    return FolderManifest(readFrom: folder)?.isWhole(in: folder) == true
  }

  /// An entry that an earlier run has begun and not ended: done if a new result is there, otherwise still to be done.
  private func settle(_ index: Int) {
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
    var (name, number) = (base, 1)
    // What lies there already and is not entered is somebody else's.
    while names.contains(name.lowercased()) || AtomicOutput.exists(file(name)) {
      number += 1
      name = "\(base)-\(number)"
    }
    return name
  }

  /// From the root; links are followed where the file is there.
  private static func fullPath(of input: String) -> String {
    AtomicOutput.resolved(URL(fileURLWithPath: input).standardizedFileURL.path)
  }

  private static func read(_ path: String) throws -> BatchRecord? {
    let file = (path as NSString).appendingPathComponent(recordName)
    guard AtomicOutput.exists(file) else {
      if AtomicOutput.isEmptyFolder(path) { return nil }
      throw FormatError(
        .cannotWrite, "\(path): holds something else than a batch (there is no \(recordName)); name another folder")
    }
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    do { return try decoder.decode(BatchRecord.self, from: try Data(contentsOf: URL(fileURLWithPath: file))) } catch {
      throw FormatError(
        .unusable, "\(file): is not the record of a batch; name another folder, or move this file out of the way")
    }
  }
}
