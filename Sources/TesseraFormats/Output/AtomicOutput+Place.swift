import Foundation
import TesseraNumerics

/// Which places may be written to.
extension AtomicOutput {
  /// Throws what `file` and `folder` would throw for a place that is taken or cannot be written.
  ///
  /// Long computations call it first, so that a wrong `--output` is said at once.
  /// - Parameters:
  ///   - path: of the file or folder that is to be written.
  ///   - replacing: whether what the program wrote there before may give way.
  ///   - inputs: the files that the run reads; none of them is ever written to, under whatever name.
  public static func checkPlace(_ path: String, replacing: Bool, inputs: [String] = []) throws {
    try checkNames(of: path)
    if let place = FileIdentity(of: path) {
      if let input = inputs.first(where: { FileIdentity(of: $0) == place }) {
        throw FormatError(
          .cannotWrite, "\(path): is the input \(input) itself, which is never overwritten; give another name")
      }
      if place.kind == .other {
        throw FormatError(.cannotWrite, "\(path): is a device or a pipe; name a file or a folder")
      }
      if place.kind == .folder {
        if let input = inputs.first(where: { contains(path, $0) && isNamed($0, inManifestOf: path) }) {
          throw FormatError(
            .cannotWrite, "\(path): contains the input \(input), which would be replaced; name another folder")
        }
        if isEmptyFolder(path) { return try checkParent(of: path) }
      }
      if !replacing {
        throw FormatError(
          .cannotWrite,
          "\(path): exists already; give another name (or \(setting("force")), to replace what Tessera wrote)")
      }
    }
    try checkParent(of: path)
  }

  /// Throws where the path stands for standard output, and where it or a folder above it is called by bytes that are no UTF-8: Foundation turns these into another name,
  /// and the result would be somewhere else.
  static func checkNames(of path: String) throws {
    if path == "-" {
      throw ParameterError(
        "the result is not one table, so it cannot go to standard output (-); name a file or a folder (./- is a file of that name)"
      )
    }
    if path.contains("\u{FFFD}") {
      throw FormatError(
        .cannotWrite,
        "\(path): the name has bytes that are not UTF-8 (shown as \u{FFFD}), by which nothing can be written; give a name in UTF-8"
      )
    }
    for place in [path, parentFolder(of: path)] {
      guard let real = realpath(place, nil) else { continue }
      defer { free(real) }
      guard String(validatingCString: real) == nil else { continue }
      throw FormatError(
        .cannotWrite,
        "\(path): lies in \(String(cString: real)), a folder whose name is not UTF-8 (shown as \u{FFFD}), where nothing can be "
          + "written; rename the folder, for example with the program convmv, or name a folder elsewhere"
      )
    }
  }

  private static func checkParent(of path: String) throws {
    let parent = parentFolder(of: path)
    guard isFolder(parent) else {
      throw FormatError(.cannotWrite, "\(path): the folder \(parent) does not exist; create it or name another")
    }
    guard access(parent, W_OK) == 0 else {
      throw FormatError(.cannotWrite, "\(path): the folder \(parent) is not writable; name another")
    }
  }

  /// Whether a file lies below a folder.
  private static func contains(_ folder: String, _ file: String) -> Bool {
    relativePath(of: file, below: folder) != nil
  }

  private static func isNamed(_ file: String, inManifestOf folder: String) -> Bool {
    guard let path = relativePath(of: file, below: folder),
      let manifest = FolderManifest(readFrom: URL(fileURLWithPath: folder, isDirectory: true))
    else { return false }
    return manifest.files.contains { $0.path == path }
  }

  private static func relativePath(of file: String, below folder: String) -> String? {
    let (file, folder) = (resolved(file), resolved(folder) + "/")
    return file.hasPrefix(folder) ? String(file.dropFirst(folder.count)) : nil
  }

  /// The place behind all links; the path itself where there is nothing yet.
  package static func resolved(_ path: String) -> String {
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(cString: real)
  }

  package static func exists(_ path: String) -> Bool { FileIdentity(of: path) != nil }

  package static func isFolder(_ path: String) -> Bool { FileIdentity(of: path)?.kind == .folder }

  package static func isEmptyFolder(_ path: String) -> Bool {
    isFolder(path) && (try? FileManager.default.contentsOfDirectory(atPath: path))?.isEmpty == true
  }

  package static func isFile(_ path: String) -> Bool { FileIdentity(of: path)?.kind == .file }

  static func parentFolder(of path: String) -> String {
    // Foundation's deletingLastPathComponent traps on a path of one character.
    let parts = path.split(separator: "/", omittingEmptySubsequences: true).dropLast()
    let parent = parts.joined(separator: "/")
    return path.hasPrefix("/") ? "/" + parent : parent.isEmpty ? "." : parent
  }
}
