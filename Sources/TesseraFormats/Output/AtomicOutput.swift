import Foundation
import Synchronization
import TesseraNumerics

/// Results that appear whole or not at all: written beside their place under a hidden name, then renamed.
///
/// A program that is killed leaves `.NAME.unfinished-` and eight digits behind, which may be removed.
public enum AtomicOutput {
  /// A folder may be replaced only if it is empty or holds this file, which every result folder has.
  public static let folderMarker = "summary.json"

  private static let unfinished = Mutex<Set<String>>([])

  /// Writes one file. `write` gets the path of a temporary file in the same folder, which it must create.
  ///
  /// - Parameter replacing: whether an existing file gives way; otherwise it is an error.
  public static func file<Value>(
    at path: String, replacing: Bool = false, _ write: (String) throws -> Value
  ) throws -> Value {
    try checkPlace(path, replacing: replacing)
    if isFolder(path) { throw FormatError(.cannotWrite, "\(path): is a folder; name a file") }
    return try place(path, write) { rename($0, path) == 0 }
  }

  /// Writes bytes as one file.
  public static func file(at path: String, replacing: Bool = false, contents: Data) throws {
    try file(at: path, replacing: replacing) { temporary in
      do { try contents.write(to: URL(fileURLWithPath: temporary)) } catch { throw outputFailure(error, at: path) }
    }
  }

  /// Writes a folder. `fill` gets the URL of a new, empty folder beside the final place.
  ///
  /// With `replacing`, an earlier result folder is exchanged for the new one; a folder that holds something else than
  /// a result is never removed.
  public static func folder<Value>(
    at path: String, replacing: Bool = false, _ fill: (URL) throws -> Value
  ) throws -> Value {
    try checkPlace(path, replacing: replacing)
    if exists(path) && !isReplaceableFolder(path) {
      throw FormatError(
        .cannotWrite,
        "\(path): is not a result folder (it contains no \(folderMarker)), so \(setting("force")) does not "
          + "replace it; name another"
      )
    }
    return try place(path) { temporary in
      do {
        try FileManager.default.createDirectory(atPath: temporary, withIntermediateDirectories: false)
      } catch { throw outputFailure(error, at: path) }
      return try fill(URL(fileURLWithPath: temporary, isDirectory: true))
    } rename: { temporary in
      guard exists(path) else { return rename(temporary, path) == 0 }
      let aside = hiddenName(beside: path)
      guard rename(path, aside) == 0 else { return false }
      if rename(temporary, path) == 0 {
        try? FileManager.default.removeItem(atPath: aside)
        return true
      }
      _ = rename(aside, path)
      return false
    }
  }

  /// Throws what `file` and `folder` would throw for a place that is taken or cannot be written.
  ///
  /// Long computations call it first, so that a wrong `--output` is said at once.
  public static func checkPlace(_ path: String, replacing: Bool) throws {
    if exists(path) && !replacing {
      throw FormatError(
        .cannotWrite, "\(path): exists already; use \(setting("force")) to replace it, or give another name")
    }
    let parent = parentFolder(of: path)
    guard isFolder(parent) else {
      throw FormatError(
        .cannotWrite, "\(path): the folder \(parent) does not exist; create it or name another")
    }
    guard access(parent, W_OK) == 0 else {
      throw FormatError(.cannotWrite, "\(path): the folder \(parent) is not writable; name another")
    }
  }

  /// Makes the folder that several results go into; nothing happens where it exists.
  public static func makeFolder(at path: String) throws {
    if isFolder(path) { return }
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch { throw outputFailure(error, at: path) }
  }

  /// Removes what unfinished calls have written so far; for a program that was told to stop.
  public static func removeUnfinished() {
    for path in unfinished.withLock({ $0 }) { try? FileManager.default.removeItem(atPath: path) }
  }

  private static func place<Value>(
    _ path: String, _ write: (String) throws -> Value, rename: (String) -> Bool
  ) throws -> Value {
    let temporary = hiddenName(beside: path)
    unfinished.withLock { _ = $0.insert(temporary) }
    defer {
      try? FileManager.default.removeItem(atPath: temporary)
      unfinished.withLock { _ = $0.remove(temporary) }
    }
    let value = try write(temporary)
    guard rename(temporary) else {
      throw FormatError(.cannotWrite, "\(path): cannot be put in place (\(String(cString: strerror(errno))))")
    }
    return value
  }

  private static func hiddenName(beside path: String) -> String {
    "\(parentFolder(of: path))/.\(fileName(path)).unfinished-\(UUID().uuidString.prefix(8))"
  }

  private static func parentFolder(of path: String) -> String {
    // Foundation's deletingLastPathComponent traps on a path of one character.
    let parts = path.split(separator: "/", omittingEmptySubsequences: true).dropLast()
    let parent = parts.joined(separator: "/")
    return path.hasPrefix("/") ? "/" + parent : parent.isEmpty ? "." : parent
  }

  private static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

  private static func isFolder(_ path: String) -> Bool {
    var folder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &folder) && folder.boolValue
  }

  private static func isReplaceableFolder(_ path: String) -> Bool {
    guard isFolder(path), let names = try? FileManager.default.contentsOfDirectory(atPath: path) else { return false }
    return names.isEmpty || names.contains(folderMarker)
  }
}

/// An error of Foundation while writing, as a sentence about the result.
func outputFailure(_ error: any Error, at path: String) -> FormatError {
  let system = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
  let full = [Int(ENOSPC), Int(EDQUOT), Int(EIO)].contains(system?.code ?? 0)
  let reason = system.map { String(cString: strerror(Int32($0.code))) } ?? error.localizedDescription
  return FormatError(full ? .inputOutput : .cannotWrite, "\(path): cannot be written (\(reason))")
}
