import Foundation
import GRDB
import TesseraFormats
import TesseraHDF5

/// A project in one file: the image that it is about, every step with its time, and the files of the results.
///
/// An SQLite database. Each step is one transaction: a program that is killed loses at most the step that it was about to write.
/// One program at a time has a project open. May be used by several threads.
public final class ProjectFile: Sendable {
  /// Ends the name of a project file.
  public static let fileExtension = "tessera-project"

  /// Nil: nothing outlives the program.
  public let path: String?
  let database: DatabaseQueue

  /// Opens a project, or begins one where there is no file.
  ///
  /// - Throws: `FormatError` where the file is no project, is damaged, is newer than the program, is open elsewhere or cannot be written.
  public init(path: String) throws {
    self.path = path
    do {
      database = try DatabaseQueue(path: path, configuration: Self.configuration)
      try Self.migrate(database)
    } catch let error as DatabaseError { throw Self.failure(error, at: path) }
  }

  /// A project that is kept in memory.
  public init() throws {
    path = nil
    database = try DatabaseQueue(configuration: Self.configuration)
    try Self.migrate(database)
  }

  /// Ends the work with the file; nothing can be asked of it any more.
  public func close() throws { try database.close() }

  /// "TESS": what tells a project from other databases.
  static let applicationID = 0x5445_5353

  private static var configuration: Configuration {
    var configuration = Configuration()
    configuration.label = "project"
    configuration.prepareDatabase { database in
      // One program at a time, and a step is on the disk when it has been made.
      try database.execute(sql: "PRAGMA locking_mode = EXCLUSIVE; PRAGMA synchronous = FULL")
    }
    return configuration
  }

  private static func migrate(_ database: DatabaseQueue) throws {
    try database.inDatabase { connection in
      let id = try Int.fetchOne(connection, sql: "PRAGMA application_id") ?? 0
      let tables = try Int.fetchOne(connection, sql: "SELECT count(*) FROM sqlite_master") ?? 0
      guard id == applicationID || (id == 0 && tables == 0) else { throw DatabaseError(resultCode: .SQLITE_NOTADB) }
      guard try !migrator.hasBeenSuperseded(connection) else { throw DatabaseError(resultCode: .SQLITE_SCHEMA) }
    }
    try migrator.migrate(database)
    // Takes the lock now, not with the first step.
    try database.write { try $0.execute(sql: "PRAGMA application_id = \(applicationID)") }
  }

  /// The sentence for what SQLite says of a file.
  static func failure(_ error: DatabaseError, at path: String?) -> FormatError {
    let name = path ?? "the project"
    return switch error.resultCode {
    case .SQLITE_BUSY, .SQLITE_LOCKED:
      FormatError(.cannotWrite, "\(name): is open in another tessera gui; close that one first")
    case .SQLITE_NOTADB:
      FormatError(.unusable, "\(name): is no project of tessera gui; move it away or name another folder")
    case .SQLITE_SCHEMA:
      FormatError(.unusable, "\(name): a newer version of this program wrote it; open it with that version")
    case .SQLITE_CORRUPT:
      FormatError(.unusable, "\(name): the project is damaged: \(error.message ?? "its database does not read")")
    case .SQLITE_FULL: FormatError(.inputOutput, "\(name): cannot be written completely; check the free space")
    case .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH:
      FormatError(
        .cannotWrite,
        "\(name): the project cannot be written there; start the program in a folder that can be written to")
    default: FormatError(.inputOutput, "\(name): \(error.message ?? "the database failed")")
    }
  }

  /// Runs a transaction; what SQLite says becomes a sentence.
  func write<Value>(_ body: (Database) throws -> Value) throws -> Value {
    do { return try database.write(body) } catch let error as DatabaseError { throw Self.failure(error, at: path) }
  }

  func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
    do { return try database.read(body) } catch let error as DatabaseError { throw Self.failure(error, at: path) }
  }
}
