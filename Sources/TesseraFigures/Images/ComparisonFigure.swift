import TesseraImaging
import TesseraNumerics

/// Rows of patch, reconstruction and residual: what the moments keep of an image and what they drop.
public struct ComparisonFigure: Sendable {
  /// One patch, its reconstruction and their names.
  public struct Row: Sendable {
    /// Pixels of the original patch.
    public var patch: Raster<Float>
    /// Of the patch's size; NaN outside the disc.
    public var reconstruction: Raster<Float>
    /// Name, colour and marker at the left end of the row.
    public var style: ClassStyle
    /// Below the name.
    public var caption: String

    /// A row from a patch and a reconstruction of the same size; `caption` is written in grey below the name.
    public init(patch: Raster<Float>, reconstruction: Raster<Float>, style: ClassStyle, caption: String = "") {
      precondition(patch.width == reconstruction.width && patch.height == reconstruction.height, "two sizes in one row")
      (self.patch, self.reconstruction, self.style, self.caption) = (patch, reconstruction, style, caption)
    }

    /// Patch minus reconstruction.
    var residual: Raster<Float> {
      Raster(width: patch.width, height: patch.height, values: zip(patch.values, reconstruction.values).map { $0 - $1 })
    }
  }

  /// Rows from top to bottom. All patches and reconstructions share one grey scale, all residuals one colour scale.
  public var rows: [Row]
  /// Pixel size for the scale bar in the first patch; nil: the scale bar is in pixels.
  public var calibration: Calibration?
  /// One sentence for readers who do not see the picture.
  public var summary: String
  /// Side of each of the three images of a row, in drawing units.
  public var side = 132.0
  /// Above the columns.
  public var titles = ["patch", "reconstruction", "residual"]

  /// A comparison with the standard side and column titles.
  public init(rows: [Row], calibration: Calibration?, summary: String) {
    (self.rows, self.calibration, self.summary) = (rows, calibration, summary)
  }

  /// Names on the left, three columns of images, and the colour bar of the residuals on the right.
  public func drawing() -> Drawing {
    let gap = 12.0
    let names = rows.flatMap { [Font.strong.width(of: $0.style.name), Font.label.width(of: $0.caption)] }
    let left = min(200, (names.max() ?? 0) + 42)
    let residuals = rows.map(\.residual)
    let everything = rows.flatMap { $0.patch.values + $0.reconstruction.values }
    let limits = Contrast.quantiles(0.001, 0.999).limits(
      of: Raster(width: everything.count, height: 1, values: everything))
    let all = residuals.flatMap(\.values)
    let errors = Contrast.symmetric(0.999).limits(of: Raster(width: all.count, height: 1, values: all))
    let bar = ColorBar(map: .diverging, limits: errors, title: "residual")
    let right = left + 3 * (side + gap)
    let height = 26 + Double(rows.count) * (side + gap) - gap
    return Drawing(width: right + 6 + bar.width + 4, height: height, naturalScale: 1.5, summary: summary) { canvas in
      for (column, title) in titles.enumerated() {
        let x = left + Double(column) * (side + gap) + side / 2
        canvas.text(title, at: Point(x, 16), .strong, anchor: .middle)
      }
      for (index, row) in rows.enumerated() {
        let top = 26 + Double(index) * (side + gap)
        drawName(of: row, middle: top + side / 2, width: left - 10, on: canvas)
        for (column, image) in [row.patch, row.reconstruction, residuals[index]].enumerated() {
          let box = Rectangle(x: left + Double(column) * (side + gap), y: top, width: side, height: side)
          let isResidual = column == 2
          canvas.patch(image, in: box, limits: isResidual ? errors : limits, map: isResidual ? .diverging : .gray)
          canvas.addRectangle(box.inset(by: 0.5))
          canvas.stroke(.rule)
          if index == 0 && column == 0 {
            let part = Rectangle(x: 0, y: 0, width: Double(image.width), height: Double(image.height))
            ScaleBar(width: part.width, calibration: calibration).draw(on: canvas, in: ImageFrame(part: part, in: box))
          }
        }
      }
      bar.draw(on: canvas, x: right + 6, top: 30, bottom: 26 + min(height - 26, 2 * side + gap) - 4)
    }
  }

  private func drawName(of row: Row, middle: Double, width: Double, on canvas: Canvas) {
    canvas.addMarker(row.style.marker, at: Point(9, middle - 4.5), radius: 5.5)
    canvas.fill(row.style.color, keeping: true)
    canvas.stroke(.black, width: 0.8, opacity: 0.55)
    canvas.text(Font.strong.fitting(row.style.name, within: width - 20), at: Point(22, middle), .strong)
    canvas.text(
      Font.label.fitting(row.caption, within: width - 20), at: Point(22, middle + Font.label.lineHeight), .label,
      color: .faintInk)
  }
}
