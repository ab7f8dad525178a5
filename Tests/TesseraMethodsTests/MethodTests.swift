import Foundation
import TesseraFormats
import TesseraImaging
import TesseraMethods
import TesseraNumerics
import TesseraSimulation
import TesseraStructure
import Testing

/// All that a new method takes (CONTRIBUTING.md, "A method"): settings, a result, a summary.
private struct BrightnessMethod: Method {
  var preparation = Preparation()
  var upperShare = 0.9

  static let references = ["Anybody: A paper. A journal 1 (2000) 1."]
  static let stages: [(stage: Stage, share: Double)] = [(.prepare, 0.5), (.counts, 0.5)]

  func run(on input: MethodInput, clock: inout StageClock) throws -> BrightnessResult {
    let prepared = try clock.run(.prepare) { try preparation.prepared(input.micrograph) }
    let bright = try clock.run(.counts) {
      try require(upperShare < 1, "upper share", is: upperShare, mustBe: "below 1")
      return Double(Statistics.quantile(prepared.image.values, upperShare))
    }
    let choice = RunRecord.Choice("upper share", "\(upperShare)", "given")
    return BrightnessResult(
      settings: self,
      record: RunRecord(input, prepared: prepared, choices: [choice], clock: clock, warnings: ["it is an example"]),
      bright: bright)
  }
}

private struct BrightnessResult: MethodResult {
  struct Summary: Encodable, Sendable {
    var brightValue: Double
  }

  var settings: BrightnessMethod
  var record: RunRecord
  var bright: Double

  var summary: Summary { Summary(brightValue: bright) }
  var sentences: [String] { ["bright from \(bright)"] }
  func write(to files: ResultFiles) throws { try files.write(Data("value\n\(bright)\n".utf8), as: "bright.csv") }
  func report() -> ReportDocument { ReportDocument(title: micrograph.name, headline: "Bright from \(bright).") }
}

struct `A method` {
  private func simulated(
    _ specimen: String, size: Int = 256, _ change: (inout SimulationOptions) -> Void = { _ in }
  ) throws -> Micrograph {
    var options = SimulationOptions()
    (options.width, options.height) = (size, size)
    change(&options)
    return try Simulation(specimen: specimen, options: options).run().micrograph
  }

  @Test func `takes settings, a result and a summary, and has all the rest`() throws {
    var announced: [String] = []
    let result = try BrightnessMethod().result(on: simulated("square")) { stage, done in
      announced.append("\(stage.rawValue) \(done)")
    }
    #expect(announced == ["prepare 0.0", "counts 0.5"])
    #expect(result.timings.map(\.stage) == [.prepare, .counts])
    let folder = NSTemporaryDirectory() + "tessera-method-" + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try ResultFolder(result, input: "square.tif", version: "9.9").write(to: folder)
    func text(_ name: String) throws -> String { try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8) }
    #expect(try text("bright.csv").hasPrefix("value\n"))
    let report = try text("report.html")
    for phrase in ["Bright from", "It is an example.", "upper share", "Anybody: A paper.", "Tessera 9.9 · square.tif"] {
      #expect(report.contains(phrase), "\(phrase)")
    }
    let summary = try #require(
      try JSONSerialization.jsonObject(with: Data(text("summary.json").utf8)) as? [String: Any])
    #expect(
      Set(summary.keys) == [
        "bright_value", "calibration", "image", "input", "parameters", "settings", "timings", "version", "warnings",
      ])
    #expect((summary["timings"] as? [String: Double])?.keys.sorted() == ["counts", "prepare", "report"])
  }

  @Test func `stops where its progress is stopped`() throws {
    struct Stop: Error {}
    let micrograph = try simulated("square")
    #expect(throws: Stop.self) {
      try MotifMethod().result(on: micrograph) { stage, _ in if stage == .sites { throw Stop() } }
    }
  }

  @Test func `writes keys in snake case`() throws {
    let mose2 = try simulated("mose2", size: 320)
    try expectSnakeCase(MotifMethod().result(on: mose2))
    try expectSnakeCase(StrainMethod().result(on: mose2))
    var crystal = CrystalMethod()
    crystal.counter = nil
    try expectSnakeCase(crystal.result(on: mose2))
    try expectSnakeCase(CountMethod().result(on: simulated("wedge", size: 320) { $0.dose = 1e4 }))
  }

  private func expectSnakeCase(_ result: some MethodResult) throws {
    let folder = NSTemporaryDirectory() + "tessera-keys-" + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try ResultFolder(result, input: "x", hasReport: false).write(to: folder)
    for name in ["summary.json", "hierarchy.json"] {
      guard let data = FileManager.default.contents(atPath: "\(folder)/\(name)") else { continue }
      for key in keys(of: try JSONSerialization.jsonObject(with: data)) {
        #expect(key.wholeMatch(of: /[a-z0-9_]+/) != nil, "\(name): \(key)")
      }
    }
  }

  /// All keys but the names of parameters, which are texts for people, and of sublattices.
  private func keys(of value: Any) -> [String] {
    if let list = value as? [Any] { return list.flatMap(keys) }
    guard let entries = value as? [String: Any] else { return [] }
    return entries.flatMap { key, value in
      [key] + (key == "parameters" || key == "sublattices" ? [] : keys(of: value))
    }
  }

  /// What is said of strain is held against a crystal without any.
  /// Lines shifted along and across by amounts that wander from line to line.
  @Test func `says where a map may show the scan instead of the specimen`() throws {
    var micrograph = try simulated("hexagonal", size: 512) { $0.counts = 200 }
    let whole = micrograph.pixels
    for y in 0..<512 {
      let (along, across) = (2.5 * sin(Double(y) / 45), 1.5 * sin(Double(y) / 60 + 1))
      let row = min(510, max(0, Double(y) + across))
      for x in 0..<512 {
        let column = min(510, max(0, Double(x) + along))
        let (i, j) = (Int(column), Int(row))
        let (u, v) = (Float(column - Double(i)), Float(row - Double(j)))
        micrograph.pixels[x, y] =
          (1 - v) * ((1 - u) * whole[i, j] + u * whole[i + 1, j])
          + v * ((1 - u) * whole[i, j + 1] + u * whole[i + 1, j + 1])
      }
    }
    func warnings(_ micrograph: Micrograph) throws -> [String] {
      try StrainMethod().result(on: micrograph).warnings.filter { $0.contains("all along each scan line") }
    }
    #expect(try warnings(micrograph).count == 1)
    for field in ["gradient", "turn", "dislocation"] {
      let strained = try simulated("strained", size: 512) {
        ($0.field, $0.crystal, $0.counts) = (field, "hexagonal", 200)
      }
      #expect(try warnings(strained).isEmpty, "\(field)")
    }
  }

  @Test(arguments: 1...6 as ClosedRange<UInt64>) func `sees no strain in a perfect crystal`(seed: UInt64) throws {
    let micrograph = try simulated("mose2", size: 400) { ($0.seed, $0.vacancies) = (seed, [0, 0]) }
    let map = try StrainMethod().result(on: micrograph).maps[0]
    #expect(map.spread.planes.count == 4 && map.spread.planes.allSatisfy { !$0.isBeyondNoise }, "\(map.spread)")
  }

  @Test func `sees the strain of a crystal that bends`() throws {
    let micrograph = try simulated("strained", size: 400) { ($0.field, $0.crystal) = ("gradient", "mose2") }
    let result = try StrainMethod().result(on: micrograph)
    #expect(result.maps[0].spread.planes.contains { $0.isBeyondNoise })
    #expect(result.report().summary.contains("Beyond the noise"))
  }

  /// A uniform strain varies nowhere: it shows in the means against given vectors alone.
  @Test(arguments: ["columns", "gpa"], [0, 0.01]) func `sees a uniform strain against given vectors`(
    route: String, strain: Double
  ) throws {
    let micrograph = try simulated("strained", size: 400) {
      ($0.field, $0.crystal, $0.strain, $0.counts) = ("uniform", "square", strain, 50)
    }
    var method = StrainMethod()
    method.route = try #require(.init(rawValue: route))
    method.reference = .vectors(LatticeVectors(u: Point(24, 0), v: Point(0, 24)))
    let result = try method.result(on: micrograph)
    let planes = result.maps[0].spread.planes
    // exx, eyy, exy and rotation of the field `uniform`.
    for (plane, share) in zip(planes, [1, -0.5, 0.25, 0.5]) {
      let error = try #require(plane.meanError)
      #expect(abs(plane.mean - share * strain) < 4 * error + 0.01 * strain, "\(plane)")
      #expect(plane.isBeyondNoise == (strain > 0), "\(plane)")
    }
    #expect(result.report().headline.hasPrefix("No strain beyond") == (strain == 0))
    #expect(result.sentences[0].contains("means exx ") && result.sentences[0].contains(" ± "))
    #expect(result.summary.strain["exx"]?.meanError == planes[0].meanError)
    #expect(result.summary.strain["exx"]?.isBeyondNoise == (strain > 0))
    // The mean against the mean is no result.
    method.reference = .mean
    let own = try method.result(on: micrograph)
    #expect(own.summary.strain["exx"]?.meanError == nil && !own.sentences[0].contains("means"))
  }

  /// exx of a crystal that is turned by θ alone is cos θ - 1, 1.5 % at 10 degrees.
  @Test func `says where a crystal is turned far against the reference`() throws {
    func warnings(_ angle: Double) throws -> [String] {
      let micrograph = try simulated("strained", size: 400) {
        ($0.field, $0.crystal, $0.strain, $0.angle) = ("uniform", "square", 0.001, angle)
      }
      var method = StrainMethod()
      method.reference = .vectors(LatticeVectors(u: Point(24, 0), v: Point(0, 24)))
      return try method.result(on: micrograph).record.warnings.filter { $0.contains("turned by up to") }
    }
    #expect(try warnings(10).count == 1 && warnings(0).isEmpty)
  }
}
