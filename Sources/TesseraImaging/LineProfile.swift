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

  /// One place of the line.
  public struct Sample: Sendable, Equatable {
    /// From the start, in pixels.
    public var distance: Double
    /// Position on the line, in pixels of the image.
    public var place: Point
    /// Mean across the band; NaN where all of it lies outside the image.
    public var mean: Double
    /// Standard deviation across the band, divided by the square root of the number of samples.
    public var error: Double
    /// Samples across the band that lie in the image.
    public var count: Int
  }

  /// What should be said of samples of an image: how many of them lie outside it; nil where none does.
  public static func warning(of samples: [Sample], in image: Raster<Float>) -> String? {
    // A place inside without a value has pixels that are not finite.
    let outside = samples.count {
      $0.count == 0
        && !(0...Double(image.width - 1) ~= $0.place.x && 0...Double(image.height - 1) ~= $0.place.y)
    }
    guard outside > 0 else { return nil }
    let are = outside == 1 ? "sample lies" : "samples lie"
    return "\(outside) of \(samples.count) \(are) outside the image of \(image.width) x \(image.height) pixels and "
      + "\(outside == 1 ? "has" : "have") no mean"
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
    let lines = max(1, Int(saturating: width.rounded()))
    return concurrentMap(count: Int(saturating: length / step + 1e-9) + 1) { k in
      let place = start + along * (Double(k) * step)
      var (sum, squares, count) = (0.0, 0.0, 0)
      for line in 0..<lines {
        guard let value = interpolated(image, at: place + across * (Double(line) - Double(lines - 1) / 2)) else {
          continue
        }
        sum += value
        squares += value * value
        count += 1
      }
      let mean = count > 0 ? sum / Double(count) : .nan
      let variance = max(0, squares / Double(max(1, count)) - mean * mean)
      return Sample(
        distance: Double(k) * step, place: place, mean: mean,
        error: count > 1 ? (variance / Double(count - 1)).squareRoot() : .nan, count: count)
    }
  }
}

/// The value between four pixels; nil outside the image and beside values that are not finite.
private func interpolated(_ image: Raster<Float>, at place: Point) -> Double? {
  guard place.x >= 0, place.y >= 0, place.x <= Double(image.width - 1), place.y <= Double(image.height - 1) else {
    return nil
  }
  let (x, y) = (
    min(Int(saturating: place.x), max(0, image.width - 2)), min(Int(saturating: place.y), max(0, image.height - 2))
  )
  let (fx, fy) = (place.x - Double(x), place.y - Double(y))
  let (right, below) = (min(x + 1, image.width - 1), min(y + 1, image.height - 1))
  let top = Double(image[x, y]) * (1 - fx) + Double(image[right, y]) * fx
  let bottom = Double(image[x, below]) * (1 - fx) + Double(image[right, below]) * fx
  let value = top * (1 - fy) + bottom * fy
  return value.isFinite ? value : nil
}
