import Foundation
import TesseraFormats
import TesseraImaging
import TesseraMethods
import TesseraNumerics
import TesseraSegmentation
import TesseraSimulation
import TestSupport
import Testing

/// Masks that a user brings are measured as they are.
@Suite("Nanoparticles of a given mask") struct GivenMaskTests {
  private let folder = TemporaryFolder()

  private func written(_ mask: Raster<UInt16>) throws -> String {
    let path = folder / "mask.tif"
    try TIFFWriter.write([mask], to: path, replacing: true)
    return path
  }

  @Test func `are measured as they are`() throws {
    var mask = Raster<UInt16>(width: 200, height: 160, filling: 0)
    for y in 0..<160 {
      for x in 0..<200 {
        // A disc, a lone pixel, and a square that the border cuts.
        if hypot(Double(x) - 80.3, Double(y) - 70.7) <= 20 { mask[x, y] = 1 }
        if x > 180 && y > 140 { mask[x, y] = 1 }
      }
    }
    mask[150, 20] = 1
    var random = RandomSource(seed: 5)
    let pixels = mask.map { Float($0) + 0.1 * Float(random.gaussian()) }
    let micrograph = Micrograph(
      name: "disc", pixels: pixels, calibration: Calibration(nanometresPerPixel: 0.1), metadata: [:])
    var method = ParticleMethod()
    method.finder.mask = try written(mask)
    let result = try method.result(on: micrograph)
    #expect(result.particles.count == 2 && result.cut == 1 && result.map == nil)
    let (lone, disc) = (result.particles[0].measures, result.particles[1].measures)
    #expect(lone.area == 1 && abs(disc.area / (400 * .pi) - 1) < 0.02 && abs(disc.circularity - 1) < 0.03)
    #expect(result.particles.allSatisfy { $0.probabilities[.background, default: 0] == 0 })
    // Each connected region of a mask with one value is a particle; a label is one particle, also in pieces, which is said.
    #expect(result.particles.allSatisfy { $0.given == MaskLabel(value: 1, pieces: 1) })
    var pieces = mask.map { $0 == 1 ? UInt16(7) : 0 }
    for y in 100..<120 { for x in 20..<40 { pieces[x, y] = 3 } }
    for y in 140..<160 { for x in 181..<200 { pieces[x, y] = 0 } }
    method.finder.mask = try written(pieces)
    let apart = try method.result(on: micrograph)
    #expect(apart.particles.map(\.given) == [MaskLabel(value: 3, pieces: 1), MaskLabel(value: 7, pieces: 2)])
    #expect(apart.particles[1].measures.area == disc.area + 1)
    #expect(apart.warnings.contains { $0.hasPrefix("label 7 of the mask (particle 2) lies in 2 separate pieces") })
    #expect(ParticleReview(of: apart).entries.contains { $0.reasons.contains { $0.contains("2 separate pieces") } })
    #expect(!result.warnings.contains { $0.contains("separate pieces") })
    // A hole is none of the particle's area, which is said, too.
    for y in 106..<110 { for x in 26..<30 { pieces[x, y] = 0 } }
    method.finder.mask = try written(pieces)
    let holed = try method.result(on: micrograph)
    #expect(holed.particles[0].measures.area == 384 && holed.particles[0].measures.holeArea == 16)
    #expect(holed.particles[0].measures.perimeter == apart.particles[0].measures.perimeter)
    #expect(holed.warnings.contains { $0.contains("1 particle of the mask has holes") })
    // Labels that touch stay apart.
    var halves = Raster<UInt16>(width: 200, height: 160, filling: 0)
    for y in 50..<90 { for x in 60..<100 { halves[x, y] = x < 80 ? 1 : 7 } }
    method.finder.mask = try written(halves)
    #expect(try method.result(on: micrograph).particles.count == 2)
  }

  /// The forest has one class or another for all that it is asked about; noise and film are none of them.
  @Test(arguments: [0.0, 1, 2.5]) func `have no class where it is laid on noise`(width: Double) throws {
    var random = RandomSource(seed: 12)
    let noise = Raster<Float>(width: 400, height: 300, filling: 0).map { _ in Float(random.gaussian()) }
    var mask = Raster<UInt16>(width: 400, height: 300, filling: 0)
    for y in 0..<300 {
      for x in 0..<400 {
        if hypot(Double(x) - 90, Double(y) - 100) < 50 { mask[x, y] = 1 }
        if hypot(Double(x) - 270, Double(y) - 180) < 70 { mask[x, y] = 2 }
      }
    }
    var micrograph = Micrograph(name: "noise", pixels: GaussianFilter.smoothed(noise, sigma: width))
    var method = ParticleMethod()
    method.finder.mask = try written(mask)
    method.hasReview = true
    // Without a scale, no forest is asked.
    let unscaled = try method.result(on: micrograph)
    #expect(unscaled.particles.allSatisfy { $0.kind == nil && !$0.isBlank } && unscaled.summary.fractionOnAxis == nil)
    micrograph.calibration = Calibration(nanometresPerPixel: 0.03)
    let result = try method.result(on: micrograph)
    #expect(result.particles.count == 2 && result.particles.allSatisfy { $0.kind == nil && $0.isBlank })
    #expect(result.summary.fractionOnAxis == nil && result.summary.classes == nil)
    #expect(result.warnings.contains { $0.hasPrefix("2 of the 2 particles look like what surrounds them") })
    #expect(ParticleReview(of: result).entries.count == 2)
  }

  @Test(.slow) func `have a class, and film beside them has none`() throws {
    let simulated = `Nanoparticles`.simulated
    let truth = simulated.instances
    // Where all of a disc's surroundings are film, a disc of 40 pixels.
    let distance = DistanceTransform.distances(toWhere: truth.labels.map { $0 > 0 })
    let (width, height) = (truth.labels.width, truth.labels.height)
    let centre = try #require(
      distance.values.indices.filter {
        min($0 % width, width - 1 - $0 % width) > 60 && min($0 / width, height - 1 - $0 / width) > 60
      }.max { distance.values[$0] < distance.values[$1] })
    let radius = min(40, Double(distance.values[centre]) - 6)
    var mask = truth.labels
    for index in mask.values.indices
    where hypot(Double(index % width - centre % width), Double(index / width - centre / width)) < radius {
      mask.values[index] = 100
    }
    var method = ParticleMethod()
    method.finder.mask = try written(mask)
    let result = try method.result(on: simulated.micrograph)
    for particle in result.particles {
      let label = try #require(particle.given?.value)
      if label == 100 {
        #expect(particle.isBlank && particle.kind == nil, "\(radius) \(particle.evidence ?? .nan)")
      } else {
        #expect(!particle.isBlank && particle.kind != nil)
      }
    }
    #expect(result.particles.contains { $0.given?.value == 100 } && result.particles.count > 2)
  }

  @Test func `are refused with a sentence where it does not fit`() throws {
    let micrograph = Micrograph(
      name: "a", pixels: Raster(width: 64, height: 64, filling: 0).map { _ in Float.random(in: 0...1) })
    var method = ParticleMethod()
    method.finder.mask = try written(Raster(width: 32, height: 64, filling: 1))
    let error = #expect(throws: DataError.self) { try method.result(on: micrograph) }
    #expect(error?.description.contains("32 x 64 pixels, but the image has 64 x 64") == true)
    // A single particle larger than the image: nothing can be measured.
    method.finder.mask = try written(Raster(width: 64, height: 64, filling: 1))
    let result = try method.result(on: micrograph)
    #expect(result.particles.isEmpty && result.cut == 1)
    #expect(result.warnings.contains { $0.contains("border cuts the one") })
    method.finder.mask = nil
    method.finder.leastDiameter = .nan
    #expect(throws: ParameterError.self) { try method.result(on: micrograph) }
  }
}
