import TesseraFigures
import TesseraImaging
import TesseraNumerics

/// The report of a training of defects: confusion matrices, and which features matter.
struct DefectReport {
  var training: DefectTraining
  var model: DefectModel
  var assessment: DefectAssessment
  var regionCount: Int

  var document: ReportDocument {
    let scores = model.training.scores
    func score(_ name: String) -> String { Text.fixed(scores[name] ?? 0, 3) }
    var document = ReportDocument(
      title: "Training of defects",
      headline:
        "Mean of the recalls \(score("mean_recall")) on \(assessment.held.labels.count) particles of micrographs that were held back"
    )
    document.facts = [
      .init("\(regionCount)", "regions", note: "of \(training.micrographs) micrographs"),
      .init(
        score("mean_recall"), "mean of the recalls",
        note: "95 %: \(score("mean_recall_low")) to \(score("mean_recall_high"))"),
      .init(score("out_of_bag_mean_recall"), "the same out of bag"),
      .init(score("accuracy"), "share of right answers", note: "classes as often as they occur"),
      .init(score("calibration_error"), "error of the probabilities"),
    ]
    if let caution = model.caution(name: "this forest") { document.warnings = [caution] }
    document.sections = [
      .init(
        "Confusion",
        [
          .paragraph("Rows are true classes, columns answers; shares of a row."),
          .table(table(assessment.heldConfusion)),
          .paragraph("Out of bag, each particle by the trees that have not seen its micrograph:"),
          .table(table(assessment.confusion(of: assessment.outOfBag.shares, assessment.outOfBag.labels))),
        ]),
      .init(
        "Features",
        [
          .paragraph("Fall of the share of right answers out of bag where a feature's values are shuffled."),
          .table(
            .init(
              columns: [.init("Feature"), .init("Fall", isNumeric: true)],
              rows: assessment.importance.sorted { ($1.fall, $0.name) < ($0.fall, $1.name) }.map {
                [.init($0.name), .init(Text.fixed($0.fall, 4), value: $0.fall)]
              })),
        ]),
    ]
    document.footer = "Tessera \(TesseraVersion.current) · seed \(training.seed)"
    return document
  }

  private func table(_ counts: [[Int]]) -> ReportDocument.Table {
    let names = assessment.classes.map(\.rawValue)
    return .init(
      columns: [.init("True class")] + names.map { .init($0, isNumeric: true) } + [.init("Number", isNumeric: true)],
      rows: zip(names, counts).map { name, row in
        let all = row.reduce(0, +)
        return [.init(name)]
          + row.map { count in
            let share = all > 0 ? Double(count) / Double(all) : 0
            return .init(Text.fixed(share, 3), value: share)
          } + [.init("\(all)", value: Double(all))]
      })
  }
}
