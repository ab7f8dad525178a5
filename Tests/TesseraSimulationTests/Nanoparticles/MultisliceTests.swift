import Foundation
import TesseraNumerics
import TesseraSimulation
import Testing

@Suite("A transmission electron microscope") struct TransmissionOpticsTests {
  private func optics(_ voltage: Double) -> TransmissionOptics {
    var optics = TransmissionOptics()
    optics.voltage = voltage
    return optics
  }

  @Test(arguments: [(80, 0.004_175_7), (200, 0.002_507_9), (300, 0.001_968_7)])
  func `has the relativistic wavelength`(voltage: Double, wavelength: Double) {
    #expect(abs(optics(voltage).wavelength - wavelength) < 1e-7)
  }

  @Test func `has heavier electrons at higher voltage`() {
    #expect(abs(optics(300).relativity - 1.587) < 1e-3)
    #expect(abs(optics(510.998_95).relativity - 2) < 1e-12)
  }

  /// At 1.15 √(Cs λ) underfocus the phase error falls to −2π/3 and rises again.
  @Test func `has Scherzer's phase error`() {
    var optics = optics(200)
    optics.sphericalAberration = 1.2
    let cs = 1.2e6
    optics.defocus = (4.0 / 3 * cs * optics.wavelength).squareRoot()
    let errors = stride(from: 0.0, through: 40, by: 0.01).map { optics.aberration(atSquaredFrequency: $0) }
    #expect(abs(errors.min()! + 2 * .pi / 3) < 1e-4)
    #expect(errors[0] == 0 && errors[1] < 0 && errors.last! > 0)
    optics.defocus *= -1
    #expect(optics.aberration(atSquaredFrequency: 1) > 0)
  }

  @Test func `loses fine detail to spreads of focus and of illumination`() {
    var optics = optics(300)
    let values = (0...100).map { optics.envelope(atSquaredFrequency: Double($0)) }
    #expect(values[0] == 1 && values.allSatisfy { (0...1).contains($0) } && values[100] < 0.3)
    (optics.focalSpread, optics.convergence) = (0, 0)
    #expect(optics.envelope(atSquaredFrequency: 100) == 1)
    optics.focalSpread = 10
    let expected = exp(-0.5 * pow(.pi * optics.wavelength * 10 * 25, 2))
    #expect(abs(optics.envelope(atSquaredFrequency: 25) - expected) < 1e-12)
  }
}

@Suite("Scattering of electrons by atoms") struct ScatteringFactorTests {
  @Test(arguments: [("C", 0.25), ("Au", 1.056)]) func `is as strong forwards as the tables say`(
    element: String, strength: Double
  ) throws {
    let factor = try #require(ScatteringFactor(of: element))
    #expect(abs(factor.value(atSquaredFrequency: 0) - strength) < 1.5e-3)
  }

  @Test func `is known for all materials and falls with the frequency`() throws {
    for element in Set(ParticleMaterial.all.flatMap(\.elements)).union(["C"]) {
      let factor = try #require(ScatteringFactor(of: element))
      let values = (0...400).map { factor.value(atSquaredFrequency: Double($0)) }
      #expect(zip(values, values.dropFirst()).allSatisfy { $0 > $1 } && values[400] > 0)
    }
    #expect(ScatteringFactor(of: "Xx") == nil)
  }
}

@Suite("A wave in a specimen") struct MultisliceTests {
  private static let side = 96
  private static let pixel = 0.02

  private func wave(_ change: (inout TransmissionOptics) -> Void = { _ in }) -> Multislice {
    var optics = TransmissionOptics()
    change(&optics)
    return Multislice(width: Self.side, height: Self.side, pixel: Self.pixel, optics: optics)
  }

  private func atom(x: Int = side / 2, y: Int = side / 2) -> Raster<Float> {
    var counts = Raster<Float>(width: Self.side, height: Self.side, filling: 0)
    counts[x, y] = 1
    return counts
  }

  private func mean(_ wave: Multislice) -> Double {
    Statistics.mean(wave.wave.map { $0.x * $0.x + $0.y * $0.y })
  }

  @Test(arguments: ["C", "Au"], [true, false]) func `is shifted by an atom as much as it scatters`(
    element: String, isSpread: Bool
  ) throws {
    let factor = try #require(ScatteringFactor(of: element))
    let wave = wave()
    let phase = wave.phase(of: atom(), factor, isSpread: isSpread)
    let sum = phase.values.reduce(0.0) { $0 + Double($1) } * Self.pixel * Self.pixel
    let optics = TransmissionOptics()
    let expected = optics.relativity * optics.wavelength * factor.value(atSquaredFrequency: 0)
    #expect(abs(sum / expected - 1) < 1e-4)
    // Highest at the atom, and the same on all sides.
    let middle = Self.side / 2
    #expect(phase.values.max() == phase[middle, middle])
    for step in 1...8 {
      let around = [
        phase[middle + step, middle], phase[middle - step, middle], phase[middle, middle + step],
        phase[middle, middle - step],
      ]
      #expect(around.allSatisfy { abs($0 - around[0]) < 1e-4 * phase[middle, middle] })
    }
  }

  /// Two atoms of half weight on neighbours stand for one between them.
  @Test func `does not see on which pixels an atom was spread`() throws {
    let factor = try #require(ScatteringFactor(of: "Au"))
    let middle = Self.side / 2
    var pair = atom().map { 0.5 * $0 }
    pair[middle + 1, middle] = 0.5
    let (one, two) = (wave().phase(of: atom(), factor), wave().phase(of: pair, factor))
    let between = (two[middle, middle] + two[middle + 1, middle]) / 2
    #expect(abs(two[middle, middle] - two[middle + 1, middle]) < 1e-4 * between)
    #expect(between < one[middle, middle] && between > 0.8 * one[middle, middle])
  }

  @Test func `stays what it was without a specimen`() {
    var wave = wave()
    let nothing = Raster<Float>(width: Self.side, height: Self.side, filling: 0)
    for _ in 0..<10 { wave.pass(nothing, distance: 1) }
    #expect(wave.wave.allSatisfy { abs($0.x - 1) < 1e-4 && abs($0.y) < 1e-4 })
    #expect(wave.intensity().values.allSatisfy { abs($0 - 1) < 1e-4 })
  }

  @Test func `keeps its mean intensity on its way, but for what is absorbed`() throws {
    var random = RandomSource(seed: 5)
    var wave = wave()
    let nothing = Raster<Float>(width: Self.side, height: Self.side, filling: 0)
    let counts = nothing.map { _ in Float(random.poisson(0.05)) }
    let phase = wave.phase(of: counts, try #require(ScatteringFactor(of: "C")), isSpread: false)
    wave.pass(phase, distance: 3)
    let before = mean(wave)
    // Amplitude and phase fall and rise together.
    let absorbed = phase.values.reduce(0.0) { $0 + exp(-0.12 * Double($1)) } / Double(phase.count)
    #expect(before < 1 && abs(before - absorbed) < 5e-3)
    for _ in 0..<5 { wave.pass(nothing, distance: 20) }
    #expect(abs(mean(wave) / before - 1) < 1e-4)
  }

  @Test func `makes atoms dark in Scherzer's focus and bright beyond`() throws {
    let factor = try #require(ScatteringFactor(of: "C"))
    let middle = Self.side / 2
    func centre(_ defocus: Double) -> Float {
      var wave = wave { $0.defocus = defocus }
      wave.pass(wave.phase(of: atom(), factor), distance: 0)
      return wave.intensity()[middle, middle]
    }
    #expect(centre(45.8) < 0.98)
    #expect(centre(-45.8) > 1.01)
  }
}
