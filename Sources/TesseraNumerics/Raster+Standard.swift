extension Raster<Float> {
  /// The pixels less their mean in units of their standard deviation, those that are not finite as 0; nil where all that are finite are
  /// equal.
  package var standardized: Raster? {
    let known = values.filter(\.isFinite).map { Double($0) }
    guard let least = known.min(), let most = known.max(), least < most else { return nil }
    let (mean, deviation) = (Statistics.mean(known), Statistics.deviation(known))
    return map { $0.isFinite ? Float((Double($0) - mean) / deviation) : 0 }
  }
}
