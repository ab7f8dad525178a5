import TesseraImaging

/// One axis of a dataset: the coordinate of index `i` is `offset + i * scale`, in `units`.
public struct DatasetAxis: Sendable, Codable, Equatable {
  /// Name as the file gives it, or `x`, `y`, `frame`, `axis 0` where it gives none.
  public var name: String
  /// Number of entries along the axis.
  public var size: Int
  /// Step from one entry to the next, in `units`; negative where the coordinate falls.
  public var scale: Double
  /// Coordinate of the first entry, in `units`.
  public var offset: Double
  /// As the file spells it; empty when unknown.
  public var units: String

  /// An axis of `size` entries; by default its coordinates are the indices.
  public init(name: String, size: Int, scale: Double = 1, offset: Double = 0, units: String = "") {
    (self.name, self.size, self.scale, self.offset, self.units) = (name, size, scale, offset, units)
  }
}

/// What a file says about one of its arrays, known without reading the values.
public struct DatasetDescription: Sendable, Equatable {
  /// What the values are.
  public enum Kind: String, Sendable, Codable {
    /// In this order: one image; several images; an image with a reciprocal axis; values over energy or wavelength, or
    /// along a single axis; anything else.
    case image, stack, diffraction, spectrum, other
  }

  /// What the channels of a pixel mean.
  public enum Colour: Sendable {
    /// One value, or one value with others that are left out.
    case grey
    /// Red, green, blue, and perhaps opacity.
    case rgb
  }

  /// Place among the datasets of the file, from 0; what `ImageFile.read` takes as `dataset`.
  public var index: Int
  /// Name or path inside the file; `image` where a format has none.
  public var name: String
  /// What the values are; only images, stacks and diffraction patterns can be read as images.
  public var kind: Kind
  /// Slowest first: `[height, width]`, or frames before; colour channels left out.
  public var shape: [Int]
  /// Type of one stored value, of each channel.
  public var type: ScalarType
  /// Values a pixel, interleaved.
  public var channels: Int
  /// How the channels of a pixel become one intensity: the luminance of RGB, otherwise the first channel.
  public var colour: Colour
  /// One for each entry of `shape`.
  public var axes: [DatasetAxis]
  /// Nil when the file does not say how large a pixel is.
  public var calibration: Calibration?
  /// The facts that the file states of this dataset alone, by name: its detector, for example. Those that it states of all
  /// datasets are `ImageFile.acquisition(of:)`'s as well.
  public var acquisition: [String: String] = [:]

  /// Kind and calibration follow from the axes where they are not given.
  public init(
    index: Int, name: String, kind: Kind? = nil, shape: [Int], type: ScalarType, channels: Int = 1,
    colour: Colour = .grey, axes: [DatasetAxis]? = nil
  ) {
    (self.index, self.name, self.shape, self.type) = (index, name, shape, type)
    (self.channels, self.colour) = (channels, colour)
    self.axes = axes ?? Self.plainAxes(for: shape)
    self.kind = kind ?? Self.kind(of: self.axes)
    calibration = self.kind == .image || self.kind == .stack ? Self.calibration(from: self.axes) : nil
  }

  /// Pixels a row; 1 for an array without axes.
  public var width: Int { shape.last ?? 1 }
  /// Rows of one frame.
  public var height: Int { shape.count > 1 ? shape[shape.count - 2] : 1 }
  /// Number of images; the axes before the last two, multiplied.
  public var frameCount: Int { checkedProduct(shape.dropLast(2)) ?? 0 }

  /// Whether `read` gives an image of it.
  public var isImage: Bool { kind == .image || kind == .stack || kind == .diffraction }

  static func plainAxes(for shape: [Int]) -> [DatasetAxis] {
    let names = shape.count > 3 ? shape.indices.dropLast(2).map { "axis \($0)" } : ["frame"]
    return zip((names + ["y", "x"]).suffix(shape.count), shape).map { DatasetAxis(name: $0, size: $1) }
  }

  /// An image or a stack, unless an image axis is reciprocal (diffraction) or no length at all (spectrum).
  private static func kind(of axes: [DatasetAxis]) -> Kind {
    guard axes.count >= 2 else { return axes.isEmpty ? .other : .spectrum }
    let units = axes.suffix(2).map { AxisUnit($0.units) }
    if units.contains(.reciprocal) { return .diffraction }
    if axes.suffix(2).contains(where: { isSpectral($0) }) { return .spectrum }
    if units.contains(.other) { return .other }
    return axes.count > 2 ? .stack : .image
  }

  static func isSpectral(_ axis: DatasetAxis) -> Bool {
    let name = axis.name.lowercased()
    return ["ev", "kev"].contains(axis.units.lowercased()) || name.contains("energy") || name.contains("wavelength")
      || name.contains("spectr")
  }

  private static func calibration(from axes: [DatasetAxis]) -> Calibration? {
    guard axes.count >= 2 else { return nil }
    let sizes = axes.suffix(2).map { axis in
      if case .length(let unit) = AxisUnit(axis.units) { abs(axis.scale) * unit } else { 0.0 }
    }
    return Calibration(x: sizes[1], y: sizes[0])
  }
}
