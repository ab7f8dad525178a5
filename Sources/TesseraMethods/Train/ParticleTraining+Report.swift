import TesseraFigures
import TesseraNetworks
import TesseraNumerics
import TesseraTraining

extension ParticleTraining: AssessedTraining {
  /// 0.06 nm: the network sees images whose pixels were joined to about that side.
  public var pixelSize: Double? { Self.pixel }

  /// Heading of the report.
  public var title: String { "Training of nanoparticles" }

  /// The materials and the number of the simulated scenes.
  public var dataSentence: String {
    (labels.map { "\($0.names.count) labelled images; " } ?? "")
      + "simulated lattice images of \(Set(images.materials).sorted().joined(separator: ", ")) on amorphous carbon, and images by "
      + "thickness: parts of \(images.sceneCount) scenes"
  }

  /// Threshold and scores by `ParticleAssessment` on scenes that were never trained on.
  public func assessed(_ model: NetworkModel) throws -> NetworkModel {
    try curve(of: model).model
  }

  private func curve(of model: NetworkModel) throws -> (model: NetworkModel, curve: [ParticleAssessment.Point]) {
    try labels.map { try ParticleAssessment().assessed(model, on: $0) }
      ?? ParticleAssessment().assessed(model, on: validationImages)
  }

  /// Precision against recall, and the threshold with the best F1.
  private func thresholds(of model: NetworkModel) throws -> [ReportDocument.Figure] {
    let curve = try curve(of: model).curve
    guard let best = curve.max(by: { $0.f1 < $1.f1 }) else { return [] }
    let (blue, orange, green) = (Color(0x0072B2), Color(0xD55E00), Color(0x009E73))
    let title = "Precision and recall"
    let place = "threshold \(Text.fixed(best.threshold, 3)): F1 \(Text.fixed(best.f1, 3))"
    return [
      .init(
        "precision-recall", title: title,
        caption:
          "Of all pixels of the images that choose the threshold, from the lowest threshold (right) to the highest; the point is the one with the "
          + "best F1.",
        LineFigure(
          curves: [.init(name: "precision", points: curve.map { Point($0.recall, $0.precision) }, color: blue)],
          marks: [.init(at: best.recall, label: place)], x: Axis("recall"), y: Axis("precision"), summary: title
        ).drawing()),
      .init(
        "thresholds", title: "Threshold",
        caption: "Precision, recall and F1 of the same pixels against the threshold of the map.",
        LineFigure(
          curves: [
            .init(name: "precision", points: curve.map { Point($0.threshold, $0.precision) }, color: blue),
            .init(name: "recall", points: curve.map { Point($0.threshold, $0.recall) }, color: orange),
            .init(name: "F1", points: curve.map { Point($0.threshold, $0.f1) }, color: green),
          ], marks: [.init(at: best.threshold, label: "best F1")], x: Axis("threshold"), y: Axis("share of pixels"),
          summary: place
        ).drawing()),
    ]
  }

  /// The lowest cross-entropy, and Dice, precision and recall on new scenes.
  public func facts(of model: NetworkModel, _ history: TrainingHistory) -> [ReportDocument.Fact] {
    var facts: [ReportDocument.Fact] = []
    if let best = history.best {
      facts.append(
        .init(Text.fixed(best.validationMap, 4), "cross-entropy of a pixel", note: "lowest, at step \(best.step)"))
    }
    let scores = model.training.scores
    if let dice = scores["dice"], let precision = scores["precision"], let recall = scores["recall"] {
      facts.append(
        .init(
          Text.fixed(dice, 3), "Dice of new scenes",
          note: "precision \(Text.fixed(precision, 3)), recall \(Text.fixed(recall, 3)), threshold "
            + Text.fixed(model.threshold ?? 0.5, 3)))
    }
    return facts
  }

  /// Twelve images that were held back, each with the map of the network and the mask that was wanted.
  public func sheet(of model: NetworkModel) throws -> ReportDocument.Section {
    let tiles = try (0..<12).flatMap { index -> [ContactSheet.Tile] in
      let trial =
        labels.map { $0.trial(index, side: images.side, seed: images.seed) } ?? validationImages.trial(index)
      let map = try model.network.maps(of: trial.pixels).maps[1]
      return [
        .init(patch: trial.pixels.map { min(max($0, -3), 3) / 3 }, captions: ["image \(index + 1)"], style: nil),
        .init(patch: map, captions: ["map"], style: nil), .init(patch: trial.mask, captions: ["wanted"], style: nil),
      ]
    }
    let sheet = ContactSheet(
      tiles: tiles, calibration: nil, summary: "Images, maps of the network, and masks that were wanted")
    return .init(
      "Images held back",
      [
        .row(try thresholds(of: model)),
        .figure(
          .init(
            "validation", title: "Images that the network was not trained on",
            caption: "Each image as the network sees it, the map that it gives, and the mask that was wanted.",
            sheet.drawing())),
      ])
  }
}
