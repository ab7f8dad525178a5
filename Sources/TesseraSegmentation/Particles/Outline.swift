import Foundation
import TesseraImaging
import TesseraNumerics

/// The outline of a region with sub-pixel places: where the region, smoothed by a Gaussian of one pixel, has half its height. It runs around
/// holes; a region in several pieces has a line around each.
///
/// Smoothing moves a curved outline inwards by κσ²/2, κ its curvature. All around a piece without holes κ turns by 2π, so its
/// area lacks πσ², and its length 2π²σ² over the length (exact for a disc, nearly so for other rounded shapes); both are added again.
package struct Outline: Sendable {
  /// The corners of a closed polygon for each piece, in pixels of the image; a speck of a pixel or two has none.
  package let lines: [[Point]]
  /// Pixels of the region and of the holes in it, which reach the surroundings over no side of a pixel.
  package let filledCount: Int

  private static let sigma = 1.0

  /// - Parameters:
  ///   - region: indices of its pixels in an image of this width.
  ///   - width: of the image, in pixels.
  package init(of region: [Int], width: Int) {
    let margin = 5
    var (left, right, top, bottom) = (Int.max, Int.min, Int.max, Int.min)
    for index in region {
      (left, right) = (min(left, index % width), max(right, index % width))
      (top, bottom) = (min(top, index / width), max(bottom, index / width))
    }
    var mask = Raster<Bool>(
      width: right - left + 1 + 2 * margin, height: bottom - top + 1 + 2 * margin, filling: false)
    for index in region { mask[index % width - left + margin, index / width - top + margin] = true }
    let filled = MaskCleaning.filled(mask, largest: .max)
    filledCount = filled.values.count { $0 }
    let smooth = GaussianFilter.smoothed(filled.map { $0 ? 1 : 0 }, sigma: Self.sigma)
    // A bay with a narrow mouth has a line of its own after smoothing, which is no outline.
    lines = ContourTracer.lines(of: smooth, level: 0.5).filter { Self.signedArea($0) < 0 }.map { line in
      line.map { $0 + Point(Double(left - margin), Double(top - margin)) }
    }
  }

  private static func sides<Value>(_ line: [Point], _ body: (Point, Point) -> Value) -> [Value] {
    line.indices.map { body(line[$0], line[($0 + 1) % line.count]) }
  }

  private static func signedArea(_ line: [Point]) -> Double { 0.5 * sides(line) { $0.cross($1) }.reduce(0, +) }

  /// The area inside each line in square pixels; smoothing taken back.
  package var areas: [Double] { lines.map { abs(Self.signedArea($0)) + .pi * Self.sigma * Self.sigma } }

  /// Of all lines together, in pixels; 0 where there is none.
  package var length: Double {
    lines.reduce(0) { sum, line in
      let length = Self.sides(line) { ($1 - $0).length }.reduce(0, +)
      return length > 0 ? sum + length + 2 * .pi * .pi * Self.sigma * Self.sigma / length : sum
    }
  }

  /// Inside all lines, holes among it, in square pixels; 0 where there is none.
  package var area: Double { areas.reduce(0, +) }

  /// Area of the smallest convex polygon around all lines, in square pixels; smoothing taken back as in `area`.
  package var hullArea: Double {
    let hull = ConvexHull(of: lines.flatMap { $0 })
    return hull.corners.count > 2 ? hull.area + .pi * Self.sigma * Self.sigma : area
  }
}
