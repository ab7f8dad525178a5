import Foundation
import GRDB
import TesseraFormats
import TesseraHDF5
import TesseraMethods
import TesseraProject
import TestSupport
import Testing

struct `A project file` {
  private let folder = TemporaryFolder()
  private var path: String { folder.path + "/scan.tessera-project" }

  private static func analysis(_ result: Int64) -> ProjectStep {
    .analysis(
      .init(
        result: result, settings: ["scale": "5"], columns: .found, siteCount: 7, sentences: ["7 columns."],
        warnings: []))
  }

  @Test func `keeps image and steps`() throws {
    let scan = folder.path + "/scan.tif"
    try Data("pixels".utf8).write(to: URL(fileURLWithPath: scan))
    let image = ImageReference(name: "scan.tif", path: scan, stamp: try FileStamp(of: scan))
    let steps = [
      Self.analysis(1), .tree(.split("2", .init(features: .invariant, angularOrders: [0, 3]))),
      .tree(.lasso("1", [.init(0, 0), .init(1, 0), .init(0, 1.25)])), .correction(.add([.init(3.5, 4)])),
      .measurement(
        .init(
          command: "segment", result: 2, settings: ["stride": "4"],
          scribbles: [.init(pattern: 1, radius: 2, line: [.init(1, 2)])], sentences: ["2 patterns."])),
    ]
    do {
      let file = try ProjectFile(path: path)
      #expect(try file.image() == nil)
      try file.setImage(image)
      for step in steps { _ = try file.add(step, at: Date(timeIntervalSince1970: 1234.5)) }
    }
    let file = try ProjectFile(path: path)
    #expect(try file.image() == image)
    let history = try file.history()
    #expect(history.entries.map(\.step) == steps)
    #expect(history.applied == 5 && history.measurements["segment"]?.result == 2)
    #expect(history.entries[0].time == Date(timeIntervalSince1970: 1234.5))
  }

  @Test func `keeps what was undone, until something else is done`() throws {
    do {
      let file = try ProjectFile(path: path)
      _ = try file.add(Self.analysis(1))
      let entry = try file.add(.tree(.name("1", "Mo")))
      try file.mark(entry, undone: true)
    }
    do {
      let file = try ProjectFile(path: path)
      let history = try file.history()
      #expect(history.applied == 1 && history.redoable?.step == .tree(.name("1", "Mo")))
      _ = try file.add(.tree(.name("1", "W")))
    }
    let history = try ProjectFile(path: path).history()
    #expect(history.entries.map(\.step) == [Self.analysis(1), .tree(.name("1", "W"))])
    #expect(history.redoable == nil)
  }

  @Test func `keeps the files of a result`() throws {
    let source = TemporaryFolder()
    let large = Data((0..<(9 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31) })
    try FileManager.default.createDirectory(atPath: source.path + "/figures", withIntermediateDirectories: true)
    try large.write(to: URL(fileURLWithPath: source.path + "/large.npy"))
    try Data().write(to: URL(fileURLWithPath: source.path + "/empty.csv"))
    try Data("<svg/>".utf8).write(to: URL(fileURLWithPath: source.path + "/figures/a.svg"))
    let file = try ProjectFile(path: path)
    let bundle = try file.keep(filesIn: URL(fileURLWithPath: source.path), as: .result)
    let target = TemporaryFolder()
    try file.unpack(bundle, to: URL(fileURLWithPath: target.path))
    #expect(try Data(contentsOf: URL(fileURLWithPath: target.path + "/large.npy")) == large)
    #expect(try Data(contentsOf: URL(fileURLWithPath: target.path + "/empty.csv")).isEmpty)
    #expect(try String(contentsOfFile: target.path + "/figures/a.svg", encoding: .utf8) == "<svg/>")
    #expect(try file.imageBundle() == nil)
    #expect(throws: FormatError.self) { try file.unpack(bundle + 1, to: URL(fileURLWithPath: target.path)) }
  }

  @Test func `lets go of results that no step leads to`() throws {
    let source = TemporaryFolder()
    try Data("x".utf8).write(to: URL(fileURLWithPath: source.path + "/sites.csv"))
    let file = try ProjectFile(path: path)
    let target = URL(fileURLWithPath: TemporaryFolder().path)
    let first = try file.keep(filesIn: URL(fileURLWithPath: source.path), as: .result)
    let entry = try file.add(Self.analysis(first))
    try file.mark(entry, undone: true)
    let second = try file.keep(filesIn: URL(fileURLWithPath: source.path), as: .result)
    _ = try file.add(Self.analysis(second))
    #expect(throws: FormatError.self) { try file.unpack(first, to: target) }
    #expect(throws: Never.self) { try file.unpack(second, to: URL(fileURLWithPath: source.path)) }
    let map = try file.keep(filesIn: URL(fileURLWithPath: source.path), as: .result)
    _ = try file.add(.measurement(.init(command: "strain", result: map, settings: [:])))
    #expect(throws: Never.self) { try file.unpack(map, to: URL(fileURLWithPath: source.path)) }
  }

  @Test(arguments: [-1, .max]) func `states no number of sites that none can have`(count: Int) throws {
    let file = try ProjectFile(path: path)
    _ = try file.add(.analysis(.init(result: 1, settings: [:], columns: .found, siteCount: count)))
    _ = try file.add(.correction(.remove([0])))
    let error = #expect(throws: FormatError.self) { try file.history() }
    #expect(error?.description.contains("states \(count) sites") == true)
  }

  /// A project of the first version opens, and its steps are those of then.
  @Test func `takes over the first version`() throws {
    let database = try DatabaseQueue(path: path)
    try database.write { database in
      try database.execute(
        sql: """
          CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
          INSERT INTO grdb_migrations VALUES ('1');
          CREATE TABLE fact (name TEXT PRIMARY KEY NOT NULL, content TEXT NOT NULL);
          CREATE TABLE step (
            id INTEGER PRIMARY KEY AUTOINCREMENT, time REAL NOT NULL, kind TEXT NOT NULL, content TEXT NOT NULL,
            isUndone INTEGER NOT NULL DEFAULT 0);
          CREATE TABLE bundle (id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL);
          CREATE TABLE file (
            id INTEGER PRIMARY KEY, bundle INTEGER NOT NULL REFERENCES bundle (id) ON DELETE CASCADE, name TEXT NOT NULL,
            UNIQUE (bundle, name));
          CREATE TABLE piece (
            file INTEGER NOT NULL REFERENCES file (id) ON DELETE CASCADE, number INTEGER NOT NULL, bytes BLOB NOT NULL,
            PRIMARY KEY (file, number)) WITHOUT ROWID;
          INSERT INTO step (time, kind, content) VALUES (5, 'correction', '{"add":[[3.5,4]]}');
          PRAGMA application_id = \(0x5445_5353);
          """)
    }
    try database.close()
    let file = try ProjectFile(path: path)
    #expect(try file.history().entries.map(\.step) == [.correction(.add([.init(3.5, 4)]))])
    _ = try file.add(.measurement(.init(command: "moire", result: 1, settings: [:])))
    #expect(try file.history().measurements.count == 1)
  }

  @Test func `is open in one program at a time`() throws {
    let file = try ProjectFile(path: path)
    let error = #expect(throws: FormatError.self) { try ProjectFile(path: path) }
    #expect(error?.description.contains("open in another") == true)
    _ = try file.history()
  }

  @Test func `is told from other files`() throws {
    try Data("this is no database, but it is long enough to have a header of one".utf8)
      .write(to: URL(fileURLWithPath: path))
    let error = #expect(throws: FormatError.self) { try ProjectFile(path: path) }
    #expect(error?.description.contains("is no project of tessera gui") == true)
    #expect(error?.kind == .unusable)
    // It is left as it was.
    #expect(try String(contentsOfFile: path, encoding: .utf8).hasPrefix("this is no database"))
  }

  @Test func `says that its folder cannot be written`() throws {
    let error = #expect(throws: FormatError.self) { try ProjectFile(path: folder.path + "/none/x.tessera-project") }
    #expect(error?.kind == .cannotWrite)
  }

  @Test(arguments: [100, 5000, 20_000]) func `never crashes where it is damaged`(offset: Int) throws {
    do {
      let file = try ProjectFile(path: path)
      for index in 0..<40 { _ = try file.add(.tree(.name("1", String(repeating: "n", count: 40 + index)))) }
    }
    var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    for index in stride(from: min(offset, bytes.count - 1), to: min(offset + 3000, bytes.count), by: 3) {
      bytes[index] ^= 0x5A
    }
    try bytes.write(to: URL(fileURLWithPath: path))
    do {
      _ = try ProjectFile(path: path).history()
    } catch { #expect(error is FormatError, "\(error)") }
  }
}
