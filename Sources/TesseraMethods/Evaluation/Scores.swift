import TesseraImaging
import TesseraLearning
import TesseraStructure

/// Named scores in a fixed order, as `evaluate` prints them.
public struct Scores: Sendable, Encodable, Equatable {
  /// One score.
  public struct Entry: Sendable, Equatable {
    /// Name of the score as `evaluate` prints it, such as `f1`, `rms_px` or, for a count, `n_truth`.
    public let name: String
    /// A count where `isCount`, else a score or a length; NaN where undefined.
    public let value: Double
    /// Whether the value is a whole number of objects, which pooling adds instead of averaging.
    public let isCount: Bool
  }

  /// What was scored: `sites`, `mask`, `labels` or `instances`.
  public let subject: Evaluation.Subject
  /// The scores in the order of printing.
  public let entries: [Entry]
  /// Pixel counts, of masks.
  let mask: MaskScore?
  /// Counts of instances.
  let instances: InstanceScore?

  /// The value of a score.
  public subscript(name: String) -> Double? { entries.first { $0.name == name }?.value }

  /// What a reader must know of the scores, in sentences.
  public var warnings: [String] {
    if let instances, instances.trueCount == 0 {
      return ["no object was scored: there is none in the truth that the border of the image does not cut"]
    }
    if self["n_truth"] == 0, subject == .sites {
      return [
        "no true site is there to be found, in the region that counts: "
          + (self["n_predicted"] == 0
            ? "nothing was scored, and scores of 1 say nothing" : "scores of 0 say nothing of what was missed")
      ]
    }
    return []
  }

  private init(
    _ subject: Evaluation.Subject, _ entries: [(String, Double)], mask: MaskScore? = nil,
    instances: InstanceScore? = nil
  ) {
    self.subject = subject
    self.entries = entries.map { Entry(name: $0.0, value: $0.1, isCount: $0.0.hasPrefix("n_")) }
    (self.mask, self.instances) = (mask, instances)
  }

  init(_ score: SiteScore) {
    self.init(
      .sites,
      [
        ("precision", score.precision), ("recall", score.recall), ("f1", score.f1), ("jaccard", score.jaccard),
        ("chamfer_px", score.chamfer), ("rms_px", score.rms), ("f1_unlimited", score.f1Unlimited),
        ("jaccard_unlimited", score.jaccardUnlimited), ("n_predicted", Double(score.predictedCount)),
        ("n_truth", Double(score.truthCount)), ("tolerance_px", score.tolerance),
      ])
  }

  init(_ score: MaskScore) {
    self.init(
      .mask,
      [("dice", score.dice), ("precision", score.precision), ("recall", score.recall), ("iou", score.iou)], mask: score)
  }

  init(_ score: InstanceScore) {
    self.init(
      .instances,
      [
        ("recall", score.recall), ("precision", score.precision), ("mean_iou", score.meanOverlap),
        ("n_truth", Double(score.trueCount)), ("n_found", Double(score.foundCount)),
        ("n_predicted", Double(score.predictedCount)), ("n_false", Double(score.falseCount)),
      ], instances: score)
  }

  init(_ score: LabelScores, count: Int? = nil) {
    let rows = count.map { [("n_matched", Double($0))] } ?? []
    self.init(
      .labels,
      [
        ("ami", score.adjustedMutualInformation), ("ari", score.adjustedRand), ("fmi", score.fowlkesMallows),
        ("accuracy", score.accuracy),
      ] + rows)
  }

  /// Several results as one: masks pool their pixels and instances their numbers; of sites and labels it is the mean of each score over the files, and
  /// the sum of each count. Nil if the results are of different kinds.
  public init?(pooling all: [Scores]) {
    guard let first = all.first, all.allSatisfy({ $0.subject == first.subject }) else { return nil }
    if first.subject == .mask {
      self.init(all.compactMap(\.mask).reduce(MaskScore(), +))
      return
    }
    if first.subject == .instances {
      self.init(all.compactMap(\.instances).reduce(InstanceScore(), +))
      return
    }
    let pooled = first.entries.map { entry -> (String, Double) in
      let values = all.compactMap { $0[entry.name] }
      let sum = values.reduce(0, +)
      return (entry.name, entry.isCount ? sum : sum / Double(values.count))
    }
    self.init(first.subject, pooled)
  }

  private struct Name: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  /// One object: the name and value of each score.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Name.self)
    for entry in entries {
      if entry.isCount {
        try container.encode(Int(entry.value), forKey: Name(stringValue: entry.name))
      } else {
        try container.encode(entry.value, forKey: Name(stringValue: entry.name))
      }
    }
  }
}
