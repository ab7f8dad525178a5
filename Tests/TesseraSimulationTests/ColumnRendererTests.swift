import Foundation
import TesseraNumerics
import TesseraSimulation
import Testing

struct `Rendered columns` {
  private func noiseFree(_ scene: Scene, _ frame: Frame, _ change: (inout ImageModel) -> Void = { _ in }) throws
    -> Raster<Float>
  {
    var model = ImageModel()
    model.columnSigma = 3 * frame.nanometresPerPixel
    (model.counts, model.dose) = (nil, nil)
    change(&model)
    return try model.image(of: scene, in: frame, seed: 1)
  }

  @Test func `are Gaussians at their places`() throws {
    var scene = Scene()
    scene.columns = [
      ImagedColumn(position: Point(20, 30), weight: 2), ImagedColumn(position: Point(29.3, 33.7), weight: 1),
      ImagedColumn(position: Point(-4, 10), weight: 1),  // Just outside the frame.
    ]
    let frame = Frame(width: 64, height: 48)
    let image = try noiseFree(scene, frame)
    func direct(_ x: Int, _ y: Int) -> Double {
      scene.columns.reduce(0) {
        $0 + $1.weight * exp(-(Point(Double(x), Double(y)) - $1.position).squaredLength / 18)
      }
    }
    let brightest = direct(20, 30)
    // Floats hold 6e-8; the cut at six deviations loses 1.5e-8.
    for y in 0..<48 { for x in 0..<64 { #expect(abs(Double(image[x, y]) - direct(x, y) / brightest) < 3e-7) } }
  }

  @Test func `of a tilted specimen spread along the tilt`() throws {
    var scene = Scene()
    scene.columns = [ImagedColumn(position: Point(40, 40), weight: 1)]
    let frame = Frame(width: 81, height: 81)
    let image = try noiseFree(scene, frame) { $0.tilt = Point(6, 3) }
    var (sum, xx, xy, yy) = (0.0, 0.0, 0.0, 0.0)
    for y in 0..<81 {
      for x in 0..<81 {
        let (value, dx, dy) = (Double(image[x, y]), Double(x - 40), Double(y - 40))
        sum += value
        xx += value * dx * dx
        xy += value * dx * dy
        yy += value * dy * dy
      }
    }
    // A rod of length L seen from the side has variance L²/12.
    #expect(abs(xx / sum - (9 + 36.0 / 12)) < 1e-4)
    #expect(abs(xy / sum - 18.0 / 12) < 1e-4)
    #expect(abs(yy / sum - (9 + 9.0 / 12)) < 1e-4)
  }

  @Test func `of a drifting specimen appear where the truth says`() throws {
    var simulation = try Simulation(specimen: "square")
    simulation.frame = Frame(width: 200, height: 200)
    simulation.imaging.counts = nil
    simulation.imaging.drift = Point(9, -7)
    let result = try simulation.run()
    for site in result.sites where simulation.frame.contains(site.position, margin: -13) {
      let (x, y) = (Int(site.position.x.rounded()), Int(site.position.y.rounded()))
      var (sum, moment) = (0.0, Point.zero)
      for dy in -9...9 {
        for dx in -9...9 {
          // Squares favour the peak over its tails.
          let value = pow(Double(result.micrograph.pixels[x + dx, y + dy]), 2)
          sum += value
          moment += value * Point(Double(x + dx), Double(y + dy))
        }
      }
      #expect((moment / sum - site.position).length < 0.03)  // The shear of the column itself moves its centroid.
    }
  }

  @Test func `do not depend on the number of threads`() throws {
    var options = SimulationOptions()
    (options.width, options.height, options.contamination, options.jitter, options.noise) = (200, 130, 0.1, 0.5, 0.02)
    let simulation = try Simulation(specimen: "mose2", options: options)
    let one = try Workers.$limit.withValue(1) { try simulation.run() }
    let three = try Workers.$limit.withValue(3) { try simulation.run() }
    #expect(one.micrograph.pixels == three.micrograph.pixels)
    #expect(one.sites == three.sites)
  }
}
