import Foundation
import TesseraFormats
import TesseraNumerics
import TesseraProject

/// Lines that a person drew, as the image that `segment` takes: the number of the pattern, and 0 elsewhere. Later lines lie on
/// earlier ones.
struct ScribbleImage {
  let pixels: Raster<UInt16>

  init(_ scribbles: [Scribble], width: Int, height: Int) {
    var pixels = Raster<UInt16>(width: width, height: height, filling: 0)
    for scribble in scribbles {
      let corners = scribble.line.count == 1 ? scribble.line + scribble.line : scribble.line
      for (start, end) in zip(corners, corners.dropFirst()) {
        let reach = scribble.radius
        func range(_ a: Double, _ b: Double, _ size: Int) -> ClosedRange<Int>? {
          let low = max(0, Int((min(a, b) - reach).rounded(.up)))
          let high = min(size - 1, Int((max(a, b) + reach).rounded(.down)))
          return low <= high ? low...high : nil
        }
        guard let columns = range(start.x, end.x, width), let rows = range(start.y, end.y, height) else { continue }
        let along = end - start
        let square = along.dot(along)
        for y in rows {
          for x in columns {
            let place = Point(Double(x), Double(y))
            let share = square > 0 ? max(0, min(1, (place - start).dot(along) / square)) : 0
            if (start + share * along - place).length <= reach { pixels[x, y] = UInt16(clamping: scribble.pattern) }
          }
        }
      }
    }
    self.pixels = pixels
  }

  func write(to path: String) throws { try TIFFWriter.write([pixels], to: path, replacing: true) }
}
