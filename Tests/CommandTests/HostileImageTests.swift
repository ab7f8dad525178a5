import Foundation
import TesseraFormats
import TestSupport
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
    ("17 x 4096", 17, { x, y in 2 + Float(cos(Double(x) / 2) + cos(Double(y) / 2)) }),
    ("columns of 1e36", 128, { x, y in 1e36 * spots(x, y) }), ("columns of 1e30", 128, { x, y in 1e30 * spots(x, y) }),
    ("columns of 1e-30", 128, { x, y in 1e-30 * spots(x, y) }),
    ("denormal columns", 128, { x, y in 1e-41 * spots(x, y) }),
    ("the largest numbers", 96, { x, y in (x / 8 + y / 8) % 2 == 0 ? 3.4e38 : -3.4e38 }),
    ("columns and one pixel of 1e36", 128, { x, y in x == 60 && y == 61 ? 1e36 : spots(x, y) }),
    ("one bright pixel", 128, { x, y in x == 60 && y == 61 ? 1000 : 1 }),
    ("saturated", 128, { x, y in min(1, spots(x, y)) }), ("wide stripes", 128, { x, _ in Float(x / 8 % 2) }),
    ("columns between borders of NaN", 128, { x, y in min(x, y) < 20 || max(x, y) > 100 ? .nan : spots(x, y) }),
    ("columns and infinities", 128, { x, y in (x + 128 * y) % 997 == 0 ? -.infinity : spots(x, y) }),
  ]

  /// Columns 12 pixels apart with a little noise.
  private static func spots(_ x: Int, _ y: Int) -> Float {
    let (dx, dy) = (Double(x % 12) - 5.5, Double(y % 12) - 5.5)
    return Float(10 * exp(-(dx * dx + dy * dy) / 8)) + Float((x * 31 + y * 17) % 23) / 50
  }

  @Test(.slow, arguments: images.indices) func `end with a result or a sentence`(image: Int) throws {
    let (name, width, value) = Self.images[image]
    try write(
      (0..<(width == 17 ? 17 * 4096 : width * width)).map { value($0 % width, $0 / width) }, width: width,
      as: "image.npy")
    for words in [
      ["sites", "--noise", "poisson", "--shape", "elliptical", "-o", "a.csv"],
      ["sites", "--contrast", "dark", "-o", "b.csv"], ["sites", "--method", "network", "-o", "n.csv"],
      ["motifs"], ["analyze", "-o", "all"], ["strain", "--method", "both"],
      ["strain", "--g1", "0.1,0", "--g2", "0,0.1", "-o", "gpa"],
      ["crystal"],
      ["count"], ["segment"], ["moire"], ["polygons"], ["particles", "-o", "particles"],
      ["profile", "--from", "1,1", "--to", "14,9", "-o", "p.csv"],
    ] {
      let run = try CommandRun(words + ["image.npy"], in: folder.path, within: 20)
      #expect([0, 65].contains(run.status), "\(name), \(words): \(run.status) \(run.errors)")
      #expect(run.status == 0 || run.errors.hasPrefix("tessera: "), "\(name), \(words): \(run.errors)")
    }
  }

  /// Numbers that squares of would not be: what is found must not depend on the unit of the intensities.
  @Test func `are analysed in a unit that can be computed with`() throws {
    for (factor, name) in [(Float(1), "a"), (Float(sign: .plus, exponent: 110, significand: 1), "b")] {
      let values = (0..<128 * 128).map { factor * Self.spots($0 % 128, $0 / 128) }
      try write(values, width: 128, as: "\(name).npy")
      let run = try CommandRun(["sites", "\(name).npy", "-o", "\(name).csv"], in: folder.path)
      #expect(run.status == 0 && run.errors.contains("were divided by") == (factor > 1), "\(run.errors)")
    }
    let rows = try ["a", "b"].map { name in
      String(decoding: try folder.data("\(name).csv"), as: UTF8.self).split(separator: "\n")
    }
    #expect(rows[0].count > 80 && rows[0].count == rows[1].count)
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
