import TesseraNumerics

/// The pixels of an image at which descriptors are computed: every `stride`-th of every `stride`-th row.
public struct DescriptorGrid: Sendable, Codable, Equatable {
  /// Distance between neighbouring points in pixels, 1 or more.
  public let stride: Int
  /// Points per row, and rows.
  public let columns, rows: Int

  /// The grid of an image of this size; the first point lies half a stride inside it.
  public init(width: Int, height: Int, stride: Int) {
    precondition(stride >= 1 && width >= 1 && height >= 1, "a grid needs a stride and pixels")
    self.stride = stride
    (columns, rows) = (Self.count(in: width, stride), Self.count(in: height, stride))
  }

  /// Number of points of the grid.
  public var count: Int { columns * rows }

  /// The pixel column of a column of the grid, and the pixel row of a row.
  @inlinable public func pixel(_ index: Int) -> Int { stride / 2 + index * stride }

  /// Where a pixel lies on the grid, in steps of the grid; for interpolation.
  func place(ofPixel pixel: Int) -> Double { Double(pixel - stride / 2) / Double(stride) }

  private static func count(in size: Int, _ stride: Int) -> Int { max(1, (size - stride / 2 - 1) / stride + 1) }
}
