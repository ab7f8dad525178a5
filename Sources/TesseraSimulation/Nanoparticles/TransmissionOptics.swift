import Foundation
import TesseraNumerics

/// A transmission electron microscope and its camera.
public struct TransmissionOptics: Sendable, Codable, Equatable {
  /// In kV: 20 ... 1000.
  public var voltage = 300.0
  /// Spherical aberration in mm: -5 ... 5.
  public var sphericalAberration = 0.8
  /// In nm, positive: underfocus. -2000 ... 2000.
  public var defocus = 50.0
  /// Standard deviation of the defocus by the spread of energies and currents, in nm: 0 ... 100.
  public var focalSpread = 4.0
  /// Half angle of the illumination in mrad: 0 ... 10.
  public var convergence = 0.2
  /// Electrons per square Angstrom: above 0, at most 10⁹.
  public var dose = 2000.0
  /// Amplitude at Nyquist's frequency that the camera keeps: above 0, at most 1. Electrons are counted before.
  public var cameraTransfer = 0.3

  /// A microscope of 300 kV with a spherical aberration of 0.8 mm, 50 nm under focus.
  public init() {}

  /// Rest energy of an electron, and Planck's constant times the speed of light, in keV and keV nm.
  private static let restEnergy = 510.998_95
  private static let planck = 1.239_841_98

  /// Wavelength in nm.
  package var wavelength: Double { Self.planck / (voltage * (2 * Self.restEnergy + voltage)).squareRoot() }
  /// Mass over rest mass.
  package var relativity: Double { 1 + voltage / Self.restEnergy }

  /// Phase error of the lens at a frequency in nm⁻¹:
  ///
  ///     χ = π λ q² (Cs λ² q² / 2 − Δf).
  package func aberration(atSquaredFrequency q2: Double) -> Double {
    let spherical = sphericalAberration * 1e6
    return .pi * wavelength * q2 * (0.5 * spherical * wavelength * wavelength * q2 - defocus)
  }

  /// What spread of focus and of illumination leave of a wave: the envelopes of the quasi-coherent approximation
  /// (Frank, Optik 38 (1973) 519; Wade & Frank, Optik 49 (1977) 81).
  package func envelope(atSquaredFrequency q2: Double) -> Double {
    let temporal = .pi * wavelength * focalSpread * q2
    let spherical = sphericalAberration * 1e6
    let slope = (spherical * wavelength * wavelength * q2 - defocus) * q2.squareRoot()
    let spatial = .pi * convergence * 1e-3 * slope
    return exp(-0.5 * temporal * temporal - spatial * spatial)
  }

  func check() throws(ParameterError) {
    try require((20...1000).contains(voltage), setting("voltage"), is: voltage, mustBe: "between 20 and 1000 kV")
    try require(
      (-5...5).contains(sphericalAberration), setting("cs"), is: sphericalAberration, mustBe: "between -5 and 5 mm")
    try require((-2000...2000).contains(defocus), setting("defocus"), is: defocus, mustBe: "between -2000 and 2000 nm")
    try require(
      (0...100).contains(focalSpread), setting("focal spread"), is: focalSpread, mustBe: "between 0 and 100 nm")
    try require((0...10).contains(convergence), "convergence", is: convergence, mustBe: "between 0 and 10 mrad")
    try require(dose > 0 && dose <= 1e9, setting("dose"), is: dose, mustBe: "above 0 and at most 1,000,000,000")
    try require(
      cameraTransfer > 0 && cameraTransfer <= 1, "camera transfer", is: cameraTransfer, mustBe: "above 0, at most 1")
  }
}
