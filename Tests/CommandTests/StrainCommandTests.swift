import Foundation
import TesseraFormats
import TesseraNumerics
import TestSupport
import Testing

struct `The command strain` {
  let folder = ScratchFolder()

  private func simulate(_ words: String..., named name: String) throws {
    let run = try CommandRun(["simulate"] + words + ["-o", folder / name])
    #expect(run.status == 0, "\(run.errors)")
  }

  /// Standard deviation of the difference of each plane from the truth.
  private func deviations(_ found: String, _ truth: String) throws -> [Double] {
    let (a, b) = (try ImageFile.open(path: found), try ImageFile.open(path: truth))
    return try (0..<4).map { plane in
      let (found, truth) = (try a.read(frame: plane).pixels, try b.read(frame: plane).pixels)
      let known = found.values.indices.filter { found.values[$0].isFinite && truth.values[$0].isFinite }
      #expect(Double(known.count) > 0.5 * Double(found.count))
      return Statistics.deviation(known.map { Double(found.values[$0] - truth.values[$0]) })
    }
  }

  /// Columns of another image, say, all of which lie beyond this one.
  @Test func `ends in a result or a sentence where all given columns lie outside`() throws {
    try simulate("mose2", "--size", "128", named: "a.tif")
    for (x, y) in [(3000, 3000), (3000, 60), (60, -3000)] {
      let rows = (0..<40).map { "\(x + 16 * ($0 % 8)),\(y + 16 * ($0 / 8))" }
      try Data(("x,y\n" + rows.joined(separator: "\n") + "\n").utf8).write(to: URL(filePath: folder / "far.csv"))
      let run = try CommandRun(["strain", "a.tif", "--sites", "far.csv", "-o", "far", "--force"], in: folder.path)
      #expect([0, 65].contains(run.status), "\(x), \(y): \(run.status) \(run.errors)")
      #expect(run.status == 0 || run.errors.hasPrefix("tessera: "), "\(run.errors)")
    }
  }

  /// Slope of the line through what was found against what is true, which noise in what was found does not bend, and the
  /// standard deviation of what is true.
  private func slope(_ pairs: [(Float, Float)]) -> (slope: Double, deviation: Double) {
    let (known, found) = (pairs.map { Double($0.0) }, pairs.map { Double($0.1) })
    let (knownMean, foundMean) = (Statistics.mean(known), Statistics.mean(found))
    let square = known.reduce(0) { $0 + ($1 - knownMean) * ($1 - knownMean) }
    let product = zip(known, found).reduce(0) { $0 + ($1.0 - knownMean) * ($1.1 - foundMean) }
    return (product / square, (square / Double(known.count)).squareRoot())
  }

  @Test(.slow, arguments: ["gpa", "columns", "both"]) func `measures a known field`(method: String) throws {
    try simulate("strained", "--size", "512", "--seed", "2", named: "st.tif")
    let result = folder / "result"
    let run = try CommandRun("strain", folder / "st.tif", "--method", method, "-o", result, "--json")
    try #require(run.status == 0, "\(run.errors)")
    for deviation in try deviations(result + "/strain.tif", folder / "st.strain.tif") { #expect(deviation < 5e-3) }
    let summary = try #require(try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
    let planes = try #require(summary["strain"] as? [String: [String: Double]])
    #expect(Set(planes.keys) == ["exx", "eyy", "exy", "rotation", "hydrostatic"])
    // The summary is that of the map, whose mean is zero by the choice of the reference.
    let map = try ImageFile.open(path: result + "/strain.tif")
    let truth = try ImageFile.open(path: folder / "st.strain.tif")
    for (plane, name) in ["exx", "eyy", "exy", "rotation"].enumerated() {
      let values = try map.read(frame: plane).pixels.values.filter(\.isFinite).map(Double.init)
      let stated = try #require(planes[name])
      #expect(abs(try #require(stated["mean"]) - Statistics.mean(values)) < 1e-7, "\(name)")
      #expect(abs(try #require(stated["std"]) - Statistics.deviation(values)) < 1e-7, "\(name)")
      #expect(abs(Statistics.mean(values)) < 1e-4, "\(name)")
      // The middle half: windows that reach into the border, where the image falls to zero, see the strain farther inside.
      let (known, found) = (try truth.read(frame: plane).pixels, try map.read(frame: plane).pixels)
      let middle = (0..<256 * 256).map { (x: 128 + $0 % 256, y: 128 + $0 / 256) }
      let pairs = middle.map { (known[$0.x, $0.y], found[$0.x, $0.y]) }.filter { $0.0.isFinite && $0.1.isFinite }
      #expect(pairs.count > 60_000)
      // Errors are alike within 4π blur² pixels, the area of a Gaussian's square.
      let blur = try #require(summary["resolution_px"] as? Double) / 2.355
      let independent = Double(pairs.count) / (4 * .pi * blur * blur)
      let error = try #require(stated["median_error"]) / independent.squareRoot()
      let (slope, deviation) = slope(pairs)
      #expect(abs(slope - 1) < 3 * error / deviation, "\(name): \(slope) ± \(error / deviation)")
    }
    #expect(summary["resolution_nm"] is Double && summary["reference"] is [String: Any])
    var names = try FileManager.default.contentsOfDirectory(atPath: result).sorted()
    names.removeAll { $0 == "figures" }
    var wanted = ["manifest.json", "report.html", "strain-error.tif", "strain.tif", "summary.json"]
    if method != "gpa" { wanted.append("strain.csv") }
    if method == "both" { wanted += ["strain-columns.tif", "strain-gpa.tif", "strain-gpa-error.tif"] }
    #expect(names == wanted.sorted())
  }

  @Test(.slow) func `takes a class of an earlier analysis as the reference`() throws {
    try simulate("mose2", "--size", "400", "--counts", "200", named: "m.tif")
    let table = folder / "sites.csv"
    let found = try CommandRun("sites", folder / "m.tif", "-o", table)
    #expect(found.status == 0)
    // Two classes by hand: left and right.
    var lines = try String(contentsOfFile: table, encoding: .utf8).split(separator: "\n").map(String.init)
    for index in lines.indices.dropFirst() {
      var cells = lines[index].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      (cells[10], cells[11]) = Double(cells[1])! < 200 ? ("1", "left") : ("2", "right")
      lines[index] = cells.joined(separator: ",")
    }
    try lines.joined(separator: "\n").write(toFile: table, atomically: true, encoding: .utf8)
    for name in ["class:left", "class:2"] {
      let run = try CommandRun(
        "strain", folder / "m.tif", "--sites", table, "--reference", name, "-o", folder / "r", "--force")
      #expect(run.status == 0, "\(run.errors)")
    }
    let run = try CommandRun(
      "strain", folder / "m.tif", "--sites", table, "--reference", "class:none", "-o", folder / "q")
    #expect(run.status == 64 && run.errors.contains("no column is of class none; the classes are left, right"))
  }

  @Test(.slow) func `says in a sentence what it cannot do`() throws {
    try simulate("strained", "--size", "256", "--counts", "inf", named: "s.tif")
    let image = folder / "s.tif"
    func fails(_ words: String..., status: Int32, saying part: String) throws {
      let run = try CommandRun(["strain"] + words + ["-o", folder / "x"])
      #expect(run.status == status, "\(words): \(run.errors)")
      #expect(run.errors.contains(part), "\(words): \(run.errors)")
    }
    try fails(image, "--reference", "900,0,40,40", status: 64, saying: "lies outside the image of 256 x 256")
    try fails(image, "--reference", "9,0", status: 64, saying: "--reference")
    try fails(image, "--g1", "0.05,0", "--method", "gpa", status: 64, saying: "give both --g1 and --g2")
    try fails(
      image, "--method", "gpa", "--g1", "0.05,0", "--g2", "0.1,0", status: 64,
      saying: "must point in different directions")
    try fails(
      image, "--method", "gpa", "--g1", "0.31,0.07", "--g2", "0,0.29", status: 65, saying: "shows no reflection at g1")
    // An option of one method chooses it, so it is never ignored.
    try fails(image, "--g1", "0.05,0", status: 64, saying: "give both --g1 and --g2")
    try fails(image, "--mask-radius", "0.001", status: 64, saying: "must be above 0.01 and at most 0.5")
    try fails(image, "--radius", "0.1", status: 64, saying: "must be between 0.5 and 100")
    try fails(image, "--radius", "2", "--mask", "hann", status: 64, saying: "choose one method with --method")
    try fails(
      image, "--method", "columns", "--g1", "0,0.1", "--g2", "0.1,0", status: 64,
      saying: "do not apply to --method columns"
    )
    try fails(
      image, "--reference", "vectors:17,0,0,17", status: 65, saying: "are not lattice vectors of this image")
    // One column, and columns on one line.
    let cases = [("one.csv", "x,y\n100,100\n", "there is only one column")]
    let line = (0..<30).map { "\(8 * $0 + 5),\(4 * $0 + 9)" }.joined(separator: "\n")
    for (name, text, part) in cases + [("line.csv", "x,y\n" + line + "\n", "all 30 columns lie on one line")] {
      try text.write(toFile: folder / name, atomically: true, encoding: .utf8)
      try fails(image, "--method", "columns", "--sites", folder / name, status: 65, saying: part)
      // Columns that are given are not put aside for phases.
      try fails(image, "--sites", folder / name, status: 65, saying: part)
    }
    // Nothing but noise.
    var random = RandomSource(seed: 1)
    let noise = Raster<Float>(width: 200, height: 200, values: (0..<40_000).map { _ in Float(random.gaussian()) })
    try TIFFWriter.write([noise], to: folder / "noise.tif")
    try fails(folder / "noise.tif", "--method", "gpa", status: 65, saying: "shows no reflections")
    try TIFFWriter.write([noise.map { _ in Float(3) }], to: folder / "flat.tif")
    try fails(folder / "flat.tif", status: 65, saying: "all pixels have the value")
  }
}
