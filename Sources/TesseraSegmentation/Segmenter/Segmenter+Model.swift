import Foundation
import TesseraImaging
import TesseraNumerics

extension Segmenter {
  /// Divides an image by the patterns of another, at the scales and with the operations of that one; the settings of this
  /// segmenter are not asked.
  ///
  /// - Parameters:
  ///   - image: finite intensities, with their background.
  ///   - model: the patterns of the other image, with their scales and operations.
  ///   - isMeasured: pixels that hold a measurement, nil: all; the others, and those that fit no pattern, get label 0.
  /// - Throws: `DataError` where the image is smaller than a patch.
  public func segmentation(
    of image: Raster<Float>, by model: PatternModel, isMeasured: Raster<Bool>? = nil
  ) throws -> Segmentation {
    var own = self
    own.operations = model.operations
    let scales = model.scales
    try Self.check(scales, width: image.width, height: image.height)
    let image = Self.withoutBackground(image, scales: scales, isMeasured: isMeasured)
    let grid = DescriptorGrid(width: image.width, height: image.height, stride: scales.stride)
    let scores = OperationScores(kinds: own.operations, scales: scales, selection: model.basis.selection)
    let measured = known(isMeasured, on: grid, scales: scales)
    let field = DescriptorField(of: image, by: scores, on: grid, basis: model.basis)
      .averaged(at: scales, over: measured)
    let change = own.change(in: field, scales: scales)
    let core = own.core(of: change, in: field, scales: scales, isKnown: measured)
    let gain = model.gain(of: field, core: core)
    var seeds = model.labels(of: field, gain: gain)
    for point in seeds.values.indices where !core.values[point] { seeds.values[point] = 0 }
    let grown = own.grown(from: seeds, over: change, scales: scales)
    let refinement = BoundaryRefinement(of: grown, on: grid, reach: scales.reach)
    let (points, refused) = own.refusing(refinement, by: model, in: image, isMeasured: isMeasured)
    let labels = own.pixels(
      of: points, in: image, on: grid, scales: scales, isMeasured: isMeasured,
      refinement: refused.isEmpty ? refinement : nil, known: model.discriminant, isKnown: true, gain: gain
    ).labels
    let separations = PatternSeparation.all(in: field, labels: points, count: model.count, core: core)
    let merged = Self.merged(separations.filter { $0.deviations < finder.separation })
    var known = points
    for point in known.values.indices where !core.values[point] || known.values[point] > model.count {
      known.values[point] = 0
    }
    let mixture = try PatternMixture(
      of: field, labels: known, count: model.count, resolution: finder.resolution * field.scale, isRefined: false)
    // What fits no pattern, or as well one as another, is unknown.
    return own.segmentation(
      labels.map { Int($0) > model.count || merged.contains(Int($0)) ? 0 : $0 }, points: points, change: change,
      field: field, of: image, model: model, mixture: mixture, isMeasured: isMeasured, steps: [],
      foundCount: model.count, isByModel: true, gain: gain, merged: merged.sorted(), refused: refused)
  }

  /// The labels of the points without regions whose pixels have a lattice where the pattern has none in the image of the model, or none
  /// where it has one: a descriptor tells which of some patterns is nearest, the pixels whether it is one of them. Such regions become
  /// `count + 1`.
  /// - Returns: also the patterns of which there were such regions.
  private func refusing(
    _ refinement: BoundaryRefinement, by model: PatternModel, in image: Raster<Float>, isMeasured: Raster<Bool>?
  ) -> (points: Raster<Int>, refused: [Int]) {
    let (scales, points, grid) = (model.scales, refinement.labels, refinement.grid)
    let least = Self.fewestCells * scales.spacing * scales.spacing / Double(grid.stride * grid.stride)
    /// Whether some points repeat themselves as the pattern does; nil where they are too few to tell.
    func agrees(_ members: [Int], with order: Segmentation.Pattern.Order) -> Bool? {
      guard Double(members.count) >= least else { return nil }
      var inside = points.map { _ in false }
      for point in members { inside.values[point] = true }
      var pixels = spread(inside, on: grid, over: image)
      if let isMeasured {
        for index in pixels.values.indices where !isMeasured.values[index] { pixels.values[index] = false }
      }
      return (repeats(where: pixels, in: image, scales: scales).order == .none) == (order == .none)
    }
    /// Away from boundaries, beside which pixels may be of others; a pattern without such points is asked for all of its own, unless it is
    /// one without order, which those of others would give one.
    func agreesInside(_ members: [Int], with order: Segmentation.Pattern.Order) -> Bool? {
      agrees(members.filter(refinement.isInterior), with: order)
        ?? (order == .none ? nil : agrees(members, with: order))
    }
    var result = points
    var refused: [Int] = []
    for label in 1...max(1, model.count) {
      guard let order = model.orders[label - 1] else { continue }
      let members = points.values.indices.filter { points.values[$0] == label }
      guard !members.isEmpty, agreesInside(members, with: order) == false else { continue }
      for region in points.map({ $0 == label ? 1 : 0 }).connectedRegions() {
        // Of a pattern that is not what it was, what is too small to be asked is not known to be.
        guard agreesInside(region, with: order) != true else { continue }
        for point in region { result.values[point] = model.count + 1 }
        if refused.last != label { refused.append(label) }
      }
    }
    return (result, refused)
  }

  /// A pattern that has less than a tenth of the points of another may be the other's tail.
  private static let tailShare = 0.1

  /// The patterns of pairs that are not told apart; of a pair of very unequal size the smaller alone.
  private static func merged(_ pairs: [PatternSeparation]) -> Set<Int> {
    pairs.reduce(into: []) { result, pair in
      let (a, b) = (Double(pair.counts.0), Double(pair.counts.1))
      if a >= tailShare * b { result.insert(pair.first) }
      if b >= tailShare * a { result.insert(pair.second) }
    }
  }
}
