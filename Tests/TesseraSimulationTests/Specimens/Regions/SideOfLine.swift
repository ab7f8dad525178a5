import Foundation
import TesseraNumerics
import TesseraSimulation
import Testing

/// The boundary of two regions, as the truth gives it.
struct SideOfLine {
  let place, along, normal: Point

  init(_ facts: [String: Double]) throws {
    place = Point(try #require(facts["boundary_x"]), try #require(facts["boundary_y"]))
    let angle = try #require(facts["boundary_degrees"]) * .pi / 180
    along = Point(cos(angle), sin(angle))
    normal = Point(-along.y, along.x)
  }

  /// Distance from the line in pixels, positive on the side of the normal.
  func distance(to point: Point) -> Double { normal.dot(point - place) }

  func mirrored(_ point: Point) -> Point { point - 2 * distance(to: point) * normal }
}

/// A specimen without shot noise.
func cleanResult(
  _ name: String, seed: UInt64, size: Int = 512, angle: Double? = nil, crystal: String? = nil
) throws -> SimulatedMicrograph {
  var options = SimulationOptions()
  (options.width, options.height, options.seed) = (size, size, seed)
  (options.angle, options.crystal, options.counts) = (angle, crystal, .infinity)
  return try Simulation(specimen: name, options: options).run()
}

extension SimulatedMicrograph {
  /// Sites at least this far inside the frame.
  func inner(_ margin: Double) -> [TrueSite] {
    sites.filter { simulation.frame.contains($0.position, margin: -margin) }
  }

  func label(at place: Point) -> Int { Int(scene.labels![Int(place.x.rounded()), Int(place.y.rounded())]) }
}

/// Fractions of both lattice vectors from the origin to a place.
func fractions(of place: Point, in lattice: TrueLattice) -> Point {
  let (offset, area) = (place - lattice.origin, lattice.a.cross(lattice.b))
  return Point(offset.cross(lattice.b), lattice.a.cross(offset)) / area
}

/// How far fractions are from whole numbers.
func remainder(_ fractions: Point) -> Double { (fractions - fractions.rounded(.toNearestOrEven)).length }
