import Foundation
import TesseraFigures
import TesseraNetworks
import TesseraNumerics
import TesseraTraining

/// The report of a training: how the loss fell, and images that were held back with what the network says of them.
struct TrainingReport {
  var training: AtomTraining
  var history: TrainingHistory
  var model: NetworkModel

  /// Images of the sheet.
  private static let sheetCount = 12

  var document: ReportDocument {
    get throws {
      let last = history.rows.last?.step ?? 0
      let best = history.best
      var document = ReportDocument(
        title: "Training of atom columns",
        headline: last < training.steps
          ? "\(last) of \(training.steps) steps"
          : "\(training.steps) steps, \(training.steps * training.batchSize) images")
      document.facts = [.init("\(model.network.architecture.weightCount)", "weights")]
      if let best {
        document.facts += [
          .init(Text.fixed(best.validationMap, 1), "loss of the map", note: "lowest, at step \(best.step)"),
          .init(
            Text.fixed(100 * best.validationSpacing.squareRoot() / 16, 1) + " %", "error of the spacing",
            note: "root mean square"),
        ]
      }
      let scores = model.training.scores
      if let f1 = scores["f1"], let precision = scores["precision"], let recall = scores["recall"] {
        document.facts.append(
          .init(
            Text.fixed(f1, 3), "F1 of new images",
            note: "precision \(Text.fixed(precision, 3)), recall \(Text.fixed(recall, 3))"))
      }
      document.sections = [lossSection, try sheetSection]
      document.footer = "Tessera \(TesseraVersion.current) · seed \(training.images.seed)"
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
    return .init(
      "Loss",
      [
        .row([
          figure(
            "map-loss", "Loss of the map",
            [
              curve("training", orange) { $0.trainingMap }, curve("validation", blue) { $0.validationMap },
            ]),
          figure(
            "spacing-loss", "Loss of the spacing",
            [
              curve("training", orange) { $0.trainingSpacing }, curve("validation", blue) { $0.validationSpacing },
            ]),
        ])
      ])
  }

  private var sheetSection: ReportDocument.Section {
    get throws {
      let tiles = try (0..<Self.sheetCount).flatMap { index -> [ContactSheet.Tile] in
        let image = training.validationImages.image(index)
        let normal = (try? model.normalization.normalized(image.pixels)) ?? image.pixels
        let result = try model.network.maps(of: normal)
        let found = result.spacing.map { "\(Text.fixed($0, 1)) px" } ?? "none"
        let wanted = image.spacing.map { "\(Text.fixed($0, 1)) px" } ?? "none"
        return [
          .init(patch: normal.map { min(max($0, -2), 4) / 4 }, captions: ["image \(index + 1)"], style: nil),
          .init(patch: result.maps[0], captions: ["map", "spacing \(found)"], style: nil),
          .init(patch: image.map, captions: ["wanted", "spacing \(wanted)"], style: nil),
        ]
      }
      let sheet = ContactSheet(
        tiles: tiles, calibration: nil, summary: "Images, maps of the network, and maps that were wanted")
      return .init(
        "Images held back",
        [
          .figure(
            .init(
              "validation", title: "Images that the network was not trained on",
              caption: "Each image as the network sees it, the map that it gives, and the one that was wanted.",
              sheet.drawing()))
        ])
    }
  }
}
