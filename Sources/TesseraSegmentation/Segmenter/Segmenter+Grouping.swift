import Foundation
import TesseraImaging
import TesseraNumerics

extension Segmenter {
  /// The points of a field in groups, before the pixels are asked.
  struct Grouping: Sendable {
    /// The descriptors, averaged over `scales.smoothing`.
    var field: DescriptorField
    var scales: Scales
    /// How much the descriptor changes across each point, and where it does not.
    var change: Raster<Float>
    var core: Raster<Bool>
    var outcome: PatternFinder.Outcome
    /// The number of groups that gaps speak for.
    var count: Int
  }

  /// Standard deviations of the Gaussians by which descriptors are averaged where their noise may hide gaps, in patches. Noise of points
  /// that are a patch apart is independent: averages over half a patch and over a whole one have a third and a sixth of it.
  private static let smoothings = [0.5, 1.0]
  /// What averaging over half a patch takes off a field without noise, in units of `finder.resolution`.
  private static let clearScatter = 2.0

  /// The groups of the points; where their number is neither the one that was asked for nor more than one, those of an averaged field in
  /// which gaps speak for it. An average over a part of two regions is like neither, so that regions narrower than about two patches
  /// are lost in it: it is the last to be asked.
  func grouping(
    of field: DescriptorField, image: Raster<Float>, scales: Scales, isMeasured: Raster<Bool>?, seed: UInt64
  ) throws -> Grouping {
    var best = try grouping(of: field, at: scales, isMeasured: isMeasured, seed: seed)
    guard finder.count != 1, finder.count.map({ $0 != best.count }) ?? (best.count == 1) else { return best }
    if finder.count == nil, let islands = islands(in: field, of: image, scales: scales) {
      (best.outcome.labels, best.outcome.centres) = (islands.labels, islands.centres)
      best.outcome.labelOfCentre = islands.labelOfCentre
      best.count = islands.labelOfCentre.count
      return best
    }
    let known = known(isMeasured, on: field.grid, scales: scales)
    for share in Self.smoothings {
      let averaged = scales.averaging(over: share * Double(scales.patchSize))
      let smooth = field.smoothed(
        sigma: share * Double(scales.patchSize) / Double(scales.stride), over: known)
      let scatter = field.rmsDifference(from: smooth, where: best.core)
      guard scatter > Self.clearScatter * finder.resolution * field.scale else { break }
      let next = try grouping(of: smooth, at: averaged, isMeasured: isMeasured, seed: seed)
      if let count = finder.count {
        // Of a number that no gaps speak for, the division with the least noise.
        best = next
        if next.count == count { break }
      } else if next.count > 1 {
        return next
      }
    }
    return best
  }

  private func grouping(
    of field: DescriptorField, at scales: Scales, isMeasured: Raster<Bool>?, seed: UInt64
  ) throws -> Grouping {
    let change = change(in: field, scales: scales)
    let core = core(
      of: change, in: field, scales: scales, isKnown: known(isMeasured, on: field.grid, scales: scales))
    // Two patches and the pooling apart, descriptors share no pixels; averages hardly do at three deviations more.
    let reach = Double(scales.patchSize) + scales.spacing + 3 * (scales.smoothing ?? 0)
    let distance = Int(saturating: (reach / Double(scales.stride)).rounded())
    let outcome = try finder.outcome(field, core: core, distance: distance, seed: seed)
    return Grouping(
      field: field, scales: scales, change: change, core: core, outcome: outcome,
      count: finder.count(after: outcome.steps))
  }
}
