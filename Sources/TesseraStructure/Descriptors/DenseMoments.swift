import TesseraNumerics

/// Zernike moments around every pixel of an image, by correlating it with the basis: one Fourier transform for the image, and two
/// for each term.
package struct DenseMoments: Sendable {
  private let basis: ZernikeBasis
  private let transform: FourierTransform
  private let spectrum: Spectrum
  private let width, height: Int

  /// - Parameters:
  ///   - image: finite intensities.
  ///   - side: diameter of the disc in pixels; odd, at least 5.
  ///   - order: largest radial order p, 1 ... 40.
  package init(of image: Raster<Float>, side: Int, order: Int) {
    basis = ZernikeBasis(side: side, order: order, coversSites: false)
    (width, height) = (image.width, image.height)
    let (padded, rows) = (smoothSize(image.width), smoothSize(image.height))
    transform = FourierTransform(width: padded, height: rows)
    // A large mean would cost digits; no moment but the first has any of it.
    let mean = Float(Statistics.mean(image.values))
    spectrum = transform.spectrum(
      of: concurrentRows(width: padded, height: rows, of: Float(0)) { y, row in
        guard y < image.height else { return }
        for x in 0..<image.width { row[x] = image.values[y * image.width + x] - mean }
      })
  }

  /// The moment of a term, other than (0, 0), around each pixel; wrong within half a disc of the edge, where the disc wraps around.
  package func map(of term: ZernikeTerm) -> Raster<Float> {
    let (padded, rows) = (smoothSize(width), smoothSize(height))
    var kernel = Raster<Float>(width: padded, height: rows, filling: 0)
    for (row, pixel) in basis.square.pixels.pixels.enumerated() {
      kernel[(pixel.x + padded) % padded, (pixel.y + rows) % rows] = basis.square.weights[row, term.index]
    }
    let moment = transform.image(of: spectrum.correlated(with: transform.spectrum(of: kernel)))
    return concurrentRows(width: width, height: height, of: Float(0)) { y, row in
      for x in 0..<row.count { row[x] = moment.values[y * padded + x] }
    }
  }
}
