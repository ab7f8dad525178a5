import Foundation
import TesseraNumerics
import TesseraSimulation
import TesseraStructure
import Testing

struct `An image of one hexagonal lattice` {
  private static let side = 512
  private static let constant = 12.0

  /// Three waves of a lattice, at places that a function of those of the image gives, -1 ... 1, with noise.
  private func image(
    noise: Double = 0.5, seed: UInt64 = 9, _ place: (_ u: Double, _ v: Double, _ pixel: Point) -> Point
  ) -> Raster<Float> {
    var random = RandomSource(seed: seed)
    let first = Point(2 / (3.0.squareRoot() * Self.constant), 0)
    let waves = (0..<3).map { first.rotated(by: 0.2 + Double($0) * .pi / 3) }
    let half = Double(Self.side) / 2
    var image = Raster<Float>(width: Self.side, height: Self.side, filling: 0)
    for y in 0..<Self.side {
      for x in 0..<Self.side {
        let place = place(Double(x) / half - 1, Double(y) / half - 1, Point(Double(x), Double(y)))
        image[x, y] = Float(waves.reduce(0) { $0 + cos(2 * .pi * $1.dot(place)) } + noise * random.gaussian())
      }
    }
    return image
  }

  private func message(_ image: Raster<Float>) -> String {
    do {
      return try MoireFinder().moire(in: image, pixel: Point(1, 1)).doubt ?? "found"
    } catch { return "\(error)" }
  }

  @Test(arguments: [3.0, 6, 12])
  func `that bends is said to bend, and not to be two of them`(amount: Double) {
    let found = message(
      image { u, v, pixel in pixel + Point(amount * (u * u + v * v), amount * u * v) })
    #expect(found.contains("one hexagonal lattice is seen that bends"), "\(found)")
  }

  /// Columns of both kinds change places beyond the boundary, and the peaks are split.
  @Test func `that goes on beyond an inversion boundary is not two layers without a moire`() throws {
    var options = SimulationOptions()
    (options.width, options.height, options.seed) = (600, 600, 30)
    let found = message(try Simulation(specimen: "inversion", options: options).run().micrograph.pixels)
    #expect(found.contains("one hexagonal lattice") && !found.contains("two"), "\(found)")
  }
}
