import Foundation
import TesseraImaging
import TesseraNumerics
import TesseraStructure
import Testing

/// Two hexagonal layers on each other, turned by 21.8 degrees: columns stand in rings, and the first order that smoothing shows is
/// that of the moire.
struct `Columns of two layers` {
  private let side = 256
  private let spacing = 18.0
  private let sigma = 2.2

  private func layer(angle: Double, offset: Point) -> [Point] {
    let u = Point(cos(angle), sin(angle)) * spacing
    let v = Point(cos(angle + .pi / 3), sin(angle + .pi / 3)) * spacing
    let middle = Point(Double(side) / 2, Double(side) / 2) + offset
    let (low, high) = (-8.0, Double(side) + 8)
    var places: [Point] = []
    for i in -20...20 {
      for j in -20...20 {
        let place = middle + u * Double(i) + v * Double(j)
        if place.x > low, place.y > low, place.x < high, place.y < high { places.append(place) }
      }
    }
    return places
  }

  private var places: [Point] {
    let turn = 21.8 * Double.pi / 180
    return layer(angle: 0.2, offset: Point(0, 0)) + layer(angle: 0.2 + turn, offset: Point(4, 7))
  }

  @Test func `are found where they are resolved`() throws {
    var random = RandomSource(seed: 3)
    var image = Raster<Float>(width: side, height: side, filling: 12)
    let places = self.places
    for place in places {
      let (left, top) = (Int(place.x) - 11, Int(place.y) - 11)
      for y in max(0, top)..<max(0, min(side, top + 23)) {
        for x in max(0, left)..<max(0, min(side, left + 23)) {
          let square = (Point(Double(x), Double(y)) - place).squaredLength
          image[x, y] += Float(40 * exp(-square / (2 * sigma * sigma)))
        }
      }
    }
    image = image.map { Float(random.poisson(Double($0))) }
    let found = try ColumnFinder().found(
      in: Preparation().prepared(Micrograph(name: "layers", pixels: image)), name: "layers")
    let (seen, truth) = (PlanarIndex(found.sites.positions), PlanarIndex(places))
    let clear = places.indices.filter { k in
      let place = places[k]
      guard min(place.x, place.y) > 10, max(place.x, place.y) < Double(side) - 10 else { return false }
      return truth.nearest(2, to: place).allSatisfy { $0 == k || (places[$0] - place).length > 3 * sigma }
    }
    var hits = 0
    for k in clear {
      let nearest = found.sites.positions[seen.nearest(1, to: places[k])[0]]
      if (nearest - places[k]).length < 1.5 { hits += 1 }
    }
    #expect(clear.count > 100 && Double(hits) > 0.9 * Double(clear.count), "\(hits) of \(clear.count)")
  }
}
