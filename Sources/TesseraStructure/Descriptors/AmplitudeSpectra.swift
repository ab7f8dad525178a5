import TesseraNumerics

/// What a patch shows, wherever in it it lies: the square roots of the amplitudes of its Fourier transform.
///
/// A defect lies anywhere in a patch that was cut around it, so pixels say little. Amplitudes do not depend on where things lie, and their
/// square roots keep the few strong reflections of the crystal, which all patches share, from drowning what differs. The patch is not
/// tapered: how its edges cut the crystal belongs to what is known of it.
public struct AmplitudeSpectra: Sendable, Codable, Equatable {
  /// Highest frequency along x and y, in cycles per pixel, above 0 and at most 0.5; finer detail is noise more than structure.
  public var highestFrequency = 0.25
  /// Frequencies kept along x, and twice as many along y, 1 or more; of larger patches neighbouring ones are averaged.
  public var mostFrequencies = 16
  /// Spectra up to a quarter of a cycle per pixel.
  public init() {}

  /// One row per patch; NaN where its pixels are all equal or none is finite.
  ///
  /// Each patch is taken with its mean off, in units of its standard deviation, and pixels that are not finite are taken as its mean.
  /// O(n N log N) for n patches of N pixels.
  /// - Parameter patches: of one size.
  /// - Throws: `ParameterError` for a frequency out of range.
  public func features(of patches: [Raster<Float>]) throws -> Matrix<Float> {
    try require(
      highestFrequency > 0 && highestFrequency <= 0.5, "highest frequency", is: highestFrequency,
      mustBe: "above 0 and at most 0.5 cycles per pixel")
    try require(mostFrequencies >= 1, "number of frequencies", is: mostFrequencies, mustBe: "1 or more")
    guard let first = patches.first, first.count > 0 else { return Matrix(rows: patches.count, columns: 0, values: []) }
    precondition(patches.allSatisfy { $0.width == first.width && $0.height == first.height }, "patches need one size")
    let transform = FourierTransform(width: first.width, height: first.height)
    let cells = cells(of: Spectrum(width: first.width, height: first.height))
    let rows = concurrentMap(count: patches.count) { index -> [Float] in
      guard let patch = patches[index].standardized else { return [Float](repeating: .nan, count: cells.count) }
      let spectrum = transform.spectrum(of: patch)
      let scale = 1 / Float(patch.count).squareRoot()
      return cells.map { places in
        let roots = places.reduce(Float(0)) { sum, place in
          let value = spectrum.values[place]
          return sum + ((value * value).sum().squareRoot() * scale).squareRoot()
        }
        return roots / Float(places.count)
      }
    }
    return Matrix(rows: patches.count, columns: cells.count, values: rows.flatMap { $0 })
  }

  /// The coefficients that make a feature each: of a pair of opposite ones the first, and none of them the mean.
  private func cells(of spectrum: Spectrum) -> [[Int]] {
    let reach = max(1, Int(highestFrequency * Double(max(spectrum.width, spectrum.height))))
    let block = Double((reach + mostFrequencies - 1) / mostFrequencies)
    var cells: [[Int]: [Int]] = [:]
    for row in 0..<spectrum.height {
      let fy = spectrum.frequencyY(row)
      for column in 0..<spectrum.columns {
        let fx = spectrum.frequencyX(column)
        guard abs(fy) <= highestFrequency, fx <= highestFrequency, column > 0 || fy > 0 else { continue }
        let cell = [fy * Double(spectrum.height) / block, fx * Double(spectrum.width) / block].map {
          Int($0.rounded(.down))
        }
        cells[cell, default: []].append(row * spectrum.columns + column)
      }
    }
    return cells.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.value)
  }
}
