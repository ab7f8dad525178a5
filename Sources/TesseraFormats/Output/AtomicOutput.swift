import Foundation
import Synchronization
import TesseraNumerics

/// Results that appear whole or not at all: written beside their place under a hidden name, then renamed.
///
/// A program that is killed leaves `.NAME.unfinished-HOST-PROCESS-` and eight digits behind; the next run that writes the same
/// result on that machine takes it away.
public enum AtomicOutput {
  private static let unfinished = Mutex<Set<String>>([])

  /// Writes one file. `write` gets the path of a temporary file in the same folder, which it must create.
  ///
  /// A link is written through: what it leads to is replaced.
  /// - Parameters:
  ///   - path: of the file.
  ///   - replacing: whether an existing file gives way; otherwise it is an error.
  ///   - write: is given the path of the temporary file and makes it; what it throws leaves nothing behind.
  public static func file<Value>(
    at path: String, replacing: Bool = false, _ write: (String) throws -> Value
  ) throws -> Value {
    try checkPlace(path, replacing: replacing)
    if isFolder(path) { throw FormatError(.cannotWrite, "\(path): is a folder; name a file") }
    let target = resolved(path)
    return try place(target, called: path, write) { rename($0, target) == 0 }
  }

  /// Writes bytes as one file.
  public static func file(at path: String, replacing: Bool = false, contents: Data) throws {
    try file(at: path, replacing: replacing) { try write(contents, to: $0) }
  }

  /// Writes bytes where no result is yet, such as a file of a folder that is being written.
  ///
  /// - Throws: `FormatError` of the kind `inputOutput` where they do not all arrive; Foundation does not always say why.
  package static func write(_ contents: Data, to path: String) throws {
    let output = try OutputBytes(path: path, for: path)
    try contents.withUnsafeBytes { try output.write(RawSpan(_unsafeBytes: $0)) }
    try output.close()
  }

  /// Writes a folder and its manifest. `fill` gets the URL of a new, empty folder beside the final place.
  ///
  /// With `replacing`, the files that the manifest of an earlier result names give way; whatever else the folder holds
  /// stays. A folder that is no result is never touched.
  /// - Parameters:
  ///   - path: of the folder.
  ///   - replacing: whether an earlier result gives way; otherwise it is an error.
  ///   - version: of the program, for the manifest.
  ///   - fill: is given the URL of the new folder and writes the files; what it throws leaves nothing behind.
  public static func folder<Value>(
    at path: String, replacing: Bool = false, version: String, _ fill: (URL) throws -> Value
  ) throws -> Value {
    try checkPlace(path, replacing: replacing)
    let target = resolved(path)
    let earlier = URL(fileURLWithPath: target, isDirectory: true)
    let exists = exists(target)
    if exists && !isEmptyFolder(target) && !isResult(earlier) {
      throw FormatError(
        .cannotWrite,
        "\(path): is not a result folder (it contains no \(FolderManifest.name) of Tessera's), so it is not replaced; name another"
      )
    }
    return try place(target, called: path) { temporary in
      let folder = URL(fileURLWithPath: temporary, isDirectory: true)
      do {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        let value = try fill(folder)
        try FolderManifest(of: folder, version: version).write(to: folder)
        if exists { try keepForeignFiles(of: earlier, in: folder, called: path) }
        return value
      } catch let error as CocoaError { throw outputFailure(error, at: path) }
    } rename: { temporary in
      exists ? exchange(temporary, target) : rename(temporary, target) == 0
    }
  }

  /// Makes the folder that several results go into; nothing happens where it exists.
  public static func makeFolder(at path: String) throws {
    try checkNames(of: path)
    if isFolder(path) { return }
    if exists(path) { throw FormatError(.cannotWrite, "\(path): is no folder; name a folder for the results") }
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch { throw outputFailure(error, at: path) }
  }

  /// Removes what unfinished calls have written so far; for a program that was told to stop.
  public static func removeUnfinished() {
    for path in unfinished.withLock({ $0 }) { try? FileManager.default.removeItem(atPath: path) }
  }

  /// - Parameters:
  ///   - path: behind all links.
  ///   - name: how messages call it.
  private static func place<Value>(
    _ path: String, called name: String, _ write: (String) throws -> Value, rename: (String) -> Bool
  ) throws -> Value {
    removeLeavings(beside: path)
    let temporary = "\(parentFolder(of: path))/\(hiddenPrefix(of: path))\(getpid())-\(UUID().uuidString.prefix(8))"
    unfinished.withLock { _ = $0.insert(temporary) }
    defer {
      try? FileManager.default.removeItem(atPath: temporary)
      unfinished.withLock { _ = $0.remove(temporary) }
    }
    let value: Value
    do { value = try write(temporary) } catch let error as FormatError {
      // Of what is written under the hidden name users know the place where it will be.
      throw FormatError(error.kind, error.description.replacing(temporary, with: name))
    }
    guard rename(temporary) else {
      throw FormatError(.cannotWrite, "\(name): cannot be put in place (\(String(cString: strerror(errno))))")
    }
    return value
  }

  /// `.NAME.unfinished-HOST-`; a process of the same number on another machine may still write.
  private static func hiddenPrefix(of path: String) -> String {
    ".\(fileName(path))\(unfinishedMark)"
  }

  private static var unfinishedMark: String {
    let host = ProcessInfo.processInfo.hostName.prefix { $0 != "." }.filter { $0.isLetter || $0.isNumber }
    return ".unfinished-\(host)-"
  }

  /// Takes away what killed processes of this machine have left in a folder, of whatever results.
  package static func removeLeavings(in folder: String) {
    for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
      if let mark = name.range(of: unfinishedMark), name.hasPrefix(".") {
        removeLeaving(name, in: folder, prefix: String(name[..<mark.upperBound]))
      }
    }
  }

  /// Takes away what killed processes of this machine have left of the same result.
  private static func removeLeavings(beside path: String) {
    let (folder, prefix) = (parentFolder(of: path), hiddenPrefix(of: path))
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    for name in names where name.hasPrefix(prefix) { removeLeaving(name, in: folder, prefix: prefix) }
  }

  /// - Parameter prefix: what stands before the number of the process that wrote it.
  private static func removeLeaving(_ name: String, in folder: String, prefix: String) {
    guard let process = pid_t(name.dropFirst(prefix.count).prefix { $0 != "-" }), process != getpid() else { return }
    if kill(process, 0) != 0 && errno == ESRCH { try? FileManager.default.removeItem(atPath: "\(folder)/\(name)") }
  }
}

/// An error of Foundation while writing, as a sentence about the result.
func outputFailure(_ error: any Error, at path: String) -> FormatError {
  let system = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
  // Foundation says of a full disk that it is full, but not always by which error of the system.
  let isFull = (error as? CocoaError)?.code == .fileWriteOutOfSpace
  let code = isFull ? Int(ENOSPC) : system?.code
  let full = [Int(ENOSPC), Int(EDQUOT), Int(EFBIG), Int(EIO)].contains(code ?? 0)
  let reason = code.map { String(cString: strerror(Int32($0))) } ?? error.localizedDescription
  return FormatError(full ? .inputOutput : .cannotWrite, "\(path): cannot be written (\(reason))")
}
