import CTIFF
import TesseraImaging
import TesseraNumerics

/// Writes TIFF files that ImageJ and Fiji, HyperSpy and tifffile open with their scale: one page or a stack.
///
/// The unit `nm` stands in the description as ImageJ writes it, pixels a nm in the resolution; tags of DigitalMicrograph say
/// the same for HyperSpy. Pages follow one another without gaps, as ImageJ expects of a stack. Files of more than 3.9 GB
/// become BigTIFF. `writePacked` makes smaller files that ImageJ's own reader does not open.
public struct TIFFWriter {
  /// How the first page describes the file.
  public enum Description: Sendable {
    /// As ImageJ does, with the unit in words and the scale in the resolution.
    case imageJ
    /// OME-XML, for Bio-Formats and programs that use it.
    case openMicroscopy
  }

  let output: ContiguousTIFF
  private let calibration: Calibration?
  private let pageCount: Int
  private let style: Description
  private var written = 0

  /// Writes single-precision pages of equal size; `names`, if given, has one name a page.
  public static func write(
    _ pages: [Raster<Float>], names: [String] = [], calibration: Calibration? = nil, to path: String,
    replacing: Bool = false
  ) throws {
    try stream(
      pageCount: pages.count, pageBytes: (pages.first?.count ?? 0) * 4, calibration: calibration, to: path,
      replacing: replacing
    ) { writer in
      for (index, page) in pages.enumerated() {
        try writer.append(page, name: index < names.count ? names[index] : nil)
      }
    }
  }

  /// Writes 16-bit pages, such as label maps.
  public static func write(
    _ pages: [Raster<UInt16>], names: [String] = [], calibration: Calibration? = nil, to path: String,
    replacing: Bool = false
  ) throws {
    try stream(
      pageCount: pages.count, pageBytes: (pages.first?.count ?? 0) * 2, calibration: calibration, to: path,
      replacing: replacing
    ) { writer in
      for (index, page) in pages.enumerated() {
        try writer.append(page, name: index < names.count ? names[index] : nil)
      }
    }
  }

  /// Writes 8-bit pages, such as masks.
  public static func write(
    _ pages: [Raster<UInt8>], names: [String] = [], calibration: Calibration? = nil, to path: String,
    replacing: Bool = false
  ) throws {
    try stream(
      pageCount: pages.count, pageBytes: (pages.first?.count ?? 0), calibration: calibration, to: path,
      replacing: replacing
    ) { writer in
      for (index, page) in pages.enumerated() {
        try writer.append(page, name: index < names.count ? names[index] : nil)
      }
    }
  }

  /// Writes a stack, its frames one by one.
  public static func write(
    _ stack: ImageStack, as style: Description = .imageJ, to path: String, replacing: Bool = false
  ) throws {
    try stream(
      pageCount: stack.count, pageBytes: stack.frameSize, calibration: stack.calibration, as: style, to: path,
      replacing: replacing
    ) { writer in
      for index in 0..<stack.count { try writer.append(frame: index, of: stack) }
    }
  }

  /// Writes pages one by one, so that a stack need not be in memory; `produce` calls `append` `pageCount` times.
  public static func stream(
    pageCount: Int, pageBytes: Int, calibration: Calibration? = nil, as style: Description = .imageJ, to path: String,
    replacing: Bool = false,
    _ produce: (inout TIFFWriter) throws -> Void
  ) throws {
    precondition(pageCount > 0, "a TIFF file needs a page")
    try AtomicOutput.file(at: path, replacing: replacing) { temporary in
      let isLarge = pageCount * (pageBytes + 4096) > 3_900_000_000
      let output = try ContiguousTIFF(path: temporary, for: path, isLarge: isLarge)
      var writer = TIFFWriter(output: output, calibration: calibration, pageCount: pageCount, style: style)
      try produce(&writer)
      precondition(writer.written == pageCount, "as many pages as announced")
      try output.close()
    }
  }

  private init(output: ContiguousTIFF, calibration: Calibration?, pageCount: Int, style: Description) {
    (self.output, self.calibration) = (output, calibration)
    (self.pageCount, self.style) = (pageCount, style)
  }

  /// Adds a page of single precision.
  public mutating func append(_ page: Raster<Float>, name: String? = nil) throws {
    try append(page.width, page.height, type: .float32, name) { write in
      for y in 0..<page.height { try write(page.values[y * page.width..<(y + 1) * page.width].span.bytes) }
    }
  }

  /// Adds a page of 16-bit numbers.
  public mutating func append(_ page: Raster<UInt16>, name: String? = nil) throws {
    try append(page.width, page.height, type: .uint16, name) { write in
      for y in 0..<page.height { try write(page.values[y * page.width..<(y + 1) * page.width].span.bytes) }
    }
  }

  /// Adds a page of 8-bit numbers.
  public mutating func append(_ page: Raster<UInt8>, name: String? = nil) throws {
    try append(page.width, page.height, type: .uint8, name) { write in
      for y in 0..<page.height { try write(page.values[y * page.width..<(y + 1) * page.width].span.bytes) }
    }
  }

  /// Adds an image of a stack in the stack's own type.
  private mutating func append(frame: Int, of stack: ImageStack) throws {
    try append(stack.width, stack.height, type: stack.type, nil) { try stack.emitFrame(frame, $0) }
  }

  /// - Parameter produce: gives the rows in order, one or several at a time, little-endian.
  private mutating func append(
    _ width: Int, _ height: Int, type: ScalarType, _ name: String?, _ produce: ((RawSpan) throws -> Void) throws -> Void
  ) throws {
    let tags = tags(width, height, type: type, name) + [(TIFFTAG_ROWSPERSTRIP, .long(height))]
    try produce { try output.write($0) }
    endPage(tags)
  }

  /// Ends a page whose pixels are written; `tiles` as in `ContiguousTIFF.endPage`.
  mutating func endPage(_ tags: [(tag: Int32, value: ContiguousTIFF.Value)], tiles: [Int] = []) {
    output.endPage(tags, tiles: tiles)
    written += 1
  }

  /// The tags of the next page, without those of its strips or tiles.
  func tags(
    _ width: Int, _ height: Int, type: ScalarType, compression: Int32 = COMPRESSION_NONE, _ name: String?
  ) -> [(tag: Int32, value: ContiguousTIFF.Value)] {
    let format: Int32 =
      switch type {
      case .float32: SAMPLEFORMAT_IEEEFP
      case .int32: SAMPLEFORMAT_INT
      default: SAMPLEFORMAT_UINT
      }
    var tags: [(tag: Int32, value: ContiguousTIFF.Value)] = [
      (TIFFTAG_IMAGEWIDTH, .long(width)), (TIFFTAG_IMAGELENGTH, .long(height)),
      (TIFFTAG_BITSPERSAMPLE, .short([UInt16(8 * type.size)])), (TIFFTAG_SAMPLESPERPIXEL, .short([1])),
      (TIFFTAG_SAMPLEFORMAT, .short([UInt16(format)])), (TIFFTAG_COMPRESSION, .short([UInt16(compression)])),
      (TIFFTAG_PHOTOMETRIC, .short([UInt16(PHOTOMETRIC_MINISBLACK)])),
      (TIFFTAG_PLANARCONFIG, .short([UInt16(PLANARCONFIG_CONTIG)])),
    ]
    if written == 0 {
      let text = style == .imageJ ? imageJDescription : openMicroscopyDescription(width, height, type)
      tags.append((TIFFTAG_IMAGEDESCRIPTION, .ascii(text)))
    }
    if let name { tags.append((TIFFTAG_PAGENAME, .ascii(name))) }
    if let calibration {
      let (x, y) = (calibration.nanometresPerPixelX, calibration.nanometresPerPixelY)
      tags += [
        (TIFFTAG_RESOLUTIONUNIT, .short([UInt16(RESUNIT_NONE)])), (TIFFTAG_XRESOLUTION, .rational(1 / x)),
        (TIFFTAG_YRESOLUTION, .rational(1 / y)),
      ]
      if written == 0 { tags += Self.digitalMicrographTags(x, y) }
    }
    return tags
  }

  /// Units, origins in pixels and scales of x and y, as DigitalMicrograph and HyperSpy read them.
  private static func digitalMicrographTags(_ x: Double, _ y: Double) -> [(tag: Int32, value: ContiguousTIFF.Value)] {
    [
      (65003, .ascii("nm")), (65004, .ascii("nm")), (65006, .double(0)), (65007, .double(0)), (65009, .double(x)),
      (65010, .double(y)),
    ]
  }

  /// As ij.io.TiffEncoder writes it.
  private var imageJDescription: String {
    var lines = ["ImageJ=1.53t"]
    if pageCount > 1 { lines += ["images=\(pageCount)", "slices=\(pageCount)"] }
    if calibration != nil { lines.append("unit=nm") }
    return (lines + ["loop=false", ""]).joined(separator: "\n")
  }

  /// Source: OME Data Model 2016-06.
  private func openMicroscopyDescription(_ width: Int, _ height: Int, _ type: ScalarType) -> String {
    let scale = calibration.map {
      " PhysicalSizeX=\"\($0.nanometresPerPixelX)\" PhysicalSizeXUnit=\"nm\""
        + " PhysicalSizeY=\"\($0.nanometresPerPixelY)\" PhysicalSizeYUnit=\"nm\""
    }
    return """
      <?xml version="1.0" encoding="UTF-8"?>\
      <OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06">\
      <Image ID="Image:0"><Pixels ID="Pixels:0" DimensionOrder="XYZCT" Type="\(type == .float32 ? "float" : type.rawValue)" \
      SizeX="\(width)" SizeY="\(height)" SizeZ="\(pageCount)" SizeC="1" SizeT="1"\(scale ?? "")>\
      <Channel ID="Channel:0:0" SamplesPerPixel="1"/><TiffData IFD="0" PlaneCount="\(pageCount)"/></Pixels></Image></OME>
      """
  }
}
