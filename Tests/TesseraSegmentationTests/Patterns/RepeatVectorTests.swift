import Foundation
import TesseraNumerics
import TesseraSegmentation
import TesseraSimulation
import Testing

private func repeats(of name: String, _ change: (inout SimulationOptions) -> Void = { _ in }) throws -> RepeatVectors {
  var options = SimulationOptions()
  (options.width, options.height) = (512, 512)
  change(&options)
  let image = try Simulation(specimen: name, options: options).run().micrograph.pixels
  return RepeatVectors(of: image, where: image.map { _ in true }, spacing: 24, reach: 72, limit: 9)
}

struct `The shifts that repeat a pattern` {
  @Test func `are the lattice vectors of a crystal, however noisy`() throws {
    for counts in [3.0, 300] {
      let found = try repeats(of: "square") { $0.counts = counts }
      #expect(found.isLattice)
      #expect(Set(found.shifts.prefix(2)) == [Shift(x: 24, y: 0), Shift(x: 0, y: 24)])
    }
  }

  /// Noise-free, a crystal repeats itself perfectly, however few pixels a column has, and vectors are known to parts of a pixel.
  @Test(arguments: [(6.0, 0.3), (8.3, 1.1), (11.7, 0.7)]) func `are found to parts of a pixel`(a: Double, angle: Double)
    throws
  {
    let side = 256
    var image = Raster<Float>(width: side, height: side, filling: 0)
    for y in 0..<side {
      for x in 0..<side {
        // The nearest columns of a square lattice, of a standard deviation of 0.18 a.
        let (u, v) = (
          (Double(x) * cos(angle) + Double(y) * sin(angle)) / a, (Double(y) * cos(angle) - Double(x) * sin(angle)) / a
        )
        for j in -1...1 {
          for i in -1...1 {
            let (du, dv) = (u - u.rounded() + Double(i), v - v.rounded() + Double(j))
            image[x, y] += Float(exp(-(du * du + dv * dv) / (2 * 0.18 * 0.18)))
          }
        }
      }
    }
    let found = RepeatVectors(of: image, where: image.map { _ in true }, spacing: a, reach: Int(3 * a), limit: 9)
    #expect(found.isLattice && found.correlation > 0.95, "\(found.correlation)")
    for vector in found.vectors.prefix(2) { #expect(abs(vector.length / a - 1) < 0.015, "\(vector)") }
    #expect(abs(found.vectors[0].dot(found.vectors[1])) < 0.02 * a * a)
  }

  /// Two shifts along two directions are a lattice, whatever the scale of the pixels, and however the lines of the scan lift one of them.
  @Test func `are those of a large cell at any binning, and under the noise of scan lines`() throws {
    var options = SimulationOptions()
    (options.width, options.height) = (512, 512)
    let image = try Simulation(specimen: "pom", options: options).run().micrograph.pixels
    var binned = Raster<Float>(width: 256, height: 256, filling: 0)
    for y in 0..<256 {
      for x in 0..<256 {
        let (u, v) = (2 * x, 2 * y)
        binned[x, y] = image[u, v] + image[u + 1, v] + image[u, v + 1] + image[u + 1, v + 1]
      }
    }
    var random = RandomSource(seed: 2)
    var lines = image
    for y in 0..<512 {
      let line = Float(7 * random.gaussian())
      for x in 0..<512 { lines[x, y] += line }
    }
    for (pixels, spacing) in [(image, 22.8), (binned, 11.4), (lines, 35)] as [(Raster<Float>, Double)] {
      let found = RepeatVectors(
        of: pixels, where: pixels.map { _ in true }, spacing: spacing, reach: Int(3 * spacing), limit: 9)
      #expect(found.order == .lattice)
      #expect(found.shifts.contains { !$0.isParallel(to: found.shifts[0]) })
    }
  }

  @Test func `are no lattice where there is none`() throws {
    for seed in 1...4 as ClosedRange<UInt64> {
      let columns = try repeats(of: "amorphous") { $0.seed = seed }
      #expect(!columns.isLattice, "\(columns.agreement)")
      let noise = try repeats(of: "noise") { $0.seed = seed }
      #expect(!noise.isLattice && noise.correlation < 0.02)
    }
    let flat = Raster<Float>(width: 100, height: 100, filling: 2)
    #expect(RepeatVectors(of: flat, where: flat.map { _ in true }, spacing: 20, reach: 40, limit: 9).shifts.isEmpty)
  }

  /// [S21] Table I: translations see the Patterson symmetry of a plane group, which has a mirror plane along x exactly for
  /// these groups, whether the crystal has it or only a glide, or only the mirror planes of a triangle.
  @Test(
    arguments: [
      ("p1", false), ("p2", false), ("pm", true), ("pg", true), ("pmm", true), ("pmg", true), ("pgg", true),
      ("cm", true), ("cmm", true), ("p4", false), ("p4m", true), ("p4g", true), ("p3", false), ("p6", false),
      ("p3m1", true), ("p31m", true), ("p6m", true),
    ] as [(String, Bool)])
  func `have the Patterson symmetry of the plane group`(group: String, hasMirror: Bool) throws {
    let map = try repeats(of: "plane-group") { ($0.group, $0.counts) = (group, .infinity) }.map
    var (difference, power) = (0.0, 0.0)
    let mean = Float(Statistics.mean(map.values))
    for y in 0..<map.height {
      for x in 0..<map.width {
        difference += pow(Double(map[x, y] - map[map.width - 1 - x, y]), 2)
        power += pow(Double(map[x, y] - mean), 2)
      }
    }
    // The field of view cuts cells, so that the mirror is not perfect.
    let asymmetry = (difference / (2 * power)).squareRoot()
    if hasMirror { #expect(asymmetry < 0.1) } else { #expect(asymmetry > 0.2) }
  }
}
