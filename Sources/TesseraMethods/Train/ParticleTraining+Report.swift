import TesseraFigures
import TesseraNetworks
import TesseraTraining

extension ParticleTraining: AssessedTraining {
  /// 0.06 nm: the network sees images whose pixels were joined to about that side.
  public var pixelSize: Double? { Self.pixel }

  /// Heading of the report.
  public var title: String { "Training of nanoparticles" }

  /// The materials and the number of the simulated scenes.
  public var dataSentence: String {
    "simulated lattice images of \(Set(images.materials).sorted().joined(separator: ", ")) on amorphous carbon, and images by "
      + "thickness: parts of \(images.sceneCount) scenes"
  }

  /// Threshold and scores by `ParticleAssessment` on scenes that were never trained on.
  public func assessed(_ model: NetworkModel) throws -> NetworkModel {
    try ParticleAssessment().assessed(model, on: validationImages).model
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
      let trial = validationImages.trial(index)
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
        .figure(
          .init(
            "validation", title: "Images that the network was not trained on",
            caption: "Each image as the network sees it, the map that it gives, and the mask that was wanted.",
            sheet.drawing()))
      ])
  }
}
