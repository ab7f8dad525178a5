import Synchronization
import TesseraImaging
import TesseraNumerics

/// The detection in one map while its settings change, as on a screen: what does not depend on the lower bound is made once.
///
/// The answers are those of `MapDetector.candidates(in:spacing:)`. A candidate that stands is never put down by a weaker one, so the
/// candidates from a bound on are those of a lower bound without the weaker ones. May be used by several threads.
public final class LiveDetection: Sendable {
  private let map: Raster<Float>
  /// Predicted, in pixels; nil: unknown.
  private let spacing: Double?
  private let lowestBound: Double

  /// What the standing candidates depend on beside the bound.
  private struct Key: Hashable {
    let filter: MapDetector.Filter
    let window: Double?
    let overlapLimit: Double
    let isSmoothed: Bool
    /// For smoothing and window, and the side of the squares.
    let spacing, side: Double?
  }

  private struct Memory {
    var maps: [Double: Raster<Float>] = [:]
    var standing: [Key: [MapCandidate]] = [:]
  }
  private let memory = Mutex(Memory())
  /// More are forgotten: a person who plays with a window meets many.
  private static let mapLimit = 3, listLimit = 24

  /// - Parameters:
  ///   - map: values 0 ... 1; pixels that are no numbers count as below every bound.
  ///   - spacing: predicted mean distance of nearest neighbours in pixels; see `MapDetector.candidates(in:spacing:)`.
  ///   - lowestBound: settings with a lower bound below this are not asked for; above 0.
  public init(_ map: Raster<Float>, spacing: Double?, lowestBound: Double) {
    self.map = map
    self.spacing = spacing.flatMap { $0.isFinite && $0 > 0 ? $0 : nil }
    self.lowestBound = lowestBound
  }

  /// The candidates that stand, in row-major order of their pixels.
  /// - Throws: `ParameterError` for a setting outside its range.
  public func candidates(by detector: MapDetector) throws(ParameterError) -> [MapCandidate] {
    try detector.check()
    try require(
      detector.filterLowerBound >= lowestBound, setting("filter lower bound"), is: detector.filterLowerBound,
      mustBe: "at least \(lowestBound)")
    return candidates(detector)
  }

  /// The same for settings that have been checked.
  func candidates(_ detector: MapDetector) -> [MapCandidate] {
    guard detector.filter == .sliding, detector.adapts, let spacing else {
      return standing(
        detector, spacing: spacing, side: spacing, isSmoothed: detector.filter == .sliding && detector.adapts)
    }
    let first = standing(detector, spacing: spacing, side: MapDetector.firstShare * spacing, isSmoothed: true)
    let shown = MapDetector.spacing(shownBy: first, near: spacing)
    return standing(detector, spacing: shown, side: shown, isSmoothed: true)
  }

  private func standing(
    _ detector: MapDetector, spacing: Double?, side: Double?, isSmoothed: Bool
  ) -> [MapCandidate] {
    let key = Key(
      filter: detector.filter, window: detector.filterWindow, overlapLimit: detector.overlapLimit,
      isSmoothed: isSmoothed, spacing: spacing, side: side)
    let known = memory.withLock { $0.standing[key] }
    let all =
      known
      ?? detector.standing(
        detector.peaks(of: isSmoothed ? smooth(spacing) : map, spacing: spacing, bound: lowestBound), side: side)
    if known == nil {
      memory.withLock { memory in
        if memory.standing.count >= Self.listLimit { memory.standing = [:] }
        memory.standing[key] = all
      }
    }
    return detector.filterLowerBound > lowestBound
      ? all.filter { Float($0.value) >= Float(detector.filterLowerBound) } : all
  }

  private func smooth(_ spacing: Double?) -> Raster<Float> {
    guard let spacing else { return map }
    if let known = memory.withLock({ $0.maps[spacing] }) { return known }
    let smooth = MapDetector.smoothed(map, spacing: spacing)
    memory.withLock { memory in
      if memory.maps.count >= Self.mapLimit { memory.maps = [:] }
      memory.maps[spacing] = smooth
    }
    return smooth
  }
}
