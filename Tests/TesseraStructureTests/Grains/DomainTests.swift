import Foundation
import TesseraNumerics
import TesseraStructure
import Testing

/// Columns of a square crystal of 14 pixels, moved by a field.
private func columns(noise: Double = 0.1, _ move: (Point) -> Point?) -> (places: [Point], heights: [Double]) {
  var random = RandomSource(seed: 6)
  var places: [Point] = []
  for k in 0..<40 * 40 {
    guard let place = move(Point(14 * Double(k % 40) - 20, 14 * Double(k / 40) - 20)) else { continue }
    let seen = place + Point(random.gaussian(), random.gaussian()) * noise
    if (0..<512).contains(seen.x), (0..<512).contains(seen.y) { places.append(seen) }
  }
  return (places, places.map { _ in 100 })
}

struct `Domains of one lattice` {
  @Test(arguments: [Point(0, 7), Point(0, 14.0 / 3)])
  func `are grains that a translation tells apart`(shift: Point) throws {
    let (places, heights) = columns { $0.x > 250 ? $0 + shift : $0 }
    let grains = GrainFinder().grains(of: places, heights: heights, width: 512, height: 512)
    #expect(grains.grains.map(\.lattice.basis.count) == [1, 1])
    let (left, right) = (places.indices.filter { places[$0].x < 235 }, places.indices.filter { places[$0].x > 265 })
    let (own, other) = (grains.labels[left[left.count / 2]], grains.labels[right[right.count / 2]])
    #expect(own > 0 && other > 0 && own != other)
    #expect(left.count { grains.labels[$0] != own } + right.count { grains.labels[$0] != other } <= 5)
    let found = try #require(grains.translations(positions: places).first)
    let (u, v) = (grains.grains[0].lattice.grid.u, grains.grains[0].lattice.grid.v)
    let step = u * found.shift.x + v * found.shift.y
    // From one to the other, or back; half a vector has no sign.
    #expect(abs(abs(step.y) - shift.y) < 0.1 && abs(step.x) < 0.1)
  }

  /// Honeycombs whose second sublattice goes on, a fifth to a quarter of a vector off, as the first one behind the boundary, or the other way round.
  @Test(arguments: [Point(0.47, 0.77), Point(0.29, 0.77), Point(0.2, 0.44)])
  func `keep their columns where a sublattice goes on as another one`(shift: Point) throws {
    let (u, v) = (Point(22, 0), Point(-11, 22 * 0.75.squareRoot()))
    var random = RandomSource(seed: 8)
    for direction in [0.3, 1.3] {
      var places: [Point] = []
      var heights: [Double] = []
      var isBeyond: [Bool] = []
      let normal = Point(cos(direction), sin(direction))
      for k in 0..<60 * 60 {
        for (basis, height) in [(Point(0, 0), 100.0), (Point(1.0 / 3, 2.0 / 3), 45)] {
          let node = Point(Double(k % 60) - 20 + basis.x, Double(k / 60) - 20 + basis.y)
          let place = node.x * u + node.y * v
          let side = (place - Point(200, 200)).dot(normal)
          let seen =
            (side > 0 ? place + shift.x * u + shift.y * v : place) + Point(random.gaussian(), random.gaussian()) * 0.2
          guard abs(side) > 4, (0..<400).contains(seen.x), (0..<400).contains(seen.y) else { continue }
          if let near = places.indices.first(where: { (places[$0] - seen).length < 8 }) {
            heights[near] = max(heights[near], height)
            continue
          }
          places.append(seen)
          heights.append(height)
          isBeyond.append(side > 0)
        }
      }
      let grains = GrainFinder().grains(of: places, heights: heights, width: 400, height: 400)
      #expect(grains.grains.map(\.lattice.basis.count) == [2, 2], "direction \(direction)")
      for grain in grains.grains {
        let beyond = grain.sites.count { isBeyond[$0] }
        #expect(min(beyond, grain.sites.count - beyond) <= grain.sites.count / 50, "direction \(direction)")
      }
    }
  }

  @Test func `are one where every cell has both columns`() {
    let crystal = columns { $0 }
    let places = crystal.places + crystal.places.map { $0 + Point(7, 5) }
    let grains = GrainFinder().grains(
      of: places, heights: places.indices.map { $0 < crystal.places.count ? 100 : 60 }, width: 512, height: 512)
    #expect(grains.grains.count == 1 && grains.lattice?.basis.count == 2)
    #expect(grains.translations(positions: places).isEmpty)
  }
}

struct `Lattice vectors` {
  /// Around an edge dislocation with its Burgers vector along x, at (256, 254): Hirth & Lothe, Theory of Dislocations (1982), section 3-4.
  @Test func `are those of the crystal where a dislocation keeps indices from closing`() throws {
    let (places, heights) = columns(noise: 0.05) { place in
      let d = place - Point(256, 254)
      let square = max(1, d.squaredLength)
      let turn = 14 / (2 * Double.pi)
      return place
        + Point(
          turn * (atan2(d.y, d.x) + d.x * d.y / (1.4 * square)),
          -turn * (0.4 / 2.8 * log(square) + (d.x * d.x - d.y * d.y) / (2.8 * square)))
    }
    let lattice = try #require(
      GrainFinder().grains(of: places, heights: heights, width: 512, height: 512).lattice)
    // Least squares over the positions give 14.29.
    #expect(abs(lattice.grid.u.length - 14) < 0.02 && abs(lattice.grid.v.length - 14) < 0.02)
  }

  @Test func `do not stretch over a wide seam`() throws {
    let (places, heights) = columns(noise: 0.05) { $0.x < 250 ? $0 : $0 + Point(4, 0) }
    let lattice = try #require(
      GrainFinder().grains(of: places, heights: heights, width: 512, height: 512).lattice)
    #expect(abs(lattice.grid.u.length - 14) < 0.02 && abs(lattice.grid.v.length - 14) < 0.02)
  }
}
