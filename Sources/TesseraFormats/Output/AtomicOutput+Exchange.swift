import Foundation

/// An earlier result folder gives way to a new one.
extension AtomicOutput {
  /// Every result folder has had this file, also before there were manifests.
  private static let formerMarker = "summary.json"

  /// Whether the program wrote a folder.
  static func isResult(_ folder: URL) -> Bool {
    FolderManifest(readFrom: folder) != nil
      || FileManager.default.fileExists(atPath: folder.appendingPathComponent(formerMarker).path)
  }

  /// Brings what the program did not write from an earlier result folder into the new one: by hard links, so that each file is in
  /// both until the earlier folder goes. Where an earlier folder has no manifest, that is all that the new result does not
  /// write itself.
  static func keepForeignFiles(of earlier: URL, in folder: URL) throws {
    let ours = Set(FolderManifest(readFrom: earlier)?.files.map(\.path) ?? []).union([FolderManifest.name])
    for path in FolderManifest.paths(in: earlier) where !ours.contains(path) {
      let (from, to) = (earlier.appendingPathComponent(path), folder.appendingPathComponent(path))
      guard !FileManager.default.fileExists(atPath: to.path) else { continue }
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
