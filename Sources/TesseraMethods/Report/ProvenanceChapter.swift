import TesseraFigures

/// How the result came about: parameters and why, timings, version, and how to cite it.
package struct ProvenanceChapter: Sendable {
  /// One setting of the analysis.
  package struct Parameter: Sendable {
    package var name, value: String
    /// `chosen from the image: ...`, `default`, `given`.
    package var reason: String
    package init(_ name: String, _ value: String, because reason: String) {
      (self.name, self.value, self.reason) = (name, value, reason)
    }
  }

  package var parameters: [Parameter]
  /// Seconds a stage, in the order in which they ran.
  package var timings: [(stage: String, seconds: Double)]
  /// As the user typed it.
  package var input: String
  package var version: String
  package var seed: UInt64

  package init(
    parameters: [Parameter], timings: [(stage: String, seconds: Double)], input: String, version: String, seed: UInt64
  ) {
    (self.parameters, self.timings) = (parameters, timings)
    (self.input, self.version, self.seed) = (input, version, seed)
  }

  package var sections: [ReportDocument.Section] {
    [
      .init("Parameters", [.table(parameterTable)]),
      .init(
        "How it was made",
        [
          .paragraph(
            "Tessera \(version), input \(input), seed \(seed). The same input, parameters and seed give the same result on any number of threads."
          ),
          .table(timingTable),
        ]),
      .init("How to cite", [.list(Self.citations)]),
    ]
  }

  private var parameterTable: ReportDocument.Table {
    ReportDocument.Table(
      columns: [.init("parameter"), .init("value"), .init("why")],
      rows: parameters.map { [.init($0.name), .init($0.value), .init($0.reason)] })
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
