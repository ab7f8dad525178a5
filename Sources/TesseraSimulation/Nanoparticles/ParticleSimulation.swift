import Foundation
import TesseraImaging
import TesseraNumerics

/// Nanoparticles on amorphous carbon, seen in a transmission electron microscope: one micrograph with known truth.
///
/// The film comes first under the beam, then the particles. The wave passes slices of 1 nm (of 2 nm in the film), the lens has
/// spherical aberration and spreads of focus and illumination, and the camera counts electrons.
public struct ParticleSimulation: Sendable, Codable, Equatable {
  /// The particles, and the film on which they lie.
  public var field = ParticleField()
  /// The microscope and its camera.
  public var optics = TransmissionOptics()
  /// Size of the image, at most 8192 x 8192 pixels of 0.005 to 0.2 nm each.
  public var frame = Frame(width: 1024, height: 1024, nanometresPerPixel: 0.03)
  /// Seed of the layout of the particles, of the atoms of the film and of the electrons counted.
  public var seed: UInt64 = 1

  /// Ten gold particles at 300 kV, in an image 31 nm wide.
  public init() {}

  /// Around the frame, in nm: what the lens spreads into it, and what wraps around.
  private static let margin = 1.5
  private static let sliceThickness = 1.0
  private static let filmSliceThickness = 2.0
  /// Carbon atoms in a cubic nm of the film: 2 g/cm³.
  private static let filmDensity = 100.0
  /// A pixel belongs to a particle if the beam passes this much of it, in nm: one layer of atoms.
  private static let leastThickness = 0.25

  /// Checks the settings before a run.
  /// - Throws: `ParameterError` for the first setting outside its range.
  public func check() throws(ParameterError) {
    try field.check()
    try optics.check()
    try frame.check()
    try require(
      (0.005...0.2).contains(frame.nanometresPerPixel), "pixel size", is: frame.nanometresPerPixel,
      mustBe: "between 0.005 and 0.2 nm: lattice fringes are a fraction of a nm wide")
    try require(
      frame.width <= 8192 && frame.height <= 8192, setting("size"), is: "\(frame.width) x \(frame.height)",
      mustBe: "at most 8192 x 8192 for nanoparticles")
  }

  /// Lays the particles out, and takes their image by multislice calculation.
  ///
  /// Pixels hold electrons as the camera spreads them. Time grows with pixels times slices.
  /// - Throws: `ParameterError` for the first setting outside its range.
  public func run() throws(ParameterError) -> SimulatedParticles {
    try check()
    var random = RandomSource(seed: seed, stream: RandomStream.regions)
    let particles = field.particles(in: frame, random: &random)
    let micrograph = Micrograph(
      name: "nanoparticles", pixels: image(of: particles), calibration: frame.calibration,
      metadata: ["source": "simulated"])
    return SimulatedParticles(simulation: self, micrograph: micrograph, instances: instances(of: particles))
  }

  // MARK: - Image

  private func image(of particles: [Nanoparticle]) -> Raster<Float> {
    let pixel = frame.nanometresPerPixel
    let margin = Int((Self.margin / pixel).rounded(.up))
    let width = ComplexTransform.convenientSize(from: frame.width + 2 * margin)
    let height = ComplexTransform.convenientSize(from: frame.height + 2 * margin)
    var wave = Multislice(width: width, height: height, pixel: pixel, optics: optics)
    passFilm(&wave)
    for slice in slices(of: particles, width: width, height: height, margin: margin) {
      var phase: Raster<Float>?
      for (element, counts) in slice {
        let part = wave.phase(of: counts, ScatteringFactor(of: element)!)
        phase =
          phase.map { sum in
            Raster(width: width, height: height, values: zip(sum.values, part.values).map { $0 + $1 })
          } ?? part
      }
      if let phase { wave.pass(phase, distance: Self.sliceThickness) }
    }
    let intensity = wave.intensity().cropped(x: margin, y: margin, width: frame.width, height: frame.height)
    return detected(intensity)
  }

  /// Carbon atoms anywhere, but less crowded here and sparser there than chance would have it.
  private func passFilm(_ wave: inout Multislice) {
    guard field.film > 0 else { return }
    let count = max(1, Int((field.film / Self.filmSliceThickness).rounded()))
    let thickness = field.film / Double(count)
    let mean = Self.filmDensity * frame.nanometresPerPixel * frame.nanometresPerPixel * thickness
    let carbon = ScatteringFactor(of: "C")!
    let (width, height) = (wave.width, wave.height)
    for slice in 0..<count {
      let counts = concurrentRows(width: width, height: height, of: Float(0)) { y, row in
        let stream = RandomStream.rows + UInt64(1 + slice) << 16 + UInt64(y)
        var random = RandomSource(seed: seed, stream: stream)
        for x in 0..<row.count { row[x] = Float(random.poisson(mean)) }
      }
      let phase = wave.phase(of: counts, carbon, isSpread: false) { q2 in
        // Square root of the structure factor: .3 for wide waves, 1 from a period of .25 nm down.
        (0.3 + 0.7 * (1 - exp(-q2 / 9))).squareRoot()
      }
      wave.pass(phase, distance: thickness)
    }
  }

  /// Atoms of each slice: an image of their number for each element.
  private func slices(
    of particles: [Nanoparticle], width: Int, height: Int, margin: Int
  ) -> [[(element: String, counts: Raster<Float>)]] {
    guard let elements = ParticleMaterial(named: field.material)?.elements, !particles.isEmpty else { return [] }
    let top = particles.flatMap(\.crystals).map { $0.centre.z + $0.body.reach }.max() ?? field.film
    let count = Int(((top - field.film) / Self.sliceThickness).rounded(.up)) + 1
    let places = concurrentMap(count: particles.count) { number in
      var atoms: [(element: Int, place: SIMD3<Double>)] = []
      for crystal in particles[number].crystals { crystal.forEachAtom { atoms.append(($0, $1)) } }
      return atoms
    }
    return (0..<count).map { slice in
      var planes = elements.map { _ in Raster<Float>(width: width, height: height, filling: 0) }
      for atom in places.joined() {
        guard Int((atom.place.z - field.film) / Self.sliceThickness) == slice else { continue }
        let x = atom.place.x / frame.nanometresPerPixel + Double(margin)
        let y = atom.place.y / frame.nanometresPerPixel + Double(margin)
        let (left, upper) = (Int(x.rounded(.down)), Int(y.rounded(.down)))
        guard left >= 0, upper >= 0, left + 1 < width, upper + 1 < height else { continue }
        let (fx, fy) = (Float(x - x.rounded(.down)), Float(y - y.rounded(.down)))
        planes[atom.element][left, upper] += (1 - fx) * (1 - fy)
        planes[atom.element][left + 1, upper] += fx * (1 - fy)
        planes[atom.element][left, upper + 1] += (1 - fx) * fy
        planes[atom.element][left + 1, upper + 1] += fx * fy
      }
      return zip(elements, planes).map { ($0, $1) }
    }
  }

  /// Electrons are counted, then spread by the camera: noise of neighbours is alike.
  private func detected(_ intensity: Raster<Float>) -> Raster<Float> {
    let mean = optics.dose * 100 * frame.nanometresPerPixel * frame.nanometresPerPixel
    let counts = concurrentRows(width: frame.width, height: frame.height, of: Float(0)) { y, row in
      var random = RandomSource(seed: seed, stream: RandomStream.rows + UInt64(y))
      for x in 0..<row.count {
        row[x] = Float(random.poisson(mean * Double(intensity.values[y * row.count + x])))
      }
    }
    let transform = FourierTransform(width: frame.width, height: frame.height)
    var spectrum = transform.spectrum(of: counts)
    let fall = -log(optics.cameraTransfer) / 0.25
    spectrum.multiply { fx, fy in Float(exp(-fall * (fx * fx + fy * fy))) }
    return transform.image(of: spectrum)
  }

  // MARK: - Truth

  func instances(of particles: [Nanoparticle]) -> SimulatedParticles.Instances {
    let pixel = frame.nanometresPerPixel
    var labels = Raster<UInt16>(width: frame.width, height: frame.height, filling: 0)
    var thickest = Raster<Float>(width: frame.width, height: frame.height, filling: 0)
    var kinds: [ParticleClass] = []
    for particle in particles {
      let (low, high) = ((particle.centre - particle.reach) / pixel, (particle.centre + particle.reach) / pixel)
      let rows = max(0, Int(low.y))...max(0, min(frame.height - 1, Int(high.y) + 1))
      let columns = max(0, Int(low.x))...max(0, min(frame.width - 1, Int(high.x) + 1))
      let label = UInt16(kinds.count + 1)
      var isSeen = false
      for y in rows {
        for x in columns where x < frame.width && y < frame.height {
          let thickness = particle.crystals.reduce(0.0) {
            max($0, $1.thickness(atX: Double(x) * pixel, y: Double(y) * pixel))
          }
          guard thickness >= Self.leastThickness, Float(thickness) > thickest[x, y] else { continue }
          (labels[x, y], thickest[x, y], isSeen) = (label, Float(thickness), true)
        }
      }
      if isSeen { kinds.append(particle.kind) }
    }
    return SimulatedParticles.Instances(labels: labels, kinds: kinds)
  }
}
