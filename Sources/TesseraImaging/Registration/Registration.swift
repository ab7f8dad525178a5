import Foundation
import TesseraNumerics

/// Brings the frames of a series into register and averages them.
///
/// 1. Rigid shifts from the cross-correlation of pairs of frames, made consistent over all pairs (`FrameConsensus`).
/// 2. Linear drift within the frames, from the shifts between them (`DriftRate`).
/// 3. Refinement of each frame's shift against the mean of all at full resolution (`LineFit`), which is then formed anew.
/// 4. With `rows`, a displacement of every line against the mean, again and again (`LineErrors`). Frames of two orthogonal
///    directions of scan are compared with each other's mean: along its lines a frame is sure only on average, across
///    them at every point. Source: Ophus, Ciston & Nelson, Ultramicroscopy 162 (2016) 1.
///
/// Frames are read one by one, once for the pairs and once for each mean. Kept are `pairSpan` correlation spectra with their
/// means and variances (5 MB each at most), about ten images, two numbers per line of each frame, and up to 60 peaks per pair.
public struct Registration: Sendable, Codable, Equatable {
  /// What is corrected in a frame.
  public enum Mode: String, Sendable, Codable, CaseIterable {
    /// Each frame is shifted, and linear drift within it taken out.
    case rigid
    /// Each line is shifted too: jitter and slow distortion of the scan are taken out.
    case rows
  }

  /// Whether frames are shifted as a whole or line by line.
  public var mode = Mode.rigid
  /// Direction of the fast scan of the frames in turn, in degrees from +x towards +y; multiples of 90.
  public var scanAngles = [0]
  /// Take the drift within frames out, as the shifts between them tell it.
  public var correctsDrift = true
  /// Time from the end of a frame to the start of the next, in lines; 0 or more.
  public var pauseLines = 0.0
  /// Each frame is correlated with this many before it; 1 or more.
  public var pairSpan = 6
  /// Lines over which the slow error of the scan changes (standard deviation of the Gaussian that smooths it); positive.
  public var slowLines = 12.0
  /// Means that are formed anew with better shifts; nil: 2, and 5 with `rows`.
  public var iterations: Int?

  /// Rigid registration with the standard settings.
  public init() {}

  /// Least side of a frame, in pixels.
  public static let smallestSide = 32

  /// Registers a series.
  ///
  /// - Parameters:
  ///   - series: two frames or more of one size.
  ///   - progress: is told the part of the work that is done, 0 ... 1; may throw to stop.
  /// - Throws: `DataError` if there is one frame only, frames differ in size, are too small, constant, or fit nowhere;
  ///   `ParameterError` for a setting outside its range; what reading a frame throws.
  public func registered(
    _ series: FrameSeries, progress: (Double) throws -> Void = { _ in }
  ) throws -> RegisteredSeries {
    try check(series)
    let passes = iterations ?? (mode == .rows ? 5 : 2)
    let work = Double(series.count * (passes + 2))
    var done = 0.0
    func step() throws {
      done += 1
      try progress(min(1, done / work))  // More, where frames turn out to be left out.
    }
    // Places of all frames to about a tenth of a pixel.
    let framePairs = FramePairs(settings: self, series: series)
    let pairs = try framePairs.pairs(step)
    var consensus = framePairs.consensus(of: pairs, frames: series.count)
    var state = try RegistrationState(self, series, consensus)
    try state.sumFrames(of: series, step)
    for pass in 0..<passes {
      // The first refinement makes the shifts exact, and with them the drift; then lines may follow.
      try state.refine(series, movesLines: mode == .rows && pass > 0, step)
      if pass == 0, !state.strangers.isEmpty {
        // Pairs with them may have decided which of several shifts, a lattice vector apart, the others have.
        let strangers = Set(state.strangers)
        let rest = framePairs.consensus(
          of: pairs.filter { !strangers.contains($0.first) && !strangers.contains($0.second) }, frames: series.count)
        consensus.leaveOut(state.strangers)
        if rest.placedCount == consensus.placedCount { consensus = rest }
        state = try RegistrationState(self, series, consensus)
        try state.sumFrames(of: series, step)
        try state.refine(series, movesLines: false, step)
      }
      if pass == 0 || (mode == .rigid && pass + 1 < passes) { state.followDrift() }
    }
    return try state.result(of: series)
  }

  private func check(_ series: FrameSeries) throws {
    guard series.count > 1 else {
      throw DataError(
        "\(series.name): has one frame, but registration needs two or more; leave out \(setting("register")), "
          + "\(setting("scan angles")) and \(setting("frame pause"))")
    }
    guard min(series.width, series.height) >= Self.smallestSide else {
      throw DataError(
        "\(series.name): frames of \(series.width) x \(series.height) pixels are too small to be registered; "
          + "\(Self.smallestSide) x \(Self.smallestSide) pixels are needed" + Self.axisHint(series))
    }
    let angles = scanAngles.map { "\($0)" }.joined(separator: ",")
    try require(
      !scanAngles.isEmpty && scanAngles.allSatisfy { $0.isMultiple(of: 90) && abs($0) <= 360 }, setting("scan angles"),
      is: angles, mustBe: "multiples of 90 degrees")
    guard series.width == series.height || scanAngles.allSatisfy({ $0.isMultiple(of: 180) }) else {
      throw DataError(
        "\(series.name): frames of \(series.width) x \(series.height) pixels were scanned along both axes; crop them "
          + "to squares about the same centre")
    }
    try require(pairSpan >= 1, "pair span", is: pairSpan, mustBe: "1 or more")
    try require(slowLines > 0 && slowLines < 1e6, "slow lines", is: slowLines, mustBe: "positive")
    try require(
      0...1e6 ~= pauseLines, setting("frame pause"), is: pauseLines, mustBe: "between 0 and 1000000 lines")
    if let iterations { try require(iterations >= 1, "iterations", is: iterations, mustBe: "1 or more") }
  }

  /// What may be wrong where frames are much narrower than they are many: the axis of the frames was taken for one of theirs.
  private static func axisHint(_ series: FrameSeries) -> String {
    let (short, long) = (min(series.width, series.height), max(series.width, series.height))
    guard 4 * short <= min(long, series.count) else { return "" }
    return ". If the frames lie along the last axis of the array, read the file with \(setting("frame axis", "last"))"
  }

  /// Quarter turns of the fast scan of a frame, 0 ... 3.
  func quarterTurns(of frame: Int) -> Int {
    let turns = scanAngles[frame % scanAngles.count] / 90
    return ((turns % 4) + 4) % 4
  }
}
