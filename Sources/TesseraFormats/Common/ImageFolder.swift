import Foundation
import TesseraHDF5

/// The image files of folders and patterns.
public enum ImageFolder {
  /// Extensions of image files that are taken whatever they begin with, so that a damaged one costs a sentence and is not passed
  /// over.
  private static let extensions: Set = [
    "dm3", "dm4", "emd", "h5", "hdf5", "hspy", "nxs", "ser", "emi", "mrc", "mrcs", "tif", "tiff", "png", "jpg", "jpeg",
    "bmp",
    "npy", "npz",
  ]

  /// The files that a list of files, folders and patterns means: in the order in which they are typed, each once.
  ///
  /// A folder means the image files in it, by name; its subfolders are not entered. A pattern (`*`, `?`, `[...]`) is looked
  /// up where there is no file of that name. A file is taken as it is, even where there is none: reading it says so.
  /// - Throws: `FormatError` where a folder holds no image or a pattern matches nothing.
  public static func files(of typed: [String]) throws(FormatError) -> [String] {
    var files: [String] = []
    var seen: Set<String> = []
    func add(_ file: String) { if seen.insert(AtomicOutput.resolved(file)).inserted { files.append(file) } }
    for word in typed {
      if AtomicOutput.isFolder(word) {
        let images = try images(in: word)
        if images.isEmpty {
          throw FormatError(
            .missing, "\(word): there is no image in this folder; name files, or a folder that holds some")
        }
        images.forEach(add)
      } else if !AtomicOutput.exists(word), word.contains(where: { "*?[".contains($0) }) {
        let matches = matches(of: word)
        if matches.isEmpty { throw FormatError(.missing, "\(word): no file has such a name; check the pattern") }
        for match in matches {
          if AtomicOutput.isFolder(match) { try images(in: match).forEach(add) } else { add(match) }
        }
      } else {
        add(word)
      }
    }
    return files
  }

  /// The image files that lie in a folder, by name; hidden ones are left out. Text, tables and reports are no images.
  ///
  /// - Throws: `FormatError` where the folder cannot be read.
  public static func images(in folder: String) throws(FormatError) -> [String] {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
      throw FormatError(.missing, "\(folder): the folder cannot be read; check its name and rights")
    }
    let visible = names.filter { !$0.hasPrefix(".") }.sorted {
      Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8))
    }
    return visible.map { (folder as NSString).appendingPathComponent($0) }.filter(isImage)
  }

  /// By its extension, or by what it begins with.
  private static func isImage(_ path: String) -> Bool {
    guard FileStamp.Glance(of: path) != nil else { return false }
    if extensions.contains((path as NSString).pathExtension.lowercased()) { return true }
    guard let file = try? FileBytes(path: path), let format = try? FileFormat.of(file) else { return false }
    return format.name != "text"
  }

  private static func matches(of pattern: String) -> [String] {
    var found = glob_t()
    defer { globfree(&found) }
    guard glob(pattern, 0, nil, &found) == 0, let paths = found.gl_pathv else { return [] }
    return (0..<Int(found.gl_pathc)).compactMap { paths[$0].map { String(cString: $0) } }
  }
}
