import Foundation
import TesseraFormats
import TesseraHDF5
import TesseraProject

/// Looks for an image that does not lie where its project saw it last: what it holds tells it, whatever it is called.
enum ImageSearch {
  /// The path of the file that holds the image, among those that lie directly in some folders; nil: none does.
  ///
  /// Files of its name come first. Only those of its size are read.
  static func file(of image: ImageReference, in folders: [String]) -> String? {
    for folder in folders {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
      let ordered = names.filter { $0 == image.name } + names.filter { $0 != image.name }.sorted()
      for name in ordered where !name.hasPrefix(".") {
        let path = (folder as NSString).appendingPathComponent(name)
        if holds(path, image) { return path }
      }
    }
    return nil
  }

  /// Whether a file holds the image: its checksum decides.
  static func holds(_ path: String, _ image: ImageReference) -> Bool {
    guard FileStamp.Glance(of: path)?.bytes == image.stamp.bytes else { return false }
    return (try? FileStamp(of: path))?.isSameFile(as: image.stamp) ?? false
  }

  /// A path as a person types or pastes it: relative to a folder, with `~`, in quotation marks, or as an address of a file.
  static func path(typed text: String, in folder: URL) -> String {
    var path = text.trimmingCharacters(in: .whitespacesAndNewlines)
    for mark in ["'", "\""] where path.count > 1 && path.hasPrefix(mark) && path.hasSuffix(mark) {
      path = String(path.dropFirst().dropLast())
    }
    if path.hasPrefix("file:"), let url = URL(string: path), url.isFileURL { path = url.path }
    return URL(fileURLWithPath: (path as NSString).expandingTildeInPath, relativeTo: folder).standardizedFileURL.path
  }
}

extension FileStamp {
  /// Whether the bytes are the same, wherever and since when they lie there.
  func isSameFile(as other: FileStamp) -> Bool { bytes == other.bytes && crc32 == other.crc32 }
}
