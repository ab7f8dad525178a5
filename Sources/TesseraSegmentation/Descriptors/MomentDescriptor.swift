import Foundation
import TesseraImaging
import TesseraNumerics
import TesseraStructure

/// Rotational symmetry and handedness around each point of a grid, from Zernike moments of every pixel.
///
/// Two kinds of scores. The symmetry scores S(n) of `DenseSymmetry`, the largest within a window, say the same as rotations. Moments
/// of odd angular order change their sign when a motif is turned by 180 degrees, which no correlation of an image with itself sees; a mean over a
/// cell would be zero, so that each is compared with where the columns are:
///
///     O(p, q) = ⟨w A(p, q)⟩ / √(⟨w²⟩ ⟨A(p, q)²⟩),  w = max(0, I − Ī)²,
///
/// means over a Gaussian window. Noise has no part in the numerator. With w linear in I it would vanish for every image, since an
/// autocorrelation is even.
public struct MomentDescriptor: Sendable, Codable, Equatable {
  /// Orders of the rotation axes.
  public static let folds = [2, 3, 4, 6]
  /// Largest radial order of the odd terms.
  private static let oddOrder = 6
  /// The odd terms: |q| odd, p up to 6.
  static let oddTerms = ZernikeTerm.all(order: oddOrder).filter { abs($0.q) % 2 == 1 }
  /// Largest radial order of the symmetry scores: a disc of three plane spacings has no finer columns.
  private static let symmetryOrder = 8

  /// Radius in pixels of the disc of the symmetry scores, 2 or more.
  public var radius: Int
  /// Distance of lattice planes in pixels: the radius of the disc of the odd terms, at least 2 pixels, and the standard deviation of the window of
  /// their means.
  public var spacing: Double
  /// Half the side of the window, in pixels, in which the largest symmetry score counts.
  public var window: Int

  /// A descriptor with these scales, in pixels.
  public init(radius: Int, spacing: Double, window: Int) {
    (self.radius, self.spacing, self.window) = (radius, spacing, window)
  }

  /// Names of the scores, in the order of the maps.
  static let names = folds.map { "symmetry \($0)" } + oddTerms.map { "term \($0.p) \($0.q)" }

  /// One map a score, -1 ... 1; near the edge the values of the nearest disc inside.
  /// - Parameters:
  ///   - image: finite intensities.
  ///   - grid: the points of the image that get a value.
  ///   - kept: indices of the scores wanted; nil: all.
  public func maps(of image: Raster<Float>, on grid: DescriptorGrid, kept: [Int]? = nil) -> [Raster<Float>] {
    let kept = kept ?? Array(Self.names.indices)
    let folds = kept.filter { $0 < Self.folds.count }.map { Self.folds[$0] }
    let terms = kept.filter { $0 >= Self.folds.count }.map { Self.oddTerms[$0 - Self.folds.count] }
    return symmetries(folds, of: image, on: grid) + odd(terms, of: image, on: grid)
  }

  private func symmetries(_ folds: [Int], of image: Raster<Float>, on grid: DescriptorGrid) -> [Raster<Float>] {
    guard !folds.isEmpty else { return [] }
    let radius = max(2, min(radius, (min(image.width, image.height) - 1) / 2))
    var symmetry = DenseSymmetry(side: 2 * radius + 1)
    (symmetry.maxOrder, symmetry.folds) = (Self.symmetryOrder, folds)
    // The image is larger than the disc, and all settings are in range.
    guard let maps = try? symmetry.maps(of: image) else { return [] }
    let least = 1e-6 * Float(Statistics.deviation(image.values))
    return maps.scores.map { score in
      sampled(score, on: grid, inset: radius) { maps.contrast.values[$0] > least }
        .windowMaximum(reach: window / grid.stride)
    }
  }

  private func odd(_ terms: [ZernikeTerm], of image: Raster<Float>, on grid: DescriptorGrid) -> [Raster<Float>] {
    guard !terms.isEmpty else { return [] }
    let radius = max(2, min(Int(saturating: spacing.rounded()), (min(image.width, image.height) - 1) / 2))
    let background = GaussianFilter.broadlySmoothed(image, sigma: spacing)
    var columns = image
    for index in columns.values.indices {
      let height = max(0, image.values[index] - background.values[index])
      columns.values[index] = height * height
    }
    let weights = columns
    let moments = DenseMoments(of: image, side: 2 * radius + 1, order: Self.oddOrder)
    func mean(_ value: (Int) -> Float) -> Raster<Float> {
      var product = weights
      for y in 0..<product.height {
        for x in 0..<product.width {
          let isInside =
            min(x, y) >= radius && x < product.width - radius && y < product.height - radius
          let index = y * product.width + x
          product.values[index] = isInside ? value(index) : 0
        }
      }
      return GaussianFilter.broadlySmoothed(product, sigma: spacing)
    }
    let power = mean { weights.values[$0] * weights.values[$0] }
    let least = 1e-12 * Float(Statistics.mean(power.values))
    return terms.map { term in
      let moment = moments.map(of: term)
      let (product, square) = (
        mean { weights.values[$0] * moment.values[$0] }, mean { moment.values[$0] * moment.values[$0] }
      )
      var score = product
      for index in score.values.indices {
        let norm = (power.values[index] * square.values[index]).squareRoot()
        score.values[index] =
          power.values[index] > least && norm > 0 ? max(-1, min(1, product.values[index] / norm)) : 0
      }
      return sampled(score, on: grid, inset: 0) { _ in true }
    }
  }

  /// The values at the points of a grid, those nearest to the edge at `inset` pixels inside it; 0 where they mean nothing.
  private func sampled(
    _ map: Raster<Float>, on grid: DescriptorGrid, inset: Int, where isMeant: (Int) -> Bool
  ) -> Raster<Float> {
    var result = Raster<Float>(width: grid.columns, height: grid.rows, filling: 0)
    for row in 0..<grid.rows {
      let y = max(inset, min(map.height - 1 - inset, grid.pixel(row)))
      for column in 0..<grid.columns {
        let x = max(inset, min(map.width - 1 - inset, grid.pixel(column)))
        let index = y * map.width + x
        if isMeant(index) && map.values[index].isFinite { result[column, row] = map.values[index] }
      }
    }
    return result
  }
}
