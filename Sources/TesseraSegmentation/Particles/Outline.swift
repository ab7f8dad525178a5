import Foundation
import TesseraImaging
import TesseraNumerics

/// The outline of a region with sub-pixel places: where the region, smoothed by a Gaussian of one pixel, has half its height.
///
/// Smoothing moves a curved outline inwards by κσ²/2, κ its curvature. All around a region without holes κ turns by 2π, so its
/// area lacks πσ², and its length 2π²σ² over the length (exact for a disc, nearly so for other rounded shapes); both are added again.
package struct Outline: Sendable {
  /// Corners of a closed polygon, in pixels of the image.
  package let corners: [Point]

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
    var image = Raster<Float>(width: right - left + 1 + 2 * margin, height: bottom - top + 1 + 2 * margin, filling: 0)
    for index in region { image[index % width - left + margin, index / width - top + margin] = 1 }
    let smooth = GaussianFilter.smoothed(image, sigma: Self.sigma)
    let contour = ContourTracer.longest(of: smooth, level: 0.5)
    corners = contour.map { $0 + Point(Double(left - margin), Double(top - margin)) }
  }

  private func sides<Value>(_ body: (Point, Point) -> Value) -> [Value] {
    corners.indices.map { body(corners[$0], corners[($0 + 1) % corners.count]) }
  }

  /// Of the polygon, in square pixels; not corrected.
  package var polygonArea: Double { abs(0.5 * sides { $0.cross($1) }.reduce(0, +)) }

  /// In pixels.
  package var length: Double {
    let length = sides { ($1 - $0).length }.reduce(0, +)
    guard length > 0 else { return 0 }
    return length + 2 * .pi * .pi * Self.sigma * Self.sigma / length
  }

  /// In square pixels.
  package var area: Double { polygonArea + .pi * Self.sigma * Self.sigma }

  /// Area of the smallest convex polygon around the outline, in square pixels; smoothing taken back as in `area`.
  package var hullArea: Double {
    let hull = ConvexHull(of: corners)
    return hull.corners.count > 2 ? hull.area + .pi * Self.sigma * Self.sigma : area
  }
}
