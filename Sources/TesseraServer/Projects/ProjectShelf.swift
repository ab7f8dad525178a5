import Foundation
import Synchronization
import TesseraFormats
import TesseraHDF5
import TesseraImaging
import TesseraNumerics
import TesseraProject

/// The projects that are open.
///
/// The project of an image is the file `NAME.tessera-project` in the folder in which the program was started; where that is the
/// project of another image of this name, `NAME-2.tessera-project`, and so on.
final class ProjectShelf: Sendable {
  private let tools: ScreenTools
  /// Where project files go.
  private let folder: URL
  /// For uploads and unpacked results; goes when the program ends.
  private let workFolder: URL
  private let sessions = Mutex<[ProjectSession]>([])
  /// One project is opened at a time, so that each has a number and a file of its own.
  private let door = Mutex(())

  init(folder: URL, workFolder: URL, tools: ScreenTools) {
    (self.folder, self.workFolder, self.tools) = (folder, workFolder, tools)
  }

  var all: [ProjectSession] { sessions.withLock { $0 } }

  /// - Throws: `DataError` where there is no such project.
  func session(_ id: Int) throws -> ProjectSession {
    guard let session = all.first(where: { $0.id == id }) else { throw DataError("there is no project \(id)") }
    return session
  }

  /// Opens a project file, or the project of an image, which is begun where there is none.
  @discardableResult
  func open(_ path: String) throws -> ProjectSession { try door.withLock { _ in try opened(path) } }

  private func opened(_ path: String) throws -> ProjectSession {
    if (path as NSString).pathExtension == ProjectFile.fileExtension {
      guard FileManager.default.fileExists(atPath: path) else {
        throw FormatError(.missing, "\(path): does not exist")
      }
      let file = try ProjectFile(path: path)
      guard let image = try file.image() else {
        throw FormatError(.unusable, "\(path): is a project without an image; name the image instead")
      }
      return try add(file, image) { try self.micrograph(of: file, image, in: $0) }
    }
    let micrograph = try tools.open(path)
    let reference = ImageReference(
      name: micrograph.name, path: URL(fileURLWithPath: path).standardizedFileURL.path, stamp: try FileStamp(of: path))
    switch try place(of: reference) {
    case .open(let session): return session
    case .file(let file): return try add(file, reference) { _ in micrograph }
    }
  }

  /// Opens an image that came through the page: a file that will go, so the project keeps a copy.
  func open(upload file: URL) throws -> ProjectSession { try door.withLock { _ in try opened(upload: file) } }

  private func opened(upload file: URL) throws -> ProjectSession {
    let micrograph = try tools.open(file.path)
    let reference = ImageReference(name: micrograph.name, path: nil, stamp: try FileStamp(of: file.path))
    switch try place(of: reference) {
    case .open(let session):
      try? FileManager.default.removeItem(at: file.deletingLastPathComponent())
      return session
    case .file(let project):
      if try project.image()?.path == nil, try project.imageBundle() == nil {
        _ = try project.keep(filesIn: file.deletingLastPathComponent(), as: .image)
      }
      return try add(project, reference) { _ in micrograph }
    }
  }

  private func add(
    _ file: ProjectFile, _ image: ImageReference, _ read: (URL) throws -> Micrograph
  ) throws -> ProjectSession {
    let id = sessions.withLock { ($0.last?.id ?? 0) + 1 }
    let own = workFolder.appendingPathComponent("project-\(id)", isDirectory: true)
    try FileManager.default.createDirectory(at: own, withIntermediateDirectories: true)
    let session = try ProjectSession(
      id: id, file: file, image: image, micrograph: try read(own), tools: tools, workFolder: own)
    sessions.withLock { $0.append(session) }
    return session
  }

  /// The image of a project, from where it lies or from the project itself.
  private func micrograph(of file: ProjectFile, _ image: ImageReference, in own: URL) throws -> Micrograph {
    if let path = image.path {
      guard FileManager.default.fileExists(atPath: path) else {
        throw FormatError(
          .missing, "\(file.path ?? image.name): its image \(path) is gone; put it back, or start with the image")
      }
      guard image.stamp.matches(fileAt: path) else {
        throw FormatError(
          .unusable, "\(file.path ?? image.name): its image \(path) has changed since; start with the image")
      }
      return try tools.open(path)
    }
    guard let bundle = try file.imageBundle() else {
      throw FormatError(.unusable, "\(file.path ?? image.name): the image that it kept is missing")
    }
    let folder = own.appendingPathComponent("image", isDirectory: true)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try file.unpack(bundle, to: folder)
    return try tools.open(folder.appendingPathComponent(image.name).path)
  }

  /// Where an image belongs.
  private enum Place {
    /// It is on the screen already.
    case open(ProjectSession)
    case file(ProjectFile)
  }

  private func place(of image: ImageReference) throws -> Place {
    let stem = (image.name as NSString).deletingPathExtension
    var earlier: String?
    for number in 1...Self.mostOfOneName {
      let name = "\(stem)\(number > 1 ? "-\(number)" : "").\(ProjectFile.fileExtension)"
      let path = folder.appendingPathComponent(name).path
      if let session = all.first(where: { $0.projectPath == path }) {
        if session.image.stamp.isSameFile(as: image.stamp) { return .open(session) }
        continue
      }
      let isNew = !FileManager.default.fileExists(atPath: path)
      do {
        let file = try ProjectFile(path: path)
        let known = try file.image()
        if let known, !known.stamp.isSameFile(as: image.stamp) {
          if known.path != nil, known.path == image.path { earlier = name }
          continue
        }
        if known == nil {
          try file.setImage(image)
          if let earlier {
            tools.warn("\(image.name) has changed since \(earlier) was made, which stays as it is; \(name) begins anew")
          }
        }
        return .file(file)
      } catch let error as FormatError where isNew && error.kind == .cannotWrite {
        tools.warn("\(path) cannot be written, so nothing is kept when the program ends; export what you need")
        let file = try ProjectFile()
        try file.setImage(image)
        return .file(file)
      }
    }
    throw FormatError(
      .cannotWrite,
      "\(folder.path): holds \(Self.mostOfOneName) projects of other images called \(stem); use another folder")
  }

  private static let mostOfOneName = 99
}

extension FileStamp {
  /// Whether the bytes are the same, wherever and since when they lie there.
  fileprivate func isSameFile(as other: FileStamp) -> Bool { bytes == other.bytes && crc32 == other.crc32 }
}
