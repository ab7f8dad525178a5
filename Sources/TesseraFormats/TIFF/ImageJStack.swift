/// Stacks of ImageJ in which the images lie one behind the other, whether or not each has a directory.
///
/// Above 4 GB only the first image has one; in a file that was cut, the chain of directories may be broken while whole images are
/// there. Source: ImageJ, ij.io.TiffEncoder and ij.io.TiffDecoder, which reads the number of images from the description.
enum ImageJStack {
  /// The whole frames of a stack, at least one more than it has pages; nil where its images cannot lie so.
  ///
  /// - Parameters:
  ///   - pages: those that have directories, all of one size and type.
  ///   - promised: number of images in ImageJ's description.
  static func frames(of pages: [TIFFPage], promised: Int, in file: FileBytes) -> StoredArray? {
    let page = pages[0]
    guard page.compression == 1, page.tile == nil, page.palette == nil, page.bits >= 8, page.bits.isMultiple(of: 8),
      !page.isPlanar, page.type.size * 8 == page.bits,
      let size = checkedProduct([page.storedRowSize, page.height]), size > 0,
      let start = page.directory.integer(TIFFTag.stripOffsets), start > 0, start < file.count
    else { return nil }
    for (index, other) in pages.enumerated() {
      guard other.directory.integer(TIFFTag.stripOffsets) == start + index * size, isOnePiece(other, size: size) else {
        return nil
      }
    }
    // What tifffile and this program write behind the images are directories, which are no pixels.
    let places = pages.map(\.directory.offset).filter { $0 > start }
    let end = min(file.count, places.min() ?? file.count)
    let count = min(promised, (end - start) / size)
    guard count > pages.count,
      let array = StoredArray(
        offset: start, type: page.type, isBigEndian: (try? file.head(2)) == [0x4D, 0x4D],
        shape: [count, page.height, page.width], channels: page.samples),
      (try? array.check(in: file)) != nil
    else { return nil }
    return array
  }

  /// Whether the strips of a page follow one another without gaps.
  private static func isOnePiece(_ page: TIFFPage, size: Int) -> Bool {
    guard let offsets = page.directory.integers(TIFFTag.stripOffsets), let first = offsets.first else { return false }
    let step = page.storedRowSize * page.rowsPerStrip
    return offsets.enumerated().allSatisfy { $1 == first + $0 * step }
  }
}
