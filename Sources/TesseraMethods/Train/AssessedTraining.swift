import TesseraNetworks
import TesseraTraining

/// A training whose network is tried when it has ended, and whose report says what came of it.
public protocol AssessedTraining: NetworkTraining {
  /// Channels at full resolution.
  var width: Int { get }
  /// Side of a pixel in nm that the network knows best; nil: any.
  var pixelSize: Double? { get }
  /// The images, in a few words for the model file.
  var dataSentence: String { get }
  /// The network after its trial on new images, with all that the trial has taught.
  func assessed(_ model: NetworkModel) throws -> NetworkModel
  /// Title of the report.
  var title: String { get }
  /// Numbers at the head of the report.
  func facts(of model: NetworkModel, _ history: TrainingHistory) -> [ReportDocument.Fact]
  /// Images that were held back, with what the network says of them.
  func sheet(of model: NetworkModel) throws -> ReportDocument.Section
}

extension AssessedTraining {
  package var predictsSpacing: Bool { architecture.spacingBranch != nil }
}
