import Foundation
import TesseraFormats
import TesseraHDF5
import TesseraImaging
import TesseraNumerics
import TesseraProject

/// Projects whose images are not where they were: nothing of them is lost, but without its image a project shows nothing.
extension ProjectShelf {
  /// A project that waits for its image.
  struct Lost: Sendable {
    let id: Int
    let file: ProjectFile
    let image: ImageReference
  }

  /// What the page says of it.
  struct LostDocument: Encodable, Sendable {
    let id: Int
    /// Name of the project file.
    let project: String
    /// Where the image was.
    let image: String
    /// Whether another file lies there now.
    let hasChanged: Bool
  }

  var lostImages: [LostDocument] {
    lost.withLock { $0 }.map { lost in
      let path = lost.image.path ?? lost.image.name
      return LostDocument(
        id: lost.id, project: name(of: lost.file, lost.image), image: path,
        hasChanged: FileManager.default.fileExists(atPath: path))
    }
  }

  private func name(of file: ProjectFile, _ image: ImageReference) -> String {
    ((file.path ?? image.name) as NSString).lastPathComponent
  }

  /// Opens a project file. Where its image is gone or has changed, it is looked for beside the project, where the program was started
  /// and where it was; where none of these has it, the page asks.
  func openProject(at path: String) throws {
    guard FileManager.default.fileExists(atPath: path) else {
      throw FormatError(.missing, "\(path): does not exist")
    }
    // As the projects of images are named, so that none is opened twice.
    let absolute = URL(fileURLWithPath: path).standardizedFileURL
    let file = try ProjectFile(path: absolute.path)
    guard let image = try file.image() else {
      throw FormatError(.unusable, "\(path): is a project without an image; name the image instead")
    }
    guard let place = image.path, !image.stamp.matches(fileAt: place) else {
      try add(file, image) { try self.micrograph(of: file, image, in: $0) }
      return
    }
    let folders = [
      absolute.deletingLastPathComponent().path, folder.path, (place as NSString).deletingLastPathComponent,
    ]
    if let found = ImageSearch.file(of: image, in: folders) {
      try openMoved(file, image, to: found)
      tools.warn("\(path): its image \(place) is now \(found), as its checksum tells")
    } else {
      lost.withLock { $0.append(Lost(id: ($0.last?.id ?? 0) + 1, file: file, image: image)) }
      let fact = FileManager.default.fileExists(atPath: place) ? "has changed" : "is gone"
      tools.warn("\(path): its image \(place) \(fact); the page asks where the image is now")
    }
  }

  @discardableResult
  private func openMoved(_ file: ProjectFile, _ image: ImageReference, to path: String) throws -> ProjectSession {
    let micrograph = try tools.open(path)
    let moved = ImageReference(name: micrograph.name, path: path, stamp: try FileStamp(of: path))
    try file.setImage(moved)
    return try add(file, moved) { _ in micrograph }
  }

  /// Opens a project that waits for its image.
  ///
  /// - Parameter typed: path of the image, or of the folder that holds it, as a person wrote it.
  /// - Throws: `FormatError` where nothing is there, `DataError` where it is another image.
  func find(_ id: Int, at typed: String) throws -> ProjectSession {
    try door.withLock { _ in
      guard let waiting = lost.withLock({ $0.first { $0.id == id } }) else {
        throw DataError("no project waits for this image any more")
      }
      let path = ImageSearch.path(typed: typed, in: folder)
      let project = name(of: waiting.file, waiting.image)
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
        throw FormatError(.missing, "\(path): there is no such file or folder; give the whole path")
      }
      let found =
        isFolder.boolValue
        ? ImageSearch.file(of: waiting.image, in: [path]) : ImageSearch.holds(path, waiting.image) ? path : nil
      guard let found else {
        throw DataError(
          isFolder.boolValue
            ? "no file in \(path) is the image of \(project): none has its checksum"
            : "\(path) is not the image of \(project): its checksum is another")
      }
      let session = try openMoved(waiting.file, waiting.image, to: found)
      lost.withLock { $0.removeAll { $0.id == id } }
      return session
    }
  }

  /// Opens the project that waits for an image which came through the page, and keeps a copy; nil: none does.
  func findLost(_ image: ImageReference, upload file: URL, _ micrograph: Micrograph) throws -> ProjectSession? {
    let waiting = lost.withLock { $0.first { $0.image.stamp.isSameFile(as: image.stamp) } }
    guard let waiting else { return nil }
    _ = try waiting.file.keep(filesIn: file.deletingLastPathComponent(), as: .image)
    try waiting.file.setImage(image)
    let session = try add(waiting.file, image) { _ in micrograph }
    lost.withLock { $0.removeAll { $0.id == waiting.id } }
    return session
  }

  // MARK: Images that were moved or renamed, and are opened where they are now

  /// The project, in the folder of the projects, of an image that lay at a path; nil: there is none.
  func project(ofImageAt path: String) -> String? {
    let place = URL(fileURLWithPath: path).standardizedFileURL.path
    return projects { $0.path == place }
  }

  /// The project of an image that lies elsewhere by now, or has been renamed; nil: there is none.
  func project(ofMoved image: ImageReference) -> String? {
    projects { known in
      guard let place = known.path, known.stamp.isSameFile(as: image.stamp) else { return false }
      return place == image.path || !FileManager.default.fileExists(atPath: place)
    }
  }

  /// The first project by name whose image meets a condition.
  private func projects(_ isMeant: (ImageReference) -> Bool) -> String? {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    let ending = "." + ProjectFile.fileExtension
    return names.filter { $0.hasSuffix(ending) }.sorted().map { folder.appendingPathComponent($0).path }
      .first { path in
        guard !all.contains(where: { $0.projectPath == path }) else { return false }
        return ProjectFile.image(ofProjectAt: path).map(isMeant) ?? false
      }
  }
}
