import TesseraImaging
import TesseraNumerics

/// The Fourier filter that [P21] compares with: frequencies of lattices pass, and where they are strong is a particle.
package struct LatticeFilter: Sendable, Codable, Equatable {
  /// Radii of the ring that passes, in cycles per pixel: 0 ... 0.5 each.
  package var frequencies: ClosedRange<Double>
  /// Standard deviation in pixels of the Gaussian that smooths the magnitude; 0 or more.
  package var smoothing: Double

  package init(frequencies: ClosedRange<Double>, smoothing: Double) {
    (self.frequencies, self.smoothing) = (frequencies, smoothing)
  }

  /// For images of this scale: plane spacings of 0.17 to 0.4 nm, smoothed over 0.6 nm.
  ///
  /// - Parameter pixel: side of a pixel in nm; nil takes spacings of 3 to 8 pixels.
  package init(pixel: Double?) {
    let pixel = pixel ?? 0.05
    self.init(frequencies: min(0.45, pixel / 0.4)...min(0.5, pixel / 0.17), smoothing: 0.6 / pixel)
  }

  /// Smoothed magnitude of what passes.
  package func magnitude(of image: Raster<Float>) -> Raster<Float> {
    let transform = FourierTransform(width: image.width, height: image.height)
    var spectrum = transform.spectrum(of: image)
    let (low, high) = (frequencies.lowerBound * frequencies.lowerBound, frequencies.upperBound * frequencies.upperBound)
    spectrum.multiply { fx, fy in
      let square = fx * fx + fy * fy
      return square >= low && square <= high ? 1 : 0
    }
    return GaussianFilter.broadlySmoothed(transform.image(of: spectrum).map(abs), sigma: smoothing)
  }

  /// Otsu's threshold of the magnitude.
  package func mask(of image: Raster<Float>) -> Raster<Bool> {
    let magnitude = magnitude(of: image)
    guard let threshold = OtsuThreshold.threshold(of: magnitude) else { return image.map { _ in false } }
    return magnitude.map { $0 >= threshold }
  }
}
