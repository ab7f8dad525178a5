import TesseraImaging
import TesseraNumerics

/// Files that unpack to far more than any image of a microscope can have been packed to.
extension ImageFile {
  /// By how much the pixels of an image may exceed the bytes of its file. Noise does not pack: a counting detector of 8 bits leaves a
  /// bit per pixel and more, one of 32 bits at most 32 to 1. Four times that leaves room for a wide empty border.
  static let mostPacking = 128

  /// Channels of a colour image with transparency.
  private static let coloured = 4

  /// Refuses what is packed so tightly that it can hold next to nothing, before any of it is unpacked.
  ///
  /// - Parameter frames: number of frames that are read.
  func checkPacking(of dataset: DatasetDescription, frames: Int = 1) throws(FormatError) {
    // A colour image with transparency counts as one value per pixel; more channels are as many images.
    guard let pixels = checkedProduct([dataset.width, dataset.height, frames]),
      pixels > options.packedPixelLimit / max(1, dataset.channels / Self.coloured),
      let bytes = checkedProduct([pixels, dataset.channels, dataset.type.size]), bytes / Self.mostPacking > byteCount
    else { return }
    let size = "\(dataset.width) x \(dataset.height) pixels" + (frames > 1 ? " in \(frames) frames" : "")
    throw FormatError(
      in: path,
      "\(size) are packed into \(byteCount) bytes, \(bytes / max(1, byteCount)) to 1; an image with any noise takes more, so "
        + "this one is empty or damaged; cut out the part that holds the image, or raise \(setting("max pixels")) to read it all the same"
    )
  }
}
