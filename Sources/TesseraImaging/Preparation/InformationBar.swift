import TesseraNumerics

/// The bar with settings that microscopes write below an image: lines that are black, or white, but for the text.
public enum InformationBar {
  /// A line of the bar has one extreme value in this share of its pixels.
  private static let plainShare = 0.5
  /// Fewer lines are no bar, and more than this share of the image is none either.
  private static let (fewest, largestShare) = (8, 0.25)

  /// Beyond the bar the image begins at once; blank corners of an image that was turned go on with more than this share of a line.
  private static let largestRest = 0.1

  /// The lines of the bar, down to the last line of the image or up to the first; nil where there is none.
  /// - Parameters:
  ///   - image: intensities as the file has them.
  ///   - isBlank: pixels of blank areas, of the image's size; nil: there are none.
  public static func rows(in image: Raster<Float>, isBlank: Raster<Bool>? = nil) -> Range<Int>? {
    func ends(at next: Int) -> Bool {
      guard let isBlank else { return true }
      return Double((0..<image.width).count { isBlank[$0, next] }) <= largestRest * Double(image.width)
    }
    /// What is blank altogether holds no settings.
    func isWritten(_ lines: Range<Int>) -> Bool {
      guard let isBlank else { return true }
      return isBlank.values[lines.lowerBound * image.width..<lines.upperBound * image.width].contains(false)
    }
    var (low, high) = (Float.infinity, -Float.infinity)
    for value in image.values where value.isFinite { (low, high) = (min(low, value), max(high, value)) }
    let limit = Int(largestShare * Double(image.height))
    guard low < high, image.width >= 32, limit >= fewest else { return nil }
    for plain in [low, high] {
      let isPlain = (0..<image.height).map { y in
        let line = image.values[y * image.width..<(y + 1) * image.width]
        return Double(line.count { $0 == plain }) >= plainShare * Double(image.width)
      }
      let below = isPlain.reversed().prefix { $0 }.count
      let above = isPlain.prefix { $0 }.count
      // The rest of the image must not be as plain: an image of few counts is mostly zero everywhere.
      let elsewhere = isPlain.count { $0 } - max(below, above)
      guard elsewhere * 10 < image.height else { continue }
      let (bottom, top) = (image.height - below..<image.height, 0..<above)
      if (fewest...limit).contains(below), ends(at: bottom.lowerBound - 1), isWritten(bottom) { return bottom }
      if (fewest...limit).contains(above), ends(at: above), isWritten(top) { return top }
    }
    return nil
  }
}
