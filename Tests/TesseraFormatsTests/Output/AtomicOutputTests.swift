import Foundation
import TesseraFormats
import TestSupport
import Testing

struct `Atomic output` {
  let folder = TemporaryFolder()

  @Test func `a file appears with its contents`() throws {
    try AtomicOutput.file(at: folder / "a.txt", contents: Data("one".utf8))
    #expect(try String(contentsOfFile: folder / "a.txt", encoding: .utf8) == "one")
    #expect(folder.names == ["a.txt"])
  }

  @Test func `an existing file gives way only when asked`() throws {
    try AtomicOutput.file(at: folder / "a.txt", contents: Data("one".utf8))
    let refusal = #expect(throws: FormatError.self) {
      try AtomicOutput.file(at: folder / "a.txt", contents: Data("two".utf8))
    }
    #expect(refusal?.kind == .cannotWrite)
    try AtomicOutput.file(at: folder / "a.txt", replacing: true, contents: Data("two".utf8))
    #expect(try String(contentsOfFile: folder / "a.txt", encoding: .utf8) == "two")
  }

  @Test func `a lock that was waited for is that of the folder which stands there now`() async throws {
    let path = folder / "r"
    try AtomicOutput.folder(at: path, version: "1") { _ in }
    var lock: FolderLock? = try FolderLock(of: path)
    let waiting = Task.detached { try FolderLock(of: path, patience: 30) }
    try AtomicOutput.folder(at: path, replacing: true, version: "1") { _ in }
    try await Task.sleep(for: .milliseconds(300))
    lock = nil
    #expect(lock == nil)
    let held = try await waiting.value
    #expect(throws: FormatError.self) { try FolderLock(of: path) }
    withExtendedLifetime(held) {}
  }

  @Test func `a failure leaves nothing behind and keeps what was there`() throws {
    struct Failure: Error {}
    try AtomicOutput.folder(at: folder / "r", version: "1") {
      try Data("1".utf8).write(to: $0.appending(path: "summary.json"))
    }
    for replacing in [false, true] {
      #expect(throws: (any Error).self) {
        try AtomicOutput.folder(at: folder / "r", replacing: replacing, version: "1") { inside in
          try Data("2".utf8).write(to: inside.appending(path: "summary.json"))
          throw Failure()
        }
      }
    }
    #expect(folder.names == ["r"])
    #expect(try String(contentsOfFile: folder / "r/summary.json", encoding: .utf8) == "1")
  }

  @Test func `a result folder is exchanged as a whole`() throws {
    for name in ["old", "new"] {
      try AtomicOutput.folder(at: folder / "r", replacing: true, version: "1") { inside in
        try Data().write(to: inside.appending(path: "summary.json"))
        try Data().write(to: inside.appending(path: name))
      }
    }
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder / "r").sorted() == [
        "manifest.json", "new", "summary.json",
      ])
  }

  @Test func `a folder of something else is never replaced`() throws {
    try FileManager.default.createDirectory(atPath: folder / "photos", withIntermediateDirectories: false)
    try Data().write(to: URL(fileURLWithPath: folder / "photos/summer.jpg"))
    #expect(throws: FormatError.self) {
      try AtomicOutput.folder(at: folder / "photos", replacing: true, version: "1") { _ in }
    }
    #expect(FileManager.default.fileExists(atPath: folder / "photos/summer.jpg"))
  }

  @Test func `a missing folder is named`() {
    let refusal = #expect(throws: FormatError.self) {
      try AtomicOutput.checkPlace(folder / "no/such/result.csv", replacing: false)
    }
    #expect(refusal?.description.contains("no/such does not exist") == true)
  }

  /// The names below a folder, its manifest left out.
  private func names(in name: String) throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: folder / name).sorted().filter { $0 != FolderManifest.name }
  }

  private func result(_ files: [String], replacing: Bool = false) throws {
    try AtomicOutput.folder(at: folder / "r", replacing: replacing, version: "1") { inside in
      for file in files {
        let place = inside.appending(path: file)
        try FileManager.default.createDirectory(
          at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(file.utf8).write(to: place)
      }
    }
  }

  @Test func `what the user put into a result folder stays`() throws {
    try result(["summary.json", "sites.csv", "figures/old.png"])
    for name in ["notes.txt", "figures/mine.png", "raw/scan.tif"] {
      let place = URL(fileURLWithPath: folder / "r/\(name)")
      try FileManager.default.createDirectory(at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data("mine".utf8).write(to: place)
    }
    try result(["summary.json", "figures/new.png"], replacing: true)
    #expect(
      try names(in: "r") == [
        "figures", "figures/mine.png", "figures/new.png", "notes.txt", "raw", "raw/scan.tif", "summary.json",
      ])
    #expect(try String(contentsOfFile: folder / "r/raw/scan.tif", encoding: .utf8) == "mine")
    // The user's files do not become the program's.
    let manifest = try #require(FolderManifest(readFrom: URL(fileURLWithPath: folder / "r")))
    #expect(manifest.files.map(\.path) == ["figures/new.png", "summary.json"])
    #expect(folder.names == ["r"])
  }

  @Test func `a file of the user is not replaced by one of the result`() throws {
    try result(["summary.json"])
    try Data("mine".utf8).write(to: URL(fileURLWithPath: folder / "r/sites.csv"))
    let refusal = #expect(throws: FormatError.self) { try result(["summary.json", "sites.csv"], replacing: true) }
    #expect(refusal?.kind == .cannotWrite && refusal?.description.contains("sites.csv in this folder") == true)
    #expect(try String(contentsOfFile: folder / "r/sites.csv", encoding: .utf8) == "mine")
    #expect(folder.names == ["r"])
  }

  @Test(arguments: ["{}", #"{"version": "2.0", "total": 7}"#, "[1, 2]", "no JSON"])
  func `another program's summary makes no result of a folder`(summary: String) throws {
    try FileManager.default.createDirectory(atPath: folder / "r", withIntermediateDirectories: false)
    try Data(summary.utf8).write(to: URL(fileURLWithPath: folder / "r/summary.json"))
    #expect(throws: FormatError.self) { try result(["summary.json"], replacing: true) }
    #expect(try String(contentsOfFile: folder / "r/summary.json", encoding: .utf8) == summary)
  }

  @Test func `a result of a time before manifests is replaced, and another program's manifest is not`() throws {
    try FileManager.default.createDirectory(atPath: folder / "r", withIntermediateDirectories: false)
    let summary = #"{"version": "0.1.0", "timings": {"total": 1}, "warnings": [], "input": "a.tif"}"#
    try Data(summary.utf8).write(to: URL(fileURLWithPath: folder / "r/summary.json"))
    try Data(#"{"manifest_version": 3}"#.utf8).write(to: URL(fileURLWithPath: folder / "r/manifest.json"))
    #expect(throws: FormatError.self) { try result(["summary.json"], replacing: true) }
    try FileManager.default.removeItem(atPath: folder / "r/manifest.json")
    try Data("mine".utf8).write(to: URL(fileURLWithPath: folder / "r/notes.txt"))
    try result(["summary.json"], replacing: true)
    #expect(try names(in: "r") == ["notes.txt", "summary.json"])
  }

  @Test func `a link to a folder is followed`() throws {
    try FileManager.default.createDirectory(atPath: folder / "real", withIntermediateDirectories: false)
    try FileManager.default.createSymbolicLink(atPath: folder / "r", withDestinationPath: "real")
    try result(["summary.json"])
    try result(["summary.json", "new"], replacing: true)
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder / "r") == "real")
    #expect(try names(in: "real") == ["new", "summary.json"])
  }

  @Test func `a name that is no UTF-8 is refused`() throws {
    let refusal = #expect(throws: FormatError.self) {
      try AtomicOutput.checkPlace(folder / "dir_\u{FFFD}", replacing: false)
    }
    #expect(refusal?.kind == .cannotWrite && refusal?.description.contains("not UTF-8") == true)
    // A folder of such a name, in which nothing can be put in place, through a link.
    let raw = Array((folder / "dir_").utf8CString.dropLast()) + [CChar(bitPattern: 0xE9), 0]
    #expect(mkdir(raw, 0o700) == 0)
    #expect(symlink(raw, folder / "link") == 0)
    defer {
      unlink(folder / "link")
      rmdir(raw)
    }
    for path in [folder / "link", folder / "link/a.csv"] {
      let error = #expect(throws: FormatError.self) { try AtomicOutput.checkPlace(path, replacing: false) }
      #expect(error?.description.contains("a folder whose name is not UTF-8") == true)
    }
  }

  @Test func `a manifest states size and checksum`() throws {
    try result(["123456789"])
    let manifest = try #require(FolderManifest(readFrom: URL(fileURLWithPath: folder / "r")))
    // The check value of CRC-32.
    #expect(manifest.files.map { "\($0.path) \($0.bytes) \($0.crc32)" } == ["123456789 9 cbf43926"])
  }

  @Test func `an empty folder may always be filled`() throws {
    try FileManager.default.createDirectory(atPath: folder / "r", withIntermediateDirectories: false)
    try result(["summary.json"])
    #expect(try names(in: "r") == ["summary.json"])
  }

  @Test func `an input is never written to, under whatever name`() throws {
    let scan = folder / "scan.tif"
    try Data("pixels".utf8).write(to: URL(fileURLWithPath: scan))
    try FileManager.default.createSymbolicLink(atPath: folder / "link.tif", withDestinationPath: scan)
    try FileManager.default.linkItem(atPath: scan, toPath: folder / "hard.tif")
    for name in ["scan.tif", "link.tif", "hard.tif", "./scan.tif"] {
      let refusal = #expect(throws: FormatError.self) {
        try AtomicOutput.checkPlace(folder / name, replacing: true, inputs: [scan])
      }
      #expect(refusal?.description.contains("is the input") == true)
    }
    try AtomicOutput.checkPlace(folder / "other.csv", replacing: true, inputs: [scan])
  }

  @Test func `an input in a result folder is not replaced`() throws {
    try result(["summary.json", "sites.csv"])
    #expect(throws: FormatError.self) {
      try AtomicOutput.checkPlace(folder / "r", replacing: true, inputs: [folder / "r/sites.csv"])
    }
  }

  @Test func `a device is refused`() {
    #expect(throws: FormatError.self) { try AtomicOutput.checkPlace("/dev/null", replacing: true) }
  }

  @Test func `a link is written through`() throws {
    try Data("old".utf8).write(to: URL(fileURLWithPath: folder / "real.csv"))
    try FileManager.default.createSymbolicLink(atPath: folder / "link.csv", withDestinationPath: "real.csv")
    try AtomicOutput.file(at: folder / "link.csv", replacing: true, contents: Data("new".utf8))
    #expect(try String(contentsOfFile: folder / "real.csv", encoding: .utf8) == "new")
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder / "link.csv") == "real.csv")
  }

  @Test func `what a killed run has left goes with the next one, and only that`() throws {
    let host = ProcessInfo.processInfo.hostName.prefix { $0 != "." }.filter { $0.isLetter || $0.isNumber }
    // No process has the largest number; this one's parent lives.
    let dead = ".a.csv.unfinished-\(host)-2147483646-01234567"
    let living = ".a.csv.unfinished-\(host)-\(getppid())-01234567"
    let elsewhere = ".a.csv.unfinished-\(host)x-2147483646-01234567"
    for name in [dead, living, elsewhere] { try Data().write(to: URL(fileURLWithPath: folder / name)) }
    try AtomicOutput.file(at: folder / "a.csv", contents: Data("one".utf8))
    #expect(folder.names.sorted() == [living, elsewhere, "a.csv"].sorted())
  }
}
