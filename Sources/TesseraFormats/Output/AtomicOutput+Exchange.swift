import Foundation

/// An earlier result folder gives way to a new one.
extension AtomicOutput {
  /// Most result folders have had this file, also before there were manifests.
  private static let formerMarker = "summary.json"

  /// Whether the program wrote a folder. Where there is a manifest, it alone decides.
  static func isResult(_ folder: URL) -> Bool {
    if FileManager.default.fileExists(atPath: folder.appendingPathComponent(FolderManifest.name).path) {
      return FolderManifest(readFrom: folder) != nil
    }
    return isOwnSummary(folder.appendingPathComponent(formerMarker))
  }

  /// Whether a file is a `summary.json` of this program; others write files of that name too. All of its own have had these keys.
  private static func isOwnSummary(_ file: URL) -> Bool {
    guard let data = try? Data(contentsOf: file, options: .alwaysMapped), data.count < 1 << 26,
      let summary = try? JSONSerialization.jsonObject(with: data) as? [String: Any]
    else { return false }
    return summary["version"] is String && summary["timings"] is [String: Any] && summary["warnings"] is [Any]
  }

  /// Brings what the program did not write from an earlier result folder into the new one: by hard links, so that each file is in
  /// both until the earlier folder goes. Where an earlier folder has no manifest, that is all that the new result does not
  /// write itself.
  /// - Throws: where the new result has a file of the same name as one that the program did not write.
  static func keepForeignFiles(of earlier: URL, in folder: URL, called name: String) throws {
    let manifest = FolderManifest(readFrom: earlier)
    let ours = Set(manifest?.files.map(\.path) ?? []).union([FolderManifest.name])
    for path in FolderManifest.paths(in: earlier) where !ours.contains(path) {
      let (from, to) = (earlier.appendingPathComponent(path), folder.appendingPathComponent(path))
      guard !FileManager.default.fileExists(atPath: to.path) else {
        if manifest == nil { continue }
        throw FormatError(
          .cannotWrite,
          "\(name): the file \(path) in this folder was not written by Tessera, and the result has one of the same name; move "
            + "the file away, or name another folder")
      }
      try FileManager.default.createDirectory(at: to.deletingLastPathComponent(), withIntermediateDirectories: true)
      if link(from.path, to.path) != 0 { try FileManager.default.copyItem(at: from, to: to) }
    }
  }

  /// Puts a new folder in the place of an earlier one, which then goes with the temporary name.
  static func exchange(_ temporary: String, _ target: String) -> Bool {
    if exchangeAtOnce(temporary, target) { return true }
    // File systems without an exchange: two renames, one after the other.
    let aside = temporary + "-earlier"
    guard rename(target, aside) == 0 else { return false }
    guard rename(temporary, target) == 0 else {
      _ = rename(aside, target)
      return false
    }
    try? FileManager.default.removeItem(atPath: aside)
    return true
  }

  /// The kernel's own exchange of two names, called by the name of its function: Swift's module of the C library leaves it out.
  private static func exchangeAtOnce(_ one: String, _ other: String) -> Bool {
    typealias Rename = @convention(c) (Int32, UnsafePointer<CChar>, Int32, UnsafePointer<CChar>, UInt32) -> Int32
    guard let symbol = dlsym(nil, "renameat2") else { return false }
    let exchange: UInt32 = 2
    return unsafeBitCast(symbol, to: Rename.self)(AT_FDCWD, one, AT_FDCWD, other, exchange) == 0
  }
}
