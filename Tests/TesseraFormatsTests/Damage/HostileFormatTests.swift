import TesseraFormats
import TestSupport
import Testing

/// Files that are well formed and ask for too much, made by chance: the kinds of which some once stopped the program.
struct `Files made to ask for too much` {
  @Test(.slow, arguments: [1, 2, 3] as [UInt64]) func `as TIFF are read or refused`(seed: UInt64) throws {
    try checkHostile(60, suffix: "tif", seed: seed) { HostileTIFF.bytes(using: &$0) }
  }

  @Test(.slow) func `as PNG are read or refused`() throws {
    try checkHostile(100, suffix: "png", seed: 4) { HostilePictures.png(using: &$0) }
  }

  @Test(.slow, arguments: [0, 1]) func `as JPEG are read or refused`(kind: Int) throws {
    try checkHostile(60, suffix: "jpg", seed: 5) { HostilePictures.jpeg(from: SmallJPEG.all[kind], using: &$0) }
  }

  @Test(.slow) func `as NumPy arrays are read or refused`() throws {
    try checkHostile(300, suffix: "npy", seed: 6) { HostileWords.array(using: &$0) }
  }

  @Test(.slow) func `as tables of sites are read or refused`() throws {
    try checkHostile(
      200, suffix: "csv", seed: 7,
      read: { path in
        _ = try CSVTable(path: path)
        return try SiteList.read(path: path).warnings.count
      }, make: { HostileWords.table(using: &$0) })
  }
}
