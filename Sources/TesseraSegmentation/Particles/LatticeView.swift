import TesseraImaging
import TesseraNumerics

/// An image and the labels of its regions, with pixels that resolve the planes of a lattice and are no finer than that takes.
///
/// The forest that tells classes has learned from pixels of 0.022 to 0.04 nm; in pixels four times as fine, the same particle would
/// fill sixteen times as many.
package struct LatticeView: Sendable {
  /// Pixels of about this side in nm: planes of 0.1 nm are three pixels apart.
  private static let standardPixel = 0.03

  package let image: Raster<Float>
  /// 0: none.
  package let labels: Raster<Int>
  /// Side of a pixel of the view in nm; nil: unknown, and pixels are as they were.
  package let pixel: Double?
  /// Indices of the pixels of each label.
  private let regions: [Int: [Int]]

  /// - Parameters:
  ///   - image: in any unit.
  ///   - labels: of all pixels of the image.
  ///   - pixel: side of a pixel of the image in nm; nil: unknown.
  package init(_ image: Raster<Float>, labels: Raster<Int>, pixel: Double?) {
    let largest = max(1, min(image.width, image.height) / 16)
    let factor = min(largest, pixel.map { max(1, Int(saturating: (Self.standardPixel / $0).rounded())) } ?? 1)
    self.image = Binning.means(of: image, factor: factor)
    self.labels = Self.joined(labels, factor: factor, width: self.image.width, height: self.image.height)
    self.pixel = pixel.map { $0 * Double(factor) }
    var regions: [Int: [Int]] = [:]
    for (index, label) in self.labels.values.enumerated() where label > 0 { regions[label, default: []].append(index) }
    self.regions = regions
  }

  /// The labels of joined pixels: each that of its middle.
  /// - Parameters:
  ///   - labels: of the pixels.
  ///   - factor: pixels that are joined along each axis, 1 or more.
  ///   - width: joined pixels in a row, as many as fit into the label map.
  ///   - height: rows of joined pixels, as many as fit into it.
  package static func joined(_ labels: Raster<Int>, factor: Int, width: Int, height: Int) -> Raster<Int> {
    guard factor > 1 else { return labels }
    return concurrentRows(width: width, height: height, of: 0) { y, row in
      for x in 0..<row.count { row[x] = labels[x * factor + factor / 2, y * factor + factor / 2] }
    }
  }

  /// Indices of the pixels of one region, in the view; empty if it is smaller than a pixel.
  package func region(of label: Int) -> [Int] { regions[label] ?? [] }
}
