import TesseraImaging
import TesseraNumerics

/// Patches side by side with captions: the class averages, or examples of one class.
public struct ContactSheet: Sendable {
  /// One patch with what is written below it.
  public struct Tile: Sendable {
    /// Square; NaN outside the disc where there is one.
    public var patch: Raster<Float>
    /// The first line stands out.
    public var captions: [String]
    /// Frame and marker; nil for neither.
    public var style: ClassStyle?

    public init(patch: Raster<Float>, captions: [String], style: ClassStyle? = nil) {
      (self.patch, self.captions, self.style) = (patch, captions, style)
    }
  }

  public var tiles: [Tile]
  public var calibration: Calibration?
  public var summary: String
  /// One contrast for all tiles, so that they can be compared; nil gives each tile its own.
  public var contrast: Contrast? = .quantiles(0, 1)
  public var colorMap = ColorMap.gray
  public var side = 132.0
  public var width = 880.0

  public init(tiles: [Tile], calibration: Calibration?, summary: String) {
    (self.tiles, self.calibration, self.summary) = (tiles, calibration, summary)
  }

  public func drawing() -> Drawing {
    let gap = 14.0
    let columns = max(1, min(tiles.count, Int((width + gap) / (side + gap))))
    let lines = tiles.map(\.captions.count).max() ?? 0
    let height = side + 10 + Double(lines) * Font.label.lineHeight + gap
    let rows = (tiles.count + columns - 1) / columns
    let everything = tiles.flatMap(\.patch.values)
    let shared = contrast?.limits(of: Raster(width: everything.count, height: 1, values: everything))
    return Drawing(
      width: Double(columns) * (side + gap) - gap, height: max(1, Double(rows) * height - gap), summary: summary
    ) { canvas in
      for (index, tile) in tiles.enumerated() {
        let origin = Point(Double(index % columns) * (side + gap), Double(index / columns) * height)
        let limits = shared ?? Contrast.quantiles(0, 1).limits(of: tile.patch)
        draw(tile, at: origin, limits: limits, showsScale: index == 0, on: canvas)
      }
    }
  }

  private func draw(_ tile: Tile, at origin: Point, limits: ClosedRange<Double>, showsScale: Bool, on canvas: Canvas) {
    let box = Rectangle(x: origin.x, y: origin.y, width: side, height: side)
    canvas.patch(tile.patch, in: box.inset(by: 3), limits: limits, map: colorMap)
    canvas.addRectangle(box.inset(by: 1.5))
    canvas.stroke(tile.style?.color ?? .rule, width: 3)
    if showsScale, tile.patch.width > 0 {
      let part = Rectangle(x: 0, y: 0, width: Double(tile.patch.width), height: Double(tile.patch.height))
      ScaleBar(width: part.width, calibration: calibration).draw(on: canvas, in: ImageFrame(part: part, in: box))
    }
    for (line, caption) in tile.captions.enumerated() {
      let font = line == 0 ? Font.strong : .label
      let indent = line == 0 && tile.style != nil ? 16.0 : 0
      let baseline = box.maxY + 6 + font.size + Double(line) * Font.label.lineHeight
      canvas.text(
        font.fitting(caption, within: side - indent), at: Point(box.x + indent, baseline), font,
        color: line == 0 ? .ink : .faintInk)
      if line == 0, let style = tile.style {
        canvas.addMarker(style.marker, at: Point(box.x + 6, baseline - 4.5), radius: 5)
        canvas.fill(style.color, keeping: true)
        canvas.stroke(.black, width: 0.8, opacity: 0.55)
      }
    }
  }
}

extension Canvas {
  /// Draws a small image, interpolated to the size of its box; what is not finite stays white.
  func patch(_ patch: Raster<Float>, in box: Rectangle, limits: ClosedRange<Double>, map: ColorMap) {
    guard patch.count > 0 else { return }
    let part = Rectangle(x: 0, y: 0, width: Double(patch.width), height: Double(patch.height))
    // Twice the size in drawing units, so that the rim of a disc is smooth at scale 2.
    let sampled = resampled(patch, part: part, width: Int(box.width * 2), height: Int(box.height * 2))
    image(colored(sampled, limits: limits, map: map, missing: .white), in: box)
  }
}
