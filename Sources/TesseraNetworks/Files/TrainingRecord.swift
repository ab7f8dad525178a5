/// How the weights of a network came about.
public struct TrainingRecord: Sendable, Codable, Equatable {
  /// Program and version that trained it.
  public var program: String
  /// The images that it was trained on, in a sentence: simulated or recorded, of which specimens.
  public var data: String
  /// Number of those images.
  public var imageCount: Int
  /// Passes over the images.
  public var epochs: Int
  /// Of all random choices.
  public var seed: UInt64
  /// Measures on images that were held back, by name.
  public var scores: [String: Double]
  /// Number of images whose columns a person had labelled; nil: none. What such a network proposes may be fainter.
  public var labelledImages: Int?

  /// A record; `scores` are measures on images that were held back, by name.
  public init(
    program: String, data: String, imageCount: Int, epochs: Int, seed: UInt64, scores: [String: Double] = [:]
  ) {
    (self.program, self.data, self.imageCount) = (program, data, imageCount)
    (self.epochs, self.seed, self.scores) = (epochs, seed, scores)
  }
}
