import Foundation
import GRDB
import TesseraFormats
import TesseraHDF5

/// Files that a project keeps: the folder of a result, or an image.
extension ProjectFile {
  /// What a set of files is: the folder of a result, or an image that came through the page.
  public enum BundleKind: String, Sendable { case result, image }

  /// Takes copies of the files below a folder, in one transaction.
  /// - Returns: the number under which they are kept.
  public func keep(filesIn folder: URL, as kind: BundleKind) throws -> Int64 {
    let names = try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted()
    return try write { database in
      try database.execute(sql: "INSERT INTO bundle (kind) VALUES (?)", arguments: [kind.rawValue])
      let bundle = database.lastInsertedRowID
      for name in names {
        let url = folder.appendingPathComponent(name)
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder), !isFolder.boolValue else {
          continue
        }
        try keep(url, called: name, bundle: bundle, in: database)
      }
      return bundle
    }
  }

  private func keep(_ url: URL, called name: String, bundle: Int64, in database: Database) throws {
    try database.execute(sql: "INSERT INTO file (bundle, name) VALUES (?, ?)", arguments: [bundle, name])
    let file = database.lastInsertedRowID
    let insert = try database.makeStatement(sql: "INSERT INTO piece (file, number, bytes) VALUES (?, ?, ?)")
    let source = try FileHandle(forReadingFrom: url)
    defer { try? source.close() }
    var number = 0
    while let bytes = try source.read(upToCount: Self.pieceSize), !bytes.isEmpty {
      try insert.execute(arguments: [file, number, bytes])
      number += 1
    }
  }

  /// Large enough for a disk to be fast, small beside an image.
  private static let pieceSize = 1 << 22

  /// Writes the files of a bundle into a folder that is there.
  ///
  /// A name that leads out of the folder is damage, or worse.
  /// - Throws: `FormatError` where there is no such bundle or a name is not that of a file below the folder.
  public func unpack(_ bundle: Int64, to folder: URL) throws {
    let files = try read { database in
      try Row.fetchAll(database, sql: "SELECT id, name FROM file WHERE bundle = ? ORDER BY id", arguments: [bundle])
    }
    guard !files.isEmpty else {
      throw FormatError(.unusable, "\(path ?? "the project"): lacks the files of one of its results")
    }
    for row in files {
      let (id, name): (Int64, String) = (row["id"], row["name"])
      let parts = name.split(separator: "/", omittingEmptySubsequences: false)
      guard !parts.isEmpty, parts.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." && !$0.contains("\0") }) else {
        throw FormatError(.unusable, "\(path ?? "the project"): names a file outside its own folder")
      }
      let target = folder.appendingPathComponent(name)
      try FileManager.default.createDirectory(at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data().write(to: target)
      let handle = try FileHandle(forWritingTo: target)
      defer { try? handle.close() }
      try read { database in
        let pieces = try Data.fetchCursor(
          database, sql: "SELECT bytes FROM piece WHERE file = ? ORDER BY number", arguments: [id])
        while let bytes = try pieces.next() { try handle.write(contentsOf: bytes) }
      }
    }
  }

  /// The bundle that holds an image which came through the page; nil: there is none.
  public func imageBundle() throws -> Int64? {
    try read { try Int64.fetchOne($0, sql: "SELECT id FROM bundle WHERE kind = 'image' ORDER BY id LIMIT 1") }
  }
}
