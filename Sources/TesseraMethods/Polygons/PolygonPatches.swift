import Foundation
import TesseraImaging
import TesseraNumerics
import TesseraStructure

/// Mean patches of units, each turned so that its corners lie upon those of the others.
struct PolygonPatches {
  let image: Raster<Float>
  let positions: [Point]
  /// Half side of a patch, in pixels.
  let half: Int

  /// The mean of the units' surroundings; nil where none lies inside the image. Each is turned by the direction of its first corner
  /// in the best regular polygon: the phase of c₁ of `PolygonShape`.
  func mean(of units: [PolygonalUnit]) -> Raster<Float>? {
    let side = 2 * half + 1
    let patches = concurrentMap(count: units.count) { patch(of: units[$0]) }.compactMap { $0 }
    guard !patches.isEmpty else { return nil }
    var sums = [Float](repeating: 0, count: side * side)
    for patch in patches { for k in sums.indices { sums[k] += patch[k] } }
    return Raster(width: side, height: side, values: sums.map { $0 / Float(patches.count) })
  }

  private func patch(of unit: PolygonalUnit) -> [Float]? {
    let n = Double(unit.sides)
    let first = unit.corners.enumerated().reduce(Point.zero) { sum, corner in
      sum + (positions[corner.element] - unit.centre).rotated(by: -2 * .pi * Double(corner.offset) / n)
    }
    // Upright: one corner at the top.
    let turn = first.angle + .pi / 2
    let reach = Double(half) * 2.0.squareRoot() + 1
    guard unit.centre.x - reach >= 0, unit.centre.y - reach >= 0, unit.centre.x + reach <= Double(image.width - 1),
      unit.centre.y + reach <= Double(image.height - 1)
    else { return nil }
    var values: [Float] = []
    for y in -half...half {
      for x in -half...half {
        let place = unit.centre + Point(Double(x), Double(y)).rotated(by: turn)
        values.append(image.bilinear(at: place))
      }
    }
    return values
  }
}
