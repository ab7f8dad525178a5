import CTIFF
import TesseraImaging
import TesseraNumerics

/// Writes TIFF files that ImageJ and Fiji, HyperSpy and tifffile open with their scale: one page or a stack.
///
/// The unit `nm` stands in the description as ImageJ writes it, pixels a nm in the resolution; tags of DigitalMicrograph say
/// the same for HyperSpy. Files of more than 3.9 GB
/// become BigTIFF.
public struct TIFFWriter {
  /// How the first page describes the file.
  public enum Description: Sendable {
    /// As ImageJ does, with the unit in words and the scale in the resolution.
    case imageJ
    /// OME-XML, for Bio-Formats and programs that use it.
    case openMicroscopy
  }

  private let handle: OpaquePointer
  private let path: String
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
      tessera_tiff_quiet()
      let isLarge = pageCount * (pageBytes + 4096) > 3_900_000_000
      guard let handle = TIFFOpen(temporary, isLarge ? "w8" : "w") else {
        throw FormatError(.cannotWrite, "\(path): cannot be written; check the folder and the free space")
      }
      var writer = TIFFWriter(
        handle: handle, path: path, calibration: calibration, pageCount: pageCount, style: style)
      do { try produce(&writer) } catch {
        TIFFClose(handle)
        throw error
      }
      precondition(writer.written == pageCount, "as many pages as announced")
      guard TIFFFlush(handle) == 1 else {
        TIFFClose(handle)
        throw FormatError(.inputOutput, "\(path): cannot be written completely; check the free space")
      }
      TIFFClose(handle)
    }
  }

  private init(
    handle: OpaquePointer, path: String, calibration: Calibration?, pageCount: Int, style: Description
  ) {
    (self.handle, self.path, self.calibration) = (handle, path, calibration)
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

  /// Adds an image of a stack in the stack's own type.
  private mutating func append(frame: Int, of stack: ImageStack) throws {
    try append(stack.width, stack.height, type: stack.type, nil) { try stack.emitFrame(frame, $0) }
  }

  /// - Parameter produce: gives the rows in order, one or several at a time, in the byte order of this machine.
  private mutating func append(
    _ width: Int, _ height: Int, type: ScalarType, _ name: String?, _ produce: ((RawSpan) throws -> Void) throws -> Void
  ) throws {
    let bits = 8 * type.size
    let format =
      type == .float32 ? SAMPLEFORMAT_IEEEFP : type == .int32 ? SAMPLEFORMAT_INT : SAMPLEFORMAT_UINT
    let rowsPerStrip = max(1, min(height, (1 << 18) / max(1, width * bits / 8)))
    let tags: [(Int32, Int)] = [
      (TIFFTAG_IMAGEWIDTH, width), (TIFFTAG_IMAGELENGTH, height), (TIFFTAG_BITSPERSAMPLE, bits),
      (TIFFTAG_SAMPLESPERPIXEL, 1), (TIFFTAG_SAMPLEFORMAT, Int(format)), (TIFFTAG_ROWSPERSTRIP, rowsPerStrip),
      (TIFFTAG_COMPRESSION, Int(COMPRESSION_NONE)), (TIFFTAG_PHOTOMETRIC, Int(PHOTOMETRIC_MINISBLACK)),
      (TIFFTAG_PLANARCONFIG, Int(PLANARCONFIG_CONTIG)),
    ]
    for (tag, value) in tags { _ = tessera_tiff_set_u32(handle, UInt32(tag), UInt32(value)) }
    if let calibration {
      _ = tessera_tiff_set_u32(handle, UInt32(TIFFTAG_RESOLUTIONUNIT), UInt32(RESUNIT_NONE))
      _ = tessera_tiff_set_float(handle, UInt32(TIFFTAG_XRESOLUTION), 1 / calibration.nanometresPerPixelX)
      _ = tessera_tiff_set_float(handle, UInt32(TIFFTAG_YRESOLUTION), 1 / calibration.nanometresPerPixelY)
      if written == 0 {
        _ = tessera_tiff_set_scale_tags(
          handle, "nm", calibration.nanometresPerPixelX, calibration.nanometresPerPixelY)
      }
    }
    if written == 0 {
      let text = style == .imageJ ? imageJDescription : openMicroscopyDescription(width, height, type)
      _ = tessera_tiff_set_string(handle, UInt32(TIFFTAG_IMAGEDESCRIPTION), text)
    }
    if let name { _ = tessera_tiff_set_string(handle, UInt32(TIFFTAG_PAGENAME), name) }

    var row = 0
    var isWritten = true
    let rowSize = width * type.size
    let handle = handle
    try produce { rows in
      // libtiff may turn the bytes of its argument, so it gets a copy.
      var copy = rows.withUnsafeBytes { [UInt8]($0) }
      copy.withUnsafeMutableBytes { buffer in
        for start in stride(from: 0, to: buffer.count, by: rowSize) where isWritten {
          isWritten = TIFFWriteScanline(handle, buffer.baseAddress! + start, UInt32(row), 0) == 1
          row += 1
        }
      }
    }
    guard isWritten, TIFFWriteDirectory(handle) == 1 else {
      throw FormatError(.inputOutput, "\(path): cannot be written completely; check the free space")
    }
    written += 1
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
