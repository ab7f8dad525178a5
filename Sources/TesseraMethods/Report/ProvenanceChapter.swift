import TesseraFigures

/// How the result came about: parameters and why, timings, version, and how to cite it.
package struct ProvenanceChapter: Sendable {
  package var choices: [AnalysisResult.Choice]
  /// In the order in which the stages ran.
  package var timings: [AnalysisResult.Timing]
  /// As the user typed it.
  package var input: String
  package var version: String
  /// Nil where nothing is random.
  package var seed: UInt64?

  package init(
    choices: [AnalysisResult.Choice], timings: [AnalysisResult.Timing], input: String, version: String, seed: UInt64?
  ) {
    (self.choices, self.timings) = (choices, timings)
    (self.input, self.version, self.seed) = (input, version, seed)
  }

  package var sections: [ReportDocument.Section] {
    [
      .init("Parameters", [.table(parameterTable)]),
      .init(
        "How it was made",
        [
          .paragraph(
            "Tessera \(version), input \(input)\(seed.map { ", seed \($0)" } ?? ""). The same input\(seed == nil ? "" : ", seed") and parameters give the same result on any number of threads."
          ),
          .table(timingTable),
        ]),
      .init("How to cite", [.list(Self.citations)]),
    ]
  }

  private var parameterTable: ReportDocument.Table {
    ReportDocument.Table(
      columns: [.init("parameter"), .init("value"), .init("why")],
      rows: choices.map { [.init($0.name), .init($0.value), .init($0.reason)] })
  }

  private var timingTable: ReportDocument.Table {
    ReportDocument.Table(
      columns: [.init("stage"), .init("seconds", isNumeric: true)],
      rows: timings.map { [.init($0.stage), .init(Number.short($0.seconds, digits: 3), value: $0.seconds)] })
  }

  private static let citations = [
    "Tessera, with the version above.",
    "J. Dan, X. Zhao, S. Ning, J. Lu, K. P. Loh, Q. He, N. D. Loh and S. J. Pennycook: Learning motifs and their "
      + "hierarchies in atomic resolution microscopy. Science Advances 8 (2022) eabk1005, doi:10.1126/sciadv.abk1005.",
  ]
}
