import Foundation
import TesseraNumerics

extension MoireFinder {
  /// Which way the layers point, where the phases of their waves tell it.
  func orientation(of outcome: LayerFit.Outcome, middle: Point) -> LayerOrientation {
    func phases(_ o: LayerFit.Outcome) -> [Double] {
      let registry = Registry(of: o, middle: middle)
      return [Registry.brightPhase(of: registry.first.phases), Registry.brightPhase(of: registry.second.phases)]
    }
    let values = phases(outcome)
    for (value, error) in zip(values, outcome.errors(of: phases)) {
      // At 0 there is one kind of column, at π/3 two that are alike.
      guard abs(value) > orientationErrors * error, .pi / 3 - abs(value) > orientationErrors * error else {
        return .unknown
      }
    }
    return values[0] * values[1] > 0 ? .parallel : .antiparallel
  }

  /// The places inside the image where axes of both layers coincide and both layers lie, row after row.
  func anchors(of part: FittedPart, _ orientation: LayerOrientation, in image: Raster<Float>) -> [Moire.Anchor] {
    let (outcome, middle) = (part.outcome, part.middle)
    let registry = Registry(of: outcome, middle: middle)
    let differences = registry.differences(orientation: orientation)
    let (width, height) = (Double(image.width), Double(image.height))
    var turns: [(stacking: Int, n1: Int, n2: Int, place: Point)] = []
    for (index, entry) in differences.enumerated() {
      let ends = [Point(0, 0), Point(width, 0), Point(0, height), Point(width, height)].flatMap {
        registry.corners(around: $0, difference: entry.difference)
      }
      let (i, j) = (ends.map(\.0), ends.map(\.1))
      guard let firstI = i.min(), let lastI = i.max(), let firstJ = j.min(), let lastJ = j.max() else { continue }
      for n1 in firstI...lastI {
        for n2 in firstJ...lastJ {
          let place = registry.place(difference: entry.difference, n1, n2)
          if place.x >= 0 && place.y >= 0 && place.x <= width - 1 && place.y <= height - 1
            && part.presence.holdsBoth(at: place)
          {
            turns.append((index, n1, n2, place))
          }
        }
      }
    }
    turns.sort { ($0.place.y, $0.place.x) < ($1.place.y, $1.place.x) }
    let chosen = turns
    let errors = outcome.errors { o in
      let registry = Registry(of: o, middle: middle)
      let differences = registry.differences(orientation: orientation)
      return chosen.flatMap {
        let place = registry.place(difference: differences[$0.stacking].difference, $0.n1, $0.n2)
        return [place.x, place.y]
      }
    }
    return turns.enumerated().map { index, turn in
      Moire.Anchor(
        position: turn.place, error: max(errors[2 * index], errors[2 * index + 1]),
        stacking: differences[turn.stacking].stacking)
    }
  }

  /// For each pixel the number of the stacking of the nearest anchor; 0 where not both layers lie.
  static func domains(
    _ registry: Registry, _ differences: [Double], _ presence: LayerPresence, width: Int, height: Int
  ) -> Raster<UInt16> {
    concurrentRows(width: width, height: height, of: UInt16(0)) { y, row in
      for x in 0..<width {
        let place = Point(Double(x), Double(y))
        guard presence.holdsBoth(at: place) else { continue }
        var nearest = Double.infinity
        for (index, difference) in differences.enumerated() {
          for corner in registry.corners(around: place, difference: difference) {
            let distance = (registry.place(difference: difference, corner.0, corner.1) - place).squaredLength
            if distance < nearest { (nearest, row[x]) = (distance, UInt16(index + 1)) }
          }
        }
      }
    }
  }
}
