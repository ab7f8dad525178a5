import Foundation
import TesseraMethods
import TestSupport
import Testing

struct `The report over many images` {
  private let folder = TemporaryFolder()

  private func entry(_ name: String, _ summary: String) throws -> SeriesReport.Entry {
    try FileManager.default.createDirectory(atPath: folder / name, withIntermediateDirectories: true)
    try Data(summary.utf8).write(to: URL(fileURLWithPath: folder / "\(name)/summary.json"))
    try Data().write(to: URL(fileURLWithPath: folder / "\(name)/report.html"))
    return SeriesReport.Entry(image: "\(name).tif", folder: name, in: folder.path)
  }

  @Test func `reads the numbers of a summary and nothing else`() throws {
    let entry = try entry(
      "a",
      #"{"counts": {"columns": 12}, "coverage": 0.5, "flag": true, "name": "x", "parameters": {"seed": 3}, "none": null}"#
    )
    #expect(entry.numbers == ["columns": 12, "coverage": 0.5])
    #expect(try self.entry("b", "no JSON").numbers.isEmpty)
    #expect(SeriesReport.Entry(image: "c", folder: "missing", in: folder.path).numbers.isEmpty)
  }

  @Test func `shows first what a reader asks first`() throws {
    let entries = try (1...3).map { number in
      let others = "abcdefgh".map { "\"\($0)\": \(number)" }.joined(separator: ", ")
      return try entry(
        "m\(number)",
        #"{"counts": {\#(others), "classes": \#(number), "columns": \#(40 + number)}, "lattice": {"u": [3, \#(number)], "v": [0, \#(number)]}}"#
      )
    }
    #expect(entries[0].numbers["lattice_u_px"] == 10.0.squareRoot() && entries[2].numbers["lattice_v_px"] == 3)
    try SeriesReport(entries, command: "motifs").write(to: folder.path, replacing: false)
    let page = try String(contentsOfFile: folder / "report.html", encoding: .utf8)
    for name in ["columns", "classes", "lattice u px", "lattice v px", "d"] {
      #expect(page.contains(">\(name)<"), "\(name)")
    }
    #expect(!page.contains(">e<"))
  }

  @Test func `links to each result, shows what varies and names the images unlike the others`() throws {
    var entries = try (0..<12).map { number in
      try entry("n\(number)", #"{"counts": {"columns": \#(number == 7 ? 90 : 40 + number % 3), "same": 5}}"#)
    }
    entries.append(SeriesReport.Entry(image: "broken <b>.tif", message: "cannot be read"))
    try SeriesReport(entries, command: "analyze --scale 3").write(to: folder.path, replacing: false)
    let page = try String(contentsOfFile: folder / "report.html", encoding: .utf8)
    #expect(page.contains(#"<a href="./n7/report.html">n7.tif</a>"#))
    #expect(page.contains("13 images, of which 1 failed"))
    #expect(page.contains("n7.tif: columns 90, median of all 41") && !page.contains("n6.tif: columns"))
    #expect(page.contains("broken &lt;b&gt;.tif: cannot be read"))
    // What is the same in all images is no column, and no file of a figure lies beside the page.
    #expect(!page.contains(">same<") && !page.contains("figures/"))
    #expect(throws: (any Error).self) {
      try SeriesReport(entries, command: "analyze").write(to: folder.path, replacing: false)
    }
  }
}
