import Foundation
import TesseraFormats
import Testing

/// Images that no microscope writes: every command ends with a result or a sentence, never by a signal.
struct `Hostile images` {
  let folder = ScratchFolder()

  private func write(_ values: [Float], width: Int, as name: String) throws {
    try NPYWriter.write(values, shape: [values.count / width, width], to: folder / name)
  }

  private static let images: [(name: String, width: Int, value: @Sendable (Int, Int) -> Float)] = [
    ("waves of 1e36", 64, { x, y in 1e36 * (2 + Float(cos(Double(x) / 2) + cos(Double(y) / 2))) }),
    ("waves of 1e-30", 64, { x, y in 1e-30 * (2 + Float(cos(Double(x) / 2) + cos(Double(y) / 2))) }),
    ("one pixel of 2 to the 63", 96, { x, y in x == 40 && y == 40 ? 9.2e18 : Float((x * 7 + y * 13) % 11) }),
    ("checkerboard", 48, { x, y in Float((x + y) % 2) }), ("stripes", 64, { x, _ in Float(x % 2) }),
    ("two values", 64, { x, y in (x * x + y * y) % 97 == 0 ? 1 : 0 }),
    ("borders of NaN", 64, { x, y in x < 8 || y < 8 ? .nan : Float((x * 31 + y * 17) % 23) }),
    ("infinities", 64, { x, y in (x + 64 * y) % 50 == 0 ? .infinity : Float((x * 31 + y * 17) % 23) }),
    ("columns four pixels apart", 64, { x, y in x % 4 == 1 && y % 4 == 1 ? 9 : 1 }),
    ("the least size", 16, { x, y in Float((x * 31 + y * 17) % 23) }),
  ]

  @Test(arguments: images.indices) func `end with a result or a sentence`(image: Int) throws {
    let (name, width, value) = Self.images[image]
    try write((0..<width * width).map { value($0 % width, $0 / width) }, width: width, as: "image.npy")
    for words in [
      ["sites", "--noise", "poisson", "--shape", "elliptical", "-o", "a.csv"],
      ["sites", "--contrast", "dark", "-o", "b.csv"],
      ["motifs"], ["strain", "--method", "both"], ["strain", "--g1", "0.1,0", "--g2", "0,0.1", "-o", "gpa"],
      ["crystal"],
      ["count"],
    ] {
      let run = try CommandRun(words + ["image.npy"], in: folder.path)
      #expect([0, 65].contains(run.status), "\(name), \(words): \(run.status) \(run.errors)")
      #expect(run.status == 0 || run.errors.hasPrefix("tessera: "), "\(name), \(words): \(run.errors)")
    }
  }

  @Test func `of the attack end with a result or a sentence`() throws {
    let attack = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../shared/data/attack")
    let commands = [
      ("image-1-553.npy", ["strain", "--method", "both"]),
      ("image-1-992.npy", ["strain", "--g1", "0.1,0", "--g2", "0,0.1"]),
      ("image-1-1027.npy", ["strain", "--method", "both"]),
    ]
    for (name, words) in commands {
      let path = attack.appending(path: name).standardized.path
      guard FileManager.default.fileExists(atPath: path) else { continue }
      let run = try CommandRun(words + [path], in: folder.path)
      #expect([0, 65].contains(run.status), "\(name): \(run.status) \(run.errors)")
    }
  }

  @Test func `and numbers beyond all measure are refused with a sentence`() throws {
    #expect(try CommandRun(["simulate", "square", "--size", "64", "-o", "a.tif"], in: folder.path).status == 0)
    for words in [
      ["motifs", "a.tif", "--angular-orders", "1e19"], ["motifs", "a.tif", "--iterations", "1000000000"],
      ["motifs", "a.tif", "--neighbors", "1000000"], ["simulate", "motifs", "--patches", "9223372036854775807,1"],
      ["sites", "a.tif", "--scale", "inf"], ["sites", "a.tif", "--scale", "1e308"],
    ] {
      let run = try CommandRun(words, in: folder.path)
      #expect(run.status == 64 && run.errors.contains("must be"), "\(words): \(run.status) \(run.errors)")
    }
  }
}
