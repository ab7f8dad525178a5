import Foundation
import TesseraNumerics

/// Size and shape of a region, in pixels.
///
/// Centroid, area and axes are those of the region's own pixels, so that a hole takes from them. Perimeter, circularity and solidity are those of
/// the outline, which runs around holes: a disc is round whether or not it has a hole. Of a region in several pieces all measures are those
/// of the pieces together: the sum of the areas and of the perimeters, one hull around all.
public struct RegionMeasures: Sendable, Equatable {
  /// Centroid of the pixels.
  public var centroid: Point
  /// Number of pixels; those of holes are none of the region's.
  public var area: Double
  /// Pixels of holes in it.
  public var holeArea: Double
  /// Length of the outline, with sub-pixel places; the rims of holes are not part of it.
  public var perimeter: Double
  /// Axes of the ellipse with the region's second moments.
  public var majorAxis, minorAxis: Double
  /// Angle of the major axis in radians from +x towards +y, −π/2 ... π/2.
  public var orientation: Double
  /// Area inside the outline, holes among it, over that of the convex hull, 0 ... 1.
  public var solidity: Double
  /// Standard deviation of the area by the pixels' size alone: a shape laid anywhere on the grid holds more pixels here, fewer there.
  public var areaError: Double

  /// Diameter of the disc of the same area.
  public var equivalentDiameter: Double { 2 * (area / .pi).squareRoot() }
  /// Standard deviation of the equivalent diameter in pixels, by `areaError`; 0 for an empty region.
  public var diameterError: Double { area > 0 ? areaError * equivalentDiameter / (2 * area) : 0 }
  /// Major over minor axis, 1 or more.
  public var aspect: Double { minorAxis > 0 ? majorAxis / minorAxis : .infinity }
  /// 4π (area + that of holes) / perimeter²: 1 for a disc, less for all other shapes.
  public var circularity: Double { perimeter > 0 ? 4 * .pi * (area + holeArea) / (perimeter * perimeter) : 0 }

  /// - Parameters:
  ///   - region: indices of its pixels in an image of this width; at least one.
  ///   - width: of the image, in pixels.
  package init(of region: [Int], width: Int) {
    precondition(!region.isEmpty)
    let count = Double(region.count)
    var (sumX, sumY) = (0.0, 0.0)
    for index in region {
      sumX += Double(index % width)
      sumY += Double(index / width)
    }
    centroid = Point(sumX / count, sumY / count)
    var (xx, xy, yy) = (0.0, 0.0, 0.0)
    for index in region {
      let offset = Point(Double(index % width), Double(index / width)) - centroid
      xx += offset.x * offset.x
      xy += offset.x * offset.y
      yy += offset.y * offset.y
    }
    // A pixel is a square, not a point: its own moment is 1/12.
    (xx, xy, yy) = (xx / count + 1 / 12, xy / count, yy / count + 1 / 12)
    let (mean, half) = ((xx + yy) / 2, hypot((xx - yy) / 2, xy))
    majorAxis = 4 * (mean + half).squareRoot()
    minorAxis = 4 * max(0, mean - half).squareRoot()
    orientation = 0.5 * atan2(2 * xy, xx - yy)
    let outline = Outline(of: region, width: width)
    area = count
    holeArea = Double(outline.filledCount - region.count)
    perimeter = outline.length
    let enclosed = outline.area
    solidity = enclosed > 0 ? min(1, enclosed / outline.hullArea) : 1
    // The number of grid points in a disc of radius r has the variance 9.03 r / 2π² (Kendall & Rankin, 1953). Variances of pieces add up.
    let pieces = enclosed > 0 ? outline.areas.reduce(0) { $0 + $1.squareRoot() } / enclosed.squareRoot() : 1
    areaError = (0.457 * pieces * (count / .pi).squareRoot()).squareRoot()
  }
}
