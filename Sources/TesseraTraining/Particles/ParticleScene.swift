import Foundation
import TesseraImaging
import TesseraNetworks
import TesseraNumerics
import TesseraSimulation

/// One image of nanoparticles, prepared for the network, with the mask that it should give.
struct ParticleScene: Sendable {
  var pixels: Raster<Float>
  /// 1 where a particle is, else 0.
  var mask: Raster<UInt8>

  /// Scene `number` of `images`.
  init(_ number: Int, of images: ParticleImages) {
    var random = RandomSource(seed: images.seed, stream: UInt64(bitPattern: Int64(number)))
    let (image, mask): (Raster<Float>, Raster<Float>) =
      switch random.uniform() {
      case ..<images.shares.thickness: Self.byThickness(side: images.sceneSide, &random)
      case ..<(images.shares.thickness + images.shares.scanned): Self.scanned(images, &random)
      case ..<(images.shares.thickness + images.shares.scanned + images.shares.clouds):
        Self.clouds(side: images.sceneSide, &random)
      default: Self.transmitted(images, &random)
      }
    self.mask = mask.map { $0 > 0.5 ? 1 : 0 }
    pixels = (try? ParticleTraining.normalization.normalized(image)) ?? image.map { _ in 0 }
  }

  // MARK: - Lattice images

  private static func transmitted(
    _ images: ParticleImages, _ random: inout RandomSource
  ) -> (image: Raster<Float>, mask: Raster<Float>) {
    func chance(_ share: Double) -> Bool { random.uniform() < share }
    var simulation = ParticleSimulation()
    let pixel = random.between(0.02, 0.05)
    let factor = ParticleTraining.binning(pixel: pixel)
    let side = images.sceneSide * factor
    simulation.frame = Frame(width: side, height: side, nanometresPerPixel: pixel)
    simulation.field.material = images.materials[random.index(below: images.materials.count)]
    simulation.field.film = chance(0.1) ? 0.5 : random.between(1, 12)
    let small = random.between(1.8, 6)
    simulation.field.diameters = small...random.between(small, 9)
    simulation.field.shares = [0.2, 0.25, 0.45, 0.1]
    simulation.field.touching = random.between(0, 0.6)
    // Particles cover up to about half of the image, none of it in some.
    let area = Double(side) * pixel * Double(side) * pixel
    let mean = 0.5 * (simulation.field.diameters.lowerBound + simulation.field.diameters.upperBound)
    simulation.field.number = chance(0.12) ? 0 : 1 + Int(random.between(0, 0.6) * area / (0.8 * mean * mean))
    let isCorrected = chance(0.5)
    simulation.optics.voltage = [80, 200, 300][random.index(below: 3)]
    simulation.optics.sphericalAberration = isCorrected ? random.between(-0.02, 0.02) : random.between(0.4, 1.3)
    simulation.optics.defocus = isCorrected ? random.between(-20, 60) : random.between(10, 120)
    simulation.optics.focalSpread = random.between(2, 8)
    simulation.optics.dose = 60 * pow(100, random.uniform())
    simulation.optics.cameraTransfer = random.between(0.15, 0.8)
    simulation.seed = random.next()
    // All numbers are in their ranges.
    let result = try! simulation.run()
    let shade = smoothField(side: images.sceneSide, random: &random)
    let strength = Float(chance(0.5) ? 0 : random.between(0, 0.25))
    var image = Binning.means(of: result.micrograph.pixels, factor: factor)
    for index in image.values.indices { image.values[index] *= 1 + strength * shade.values[index] }
    return (image, Binning.means(of: result.instances.labels.map { $0 > 0 ? 1 : 0 }, factor: factor))
  }

  // MARK: - Images by thickness

  /// Particles without a lattice, darker than their support as at low magnification, or brighter as in a scanning microscope.
  private static func byThickness(
    side: Int, _ random: inout RandomSource
  ) -> (image: Raster<Float>, mask: Raster<Float>) {
    var field = ParticleField()
    let diameter = random.between(10, 110)
    // A unit of length is chosen such that diameters fit the field's range.
    let pixel = 10 / diameter
    field.diameters = random.between(4, 9)...random.between(10, 14)
    (field.shares, field.touching) = ([0, 0, 0.9, 0.1], random.between(0, 0.6))
    let area = Double(side * side) * pixel * pixel
    field.number = random.uniform() < 0.15 ? 0 : 1 + Int(random.between(0, 0.9) * area / 80)
    let frame = Frame(width: side, height: side, nanometresPerPixel: pixel)
    let thickness = try! field.projection(in: frame, seed: random.next())
    let isBright = random.uniform() < 0.5
    let contrast = Float(random.between(0.15, 1)) * (isBright ? 1 : -0.6)
    let power: Float = random.uniform() < 0.5 ? 1 : 0.6
    let shade = smoothField(side: side, random: &random)
    let texture = smoothField(side: side, width: random.between(1, 3), random: &random)
    let cloud = smoothField(side: side, width: 5 * pow(10, random.uniform()), random: &random)
    let (slope, grain) = (Float(random.between(0, 0.3)), Float(random.between(0, 0.12)))
    let cloudiness = random.uniform() < 0.5 ? 0 : Float(random.between(0, 0.15))
    let support = support(side: side, random: &random)
    let supported = Float(isBright ? random.between(0, 0.5) : random.between(0, 0.25)) * abs(contrast)
    let deepest = thickness.values.max() ?? 0
    var image = thickness.map { deepest > 0 ? contrast * pow($0 / deepest, power) : 0 }
    for index in image.values.indices {
      let film = supported * support.values[index] * (isBright ? 1 : -1)
      let base =
        (1 + slope * shade.values[index]) * (1 + grain * texture.values[index]) * (1 + cloudiness * cloud.values[index])
      image.values[index] = max(0.01, image.values[index] + film + (isBright ? 0.25 : 1.1)) * base
    }
    let blurred = GaussianFilter.smoothed(image, sigma: random.between(0, 1.5))
    let counts = 8 * pow(200, random.uniform())
    let detected = blurred.map { Float(random.poisson(counts * Double($0))) }
    return (detected, thickness.map { $0 > 0.25 ? 1 : 0 })
  }

  // MARK: - Scanned lattice images

  /// Atoms as a scanning microscope sees them: bright, each through the same probe.
  private static func scanned(
    _ images: ParticleImages, _ random: inout RandomSource
  ) -> (image: Raster<Float>, mask: Raster<Float>) {
    let (side, pixel) = (images.sceneSide, random.between(0.035, 0.085))
    var field = ParticleField()
    field.material = images.materials[random.index(below: images.materials.count)]
    let small = random.between(1.8, 6)
    field.diameters = small...random.between(small, 9)
    (field.shares, field.touching) = ([0.2, 0.25, 0.45, 0.1], random.between(0, 0.6))
    let area = Double(side * side) * pixel * pixel
    let mean = 0.5 * (field.diameters.lowerBound + field.diameters.upperBound)
    field.number = random.uniform() < 0.1 ? 0 : 1 + Int(random.between(0, 0.7) * area / (0.8 * mean * mean))
    let frame = Frame(width: side, height: side, nanometresPerPixel: pixel)
    let (atoms, mask) = try! field.atoms(in: frame, seed: random.next())
    let sharp = GaussianFilter.smoothed(atoms, sigma: random.between(0.05, 0.11) / pixel)
    let broad = GaussianFilter.smoothed(atoms, sigma: random.between(0.2, 0.5) / pixel)
    let tail = Float(random.between(0, 0.6))
    let brightest = max(1e-6, Statistics.quantile(sharp.values, 0.999))
    let film = smoothField(side: side, width: random.between(0.8, 2.5), random: &random)
    let cloud = smoothField(side: side, width: 5 * pow(10, random.uniform()), random: &random)
    let (level, grain, cloudiness) = (
      Float(random.between(0.02, 0.5)), Float(random.between(0.05, 0.25)), Float(random.between(0, 0.3))
    )
    let counts = 3 * pow(200, random.uniform())
    var image = sharp
    for index in image.values.indices {
      let support = level * max(0, 1 + grain * film.values[index] + cloudiness * cloud.values[index])
      let light = ((1 - tail) * sharp.values[index] + tail * broad.values[index]) / brightest + support
      image.values[index] = Float(random.poisson(counts * Double(light)))
    }
    return (image, mask)
  }

  // MARK: - Nothing

  /// Smooth and grainy fields without particles, which must not be taken for some.
  private static func clouds(side: Int, _ random: inout RandomSource) -> (image: Raster<Float>, mask: Raster<Float>) {
    var image = Raster<Float>(width: side, height: side, filling: 0)
    for _ in 0...random.index(below: 3) {
      let field = smoothField(side: side, width: pow(60, random.uniform()), random: &random)
      let weight = Float(random.uniform())
      for index in image.values.indices { image.values[index] += weight * field.values[index] }
    }
    let noise = Float(random.uniform() * random.uniform())
    return (image.map { $0 + noise * Float(random.gaussian()) }, image.map { _ in 0 })
  }

  /// A patch of support with straight edges in some images, everywhere in others.
  private static func support(side: Int, random: inout RandomSource) -> Raster<Float> {
    var result = Raster<Float>(width: side, height: side, filling: 1)
    for _ in 0..<random.index(below: 4) {
      let angle = 2 * Double.pi * random.uniform()
      let offset = (random.uniform() - 0.5) * Double(side)
      for y in 0..<side {
        for x in 0..<side {
          let (dx, dy) = (Double(x) - Double(side) / 2, Double(y) - Double(side) / 2)
          if dx * cos(angle) + dy * sin(angle) > offset { result[x, y] = 0 }
        }
      }
    }
    return GaussianFilter.smoothed(result, sigma: 1 + 3 * random.uniform())
  }

  /// A field of mean 0 and standard deviation 1, as smooth as a Gaussian of this width in pixels makes it; a third of the side unless
  /// told otherwise.
  private static func smoothField(side: Int, width: Double? = nil, random: inout RandomSource) -> Raster<Float> {
    let noise = Raster<Float>(width: side, height: side, filling: 0).map { _ in Float(random.gaussian()) }
    let sigma = width ?? Double(side) / 3
    let smooth =
      sigma > 8 ? GaussianFilter.broadlySmoothed(noise, sigma: sigma) : GaussianFilter.smoothed(noise, sigma: sigma)
    let (mean, spread) = (Float(Statistics.mean(smooth.values)), Float(Statistics.deviation(smooth.values)))
    return spread > 0 ? smooth.map { ($0 - mean) / spread } : smooth
  }
}
