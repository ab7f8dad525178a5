import Foundation

/// The folder that these tests were built from.
package enum Repository {
  package static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// Micrographs of real instruments, which lie beside the repository where somebody has put them there.
  package static let sharedImages = root.deletingLastPathComponent().appending(path: "shared/data/images")

  /// Small files made after bug reports of other programs, a folder each.
  package static let sharedCases = sharedImages.deletingLastPathComponent().appending(path: "cases")

  /// Real images on which an earlier version misled.
  package static let sharedHardImages = sharedImages.deletingLastPathComponent().appending(path: "hard")

  package static let hasSharedHardImages = FileManager.default.fileExists(atPath: sharedHardImages.path)

  package static let hasSharedCases = FileManager.default.fileExists(atPath: sharedCases.path)

  package static let hasSharedImages = FileManager.default.fileExists(atPath: sharedImages.path)

  /// The text of a file, by its path from the root.
  package static func text(of path: String) throws -> String {
    try String(contentsOf: root.appending(path: path), encoding: .utf8)
  }
}
