import TesseraFigures

/// How the result came about: parameters and why, timings, version, and how to cite it.
package struct ProvenanceChapter: Sendable {
  package var choices: [RunRecord.Choice]
  /// In the order in which the stages ran.
  package var timings: [RunRecord.Timing]
  /// As the user typed it.
  package var input: String
  package var version: String
  /// Nil where nothing is random.
  package var seed: UInt64?
  /// Papers to cite beside the program.
  package var references: [String]
  /// What a paper says of the result; nil where it is not known.
  package var paragraph: MethodsParagraph?

  package init(
    choices: [RunRecord.Choice], timings: [RunRecord.Timing], input: String, version: String, seed: UInt64?,
    references: [String] = [], paragraph: MethodsParagraph? = nil
  ) {
    (self.choices, self.timings, self.references) = (choices, timings, references)
    self.paragraph = paragraph
    (self.input, self.version, self.seed) = (input, version, seed)
  }

  package var sections: [ReportDocument.Section] {
    let same = seed == nil ? "The same input and parameters" : "The same input, seed and parameters"
    var sections: [ReportDocument.Section] = []
    if !choices.isEmpty { sections.append(.init("Parameters", [.table(parameterTable)])) }
    sections.append(
      .init(
        "How it was made",
        [
          .paragraph(
            "Tessera \(version), input \(input)\(seed.map { ", seed \($0)" } ?? ""). \(same) give the same result on any "
              + "number of threads."),
          .table(timingTable),
        ]))
    if let paragraph { sections.append(Self.section(of: paragraph)) }
    sections.append(.init("How to cite", [.list(["Tessera, with the version above."] + references)]))
    return sections
  }

  /// The paragraph to be copied, with its references.
  static func section(of paragraph: MethodsParagraph) -> ReportDocument.Section {
    .init(
      "Methods, for a paper",
      [
        .paragraph("What was done to this image, with the values that were used. Check it, then shorten it."),
        .code(paragraph.document),
      ])
  }

  private var parameterTable: ReportDocument.Table {
    ReportDocument.Table(
      columns: [.init("parameter"), .init("value"), .init("why")],
      rows: choices.map { [.init($0.name), .init($0.value), .init($0.reason)] })
  }

  private var timingTable: ReportDocument.Table {
    ReportDocument.Table(
      columns: [.init("stage"), .init("seconds", isNumeric: true)],
      rows: timings.map {
        [.init($0.stage.rawValue), .init(Number.short($0.seconds, digits: 3), value: $0.seconds)]
      })
  }
}
