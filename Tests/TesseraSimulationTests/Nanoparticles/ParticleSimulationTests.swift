import Foundation
import TesseraImaging
import TesseraNumerics
import TesseraSimulation
import TestSupport
import Testing

@Suite("Images of nanoparticles") struct ParticleSimulationTests {
  private func simulation(seed: UInt64 = 1, side: Int = 160, pixel: Double = 0.06) -> ParticleSimulation {
    var simulation = ParticleSimulation()
    simulation.frame = Frame(width: side, height: side, nanometresPerPixel: pixel)
    (simulation.field.number, simulation.field.diameters, simulation.field.film) = (3, 2.5...3.5, 3)
    simulation.seed = seed
    return simulation
  }

  private func emptyCounts(dose: Double, transfer: Double) throws -> (values: [Float], expected: Double) {
    var simulation = simulation()
    (simulation.field.number, simulation.field.film) = (0, 0)
    (simulation.optics.dose, simulation.optics.cameraTransfer) = (dose, transfer)
    let result = try simulation.run()
    #expect(result.particleCount == 0 && result.instances.labels.values.allSatisfy { $0 == 0 })
    return (result.micrograph.pixels.values, dose * 100 * 0.06 * 0.06)
  }

  @Test func `are the same for a seed, on one thread and on two`() throws {
    let simulation = simulation(seed: 5)
    let results = try [1, 2, nil].map { limit in try Workers.$limit.withValue(limit) { try simulation.run() } }
    for result in results {
      #expect(result.micrograph.pixels == results[0].micrograph.pixels)
      #expect(result.instances.labels == results[0].instances.labels)
      #expect(result.instances.kinds == results[0].instances.kinds)
    }
    #expect(try self.simulation(seed: 6).run().micrograph.pixels != results[0].micrograph.pixels)
  }

  @Test func `without a specimen count the electrons`() throws {
    let bright = try emptyCounts(dose: 1e6, transfer: 0.3)
    #expect(abs(Statistics.mean(bright.values) / bright.expected - 1) < 1e-4)
    #expect(Statistics.deviation(bright.values) < 0.002 * bright.expected)
    // Poisson's noise where the camera keeps everything, less where it does not.
    let plain = try emptyCounts(dose: 200, transfer: 1)
    #expect(abs(Statistics.mean(plain.values) / plain.expected - 1) < 0.005)
    #expect(abs(pow(Statistics.deviation(plain.values), 2) / plain.expected - 1) < 0.05)
    let soft = try emptyCounts(dose: 200, transfer: 0.3)
    #expect(abs(Statistics.mean(soft.values) - Statistics.mean(plain.values)) < 1e-3)
    #expect((0.2...0.8).contains(Statistics.deviation(soft.values) / Statistics.deviation(plain.values)))
  }

  @Test func `are finite, calibrated, and grainy where the film is`() throws {
    var simulation = simulation()
    simulation.field.number = 0
    simulation.optics.dose = 1e6
    let film = try simulation.run().micrograph
    #expect(film.pixels.values.allSatisfy { $0.isFinite })
    #expect(abs(try #require(film.calibration?.meanNanometresPerPixel) - 0.06) < 1e-12)
    let contrast = Statistics.deviation(film.pixels.values) / Statistics.mean(film.pixels.values)
    #expect((0.01...0.3).contains(contrast))
  }

  @Test(arguments: 1...3) func `have labels from 1 on, as many as kinds`(seed: UInt64) throws {
    let result = try simulation(seed: seed).run()
    let labels = Set(result.instances.labels.values).subtracting([0])
    #expect(!labels.isEmpty && labels.allSatisfy { Int($0) <= result.instances.kinds.count })
    #expect(result.particleCount == labels.count)
    #expect(!result.instances.kinds.contains(.background))
    for (number, place) in result.instances.places.enumerated() where place.area > 0 {
      #expect(place.area == result.instances.labels.values.count { Int($0) == number + 1 })
      #expect(result.simulation.frame.contains(place.centroid))
    }
  }

  @Test func `have masks as large as the particles, where the beam passes a layer of atoms`() throws {
    var diameters: [Double] = []
    for seed in 1...12 as ClosedRange<UInt64> {
      var simulation = simulation(seed: seed, side: 128, pixel: 0.12)
      (simulation.field.number, simulation.field.diameters, simulation.field.film) = (1, 5...5, 0)
      simulation.field.shares = [1, 1, 1, 0]
      let labels = try simulation.run().instances.labels
      let thickness = try simulation.field.projection(in: simulation.frame, seed: seed)
      #expect(zip(labels.values, thickness.values).allSatisfy { ($0 > 0) == ($1 >= 0.25) })
      let rim = (0..<128).contains {
        labels[$0, 0] > 0 || labels[$0, 127] > 0 || labels[0, $0] > 0 || labels[127, $0] > 0
      }
      if rim { continue }
      diameters.append(2 * (Double(labels.values.count { $0 > 0 }) / .pi).squareRoot() * 0.12)
    }
    #expect(diameters.count >= 3)
    #expect(diameters.allSatisfy { abs($0 / 5 - 1) < 0.25 } && abs(Statistics.mean(diameters) / 5 - 1) < 0.12)
  }

  @Test func `show particles darker or rougher than the film`() throws {
    var simulation = simulation(seed: 2)
    simulation.field.shares = [0, 1, 0, 0]
    simulation.optics.dose = 1e5
    let result = try simulation.run()
    let (inside, outside) = zip(result.micrograph.pixels.values, result.instances.labels.values)
      .reduce(into: ([Float](), [Float]())) { sums, pixel in
        if pixel.1 > 0 { sums.0.append(pixel.0) } else { sums.1.append(pixel.0) }
      }
    #expect(Statistics.deviation(inside) > 1.5 * Statistics.deviation(outside))
  }
}
