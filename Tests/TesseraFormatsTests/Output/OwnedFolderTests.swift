import Foundation
import TesseraFormats
import TestSupport
import Testing

/// Folders for temporary files, and what becomes of those whose owners are gone.
struct `A folder for temporary files` {
  /// A kind of its own, so that tests that run beside this one are not touched.
  private let kind = "test-\(UUID().uuidString)"

  /// A folder as a process leaves it that was killed: the file of its owner, and nobody's lock.
  private func leaving(_ name: String, hasOwnerFile: Bool = true) throws -> URL {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("tessera-\(kind)-\(name)")
    try FileManager.default.createDirectory(at: url.appendingPathComponent("upload"), withIntermediateDirectories: true)
    try Data("image".utf8).write(to: url.appendingPathComponent("upload/scan.tif"))
    if hasOwnerFile { try Data().write(to: url.appendingPathComponent(".owner")) }
    return url
  }

  private func exists(_ url: URL) -> Bool { FileManager.default.fileExists(atPath: url.path) }

  @Test func `is this user's alone, and goes when told`() throws {
    let folder = try OwnedFolder(kind)
    let attributes = try FileManager.default.attributesOfItem(atPath: folder.url.path)
    #expect(attributes[.posixPermissions] as? Int == 0o700)
    try Data().write(to: folder.url.appendingPathComponent("file"))
    folder.remove()
    #expect(!exists(folder.url))
  }

  @Test func `is taken away by the next one where its owner is gone`() throws {
    let dead = try leaving("dead")
    let next = try OwnedFolder(kind)
    defer { next.remove() }
    #expect(!exists(dead) && exists(next.url))
  }

  @Test func `stays while its owner lives`() throws {
    let alive = try OwnedFolder(kind)
    defer { alive.remove() }
    for _ in 0..<2 {
      let other = try OwnedFolder(kind)
      #expect(exists(alive.url))
      other.remove()
    }
  }

  @Test func `stays where nothing tells whose it is, as do links and other kinds`() throws {
    let unknown = try leaving("unknown", hasOwnerFile: false)
    let elsewhere = TemporaryFolder()
    try Data().write(to: URL(fileURLWithPath: elsewhere / ".owner"))
    let link = FileManager.default.temporaryDirectory.appendingPathComponent("tessera-\(kind)-link")
    try FileManager.default.createSymbolicLink(atPath: link.path, withDestinationPath: elsewhere.path)
    let other = try OwnedFolder(kind + "x")
    let next = try OwnedFolder(kind)
    defer {
      for url in [unknown, link, other.url, next.url] { try? FileManager.default.removeItem(at: url) }
    }
    #expect(exists(unknown) && exists(link) && exists(other.url) && elsewhere.names == [".owner"])
  }
}
