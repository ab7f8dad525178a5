import Foundation
import TesseraMethods
import TesseraNumerics
import TesseraSegmentation
import TesseraSimulation
import TestSupport
import Testing

struct `A file of patterns` {
  @Test func `is read as it was written, and refused where it is damaged`() throws {
    var options = SimulationOptions()
    (options.width, options.height) = (384, 384)
    let first = try Simulation(specimen: "two-lattices", options: options).run()
    let own = try Segmenter().segmentation(of: first.micrograph.pixels, spacing: 22)
    let folder = FileManager.default.temporaryDirectory.appending(path: "patterns-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "patterns.json").path
    let data = try JSONEncoder.forResults().document(own.model)
    try data.write(to: URL(filePath: path))
    #expect(try PatternModel(path: path) == own.model)
    #expect(try PatternModel(path: folder.path) == own.model)
    let text = String(decoding: data, as: UTF8.self)
    for (part, other) in [
      ("\"version\" : 3", "\"version\" : 9"), ("\"version\" : 3", "\"version\" : 2"),
      ("\"spacing\" : ", "\"spacing\" : -"), ("\"count\" : 2", "\"count\" : 3"),
      ("\"reaches\" : [", "\"reaches\" : [1,"), ("\"orders\" : [", "\"orders\" : [null,"),
      ("\"remainders\" : [", "\"remainders\" : [-1,"), ("{", "["),
    ] {
      try #require(text.contains(part), "\(part)")
      let place = try #require(text.range(of: part))
      try text.replacingCharacters(in: place, with: other).write(toFile: path, atomically: true, encoding: .utf8)
      #expect(throws: (any Error).self, "\(part)") { try PatternModel(path: path) }
    }
  }
}
