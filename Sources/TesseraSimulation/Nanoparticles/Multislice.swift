import Foundation
import TesseraNumerics

/// An electron wave on its way through a specimen, slice by slice (Cowley & Moodie, Acta Cryst. 10 (1957) 609):
///
///     ψ ← F⁻¹[P · F[exp(i (1 + iκ) φ) ψ]],   P = exp(−iπ λ Δz q²),   φ = γ λ F⁻¹[Σ f(q)],
///
/// the sum over the atoms of the slice. Frequencies above two thirds of Nyquist's are cut off, so that products do not wrap around.
package struct Multislice {
  let width, height: Int
  /// Side of a pixel in nm.
  let pixel: Double
  let optics: TransmissionOptics
  package private(set) var wave: [SIMD2<Float>]
  private let real: FourierTransform
  private let complex: ComplexTransform

  /// Part of the phase that absorbs: what is lost to inelastic and thermal diffuse scattering. About a tenth for
  /// heavy elements.
  private static let absorption: Float = 0.06
  /// Debye and Waller's B, in nm²: .6 square Angstrom.
  private static let thermal = 0.006

  /// A plane wave.
  package init(width: Int, height: Int, pixel: Double, optics: TransmissionOptics) {
    (self.width, self.height, self.pixel, self.optics) = (width, height, pixel, optics)
    real = FourierTransform(width: width, height: height)
    complex = ComplexTransform(width: width, height: height)
    wave = [SIMD2<Float>](repeating: [1, 0], count: width * height)
  }

  /// Square of the largest frequency, in cycles per pixel.
  private static let limit = 1.0 / 9

  /// The phase of atoms: `counts` of one element on each pixel, spread over four pixels where they lie between.
  ///
  /// - Parameters:
  ///   - counts: atoms on each pixel, of the size of the wave.
  ///   - factor: of one atom of the element.
  ///   - isSpread: whether an atom between pixels was spread over four, which is then taken back in the spectrum.
  ///   - structure: factor of the spectrum at q² in nm⁻²; 1 without one.
  package func phase(
    of counts: Raster<Float>, _ factor: ScatteringFactor, isSpread: Bool = true,
    structure: (Double) -> Double = { _ in 1 }
  ) -> Raster<Float> {
    var spectrum = real.spectrum(of: counts)
    let scale = optics.relativity * optics.wavelength / (pixel * pixel)
    // The factors depend on q² alone: a table is faster.
    let steps = 4096
    let table = (0...steps).map { index -> Double in
      let q2 = Double(index) / Double(steps) * Self.limit / (pixel * pixel)
      return scale * factor.value(atSquaredFrequency: q2) * exp(-Self.thermal * q2 / 4) * structure(q2)
    }
    spectrum.multiply { fx, fy in
      let square = fx * fx + fy * fy
      guard square < Self.limit else { return 0 }
      let place = square / Self.limit * Double(steps)
      let (index, rest) = (Int(place), place - place.rounded(.down))
      let value = table[index] + rest * (table[index + 1] - table[index])
      return Float(isSpread ? value / Self.spread(fx, fy) : value)
    }
    return real.image(of: spectrum)
  }

  /// What spreading a point over four pixels does to its spectrum.
  private static func spread(_ fx: Double, _ fy: Double) -> Double {
    func sinc(_ f: Double) -> Double { f == 0 ? 1 : sin(.pi * f) / (.pi * f) }
    let product = sinc(fx) * sinc(fy)
    return product * product
  }

  /// Passes a slice of this phase and goes on by `distance` nm.
  package mutating func pass(_ phase: Raster<Float>, distance: Double) {
    for index in wave.indices {
      let angle = phase.values[index]
      let amplitude = exp(-Self.absorption * angle)
      let (re, im) = (amplitude * cos(angle), amplitude * sin(angle))
      let old = wave[index]
      wave[index] = [old.x * re - old.y * im, old.x * im + old.y * re]
    }
    let wavelength = optics.wavelength
    filter { q2 in
      let angle = -.pi * wavelength * distance * q2
      return (cos(angle), sin(angle))
    }
  }

  /// The intensity behind the objective lens; 1 without a specimen.
  package mutating func intensity() -> Raster<Float> {
    filter { [optics] q2 in
      let (angle, size) = (-optics.aberration(atSquaredFrequency: q2), optics.envelope(atSquaredFrequency: q2))
      return (size * cos(angle), size * sin(angle))
    }
    return Raster(width: width, height: height, values: wave.map { $0.x * $0.x + $0.y * $0.y })
  }

  /// Multiplies the spectrum of the wave by a function of q² (nm⁻²), and cuts off what is beyond the limit.
  private mutating func filter(_ function: (Double) -> (Double, Double)) {
    complex.forward(&wave)
    let steps = 1 << 14
    let scale = 1 / Double(width * height)
    let table = (0...steps).map { index -> SIMD2<Float> in
      let (re, im) = function(Double(index) / Double(steps) * Self.limit / (pixel * pixel))
      return [Float(scale * re), Float(scale * im)]
    }
    for y in 0..<height {
      let fy = Double(y <= height / 2 ? y : y - height) / Double(height)
      for x in 0..<width {
        let fx = Double(x <= width / 2 ? x : x - width) / Double(width)
        let square = fx * fx + fy * fy
        let index = y * width + x
        guard square < Self.limit else {
          wave[index] = .zero
          continue
        }
        let place = Float(square / Self.limit) * Float(steps)
        let low = Int(place)
        let factor = table[low] + (table[low + 1] - table[low]) * (place - Float(low))
        let old = wave[index]
        wave[index] = [old.x * factor.x - old.y * factor.y, old.x * factor.y + old.y * factor.x]
      }
    }
    complex.inverse(inPlace: &wave)
  }
}
