import TesseraNumerics

/// Patch-SVD denoising [M22]: overlapping patches are rows of a matrix, its truncated singular value decomposition
/// keeps what patches have in common, and the patches are averaged back.
///
/// Projecting every patch on an eigenpatch v and averaging back is a correlation with v followed by a convolution with
/// it, so the whole works by Fourier transforms: O(components x pixels log pixels), whatever the patch size.
public struct PatchDenoiser: Sendable, Codable, Equatable {
  /// Side of a patch, in pixels.
  public var side: Int
  /// Most components kept.
  public var componentLimit = 24
  /// Most patches that the eigenpatches are learned from.
  public var sampleLimit = 4_000

  /// A denoiser with patches of `side` x `side` pixels, 2 or more; a larger side than 32 counts as 32.
  public init(side: Int) { self.side = side }

  /// The denoised image, of the same size. Images smaller than two patches come back unchanged.
  public func denoised(_ image: Raster<Float>) -> Raster<Float> {
    let (width, height) = (image.width, image.height)
    let side = min(self.side, 32)
    guard width >= 2 * side, height >= 2 * side, side >= 2 else { return image }
    let slow = GaussianFilter.broadlySmoothed(image, sigma: Double(2 * side))
    let flat = Raster(width: width, height: height, values: zip(image.values, slow.values).map { $0 - $1 })
    let eigenpatches = self.eigenpatches(of: flat, side: side)
    // Reflected margins, so that patches at the border are whole.
    let (w, h) = (width + 2 * side, height + 2 * side)
    let padded = concurrentRows(width: w, height: h, of: Float(0)) { y, row in
      let line = reflected(y - side, height) * width
      for x in 0..<w { row[x] = flat.values[line + reflected(x - side, width)] }
    }
    let transform = FourierTransform(width: w, height: h)
    let source = transform.spectrum(of: padded)
    // Correlating and convolving with v multiplies the spectrum by |V|²: all components sum into one real filter.
    var filter = [Float](repeating: 0, count: source.values.count)
    for patch in eigenpatches {
      var canvas = Raster<Float>(width: w, height: h, filling: 0)
      for y in 0..<side { for x in 0..<side { canvas[x, y] = patch[y * side + x] } }
      for (i, v) in transform.spectrum(of: canvas).values.enumerated() { filter[i] += v.x * v.x + v.y * v.y }
    }
    let scale = 1 / Float(side * side)
    var result = source
    for i in result.values.indices { result.values[i] *= filter[i] * scale }
    let smooth = transform.image(of: result)
    return concurrentRows(width: width, height: height, of: Float(0)) { y, row in
      for x in 0..<width { row[x] = smooth.values[(y + side) * w + x + side] + slow.values[y * width + x] }
    }
  }

  /// Eigenvectors of the patches' second moments whose eigenvalues stand above those of white noise.
  private func eigenpatches(of image: Raster<Float>, side: Int) -> [[Float]] {
    let (across, down) = (image.width - side + 1, image.height - side + 1)
    let stride = max(1, Int((Double(across * down) / Double(sampleLimit)).squareRoot()))
    var rows: [Double] = []
    var count = 0
    for y in Swift.stride(from: 0, to: down, by: stride) {
      for x in Swift.stride(from: 0, to: across, by: stride) {
        for v in 0..<side { for u in 0..<side { rows.append(Double(image.values[(y + v) * image.width + x + u])) } }
        count += 1
      }
    }
    let size = side * side
    let moments = Matrix(rows: count, columns: size, values: rows).gram
    guard let (values, vectors) = moments.symmetricEigen() else { return [] }
    // The bulk of white noise ends at median x (1 + sqrt(size / count))² or so (Marchenko and Pastur).
    let edge = 1.1 * Statistics.median(values) * Statistics.noiseEdge(columns: size, rows: count)
    let kept = values.indices.reversed().prefix { values[$0] > edge }.prefix(componentLimit)
    return kept.map { k in (0..<size).map { Float(vectors[$0, k]) } }
  }
}
