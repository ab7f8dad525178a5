import Foundation
import TesseraFormats
import TesseraHDF5
import TesseraImaging
import TesseraNumerics
import TesseraTraining

/// Masks of particles that a person has drawn and their images, as they are read for a training.
public struct MaskFiles: Sendable {
  /// Paths of the masks: images that are 0 where no particle is.
  public var masks: [String]
  /// Paths of their images, in the same order; empty: beside each mask the image of its name, without `.mask`.
  public var images: [String]

  /// Masks, and their images in the same order where they do not lie beside the masks.
  public init(masks: [String], images: [String] = []) { (self.masks, self.images) = (masks, images) }

  /// Reads all images with their masks.
  ///
  /// - Parameter side: every image is so wide and high at least, in pixels of about 0.06 nm.
  /// - Throws: `FormatError` for files, `DataError` for masks that cannot belong to their image.
  public func read(side: Int) throws -> LabelledMasks {
    guard images.isEmpty || images.count == masks.count else {
      throw DataError(
        "\(masks.count) masks are given, but \(images.count) images are named by \(setting("images")); name one image for each "
          + "mask, in the same order")
    }
    return LabelledMasks(
      try masks.enumerated().map { index, mask in
        try entry(mask, image: images.isEmpty ? LabelFiles.image(beside: mask) : images[index], side: side)
      })
  }

  private func entry(_ mask: String, image path: String, side: Int) throws -> LabelledMasks.Entry {
    let marked = try ImageFile.open(path: mask, options: .labels).read().pixels.map { $0.isFinite && $0 != 0 }
    let micrograph = try ImageFile.open(path: path).read()
    let prepared = try ParticleMethod().preparation.prepared(micrograph).image
    guard marked.width == prepared.width, marked.height == prepared.height else {
      throw DataError(
        "\(mask): the mask has \(marked.width) x \(marked.height) pixels, but its image \(path) has \(prepared.width) x "
          + "\(prepared.height); a mask needs one pixel for each of the image")
    }
    guard marked.values.contains(true), marked.values.contains(false) else {
      throw DataError(
        "\(mask): \(marked.values.contains(true) ? "no pixel is 0" : "all pixels are 0"); a mask to train on marks particles and "
          + "ground, which is 0")
    }
    let entry = try LabelledMasks.Entry(
      name: micrograph.name, image: prepared, mask: marked, pixel: micrograph.calibration?.meanNanometresPerPixel)
    guard min(entry.pixels.width, entry.pixels.height) >= side else {
      throw DataError(
        "\(path): has \(entry.pixels.width) x \(entry.pixels.height) pixels of about \(ParticleTraining.pixel) nm; an image to train on "
          + "needs \(side) x \(side) of them at least")
    }
    return entry
  }
}
