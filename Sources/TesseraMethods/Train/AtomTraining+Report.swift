import TesseraFigures
import TesseraNetworks
import TesseraTraining

extension AtomTraining: AssessedTraining {
  /// Any: the spacing of the columns is what the network learns.
  public var pixelSize: Double? { nil }

  /// Heading of the report.
  public var title: String { "Training of atom columns" }

  /// The size and the kinds of the simulated images.
  public var dataSentence: String {
    let simulated =
      "simulated images of \(images.side) x \(images.side) pixels, no two alike: crystals, grains, bilayers, disorder, single atoms, none"
    guard let labels else { return simulated }
    return
      "\(labels.labelCount) labels in \(labels.names.count) images (\(labels.names.prefix(20).joined(separator: ", "))), and one in "
      + "four of the \(simulated)"
  }

  /// Calibration, spread and scores by `AtomAssessment` on images that were never trained on.
  public func assessed(_ model: NetworkModel) throws -> NetworkModel {
    try AtomAssessment().assessed(model, after: self)
  }

  /// The lowest losses of map and spacing, and F1, precision and recall on new images.
  public func facts(of model: NetworkModel, _ history: TrainingHistory) -> [ReportDocument.Fact] {
    var facts: [ReportDocument.Fact] = []
    if let best = history.best {
      facts += [
        .init(Text.fixed(best.validationMap, 1), "loss of the map", note: "lowest, at step \(best.step)"),
        .init(
          Text.fixed(100 * best.validationSpacing.squareRoot() / 16, 1) + " %", "error of the spacing",
          note: "root mean square"),
      ]
    }
    let scores = model.training.scores
    if let f1 = scores["f1"], let precision = scores["precision"], let recall = scores["recall"] {
      facts.append(
        .init(
          Text.fixed(f1, 3),
          labels == nil
            ? "F1 of new images" : scores["labels_were_held_back"] == 1 ? "F1 of labels held back" : "F1 of the labels",
          note: "precision \(Text.fixed(precision, 3)), recall \(Text.fixed(recall, 3))"))
    }
    return facts
  }

  /// Twelve images that were held back, each with the map and spacing found and wanted.
  public func sheet(of model: NetworkModel) throws -> ReportDocument.Section {
    let tiles = try (0..<12).flatMap { index -> [ContactSheet.Tile] in
      let image =
        labels.map { $0.part(index, side: images.side, seed: validationImages.seed, held: true) }
        ?? validationImages.image(index)
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
