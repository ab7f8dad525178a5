import Foundation
import TesseraMethods
import TestSupport
import Testing

@Suite struct `Result folders of a batch` {
  private func batch(_ folder: TemporaryFolder) throws -> BatchFolder {
    try BatchFolder(at: folder / "out", options: BatchOptions(command: "sites", words: []))
  }

  @Test func `have names of their own, whatever is there already`() throws {
    let folder = TemporaryFolder()
    let batch = try batch(folder)
    // Somebody else's.
    try FileManager.default.createDirectory(atPath: folder / "out/image-3", withIntermediateDirectories: false)
    let jobs = try batch.jobs(for: ["a/image.tif", "b/image.tif", "c/Image.tif", "d/image.tif", "e/image-2.tif"])
    #expect(
      jobs.map { (batch.folder(of: $0) as NSString).lastPathComponent }
        == ["image", "image-2", "Image-3", "image-4", "image-2-2"])
    let more = try batch.jobs(for: ["f/image.tif", "g/Image.tif"])
    #expect(more.map { (batch.folder(of: $0) as NSString).lastPathComponent } == ["image-5", "Image-6"])
  }

  /// Counting from 2 for each of them would take more than a minute.
  @Test func `of many inputs of one name are found at once`() throws {
    let folder = TemporaryFolder()
    let count = 40_000
    let jobs = try batch(folder).jobs(for: (0..<count).map { "/none/\($0)/image.tif" })
    #expect(jobs.count == count)
  }
}
