import Foundation
import TesseraFormats
import TesseraHDF5
import TesseraMethods
import TesseraNetworks

/// What `info` says of a model file: what it was trained on, and how good it was on what was held back.
extension FileSummary {
  /// Nil of a file that is no model.
  /// - Throws: `FormatError` for a model that is damaged, or of a kind that is not known.
  init?(ofModel path: String) throws {
    guard ModelContainer.isModel(path) else { return nil }
    do {
      let model = try NetworkModel(readFrom: path)
      var facts = Self.facts(model.training, licence: model.licence, checksum: model.checksum)
      facts.append(.init("weights", .integer(model.network.weights.count)))
      if let threshold = model.threshold { facts.append(.init("threshold", .number(threshold))) }
      if let size = model.pixelSize { facts.append(.init("pixel_size_nm", .number(size))) }
      self.init(
        path: path, format: "Tessera model of \(model.kind.rawValue)", facts: facts + Self.scores(model.training),
        warnings: [])
    } catch let error {
      guard let forest = try? DefectModel(readFrom: path) else { throw error }
      var facts = Self.facts(forest.training, licence: forest.licence, checksum: forest.checksum)
      facts.append(.init("classes", .text(forest.classes.map(\.rawValue).joined(separator: ", "))))
      facts.append(.init("trees", .integer(forest.forest.trees.count)))
      self.init(
        path: path, format: "Tessera model of \(DefectModel.kind)", facts: facts + Self.scores(forest.training),
        warnings: [forest.caution(name: "this forest")].compactMap(\.self))
    }
  }

  private init(path: String, format: String, facts: [MetadataTree.Entry], warnings: [String]) {
    (self.path, self.format, self.warnings) = (path, format, warnings)
    (datasets, metadata) = ([], .group(facts))
  }

  private static func facts(
    _ training: TrainingRecord, licence: String, checksum: String?
  ) -> [MetadataTree.Entry] {
    var facts: [MetadataTree.Entry] = [
      .init("data", .text(training.data)), .init("images", .integer(training.imageCount)),
    ]
    if let labelled = training.labelledImages { facts.append(.init("labelled_images", .integer(labelled))) }
    facts += [.init("program", .text(training.program)), .init("seed", .text("\(training.seed)"))]
    facts.append(.init("licence", .text(licence)))
    if let checksum { facts.append(.init("crc_32", .text(checksum))) }
    return facts
  }

  /// Scores on images that were held back, by name.
  private static func scores(_ training: TrainingRecord) -> [MetadataTree.Entry] {
    training.scores.sorted { $0.key < $1.key }.map { .init($0.key, .number(Double(short($0.value)) ?? $0.value)) }
  }
}
