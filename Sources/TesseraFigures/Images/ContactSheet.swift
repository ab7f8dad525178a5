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

    /// A tile with its captions from top to bottom; those too long for the tile are cut.
    public init(patch: Raster<Float>, captions: [String], style: ClassStyle? = nil) {
      (self.patch, self.captions, self.style) = (patch, captions, style)
    }
  }

  /// Tiles in reading order: rows from left to right, from top to bottom.
  public var tiles: [Tile]
  /// Pixel size for the scale bar in the first tile; nil: the scale bar is in pixels.
  public var calibration: Calibration?
  /// One sentence for readers who do not see the picture.
  public var summary: String
  /// One contrast for all tiles, so that they can be compared; nil gives each tile its own.
  public var contrast: Contrast? = .quantiles(0, 1)
  /// Colours of the intensities, from the lower to the upper limit of the contrast.
  public var colorMap = ColorMap.gray
  /// Side of a tile; nil lets up to six tiles fill the width.
  public var side: Double?
  /// Width available to a row of tiles, in drawing units; the drawing is as wide as the tiles in a row need.
  public var width = 880.0

  /// A sheet in grey, with one contrast for all tiles.
  public init(tiles: [Tile], calibration: Calibration?, summary: String) {
    (self.tiles, self.calibration, self.summary) = (tiles, calibration, summary)
  }

  /// The tiles in as many rows as they need; only the first has a scale bar.
  public func drawing() -> Drawing {
    let gap = 14.0
    let side = self.side ?? min(168, max(134, (width + gap) / Double(max(1, tiles.count)) - gap)).rounded(.down)
    let columns = max(1, min(tiles.count, Int(saturating: (width + gap) / (side + gap))))
    let lines = tiles.map(\.captions.count).max() ?? 0
    let height = side + 10 + Double(lines) * Font.label.lineHeight + gap
    let rows = (tiles.count + columns - 1) / columns
    let everything = tiles.flatMap(\.patch.values)
    let shared = contrast?.limits(of: Raster(width: everything.count, height: 1, values: everything))
    return Drawing(
      width: Double(columns) * (side + gap) - gap, height: max(1, Double(rows) * height - gap),
      naturalScale: 1.5, summary: summary
    ) { canvas in
      for (index, tile) in tiles.enumerated() {
        let origin = Point(Double(index % columns) * (side + gap), Double(index / columns) * height)
        let limits = shared ?? Contrast.quantiles(0, 1).limits(of: tile.patch)
        draw(
          tile, in: Rectangle(x: origin.x, y: origin.y, width: side, height: side), limits: limits,
          showsScale: index == 0, on: canvas)
      }
    }
  }

  private func draw(
    _ tile: Tile, in box: Rectangle, limits: ClosedRange<Double>, showsScale: Bool, on canvas: Canvas
  ) {
    canvas.patch(tile.patch, in: box.inset(by: 3), limits: limits, map: colorMap)
    canvas.addRectangle(box.inset(by: 1.5))
    canvas.stroke(tile.style?.color ?? .rule, width: 3)
    if showsScale, tile.patch.width > 0 {
      let part = Rectangle(x: 0, y: 0, width: Double(tile.patch.width), height: Double(tile.patch.height))
      ScaleBar(width: part.width, calibration: calibration).draw(on: canvas, in: ImageFrame(part: part, in: box))
    }
    for (line, caption) in tile.captions.enumerated() {
      let font = line == 0 ? Font.strong : .label
      let indent = line == 0 && tile.style != nil ? 18.0 : 0
      let baseline = box.maxY + 6 + font.size + Double(line) * Font.label.lineHeight
      canvas.text(
        font.fitting(caption, within: box.width - indent), at: Point(box.x + indent, baseline), font,
        color: line == 0 ? .ink : .faintInk)
      if line == 0, let style = tile.style {
        canvas.addMarker(style.marker, at: Point(box.x + 7, baseline - 4.5), radius: 5)
        canvas.fill(style.color, keeping: true)
        canvas.stroke(.black, width: 0.8, opacity: 0.55)
      }
    }
  }
}

extension Canvas {
  /// Draws a small image, interpolated to the size of its box; what is not finite stays white. A patch without
  /// values in its corners is a disc, and is drawn with a smooth rim.
  func patch(_ patch: Raster<Float>, in box: Rectangle, limits: ClosedRange<Double>, map: ColorMap) {
    guard patch.count > 0 else { return }
    let part = Rectangle(x: 0, y: 0, width: Double(patch.width), height: Double(patch.height))
    let isDisc = patch.values.first!.isNaN && patch.values.last!.isNaN
    let source = isDisc ? grown(grown(patch)) : patch
    let sampled = resampled(
      source, part: part, width: Int(saturating: box.width * resolution),
      height: Int(saturating: box.height * resolution))
    let pixels = colored(sampled, limits: limits, map: map, missing: .white)
    if isDisc {
      clipped(toCircleAt: box.centre, radius: min(box.width, box.height) / 2) { image(pixels, in: box) }
    } else {
      image(pixels, in: box)
    }
  }
}

/// Gives each pixel without a value the mean of its neighbours that have one, so that a clipped disc has no gaps
/// between its rim and its outermost pixels.
private func grown(_ patch: Raster<Float>) -> Raster<Float> {
  var result = patch
  for y in 0..<patch.height {
    for x in 0..<patch.width where patch[x, y].isNaN {
      var (sum, count) = (Float(0), Float(0))
      for row in max(0, y - 1)...min(patch.height - 1, y + 1) {
        for column in max(0, x - 1)...min(patch.width - 1, x + 1) where patch[column, row].isFinite {
          sum += patch[column, row]
          count += 1
        }
      }
      if count > 0 { result[x, y] = sum / count }
    }
  }
  return result
}
