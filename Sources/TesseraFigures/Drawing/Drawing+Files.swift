import CCairo
import Foundation
import TesseraNumerics

extension Drawing {
  /// The drawing as a PNG file on white.
  ///
  /// - Parameter scale: pixels a drawing unit; nil takes the natural scale.
  public func png(scale: Double? = nil) -> Data { PNGEncoder.data(of: pixels(scale: scale ?? naturalScale)) }

  /// The drawing as pixels 0x00RRGGBB on white.
  package func pixels(scale: Double) -> Raster<UInt32> {
    let (columns, rows) = (
      Int(saturating: (width * scale).rounded(.up)), Int(saturating: (height * scale).rounded(.up))
    )
    let surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, Int32(columns), Int32(rows))!
    defer { cairo_surface_destroy(surface) }
    do {
      let canvas = Canvas(surface: surface, scale: scale, isVector: false)
      canvas.addRectangle(Rectangle(x: 0, y: 0, width: width + 1, height: height + 1))
      canvas.fill(.white)
      draw(on: canvas)
    }
    cairo_surface_flush(surface)
    let stride = Int(cairo_image_surface_get_stride(surface))
    precondition(stride == 4 * columns, "cairo pads no row of 32-bit pixels")
    guard let bytes = cairo_image_surface_get_data(surface) else {
      preconditionFailure("no memory for a drawing of \(columns) x \(rows) pixels")
    }
    let values = [UInt32](unsafeUninitializedCapacity: columns * rows) { buffer, count in
      memcpy(buffer.baseAddress!, bytes, 4 * columns * rows)
      count = columns * rows
    }
    return Raster(width: columns, height: rows, values: values.map { $0 & 0xFFFFFF })
  }

  /// The drawing as an SVG file; text is drawn as outlines, so it looks the same without the font.
  public func svg() -> Data {
    var bytes = Data()
    withUnsafeMutablePointer(to: &bytes) { sink in
      let surface = cairo_svg_surface_create_for_stream(
        { sink, piece, length in
          guard let sink, let piece else { return CAIRO_STATUS_WRITE_ERROR }
          sink.assumingMemoryBound(to: Data.self).pointee.append(piece, count: Int(length))
          return CAIRO_STATUS_SUCCESS
        }, sink, width, height)!
      cairo_svg_surface_set_document_unit(surface, CAIRO_SVG_UNIT_PX)
      do {
        let canvas = Canvas(surface: surface, scale: naturalScale, isVector: true)
        canvas.addRectangle(Rectangle(x: 0, y: 0, width: width, height: height))
        canvas.fill(.white)
        draw(on: canvas)
      }
      cairo_surface_finish(surface)
      cairo_surface_destroy(surface)
    }
    return SVGText.settled(bytes, title: summary)
  }
}
