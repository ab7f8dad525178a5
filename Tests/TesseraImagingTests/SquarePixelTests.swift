import Foundation
import TesseraImaging
import TesseraNumerics
import Testing

struct `Pixels that are not square` {
  /// Round columns of a square crystal of .4 nm, turned by 15 degrees, on pixels of .02 x .03 nm, or the other way round.
  private func crystal(_ x: Double, _ y: Double, sigma: Double = 0.07) -> Micrograph {
    let (u, v) = (Point(cos(.pi / 12), sin(.pi / 12)) * 0.4, Point(-sin(.pi / 12), cos(.pi / 12)) * 0.4)
    var image = Raster<Float>(width: 240, height: 200, filling: 20)
    for row in 0..<200 {
      for column in 0..<240 {
        let place = Point(Double(column) * x, Double(row) * y)
        let (i, j) = (place.cross(v) / u.cross(v), u.cross(place) / u.cross(v))
        for di in -1...1 {
          for dj in -1...1 {
            let d = place - u * (i.rounded() + Double(di)) - v * (j.rounded() + Double(dj))
            image[column, row] += Float(400 * exp(-d.squaredLength / (2 * sigma * sigma)))
          }
        }
      }
    }
    return Micrograph(name: "crystal", pixels: image, calibration: Calibration(x: x, y: y))
  }

  @Test(arguments: [(0.02, 0.03), (0.03, 0.02), (0.02, 0.0205)])
  func `are resampled to the coarser size, and columns become round`(_ x: Double, _ y: Double) throws {
    let square = crystal(x, y).withSquarePixels()
    let size = max(x, y)
    #expect(square.calibration == Calibration(nanometresPerPixel: size))
    #expect(square.width == Int(240 * x / size + 1e-9) && square.height == Int(200 * y / size + 1e-9))
    // As if it had been taken on square pixels, but for half a pixel between the first centres.
    let wanted = crystal(size, size)
    let shift = Point(0.5 * size - 0.5 * x, 0.5 * size - 0.5 * y) / size
    var worst: Float = 0
    for row in 12..<square.height - 12 {
      for column in 12..<square.width - 12 {
        let (px, py) = (Double(column) + shift.x, Double(row) + shift.y)
        let (a, b) = (Int(px), Int(py))
        let (fx, fy) = (Float(px - Double(a)), Float(py - Double(b)))
        guard b + 1 < wanted.height, a + 1 < wanted.width else { continue }
        let top = wanted.pixels[a, b] * (1 - fx) + wanted.pixels[a + 1, b] * fx
        let bottom = wanted.pixels[a, b + 1] * (1 - fx) + wanted.pixels[a + 1, b + 1] * fx
        worst = max(worst, abs(square.pixels[column, row] - top * (1 - fy) - bottom * fy))
      }
    }
    // Linear interpolation of the wanted image errs by as much.
    #expect(worst < 25)
    #expect(square.warnings.contains { $0.contains("square pixels of") })
  }

  @Test func `stay as they are where they are square, uncalibrated or far too unequal`() {
    let image = crystal(0.02, 0.02)
    #expect(image.withSquarePixels().pixels == image.pixels && image.withSquarePixels().warnings.isEmpty)
    var bare = crystal(0.02, 0.03)
    bare.calibration = nil
    #expect(bare.withSquarePixels().pixels == bare.pixels)
    let odd = crystal(0.02, 0.2, sigma: 0.3)
    #expect(odd.withSquarePixels().pixels == odd.pixels)
    #expect(odd.withSquarePixels().warnings.contains { $0.contains("too unequal") })
  }

  @Test func `keep what was not measured, what was drawn and what is saturated`() {
    var image = crystal(0.02, 0.03)
    for row in 50..<90 { for column in 60..<120 { image.pixels[column, row] = .nan } }
    for row in 120..<160 { for column in 60..<120 { image.pixels[column, row] = 700 } }
    image.drawn = image.pixels.map { $0 == 700 }
    let square = image.withSquarePixels()
    #expect(square.pixels[60, 70].isNaN && !square.pixels[20, 70].isNaN)
    #expect(square.pixels[60, 140] == 700 && square.pixels.values.allSatisfy { !($0 > 700) })
    #expect(square.drawn?[60, 140] == true && square.drawn?[20, 140] == false)
  }
}
