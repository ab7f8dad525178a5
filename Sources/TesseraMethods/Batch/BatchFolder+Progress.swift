import Foundation
import TesseraFormats
import TesseraNumerics

/// What becomes of the inputs of a batch, one by one, and when `batch.json` and `batch.csv` say it.
extension BatchFolder {
  /// Whether an input is to be done by this run.
  public enum Claim: Sendable {
    /// It is to be done, and no other run does it before this one gives it back.
    case free
    /// Its result lies there.
    case complete
    /// Another run is doing it.
    case elsewhere
  }

  /// Takes an input, so that no other run that shares them does it too; `giveBack` lets others have it.
  /// - Throws: `FormatError` where the file system of the folder has no locks.
  public func claim(_ job: Job) throws -> Claim {
    guard let shared else { return job.isComplete ? .complete : .free }
    guard try shared.locks.take(job.index + 1) else { return .elsewhere }
    // Only now: another run may have done it a moment ago.
    if let entry = entries.entry(at: job.index), entry.path == record.images[job.index].path {
      record.images[job.index] = entry
    }
    if record.images[job.index].status == .running { settle(job.index) }
    guard isComplete(record.images[job.index]) else { return .free }
    giveBack(job)
    return .complete
  }

  /// Lets other runs have an input that was taken.
  public func giveBack(_ job: Job) { shared?.locks.giveBack(job.index + 1) }

  /// Enters that an input is begun, with the file as it is now.
  ///
  /// - Parameters:
  ///   - job: of those that `jobs(for:anew:)` of this folder gave.
  ///   - hasSequel: whether the command goes on with the result after it was put in its place.
  /// - Throws: `FormatError` where there is no such file or the folder cannot be written.
  public func begin(_ job: Job, hasSequel: Bool = false) throws {
    var entry = record.images[job.index]
    (entry.input, entry.status, entry.options) = (job.input, .running, checksum)
    (entry.file, entry.hasSequel) = (nil, hasSequel ? true : nil)
    entry.earlier = FolderManifest(readFrom: URL(fileURLWithPath: folder(of: job), isDirectory: true))
    record.images[job.index] = entry
    record.images[job.index].file = try FileStamp(of: entry.path)
    try enter(job)
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
    try enter(job)
  }

  /// Enters why an input has no result.
  public func fail(_ job: Job, message: String, exitStatus: Int32, seconds: Double) throws {
    record.images[job.index].fail(message, exitStatus: exitStatus, seconds: seconds)
    try enter(job)
  }

  /// Writes the entry of an input; from time to time that of all.
  private func enter(_ job: Job) throws {
    if shared == nil && writing.isDue { return try write() }
    if shared == nil { try entries.make() }
    hasUnwritten = true
    try entries.write(record.images[job.index], at: job.index)
  }

  /// Whether the last try of an input failed.
  public func isFailure(_ job: Job) -> Bool { record.images[job.index].status == .failed }

  /// Writes `batch.json` and `batch.csv` if they do not say all and were not written a moment ago.
  public func writeIfDue() throws { if hasUnwritten && writing.isDue { try write() } }

  /// Writes `batch.json` and `batch.csv`; for a run that has the folder alone.
  public func write() throws {
    try writing.measure { try writeRecord() }
    if hasUnwritten || AtomicOutput.exists(entries.folder) { entries.remove() }
    hasUnwritten = false
  }

  func writeRecord() throws {
    record.count()
    try AtomicOutput.file(
      at: file(Self.recordName), replacing: true, contents: try JSONEncoder.forResults().document(record))
    try AtomicOutput.file(at: file(Self.tableName), replacing: true, contents: record.csv)
  }

  /// Enters all that was done; of runs that share the inputs the last does.
  ///
  /// - Returns: false where others are still at work.
  public func finish() throws -> Bool {
    if shared != nil {
      guard lock.becomeExclusive(), let latest = try Self.read(path) else { return false }
      record = latest
      takeEntries()
    }
    try write()
    return true
  }
}
