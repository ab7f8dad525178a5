import TesseraNumerics

/// Lines of equal height in an image (marching squares; Lorensen & Cline, SIGGRAPH 1987, in the plane).
package enum ContourTracer {
  /// The longest closed line at `level`; empty where there is none. Pixels at the border of the image must lie below the level.
  package static func longest(of image: Raster<Float>, level: Float) -> [Point] {
    lines(of: image, level: level).reduce([]) { $1.count > $0.count ? $1 : $0 }
  }

  /// All closed lines at `level`, in the order of their uppermost pixels. Those around what lies above the level have a negative area by
  /// the rule of the trapezoids (Σ of the cross products of neighbouring corners), those around what lies below it a positive one.
  /// Pixels at the border of the image must lie below the level.
  package static func lines(of image: Raster<Float>, level: Float) -> [[Point]] {
    let (width, height) = (image.width, image.height)
    // An edge between two neighbours is named by the pixel at its left or upper end, twice, plus 1 if it runs down.
    func crossing(_ edge: Int) -> Point {
      let (pixel, isDown) = (edge / 2, edge % 2 == 1)
      let (x, y) = (pixel % width, pixel / width)
      let (a, b) = (image.values[pixel], image.values[isDown ? pixel + width : pixel + 1])
      let share = Double((level - a) / (b - a))
      return isDown ? Point(Double(x), Double(y) + share) : Point(Double(x) + share, Double(y))
    }
    // From each edge to the next, with the inside on one hand.
    var next: [Int: Int] = [:]
    for y in 0..<height - 1 {
      for x in 0..<width - 1 {
        let pixel = y * width + x
        let isIn = [pixel, pixel + 1, pixel + width + 1, pixel + width].map { image.values[$0] >= level }
        guard isIn.contains(true), isIn.contains(false) else { continue }
        // Edges in the order of the corners before them: top, right, bottom, left.
        let edges = [2 * pixel, 2 * (pixel + 1) + 1, 2 * (pixel + width), 2 * pixel + 1]
        let entries = (0..<4).filter { !isIn[$0] && isIn[($0 + 1) % 4] }
        let exits = (0..<4).filter { isIn[$0] && !isIn[($0 + 1) % 4] }
        // At a saddle the inside is connected if the middle is inside.
        let middle =
          0.25
          * (image.values[pixel] + image.values[pixel + 1] + image.values[pixel + width]
            + image.values[pixel + width + 1])
        for entry in entries {
          let exit: Int
          if exits.count == 1 {
            exit = exits[0]
          } else {
            exit = middle >= level ? (entry + 3) % 4 : (entry + 1) % 4
          }
          next[edges[entry]] = edges[exit]
        }
      }
    }
    var lines: [[Point]] = []
    for start in next.keys.sorted() where next[start] != nil {
      var line: [Point] = []
      var edge = start
      while let following = next.removeValue(forKey: edge) {
        line.append(crossing(edge))
        edge = following
      }
      lines.append(line)
    }
    return lines
  }
}
