import Foundation
import TesseraImaging
import TesseraNumerics

extension ParticleSimulation {
  /// How a scanning microscope sees the particles: incoherently, bright on a support that is less so.
  package struct Scan: Sendable {
    /// Standard deviation of the probe, in nm.
    package var probe = 0.07
    /// Standard deviation of the probe's tails in nm, and their share of the light, 0 ... 1.
    package var (tail, tailShare) = (0.3, 0.3)
    /// Brightness of the support, and how much it varies, as parts of the brightest column and of itself.
    package var (support, grain) = (0.15, 0.15)
    /// Electrons counted in the pixel of the brightest column.
    package var counts = 100.0

    package init() {}
  }

  /// The same particles in a scanning microscope, where the beam's phase does not matter; the microscope of `optics` does not take part.
  ///
  /// - Throws: `ParameterError` for the first setting outside its range.
  package func scanned(_ scan: Scan) throws(ParameterError) -> SimulatedParticles {
    try check()
    var random = RandomSource(seed: seed, stream: RandomStream.regions)
    let particles = field.particles(in: frame, random: &random)
    let pixel = frame.nanometresPerPixel
    let atoms = try field.atoms(in: frame, seed: seed).image
    let sharp = GaussianFilter.smoothed(atoms, sigma: scan.probe / pixel)
    let broad = GaussianFilter.smoothed(atoms, sigma: scan.tail / pixel)
    let (share, brightest) = (Float(scan.tailShare), max(1e-6, Statistics.quantile(sharp.values, 0.999)))
    let noise = atoms.map { _ in Float(random.gaussian()) }
    let film = GaussianFilter.smoothed(noise, sigma: scan.probe / pixel)
    let spread = max(1e-6, Float(Statistics.deviation(film.values)))
    let (level, grain) = (Float(scan.support), Float(scan.grain))
    let counts = concurrentRows(width: frame.width, height: frame.height, of: Float(0)) { y, row in
      var random = RandomSource(seed: seed, stream: RandomStream.rows + UInt64(y))
      for x in 0..<row.count {
        let index = y * row.count + x
        let light = ((1 - share) * sharp.values[index] + share * broad.values[index]) / brightest
        let support = level * max(0, 1 + grain * film.values[index] / spread)
        row[x] = Float(random.poisson(scan.counts * Double(light + support)))
      }
    }
    let micrograph = Micrograph(
      name: "nanoparticles", pixels: counts, calibration: frame.calibration, metadata: ["source": "simulated"])
    return SimulatedParticles(simulation: self, micrograph: micrograph, instances: instances(of: particles))
  }
}
