import Foundation
import TesseraImaging
import TesseraNumerics

/// Turns the map of a network into candidate columns [A23, section 2.3]: maxima from a lower bound on, then non-maximum
/// suppression on squares whose side is the predicted spacing. Our own form smooths the map first, and corrects the spacing by what
/// the maxima themselves show.
///
/// ```swift
/// let result = try model.maps(of: micrograph.pixels)
/// let candidates = try MapDetector().candidates(in: result.maps[0], spacing: result.spacing)
/// ```
public struct MapDetector: Sendable, Codable, Equatable {
  /// How maxima are told from their surroundings.
  public enum Filter: String, Sendable, Codable, CaseIterable {
    /// The largest pixel of a window that slides over the smooth map.
    case sliding
    /// One maximum per block of 2, 4, 8, 16 or 32 pixels, as the public code of [A23] does: columns closer than a block, and
    /// some pairs up to one and a half blocks apart, lose one of them.
    case blocks
  }
  /// How maxima are told from their surroundings.
  public var filter = Filter.sliding
  /// Side of the window or of the blocks in pixels, the "filter window size" of [A23]: 2 ... 1000, of blocks 2, 4, 8, 16 or
  /// 32. Nil: `windowShare` of the predicted spacing, of blocks 8.
  public var filterWindow: Double?
  /// A maximum counts from this value of the map on, the "filter lower bound" of [A23]: above 0 and at most 1.
  public var filterLowerBound = 0.3
  /// Squares may overlap by so much, as intersection over union: 0 or more and below 1.
  public var overlapLimit = 0.3
  /// Whether the map is smoothed, and the squares are as large as the spacing that its candidates show instead of the predicted one;
  /// never with blocks. False: as published, but for the window that slides.
  public var adapts = true

  /// Our own form: a sliding window, a lower bound of 0.3, and squares as large as the spacing of the candidates.
  public init() {}

  /// A window of .3 spacings reaches .15 of it to each side: whoever falls to a larger pixel so near, along a diagonal too, would
  /// fall by its overlap as well, even where the spacing is predicted too large. What is farther away is left to the suppression,
  /// whose squares tell distances better than windows do.
  package static let windowShare = 0.3
  static let blockSides: Set<Double> = [2, 4, 8, 16, 32]
  static let standardBlock = 8.0

  /// The candidates of a map in row-major order of their pixels.
  ///
  /// Equal pixels, ties and plateaus are settled by that order, and the result is the same on any number of threads. A map
  /// of 800 x 800 pixels with 3,000 columns takes some ten milliseconds. `LiveDetection` gives the same while settings change.
  /// - Parameters:
  ///   - map: values 0 ... 1; pixels that are no numbers count as below the lower bound.
  ///   - spacing: predicted mean distance of nearest neighbours in pixels. Nil, zero or no finite number: the map is taken as it is,
  ///     the window is as small as can be unless set, and nothing is suppressed.
  /// - Throws: `ParameterError` for a setting outside its range.
  public func candidates(in map: Raster<Float>, spacing: Double?) throws(ParameterError) -> [MapCandidate] {
    try check()
    return LiveDetection(map, spacing: spacing, lowestBound: filterLowerBound).candidates(self)
  }

  /// All maxima from a bound on.
  func peaks(of map: Raster<Float>, spacing: Double?, bound: Double) -> [MapCandidate] {
    let bound = Float(bound)
    let indices =
      switch filter {
      case .sliding:
        MapPeaks.sliding(
          in: map, reach: reach(ofWindow: filterWindow ?? Self.windowShare * (spacing ?? 0)), lowerBound: bound)
      case .blocks: MapPeaks.ofBlocks(in: map, side: Int(filterWindow ?? Self.standardBlock), lowerBound: bound)
      }
    return indices.map { index in
      MapCandidate(
        position: LocalMaxima.subpixel(in: map, x: index % map.width, y: index / map.width),
        value: min(1, Double(map.values[index])))
    }
  }

  func standing(_ all: [MapCandidate], side: Double?) -> [MapCandidate] {
    BoxSuppression(side: side ?? 0, overlapLimit: overlapLimit).standing(all).map { all[$0] }
  }

  /// Standard deviation of the Gaussian that smooths the map, in spacings; a column of the map has a quarter of one.
  static let smoothing = 0.14

  /// The map without what is finer than its columns, which would give one column two maxima.
  ///
  /// A column that is as it should be, a Gaussian of height 1 with a standard deviation of a quarter of the spacing, has height 1 still:
  /// the smooth map is multiplied by 1 + 16 k², k the smoothing in spacings. Pixels that are no numbers stay so.
  static func smoothed(_ map: Raster<Float>, spacing: Double?) -> Raster<Float> {
    // A spacing beyond the map says nothing of its columns.
    guard let spacing, smoothing * spacing >= 0.4, 8 * smoothing * spacing <= Double(min(map.width, map.height)) else {
      return map
    }
    let known = map.map { $0.isFinite ? $0 : 0 }
    let gain = Float(1 + 16 * smoothing * smoothing)
    var smooth = GaussianFilter.smoothed(known, sigma: smoothing * spacing)
    for index in smooth.values.indices {
      smooth.values[index] = map.values[index].isFinite ? gain * smooth.values[index] : map.values[index]
    }
    return smooth
  }

  /// Squares begin with this share of the predicted spacing, and end within this factor of it.
  static let firstShare = 0.6
  static let largestCorrection = 1.5
  /// A median of fewer distances says less than the prediction.
  static let fewest = 20
  /// The corrected spacing is a power of 2^(1/64), 1.1 % from the next: nothing depends on less, and settings that give nearly the same
  /// spacing share what has been made of the map.
  static let stepsPerOctave = 64.0

  /// The spacing that candidates themselves show: their median distance of nearest neighbours, once maxima that are surely one
  /// column are joined, where that lies within a factor of 1.5 of the predicted one.
  ///
  /// The prediction is a mean over the image and may be some ten per cent off. Squares too small leave two candidates on one column,
  /// squares too large delete true neighbours; the median cares for neither as long as they are few.
  static func spacing(shownBy candidates: [MapCandidate], near spacing: Double) -> Double {
    guard candidates.count >= fewest, let median = PlanarIndex(candidates.map(\.position)).medianSpacing else {
      return spacing
    }
    let shown = min(max(median, spacing / largestCorrection), largestCorrection * spacing)
    return exp2((stepsPerOctave * log2(shown)).rounded() / stepsPerOctave)
  }

  /// How far a window of this side reaches to each side of its middle pixel, in pixels.
  private func reach(ofWindow side: Double) -> Int { max(1, Int(saturating: ((side - 1) / 2).rounded())) }

  /// Throws unless all settings are in range.
  public func check() throws(ParameterError) {
    try require(
      filterLowerBound > 0 && filterLowerBound <= 1, setting("filter lower bound"), is: filterLowerBound,
      mustBe: "above 0 and at most 1")
    try require(
      overlapLimit >= 0 && overlapLimit < 1, setting("overlap limit"), is: overlapLimit, mustBe: "0 or more and below 1"
    )
    guard let window = filterWindow else { return }
    switch filter {
    case .sliding:
      try require(
        window >= 2 && window <= 1000, setting("filter window"), is: window, mustBe: "between 2 and 1000 pixels")
    case .blocks:
      try require(
        Self.blockSides.contains(window), setting("filter window"), is: window,
        mustBe: "2, 4, 8, 16 or 32 pixels where maxima are taken of blocks")
    }
  }
}
