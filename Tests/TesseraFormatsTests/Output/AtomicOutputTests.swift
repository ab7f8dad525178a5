import Foundation
import TesseraFormats
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

  @Test func `a failure leaves nothing behind and keeps what was there`() throws {
    struct Failure: Error {}
    try AtomicOutput.folder(at: folder / "r") { try Data("1".utf8).write(to: $0.appending(path: "summary.json")) }
    for replacing in [false, true] {
      #expect(throws: (any Error).self) {
        try AtomicOutput.folder(at: folder / "r", replacing: replacing) { inside in
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
      try AtomicOutput.folder(at: folder / "r", replacing: true) { inside in
        try Data().write(to: inside.appending(path: "summary.json"))
        try Data().write(to: inside.appending(path: name))
      }
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder / "r").sorted() == ["new", "summary.json"])
  }

  @Test func `a folder of something else is never replaced`() throws {
    try FileManager.default.createDirectory(atPath: folder / "photos", withIntermediateDirectories: false)
    try Data().write(to: URL(fileURLWithPath: folder / "photos/summer.jpg"))
    #expect(throws: FormatError.self) { try AtomicOutput.folder(at: folder / "photos", replacing: true) { _ in } }
    #expect(FileManager.default.fileExists(atPath: folder / "photos/summer.jpg"))
  }

  @Test func `a missing folder is named`() {
    let refusal = #expect(throws: FormatError.self) {
      try AtomicOutput.checkPlace(folder / "no/such/result.csv", replacing: false)
    }
    #expect(refusal?.description.contains("no/such does not exist") == true)
  }
}
