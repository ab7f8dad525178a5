import Foundation
import TesseraNumerics

extension BrightnessField {
  /// Nodes of the grid are this part of the longer side apart: the surface hardly bends between them.
  private static let nodeShare = 1.0 / 32
  /// The surface does not fall below this part of its mean, where it would only be extrapolated.
  private static let leastPart = 0.2

  /// How the contrast of two layers changes slowly over an image: a surface of second order through the amplitudes of their waves, which
  /// do not depend on the stacking. Brightness that drifts with thickness, contamination or illumination changes it.
  /// - Returns: nil where too few windows hold both layers.
  package init?(of layers: LayerPresence) {
    let scale = Double(max(layers.width, layers.height))
    func terms(_ place: Point) -> [Double] {
      let (x, y) = (place.x / scale - 0.5, place.y / scale - 0.5)
      return [1, x, y, x * x, x * y, y * y]
    }
    let places = layers.windows.filter(layers.holdsBothFully)
    let count = terms(.zero).count
    guard places.count >= 2 * count else { return nil }
    var (normal, right) = ([Double](repeating: 0, count: count * count), [Double](repeating: 0, count: count))
    for place in places {
      let (own, value) = (terms(place), layers.contrast(at: place))
      for i in 0..<count {
        right[i] += own[i] * value
        for j in 0..<count { normal[i * count + j] += own[i] * own[j] }
      }
    }
    guard let inverse = SmallSystem.inverse(normal, count: count) else { return nil }
    let solved = (0..<count).map { i in (0..<count).reduce(0) { $0 + inverse[i * count + $1] * right[$1] } }
    func surface(_ place: Point) -> Double { zip(terms(place), solved).reduce(0) { $0 + $1.0 * $1.1 } }
    let mean = Statistics.mean(places.map(surface))
    guard mean > 0 else { return nil }
    let step = Self.nodeShare * scale
    let (across, down) = (
      Int(saturating: Double(layers.width) / step) + 2, Int(saturating: Double(layers.height) / step) + 2
    )
    let values = (0..<across * down).map { node in
      Float(log(max(Self.leastPart, surface(step * Point(Double(node % across), Double(node / across))) / mean)))
    }
    self.init(logarithms: Raster(width: across, height: down, values: values), step: step, at: places)
  }
}
