import Foundation
import TesseraImaging
import TesseraNumerics

extension Segmenter {
  /// The regions that grow from the insides of patterns to where the descriptor changes fastest.
  func grown(from seeds: Raster<Int>, over change: Raster<Float>, scales: Scales) -> Raster<Int> {
    let step = Double(scales.stride)
    let regions = Watershed.regions(from: seeds, over: change)
    let least = Int(saturating: scales.sight * scales.sight / (step * step))
    let clean = Watershed.withoutSpecks(regions, least: max(1, least), level: change)
    return NarrowRegions(halfWidth: scales.reach / step).dissolvedBetweenPatterns(clean, level: change)
  }

  /// The label of each pixel from those of the points of the grid; 0 where nothing was measured.
  /// - Parameters:
  ///   - refinement: that of the labels, where it is at hand.
  ///   - known: what places boundaries, where another image has shown it.
  /// - Returns: also what places boundaries here, nil where nothing does.
  func pixels(
    of labels: Raster<Int>, in image: Raster<Float>, on grid: DescriptorGrid, scales: Scales,
    isMeasured: Raster<Bool>?, refinement: BoundaryRefinement? = nil, known: BoundaryDiscriminant? = nil,
    isKnown: Bool = false, gain: Double = 1
  ) -> (labels: Raster<UInt16>, discriminant: BoundaryDiscriminant?) {
    let count = labels.values.max() ?? 1
    guard count > 1 else {
      let fits = (1...max(1, count)).map { label in labels.map { $0 == label ? Float(1) : 0 } }
      return (
        interpolated(fits, on: grid, width: image.width, height: image.height, isMeasured: isMeasured), nil
      )
    }
    let refinement = refinement ?? BoundaryRefinement(of: labels, on: grid, reach: scales.reach)
    var discriminant = isKnown ? known : learned(refinement, in: image, scales: scales)
    // Patterns that other operations tell apart, and translations do not, keep the edges that those have found.
    if !operations.contains(.translations), let found = discriminant, found.separation < finder.separation {
      discriminant = nil
    }
    let evidence =
      discriminant?.logLikelihoods(
        of: image, on: grid, gain: gain,
        smoothing: max(scales.spacing, scales.smoothing ?? 0) / 2 / Double(grid.stride)) ?? []
    let fits = refinement.fits(by: discriminant, evidence: evidence)
    return (
      interpolated(fits, on: grid, width: image.width, height: image.height, isMeasured: isMeasured), discriminant
    )
  }

  private func learned(
    _ refinement: BoundaryRefinement, in image: Raster<Float>, scales: Scales
  ) -> BoundaryDiscriminant? {
    // Shifts that repeat one of the patterns, seen well inside it.
    var shifts = Set(TranslationDescriptor.uniformShifts(reach: scales.window))
    let interior = refinement.interior
    for points in interior {
      var inside = Raster(width: refinement.grid.columns, height: refinement.grid.rows, filling: false)
      for point in points { inside.values[point] = true }
      shifts.formUnion(
        repeats(where: spread(inside, on: refinement.grid, over: image), in: image, scales: scales).shifts)
    }
    return BoundaryDiscriminant(
      TranslationDescriptor(
        half: min(scales.half, max(2, Int(saturating: (0.75 * scales.spacing).rounded()))), shifts: shifts.sorted(),
        fold: .larger, pooling: BoundaryDiscriminant.poolingShare * scales.spacing), interior: interior, in: image,
      on: refinement.grid)
  }

  /// Pixels of a pattern, in squares of a plane spacing, from which its lattice is well known.
  static let fewestCells = 25.0

  /// For each label the one that it is a part of: a lattice that is distorted a little in one part of the image, by the scan or by
  /// strain, has descriptors with a gap between them and is one pattern.
  /// - Returns: also by how much each part that was joined is distorted.
  func joinedByLattice(
    _ points: Raster<Int>, in image: Raster<Float>, on grid: DescriptorGrid, scales: Scales
  ) -> (names: [Int], joins: [LatticeDistortion]) {
    let count = points.values.max() ?? 0
    var (result, joins) = (Array(0...count), [LatticeDistortion]())
    guard count > 1 else { return (result, joins) }
    let refinement = BoundaryRefinement(of: points, on: grid, reach: scales.reach)
    let least = Self.fewestCells * scales.spacing * scales.spacing
    // A strip along the border has no interior, and nothing beyond it that could be another lattice.
    let strips = NarrowRegions(halfWidth: scales.reach / Double(scales.stride)).strips(in: points)
    let maps = refinement.interior.enumerated().map { index, interior -> RepeatVectors? in
      let isStrip = strips.contains(index + 1)
      guard isStrip || Double(interior.count * grid.stride * grid.stride) >= least else { return nil }
      var inside = points.map { isStrip && $0 == index + 1 }
      for point in interior { inside.values[point] = true }
      let repeats = repeats(where: spread(inside, on: grid, over: image), in: image, scales: scales)
      return repeats.isLattice ? repeats : nil
    }
    for b in 1...count {
      for a in 1..<b {
        guard result[b] == b, let first = maps[a - 1], let second = maps[b - 1] else { continue }
        if let distortion = DistortedLattice.distortion(
          between: first, and: second, isStrip: !strips.isDisjoint(with: [a, b]), spacing: scales.spacing)
        {
          result[b] = result[a]
          joins.append(distortion)
        }
      }
    }
    return (result, joins)
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
