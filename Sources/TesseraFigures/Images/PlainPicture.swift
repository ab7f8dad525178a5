import Foundation
import TesseraNumerics

/// An image alone, in grey between the standard quantiles of its intensities, as a PNG: no scale bar, no frame.
///
/// - Parameters:
///   - image: intensities, in any unit.
///   - longestSide: of the picture in pixels; a smaller image keeps its own pixels.
package func plainPicture(of image: Raster<Float>, longestSide: Int) -> Data {
  let scale = min(1, Double(longestSide) / Double(max(image.width, image.height)))
  let (width, height) = (
    max(1, Int(saturating: (Double(image.width) * scale).rounded())),
    max(1, Int(saturating: (Double(image.height) * scale).rounded()))
  )
  let whole = Rectangle(x: 0, y: 0, width: Double(image.width), height: Double(image.height))
  let sampled = scale < 1 ? resampled(image, part: whole, width: width, height: height) : image
  return PNGEncoder.data(of: colored(sampled, limits: Contrast.standard.limits(of: image), map: .gray, levels: 64))
}
