import TesseraNumerics

/// What a network says of an image.
public struct UNetMaps: Sendable, Equatable {
  /// One map per output channel, each as large as the image.
  public let maps: [Raster<Float>]
  /// Number of the spacing branch: mean distance of nearest neighbours in pixels, 0 or more; nil without that branch.
  public let spacing: Double?
  /// Mean of each channel at the bottom over the image without its border: what tells images that are unlike those of the training
  /// (`TrainingSpread`).
  public let bottomMeans: [Float]
  /// Number of tiles that the image was passed in: 1 if it was passed whole.
  public let tileCount: Int
}
