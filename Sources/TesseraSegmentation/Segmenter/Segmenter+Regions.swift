import Foundation
import TesseraImaging
import TesseraNumerics

extension Segmenter {
  /// The regions that grow from the insides of patterns to where the descriptor changes fastest.
  func grown(from seeds: Raster<Int>, over change: Raster<Float>, scales: Scales) -> Raster<Int> {
    let step = Double(scales.stride)
    let regions = Watershed.regions(from: seeds, over: change)
    let least = Int(saturating: Double(scales.half * scales.half) / (step * step))
    let clean = Watershed.withoutSpecks(regions, least: max(1, least), level: change)
    return NarrowRegions(halfWidth: scales.reach / step).dissolvedBetweenPatterns(clean, level: change)
  }

  /// The label of each pixel from those of the points of the grid; 0 where nothing was measured.
  func pixels(
    of labels: Raster<Int>, in image: Raster<Float>, on grid: DescriptorGrid, scales: Scales, isMeasured: Raster<Bool>?
  ) -> Raster<UInt16> {
    interpolated(
      fits(of: labels, in: image, on: grid, scales: scales), on: grid, width: image.width, height: image.height,
      isMeasured: isMeasured)
  }

  func fits(
    of labels: Raster<Int>, in image: Raster<Float>, on grid: DescriptorGrid, scales: Scales
  ) -> [Raster<Float>] {
    let count = labels.values.max() ?? 1
    let reach = scales.reach
    guard count > 1, operations.contains(.translations) else {
      return (1...max(1, count)).map { label in labels.map { $0 == label ? 1 : 0 } }
    }
    // Shifts that repeat one of the patterns, seen well inside it.
    var shifts = Set(TranslationDescriptor.uniformShifts(reach: scales.window))
    for label in 1...count {
      let inside = DistanceTransform.distances(toWhere: labels.map { $0 != label })
        .map { Double($0) * Double(grid.stride) > reach }
      shifts.formUnion(repeats(where: spread(inside, on: grid, over: image), in: image, scales: scales).shifts)
    }
    let refinement = BoundaryRefinement(
      translation: TranslationDescriptor(
        half: min(scales.half, max(2, Int(saturating: (0.75 * scales.spacing).rounded()))), shifts: shifts.sorted(),
        fold: .larger, pooling: scales.spacing / 3),
      reach: reach, smoothing: scales.spacing / 2 / Double(grid.stride))
    return refinement.fits(of: labels, in: image, on: grid)
  }

  func repeats(where isInside: Raster<Bool>, in image: Raster<Float>, scales: Scales) -> RepeatVectors {
    let reach = min(3 * scales.spacing, Double(min(image.width, image.height)) / 2)
    return RepeatVectors(
      of: image, where: isInside, spacing: scales.spacing, reach: max(2, Int(saturating: reach)), limit: 9)
  }

  /// The values of a grid at all pixels, each that of the nearest point.
  func spread(_ values: Raster<Bool>, on grid: DescriptorGrid, over image: Raster<Float>) -> Raster<Bool> {
    concurrentRows(width: image.width, height: image.height, of: false) { y, row in
      let v = max(0, min(grid.rows - 1, Int(grid.place(ofPixel: y).rounded())))
      for x in 0..<row.count {
        row[x] = values.values[v * grid.columns + max(0, min(grid.columns - 1, Int(grid.place(ofPixel: x).rounded())))]
      }
    }
  }

  /// The pattern that fits each pixel best; fits are interpolated between the points of the grid, labels never are.
  func interpolated(
    _ fits: [Raster<Float>], on grid: DescriptorGrid, width: Int, height: Int, isMeasured: Raster<Bool>?
  ) -> Raster<UInt16> {
    concurrentRows(width: width, height: height, of: UInt16(0)) { y, row in
      let v = max(0, min(Double(grid.rows - 1), grid.place(ofPixel: y)))
      let (top, fy) = (Int(v), Float(v - v.rounded(.down)))
      let bottom = min(grid.rows - 1, top + 1)
      for x in 0..<width where isMeasured?.values[y * width + x] ?? true {
        let u = max(0, min(Double(grid.columns - 1), grid.place(ofPixel: x)))
        let (left, fx) = (Int(u), Float(u - u.rounded(.down)))
        let right = min(grid.columns - 1, left + 1)
        var (label, largest) = (0, -Float.infinity)
        for (index, fit) in fits.enumerated() {
          let upper = fit.values[top * grid.columns + left] * (1 - fx) + fit.values[top * grid.columns + right] * fx
          let lower =
            fit.values[bottom * grid.columns + left] * (1 - fx) + fit.values[bottom * grid.columns + right] * fx
          let value = upper * (1 - fy) + lower * fy
          if value > largest { (label, largest) = (index + 1, value) }
        }
        row[x] = UInt16(label)
      }
    }
  }
}
