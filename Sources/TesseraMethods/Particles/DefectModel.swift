import Foundation
import TesseraImaging
import TesseraLearning
import TesseraNetworks
import TesseraNumerics
import TesseraSegmentation

/// A forest that tells the classes of nanoparticles, with all that is needed to use it and to judge it: what a model file of the kind
/// `defects` holds.
public struct DefectModel: Sendable, Equatable {
  /// The kind of model file that holds a forest, as its description states it.
  public static let kind = "defects"

  /// Trees whose answers are the indices of `classes`.
  public var forest: RandomForest
  /// What the forest is asked about.
  public var features: ParticleFeatures
  /// Class of each of the forest's answers.
  public var classes: [ParticleClass]
  /// Power of the shares of votes that makes them probabilities: above 1, forests are too cautious. Fitted out of bag.
  public var sharpness: Double
  /// What the forest was trained on, and its scores.
  public var training: TrainingRecord
  /// Licence under which the model may be used, such as `Apache-2.0`.
  public var licence: String
  /// CRC-32 of the file that the model was read from; nil: made in memory.
  public internal(set) var checksum: String?

  /// A model that was made in memory; its checksum is nil until it is read from a file.
  public init(
    forest: RandomForest, features: ParticleFeatures, classes: [ParticleClass], sharpness: Double,
    training: TrainingRecord, licence: String
  ) {
    (self.forest, self.features, self.classes) = (forest, features, classes)
    (self.sharpness, self.training, self.licence) = (sharpness, training, licence)
  }

  /// Classes that the forest has not learnt, because the micrographs of its training had hardly any: a particle of such a class gets another.
  public var unlearntClasses: [ParticleClass] { ParticleClass.allCases.filter { !classes.contains($0) } }

  /// What a user must know of a forest that has not learnt all classes; nil: it has.
  ///
  /// - Parameter name: of the forest, at the beginning of the sentence.
  public func caution(name: String) -> String? {
    let missing = unlearntClasses.map(\.rawValue)
    guard !missing.isEmpty else { return nil }
    return
      "\(name) knows the classes \(classes.map(\.rawValue).joined(separator: ", ")) alone: a particle of the class "
      + "\(missing.joined(separator: " or ")), which its training had too few of, is taken for one of these"
  }

  /// The probability of each class, in the order of `classes`; they add up to 1.
  public func probabilities(of features: [Float]) -> [Double] {
    Self.sharpened(forest.shares(of: features), by: sharpness)
  }

  /// Shares with a little for every class, to a power.
  static func sharpened(_ shares: [Double], by power: Double) -> [Double] {
    let raised = shares.map { pow(0.002 + $0, power) }
    let sum = raised.reduce(0, +)
    return raised.map { $0 / sum }
  }

  /// The power with which the shares of rows that the trees have not seen are the most likely to give their labels.
  static func sharpness(ofShares shares: [[Double]], labels: [Int]) -> Double {
    let known = shares.indices.filter { shares[$0].contains { $0 > 0 } }
    func loss(_ power: Double) -> Double {
      known.reduce(0) { $0 - log(sharpened(shares[$1], by: power)[labels[$1]]) }
    }
    // The loss has one minimum. Below the tolerance its values do not differ by more than rounding.
    return GoldenSection(0.3...6, tolerance: 3e-8).minimum(of: loss)
  }

  public static func == (a: DefectModel, b: DefectModel) -> Bool {
    a.forest == b.forest && a.features == b.features && a.classes == b.classes && a.sharpness == b.sharpness
      && a.training == b.training && a.licence == b.licence
  }
}
