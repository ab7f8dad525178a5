import Foundation
import TesseraImaging
import TesseraNumerics
import TesseraSimulation

/// A crystal that a training image shows: one of the simulation's materials, or a cell that chance draws.
struct TrainingCrystal {
  /// Lattice vectors and places of the columns of a cell, in units of the shortest distance between two columns.
  private var a, b: Point
  private var columns: [(place: Point, weight: Double)]

  /// Columns of less than this share of the heaviest are no measure of the distance: oxygen beside strontium.
  private static let faint = 0.1

  init(drawnBy random: inout RandomSource) {
    if random.uniform() < 0.5 {
      let crystal = Crystal.named[random.index(below: Crystal.named.count)]
      (a, b) = (crystal.a, crystal.b)
      let heaviest = crystal.columns.map(\.weight).max() ?? 1
      columns = crystal.columns.map { (crystal.place(of: $0), $0.weight / heaviest) }
    } else {
      (a, b, columns) = Self.cell(drawnBy: &random)
    }
    let scale = 1 / shortestDistance
    (a, b) = (a * scale, b * scale)
    columns = columns.map { ($0.place * scale, $0.weight) }
  }

  /// A cell of one to four columns on an oblique, rectangular, hexagonal or square lattice.
  private static func cell(drawnBy random: inout RandomSource) -> (Point, Point, [(place: Point, weight: Double)]) {
    let ratio = 0.6 + random.uniform()
    let (length, angle): (Double, Double) =
      switch random.index(below: 4) {
      case 0: (1, .pi / 3)
      case 1: (1, .pi / 2)
      case 2: (ratio, .pi / 2)
      default: (ratio, .pi * (60 + 60 * random.uniform()) / 180)
      }
    let (a, b) = (Point(1, 0), Point(cos(angle), sin(angle)) * length)
    let count = [1, 1, 1, 2, 2, 2, 3, 3, 4][random.index(below: 9)]
    let room = 0.5 * (abs(a.cross(b)) / Double(count)).squareRoot()
    var places = [Point.zero]
    for _ in 0..<200 where places.count < count {
      let place = random.uniform() * a + random.uniform() * b
      let isFree = places.allSatisfy { other in
        (-1...1).allSatisfy { i in
          (-1...1).allSatisfy { j in (place + Double(i) * a + Double(j) * b - other).length > room }
        }
      }
      if isFree { places.append(place) }
    }
    let isUniform = random.uniform() < 0.3
    return (a, b, places.map { ($0, isUniform ? 1 : 0.12 + 0.88 * random.uniform()) })
  }

  private var shortestDistance: Double {
    let seen = columns.filter { $0.weight >= Self.faint }
    var shortest = min(a.length, b.length, (a - b).length, (a + b).length)
    for first in seen.indices {
      for second in seen.indices where second != first {
        for i in -1...1 {
          for j in -1...1 {
            let offset = seen[second].place + Double(i) * a + Double(j) * b - seen[first].place
            shortest = min(shortest, offset.length)
          }
        }
      }
    }
    return shortest
  }

  /// The crystal laid on an image.
  ///
  /// - Parameters:
  ///   - spacing: the shortest distance between two columns, in pixels.
  ///   - margin: how far outside the image columns are wanted, in pixels.
  func columns(spacing: Double, angle: Double, origin: Point, side: Int, margin: Double) -> [ImagedColumn] {
    let (a, b) = (a.rotated(by: angle) * spacing, b.rotated(by: angle) * spacing)
    let places = columns.map { ($0.place.rotated(by: angle) * spacing, $0.weight) }
    let grid = FrameCells(
      a: a, b: b, origin: origin, frame: Frame(width: side, height: side, nanometresPerPixel: 1),
      margin: margin + 2 * (a.length + b.length))
    var result: [ImagedColumn] = []
    let inside = -margin...Double(side) + margin
    for i in grid.i {
      for j in grid.j {
        let corner = origin + Double(i) * a + Double(j) * b
        for (place, weight) in places {
          let position = corner + place
          if inside.contains(position.x) && inside.contains(position.y) {
            result.append(ImagedColumn(position: position, weight: weight))
          }
        }
      }
    }
    return result
  }
}
