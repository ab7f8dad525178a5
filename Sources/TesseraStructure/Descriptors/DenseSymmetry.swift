import TesseraNumerics

/// Symmetry scores around every pixel of an image, by correlating it with the Zernike basis.
///
/// One Fourier transform forth and one back for each term from q = 2 on: O(terms N log N) for N pixels, whatever the
/// patch size.
public struct DenseSymmetry: Sendable, Codable, Equatable {
  /// Diameter of the disc in pixels; odd, at least 5.
  public var side: Int
  /// Largest radial order p, 2 ... 40.
  public var maxOrder = 10
  /// Orders of the rotation axes, 2 or more each.
  public var folds = [2, 3, 4, 6]

  /// Maps of 2-, 3-, 4- and 6-fold symmetry.
  /// - Parameter side: diameter of the disc in pixels; odd, at least 5.
  public init(side: Int) { self.side = side }

  /// The scores S(n) of `SymmetryScores` around each pixel.
  public struct Maps: Sendable {
    /// Orders of the rotation axes, in the order of `scores`.
    public let folds: [Int]
    /// One map per fold, NaN where the disc leaves the image.
    public let scores: [Raster<Float>]
    /// √ΣE(q) over q >= 2, in units of the image: where it is small the scores are those of noise. NaN where the disc
    /// leaves the image.
    public let contrast: Raster<Float>
  }

  /// - Parameter image: finite intensities, at least `side` pixels wide and high.
  public func maps(of image: Raster<Float>) throws(ParameterError) -> Maps {
    try require(side >= 5 && !side.isMultiple(of: 2), "symmetry maps: patch size", is: side, mustBe: "odd, 5 or more")
    try require((2...40).contains(maxOrder), "symmetry maps: largest order", is: maxOrder, mustBe: "between 2 and 40")
    try require(folds.allSatisfy { $0 >= 2 }, "symmetry maps: folds", is: folds, mustBe: "2 or more each")
    try require(
      min(image.width, image.height) >= side, "symmetry maps: patch size", is: side, mustBe: "at most the image's size")
    let energies = angularEnergyMaps(of: image)
    let half = side / 2
    func framed(_ value: @Sendable (Int) -> Float) -> Raster<Float> {
      concurrentRows(width: image.width, height: image.height, of: .nan) { y, row in
        guard y >= half && y < image.height - half else { return }
        for x in half..<image.width - half { row[x] = value(y * image.width + x) }
      }
    }
    let scores = folds.map { fold in
      framed { index in
        var (kept, total): (Float, Float) = (0, 0)
        for (offset, energy) in energies.enumerated() {
          total += energy.values[index]
          if (offset + 2).isMultiple(of: fold) { kept += energy.values[index] }
        }
        return total > 0 ? (kept - (total - kept) / Float(fold - 1)) / total : 0
      }
    }
    let contrast = framed { index in energies.reduce(0) { $0 + $1.values[index] }.squareRoot() }
    return Maps(folds: folds, scores: scores, contrast: contrast)
  }

  /// E(q) around each pixel for q = 2 ... maxOrder; wrong within half a patch of the edge, where the disc wraps around.
  private func angularEnergyMaps(of image: Raster<Float>) -> [Raster<Float>] {
    let moments = DenseMoments(of: image, side: side, order: maxOrder)
    let terms = ZernikeTerm.all(order: maxOrder)
    return concurrentMap(count: maxOrder - 1) { index in
      var sum = Raster<Float>(width: image.width, height: image.height, filling: 0)
      for term in terms where abs(term.q) == index + 2 {
        let moment = moments.map(of: term)
        for pixel in sum.values.indices { sum.values[pixel] += moment.values[pixel] * moment.values[pixel] }
      }
      return sum
    }
  }
}
