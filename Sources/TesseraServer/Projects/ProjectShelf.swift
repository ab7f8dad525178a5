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
  let tools: ScreenTools
  /// Where project files go.
  let folder: URL
  /// For uploads and unpacked results; goes when the program ends.
  private let workFolder: URL
  private let sessions = Mutex<[ProjectSession]>([])
  /// One project is opened at a time, so that each has a number and a file of its own.
  let door = Mutex(())
  /// Projects that wait for their images.
  let lost = Mutex<[Lost]>([])

  init(folder: URL, workFolder: URL, tools: ScreenTools) {
    (self.folder, self.workFolder, self.tools) = (folder, workFolder, tools)
  }

  var all: [ProjectSession] { sessions.withLock { $0 } }

  /// - Throws: `DataError` where there is no such project.
  func session(_ id: Int) throws -> ProjectSession {
    guard let session = all.first(where: { $0.id == id }) else { throw DataError("there is no project \(id)") }
    return session
  }

  /// Lets go of all project files, complete.
  func close() {
    for session in all { session.close() }
    for waiting in lost.withLock({ $0 }) { try? waiting.file.close() }
  }

  /// Opens a project file, or the project of an image, which is begun where there is none.
  func open(_ path: String) throws { try door.withLock { _ in try opened(path) } }

  private func opened(_ path: String) throws {
    if (path as NSString).pathExtension == ProjectFile.fileExtension { return try openProject(at: path) }
    if !FileManager.default.fileExists(atPath: path), let project = project(ofImageAt: path) {
      return try openProject(at: project)
    }
    let micrograph = try tools.open(path)
    let reference = ImageReference(
      name: micrograph.name, path: URL(fileURLWithPath: path).standardizedFileURL.path, stamp: try FileStamp(of: path))
    if case .file(let file) = try place(of: reference) { try add(file, reference) { _ in micrograph } }
  }

  /// Opens an image that came through the page: a file that will go, so the project keeps a copy.
  func open(upload file: URL) throws -> ProjectSession { try door.withLock { _ in try opened(upload: file) } }

  private func opened(upload file: URL) throws -> ProjectSession {
    let micrograph = try tools.open(file.path)
    let reference = ImageReference(name: micrograph.name, path: nil, stamp: try FileStamp(of: file.path))
    if let session = try findLost(reference, upload: file, micrograph) { return session }
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

  @discardableResult
  func add(
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
  func micrograph(of file: ProjectFile, _ image: ImageReference, in own: URL) throws -> Micrograph {
    if let path = image.path { return try tools.open(path) }
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
      if lost.withLock({ $0.contains { $0.file.path == path } }) { continue }
      let isNew = !FileManager.default.fileExists(atPath: path)
      if isNew, let known = project(ofMoved: image) { return .file(try moved(image, into: known)) }
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
        } else if known?.path != nil, image.path != nil, known != image {
          // It is the same image, and where it lies now is where the project has to look.
          try file.setImage(image)
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

  /// Goes on with the project of an image that had another name.
  private func moved(_ image: ImageReference, into path: String) throws -> ProjectFile {
    let file = try ProjectFile(path: path)
    if let known = try file.image(), known.path != image.path {
      tools.warn(
        "\(image.name) is the image \(known.path ?? known.name), as its checksum tells; its project is \((path as NSString).lastPathComponent)"
      )
      try file.setImage(image)
    }
    return file
  }

  private static let mostOfOneName = 99
}
