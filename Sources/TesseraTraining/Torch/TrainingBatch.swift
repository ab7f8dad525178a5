import TesseraNumerics

/// Images of one size with what a network should say of them.
public struct TrainingBatch: Sendable {
  let count, width, height: Int
  /// Pixels of all images, those wanted of all maps, and how much each counts.
  private(set) var images: [Float] = []
  private(set) var maps: [Float] = []
  private(set) var weights: [Float] = []
  /// Wanted numbers of the spacing branch; not a number where there is none.
  private(set) var spacings: [Float] = []

  /// One image of a batch; all have one size.
  struct Example: Sendable {
    var pixels: Raster<Float>
    /// One map per output channel.
    var maps: [Raster<Float>]
    var weights: Raster<Float>
    var spacing: Double?
  }

  init(_ examples: [Example]) {
    (count, width, height) = (examples.count, examples.first?.pixels.width ?? 0, examples.first?.pixels.height ?? 0)
    for example in examples {
      images += example.pixels.values
      for map in example.maps { maps += map.values }
      weights += example.weights.values
      spacings.append(Float(example.spacing ?? .nan))
    }
  }
}
