import Foundation

extension FolderManifest {
  /// Whether a folder still holds every file of this manifest, in its length.
  public func isWhole(in folder: URL) -> Bool {
    files.allSatisfy { FileStamp.Glance(of: folder.appendingPathComponent($0.path).path)?.bytes == $0.bytes }
  }
}
