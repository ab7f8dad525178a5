import CTIFF
import CZlib
import TesseraImaging
import TesseraNumerics

/// Pages in tiles that are packed without loss, for images as large as the micrograph that a result adds to it.
extension TIFFWriter {
  /// Longest side of a tile in pixels, a multiple of 16 as the format wants: large enough to pack well, small enough for many
  /// processors and for programs that read a part.
  private static let tileSide = 256
  /// Tiles that are packed before they are written. Their number decides nothing but the memory.
  private static let batch = 64

  /// Writes single-precision pages of equal size, in tiles of Deflate (compression 8) without a predictor; `names`, if given,
  /// has one name a page. Values come back bit by bit. Equal pages give equal bytes, on any number of threads.
  public static func writePacked(
    _ pages: [Raster<Float>], names: [String] = [], calibration: Calibration? = nil, to path: String,
    replacing: Bool = false
  ) throws {
    try stream(
      pageCount: pages.count, pageBytes: pages.first.map(largestSize) ?? 0, calibration: calibration, to: path,
      replacing: replacing
    ) { writer in
      for (index, page) in pages.enumerated() {
        try writer.appendPacked(page, name: index < names.count ? names[index] : nil)
      }
    }
  }

  /// Bytes that the tiles of a page may take, and the table of their places.
  private static func largestSize(of page: Raster<Float>) -> Int {
    let tiles = Tiles(width: page.width, height: page.height)
    return tiles.count * (Int(compressBound(UInt(4 * tiles.width * tiles.height))) + 16)
  }

  private mutating func appendPacked(_ page: Raster<Float>, name: String?) throws {
    let tiles = Tiles(width: page.width, height: page.height)
    var sizes: [Int] = []
    for first in stride(from: 0, to: tiles.count, by: Self.batch) {
      let packed = concurrentMap(count: min(Self.batch, tiles.count - first)) { tiles.packed(first + $0, of: page) }
      for tile in packed {
        try output.write(tile.span.bytes)
        sizes.append(tile.count)
      }
    }
    let grid: [(tag: Int32, value: ContiguousTIFF.Value)] = [
      (TIFFTAG_TILEWIDTH, .long(tiles.width)), (TIFFTAG_TILELENGTH, .long(tiles.height)),
    ]
    endPage(
      tags(page.width, page.height, type: .float32, compression: COMPRESSION_ADOBE_DEFLATE, name) + grid, tiles: sizes)
  }

  /// How a page divides into tiles, row by row.
  private struct Tiles {
    let width, height, across, count: Int

    init(width: Int, height: Int) {
      func side(_ length: Int) -> Int { min(TIFFWriter.tileSide, (length + 15) / 16 * 16) }
      (self.width, self.height) = (side(width), side(height))
      across = (width + self.width - 1) / self.width
      count = across * ((height + self.height - 1) / self.height)
    }

    /// The packed values of a tile; beyond the image are zeros.
    func packed(_ index: Int, of page: Raster<Float>) -> [UInt8] {
      let (left, top) = (index % across * width, index / across * height)
      let (columns, rows) = (min(width, page.width - left), min(height, page.height - top))
      var values = [Float](repeating: 0, count: width * height)
      for y in 0..<rows {
        let start = (top + y) * page.width + left
        values.replaceSubrange(y * width..<y * width + columns, with: page.values[start..<start + columns])
      }
      return Self.deflated(values)
    }

    /// The fastest level: the noise of measured values packs no better at the others, which take many times as long. It holds no
    /// repetitions either, so that the codes of single bytes are all there is to gain, in half the time of looking for more; a
    /// tile of which much repeats, such as unknown strain, is searched.
    private static func deflated(_ values: [Float]) -> [UInt8] {
      let repeats = (1..<values.count).count { values[$0].bitPattern == values[$0 - 1].bitPattern }
      let strategy = repeats > values.count / 16 ? Z_DEFAULT_STRATEGY : Z_RLE
      var stream = z_stream()
      let window: Int32 = 15
      let memory: Int32 = 8
      let begun = deflateInit2_(
        &stream, Z_BEST_SPEED, Z_DEFLATED, window, memory, strategy, ZLIB_VERSION,
        Int32(MemoryLayout<z_stream>.size))
      precondition(begun == Z_OK, "zlib has memory for a stream")
      defer { deflateEnd(&stream) }
      return values.withUnsafeBytes { bytes in
        [UInt8](unsafeUninitializedCapacity: Int(deflateBound(&stream, UInt(bytes.count)))) { buffer, count in
          stream.next_in = UnsafeMutablePointer(mutating: bytes.bindMemory(to: UInt8.self).baseAddress)
          stream.avail_in = UInt32(bytes.count)
          (stream.next_out, stream.avail_out) = (buffer.baseAddress, UInt32(buffer.count))
          precondition(deflate(&stream, Z_FINISH) == Z_STREAM_END, "the buffer holds what zlib says it may need")
          count = Int(stream.total_out)
        }
      }
    }
  }
}
