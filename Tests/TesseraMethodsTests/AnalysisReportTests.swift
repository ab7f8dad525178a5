import Foundation
import TesseraMethods
import TesseraNumerics
import TestSupport
import Testing

struct `The report of an analysis` {
  private static let result = Result { try MotifMethod().result(on: ExampleCrystal().micrograph, seed: 7) }

  @Test func `answers first, and has every chapter`() throws {
    let result = try Self.result.get()
    let document = ResultFolder(result, input: "example.tif", version: "1.2.3").document
    #expect(document.headline.contains("columns form \(result.classes.count) motifs"))
    // Columns of both kinds stand 0.226 nm apart; those of one kind, 0.320 nm.
    #expect(document.summary.contains("a = 0.3200\u{A0}nm"))
    let names = document.figures.map(\.name)
    for name in ["micrograph", "columns", "classes", "layout", "moments", "reconstruction", "spectrum", "cells"] {
      #expect(names.contains(name), "\(name)")
    }
    let titles = document.sections.map(\.title)
    #expect(titles.prefix(2) == ["Columns", "Motifs"])
    #expect(titles.suffix(4) == ["Parameters", "How it was made", "Methods, for a paper", "How to cite"])
    #expect(document.footer.contains("1.2.3"))
  }

  @Test func `names no motifs where they change continuously`() throws {
    var result = try Self.result.get()
    result.structure = StructureKind(kind: .continuous, explained: 0.2, reason: "the motifs change gradually")
    let document = ResultFolder(result, input: "example.tif", version: "1").document
    #expect(document.headline.contains("change continuously"))
    #expect(!document.sections.map(\.title).contains("Rare motifs"))
    #expect(!document.figures.map(\.name).contains("cells"))
  }

  @Test func `copes with an uncalibrated image without a lattice`() throws {
    var result = try Self.result.get()
    (result.grains, result.cells, result.hierarchy) = (nil, nil, nil)
    result.record.micrograph.calibration = nil
    let document = ResultFolder(result, input: "example.tif", version: "1").document
    #expect(document.summary.contains("share no lattice"))
    #expect(document.figures.first { $0.name == "micrograph" }!.caption.contains("pixel size unknown"))
  }

  @Test(.slow) func `is small, and the same each time`() throws {
    let report = ResultFolder(try Self.result.get(), input: "example.tif", version: "1").document
    let files = report.files()
    #expect(files.last!.data.count < 6_000_000)
    #expect(files.map(\.data) == report.files().map(\.data))
    #expect(String(decoding: files.last!.data, as: UTF8.self).contains("seed 7"))
  }
}
