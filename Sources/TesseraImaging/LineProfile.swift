import Foundation
import TesseraNumerics

/// Intensities along a line from one place to another, averaged across its width.
public struct LineProfile: Sendable, Codable, Equatable {
  /// Ends in pixels.
  public var start, end: Point
  /// Width of the band that is averaged, in pixels; 1 or more.
  public var width = 1.0
  /// Distance of the samples along the line, in pixels; positive.
  public var step = 1.0

  public init(from start: Point, to end: Point, width: Double = 1) {
    (self.start, self.end, self.width) = (start, end, width)
  }

  /// Samples across the band, a pixel apart.
  private var lineCount: Int { max(1, Int(saturating: width.rounded())) }

  /// One place of the line.
  public struct Sample: Sendable, Equatable {
    /// From the start, in pixels.
    public var distance: Double
    /// Position on the line, in pixels of the image.
    public var place: Point
    /// Mean across the band; NaN where all of it lies outside the image.
    public var mean: Double
    /// Standard error of the mean: from the standard deviation across the band, and how many pixels the samples share by interpolation.
    public var error: Double
    /// Samples across the band that lie in the image and have a value.
    public var count: Int
  }

  /// What should be said of samples of an image: how many of them lie outside it, or in part; nil where all lie inside.
  public func warning(of samples: [Sample], in image: Raster<Float>) -> String? {
    // A place inside without a value has pixels that are not finite.
    let outside = samples.count {
      $0.count == 0
        && !(0...Double(image.width - 1) ~= $0.place.x && 0...Double(image.height - 1) ~= $0.place.y)
    }
    let size = "the image of \(image.width) x \(image.height) pixels"
    var parts: [String] = []
    if outside > 0 {
      parts.append(
        "\(outside) of \(samples.count) \(outside == 1 ? "sample lies" : "samples lie") outside \(size) and "
          + "\(outside == 1 ? "has" : "have") no mean")
    }
    let partial = samples.count { (1..<max(1, lineCount)).contains($0.count) }
    if partial > 0 {
      parts.append(
        "\(partial) of \(samples.count) \(partial == 1 ? "sample is the mean" : "samples are means") of a part of the band, because the "
          + "rest lies outside \(size) or has no value")
    }
    return parts.isEmpty ? nil : parts.joined(separator: "; ")
  }

  /// The profile: samples `step` apart along the line, a pixel apart across it, interpolated bilinearly. Pixels that are
  /// not finite and places outside the image do not count.
  public func samples(of image: Raster<Float>) throws(ParameterError) -> [Sample] {
    let length = (end - start).length
    guard length != 0 else {
      throw ParameterError("profile: \(setting("from")) and \(setting("to")) are the same point; a profile needs two")
    }
    try require(length.isFinite && length <= 1e6, "profile: length", is: length, mustBe: "at most a million pixels")
    try require(
      width >= 1 && width <= 1e4, "profile: \(setting("width"))", is: width, mustBe: "between 1 and 10,000 pixels")
    try require(
      step > 0 && step.isFinite && length / step <= 1e6, "profile: \(setting("step"))", is: step,
      mustBe: "positive and give at most 1,000,000 samples")
    try require(
      length / step * width <= 2e8, "profile: \(setting("width"))", is: width,
      mustBe: "at most \(Int(saturating: 2e8 * step / length)) pixels for so many samples")
    let along = (end - start) / length
    let across = Point(-along.y, along.x)
    let lines = lineCount
    return concurrentMap(count: Int(saturating: length / step + 1e-9) + 1) { k in
      let place = start + along * (Double(k) * step)
      var sums = BandSums()
      for line in 0..<lines {
        let corner = PixelWeights(at: place + across * (Double(line) - Double(lines - 1) / 2), in: image)
        if let corner, let value = corner.value(in: image) { sums.add(value, weighted: corner) }
      }
      return Sample(
        distance: Double(k) * step, place: place, mean: sums.mean, error: sums.error, count: sums.count)
    }
  }
}

/// Sums over the samples across a band.
private struct BandSums {
  private(set) var count = 0
  private var sum = 0.0, squares = 0.0
  /// Sum over all samples of Σ w², w being the weights of the pixels, and over all pairs of Σ w w'.
  private var own = 0.0, shared = 0.0
  /// The last two samples, the later first: one further away shares no pixel.
  private var last: (PixelWeights?, PixelWeights?) = (nil, nil)

  mutating func add(_ value: Double, weighted weights: PixelWeights) {
    count += 1
    sum += value
    squares += value * value
    own += weights.overlap(weights)
    shared += (last.0?.overlap(weights) ?? 0) + (last.1?.overlap(weights) ?? 0)
    last = (weights, last.0)
  }

  var mean: Double { count > 0 ? sum / Double(count) : .nan }

  /// For white noise of variance σ², the samples scatter about their mean by σ² (⟨Σ w²⟩ - Σ W²), and the mean by σ² Σ W², with W the
  /// weight of a pixel in the mean.
  var error: Double {
    guard count > 1 else { return .nan }
    let number = Double(count)
    let scatter = max(0, squares / number - mean * mean)
    let ofMean = (own + 2 * shared) / (number * number)
    let ofSamples = own / number - ofMean
    return ofSamples > 0 ? (scatter * ofMean / ofSamples).squareRoot() : .nan
  }
}

/// The four pixels around a place and their bilinear weights.
private struct PixelWeights {
  private let x, y: Int
  private let fx, fy: Double

  /// Nil outside the image.
  init?(at place: Point, in image: Raster<Float>) {
    guard place.x >= 0, place.y >= 0, place.x <= Double(image.width - 1), place.y <= Double(image.height - 1) else {
      return nil
    }
    x = min(Int(saturating: place.x), max(0, image.width - 2))
    y = min(Int(saturating: place.y), max(0, image.height - 2))
    (fx, fy) = (place.x - Double(x), place.y - Double(y))
  }

  /// Nil beside values that are not finite, unless they have no weight.
  func value(in image: Raster<Float>) -> Double? {
    var sum = 0.0
    for (v, weight) in [(y, 1 - fy), (y + 1, fy)] where weight > 0 {
      if fx < 1 { sum += weight * (1 - fx) * Double(image[x, v]) }
      if fx > 0 { sum += weight * fx * Double(image[x + 1, v]) }
    }
    return sum.isFinite ? sum : nil
  }

  /// Sum over all pixels of the product of the weights of two places.
  func overlap(_ other: PixelWeights) -> Double {
    func along(_ a: Int, _ f: Double, _ b: Int, _ g: Double) -> Double {
      switch b - a {
      case 0: (1 - f) * (1 - g) + f * g
      case 1: f * (1 - g)
      case -1: (1 - f) * g
      default: 0
      }
    }
    return along(x, fx, other.x, other.fx) * along(y, fy, other.y, other.fy)
  }
}
