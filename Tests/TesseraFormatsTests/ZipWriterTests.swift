import Foundation
import TesseraFormats
import TesseraHDF5
import TestSupport
import Testing

struct `A ZIP archive that is written` {
  private let folder = TemporaryFolder()

  private func file(_ name: String, _ data: Data) throws -> (name: String, source: URL) {
    let url = URL(fileURLWithPath: folder.path + "/" + UUID().uuidString)
    try data.write(to: url)
    return (name, url)
  }

  /// An archive of NumPy arrays is one that the reader of `.npz` files checks, checksums and all.
  @Test func `is read back`() throws {
    let first = folder.path + "/a.npy"
    try NPYWriter.write([1, 2, 3, 4, 5, 6], shape: [2, 3], to: first)
    let files = [
      (name: "arr_0.npy", source: URL(fileURLWithPath: first)), try file("empty", Data()),
      try file("ordner/\u{e4}.txt", Data("text".utf8)),
    ]
    try ZipWriter.write(files, to: folder.path + "/x.npz")
    let image = try ImageFile.open(path: folder.path + "/x.npz").read()
    #expect(image.pixels.width == 3 && image.pixels.values == [1, 2, 3, 4, 5, 6])
  }

  @Test func `has the same bytes each time`() throws {
    let files = [try file("a", Data("one".utf8)), try file("b", Data("two".utf8))]
    try ZipWriter.write(files, to: folder.path + "/1.zip")
    usleep(10_000)
    try ZipWriter.write(files, to: folder.path + "/2.zip")
    #expect(
      try Data(contentsOf: URL(fileURLWithPath: folder.path + "/1.zip"))
        == Data(contentsOf: URL(fileURLWithPath: folder.path + "/2.zip")))
  }

  @Test func `of nothing is an archive too`() throws {
    try ZipWriter.write([], to: folder.path + "/none.zip")
    #expect(try Data(contentsOf: URL(fileURLWithPath: folder.path + "/none.zip")).count == 22)
  }

  @Test func `says which file is missing`() throws {
    let missing = (name: "a", source: URL(fileURLWithPath: folder.path + "/missing"))
    let error = #expect(throws: FormatError.self) { try ZipWriter.write([missing], to: folder.path + "/x.zip") }
    #expect(error?.description.contains("missing") == true)
  }
}
