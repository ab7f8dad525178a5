import Foundation
import TesseraImaging
import TesseraNumerics

extension Segmenter {
  /// Descriptors of the points of a grid, and their principal components.
  ///
  /// - Parameters:
  ///   - image: finite intensities without their background (`withoutBackground`).
  ///   - scales: patch, window and grid, as `scales(spacing:width:height:)` chooses them.
  public func descriptors(of image: Raster<Float>, scales: Scales) throws -> DescriptorField {
    try descriptors(of: image, scales: scales, selection: nil)
  }

  /// - Parameter selection: indices of the scores that make the descriptor, among those of all operations; nil: all.
  func descriptors(of image: Raster<Float>, scales: Scales, selection: [Int]?) throws -> DescriptorField {
    let grid = DescriptorGrid(width: image.width, height: image.height, stride: scales.stride)
    let scores = OperationScores(kinds: operations, scales: scales, selection: selection)
    return try DescriptorField(of: image, by: scores, on: grid, count: components)
  }

  /// Bytes for each pixel (the image, the same without its background, labels and masks), and for each point of the grid (coordinates,
  /// labels, change): measured on images of 8,192 x 8,192 pixels.
  private static let bytesPerPixel = 24
  private static let bytesPerPoint = 136

  /// About how many bytes an image of this size takes. The maps of a large one are never held at once.
  public func bytes(width: Int, height: Int, scales: Scales) -> Int {
    let points = DescriptorGrid(width: width, height: height, stride: scales.stride).count
    let scores = OperationScores(kinds: operations, scales: scales, selection: nil).totalCount
    let factor = OperationScores.coarsening(points: points, scores: scores)
    return Self.bytesPerPixel * width * height + Self.bytesPerPoint * points
      + 8 * scores * (points / (factor * factor))
  }

  /// Half the side of the window whose median is the background, in plane spacings: it holds two of them each way, so that the median of
  /// a lattice is the same everywhere.
  private static let backgroundReach = 1.0

  /// The image less what varies more slowly than the lattice: thickness, contamination and steps of brightness resemble
  /// themselves whatever the lattice does. The background is a median, which follows a step; a mean would leave a seam along it that
  /// would be a pattern of its own.
  /// - Parameters:
  ///   - image: intensities, in any unit.
  ///   - scales: the window of the median reaches one plane spacing of them to each side.
  ///   - isMeasured: pixels that hold a measurement, nil: all; the others have 0 in the result.
  public static func withoutBackground(
    _ image: Raster<Float>, scales: Scales, isMeasured: Raster<Bool>? = nil
  ) -> Raster<Float> {
    let weights = isMeasured.flatMap { $0.values.contains(false) ? $0.map { $0 ? Float(1) : 0 } : nil }
    let background = MedianFilter.broadlyFiltered(image, weights: weights, reach: backgroundReach * scales.spacing)
    var result = image
    for index in result.values.indices {
      let isKnown = isMeasured?.values[index] ?? true
      result.values[index] = isKnown ? image.values[index] - background.values[index] : 0
    }
    return result
  }

  /// The share of a patch that must be measured; its correlations change by about the share that is not.
  private static let measuredShare = 0.9

  /// Points of the grid whose patch was measured, most of it; the others have no say in the patterns.
  func known(_ isMeasured: Raster<Bool>?, on grid: DescriptorGrid, scales: Scales) -> Raster<Bool> {
    var result = Raster(width: grid.columns, height: grid.rows, filling: true)
    guard let isMeasured, isMeasured.values.contains(false) else { return result }
    let sums = WindowSums(of: isMeasured.map { $0 ? Float(1) : 0 }) { Double($0) }
    for row in 0..<grid.rows {
      let y = (grid.pixel(row) - scales.half..<grid.pixel(row) + scales.half + 1).clamped(to: 0..<isMeasured.height)
      for column in 0..<grid.columns {
        let centre = grid.pixel(column)
        let x = (centre - scales.half..<centre + scales.half + 1).clamped(to: 0..<isMeasured.width)
        result[column, row] = sums.sum(x: x, y: y) >= Self.measuredShare * Double(x.count * y.count)
      }
    }
    return result
  }

  /// How much the descriptor changes across each point, over half a plane spacing to each side, or as far as it is averaged.
  func change(in field: DescriptorField, scales: Scales) -> Raster<Float> {
    let reach = max(scales.spacing / 2, scales.smoothing ?? 0)
    return field.change(across: max(1, Int(saturating: (reach / Double(scales.stride)).rounded())))
  }

  /// A point whose change is so many times smaller than the largest within a patch is off the ridge.
  private static let ridgeShare: Float = 3
  /// What is usual around: a low quantile of the change within so many patches, so that a boundary through the window does not raise it.
  private static let (usualQuantile, usualPatches) = (0.3, 3)
  /// The largest of the changes that noise makes within a patch is up to so many times what is usual; a ridge is higher.
  private static let ridgeContrast: Float = 3.3

  /// Points that do not lie on a ridge of the change: those well below the largest change within a patch, and all where
  /// nothing stands out of what is usual around.
  func core(
    of change: Raster<Float>, in field: DescriptorField, scales: Scales, isKnown: Raster<Bool>
  ) -> Raster<Bool> {
    let patch = Int(saturating: (scales.sight / Double(scales.stride)).rounded())
    let highest = change.windowMaximum(reach: max(1, patch))
    let usual = change.windowQuantile(Self.usualQuantile, reach: max(1, Self.usualPatches * patch))
    let resolution = Float(finder.resolution * field.scale)
    var result = Raster(width: change.width, height: change.height, filling: false)
    for point in result.values.indices {
      let (here, top) = (change.values[point], highest.values[point])
      result.values[point] =
        here < top / Self.ridgeShare || top < resolution || top < Self.ridgeContrast * usual.values[point]
    }
    if isKnown.values.contains(true) {
      for point in result.values.indices where !isKnown.values[point] { result.values[point] = false }
    }
    return result
  }
}
