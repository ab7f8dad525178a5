import Foundation
import TesseraFigures
import TesseraNetworks
import TesseraNumerics
import TesseraTraining

/// The report of a training: how the loss fell, and images that were held back with what the network says of them.
struct TrainingReport<Training: AssessedTraining> {
  var training: Training
  var history: TrainingHistory
  var model: NetworkModel

  var document: ReportDocument {
    get throws {
      let last = history.rows.last?.step ?? 0
      var document = ReportDocument(
        title: training.title,
        headline: last < training.steps
          ? "\(last) of \(training.steps) steps"
          : "\(training.steps) steps, \(training.steps * training.batchSize) images")
      document.facts =
        [.init("\(model.network.architecture.weightCount)", "weights")] + training.facts(of: model, history)
      document.sections = [lossSection, try training.sheet(of: model)]
      document.footer = "Tessera \(TesseraVersion.current) · seed \(training.seed)"
      return document
    }
  }

  private var lossSection: ReportDocument.Section {
    func curve(_ name: String, _ color: Color, _ value: (TrainingHistory.Row) -> Double) -> LineFigure.Curve {
      .init(name: name, points: history.rows.map { Point(Double($0.step), value($0)) }, color: color)
    }
    let blue = Color(0x0072B2)
    let orange = Color(0xD55E00)
    func figure(_ name: String, _ title: String, _ curves: [LineFigure.Curve]) -> ReportDocument.Figure {
      .init(
        name, title: title,
        caption:
          "Mean over the training images since the validation before, and over \(training.validationCount) images "
          + "that are never trained on.",
        LineFigure(curves: curves, x: Axis("step"), y: Axis("loss of an image"), summary: title)
          .drawing())
    }
    var figures = [
      figure(
        "map-loss", "Loss of the map",
        [curve("training", orange) { $0.trainingMap }, curve("validation", blue) { $0.validationMap }])
    ]
    if training.predictsSpacing {
      figures.append(
        figure(
          "spacing-loss", "Loss of the spacing",
          [curve("training", orange) { $0.trainingSpacing }, curve("validation", blue) { $0.validationSpacing }]))
    }
    return .init("Loss", [.row(figures)])
  }
}
