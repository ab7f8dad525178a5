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

  /// Standard deviations of the Gaussians by which descriptors are averaged where their noise may hide gaps, in patches. Patches share noise as
  /// far as they overlap, so that an average over s patches has about 1 / √(1 + 4πs²) of it: a half and a quarter.
  private static let smoothings = [0.5, 1.0]
  /// A field from which averaging takes less than this, in units of `finder.resolution`, has no noise that could hide a gap.
  private static let clearScatter = 2.0

  /// The groups of the points; where their number is neither the one that was asked for nor more than one, those of an averaged field in
  /// which gaps speak for it. An average over a part of two regions is like neither, so that narrow regions are lost in it: it is the last
  /// to be asked.
  func grouping(
    of field: DescriptorField, image: Raster<Float>, scales: Scales, isMeasured: Raster<Bool>?, seed: UInt64
  ) throws -> Grouping {
    let isKnown = known(isMeasured, on: field.grid, scales: scales)
    var best = try grouping(of: field, at: scales, isKnown: isKnown, seed: seed)
    guard finder.count != 1, finder.count.map({ $0 != best.count }) ?? (best.count == 1) else { return best }
    if finder.count == nil, let islands = islands(in: field, of: image, scales: scales) {
      (best.outcome.labels, best.outcome.centres) = (islands.labels, islands.centres)
      best.outcome.labelOfCentre = islands.labelOfCentre
      best.count = islands.labelOfCentre.count
      return best
    }
    for share in Self.smoothings {
      let averaged = scales.averaging(over: share * Double(scales.patchSize))
      let smooth = field.averaged(at: averaged, over: isKnown)
      let scatter = field.rmsDifference(from: smooth, where: best.core)
      guard scatter > Self.clearScatter * finder.resolution * field.scale else { break }
      let next = try grouping(of: smooth, at: averaged, isKnown: isKnown, seed: seed)
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
    of field: DescriptorField, at scales: Scales, isKnown: Raster<Bool>, seed: UInt64
  ) throws -> Grouping {
    let change = change(in: field, scales: scales)
    let core = core(of: change, in: field, scales: scales, isKnown: isKnown)
    // Two patches and the pooling apart, descriptors share no pixels; averages hardly do at three deviations more.
    let reach = Double(scales.patchSize) + scales.spacing + 3 * (scales.smoothing ?? 0)
    let distance = Int(saturating: (reach / Double(scales.stride)).rounded())
    let outcome = try finder.outcome(field, core: core, distance: distance, seed: seed)
    return Grouping(
      field: field, scales: scales, change: change, core: core, outcome: outcome,
      count: finder.count(after: outcome.steps))
  }
}
