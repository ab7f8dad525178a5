import TesseraNumerics

/// Frames of equal size of one field of view, asked for one by one, so that a long series need not be in memory.
public struct FrameSeries {
  /// What a user can do about frames that cannot be registered.
  public struct Remedies: OptionSet, Sendable {
    /// One bit for each remedy.
    public let rawValue: Int
    /// Remedies by their bits.
    public init(rawValue: Int) { self.rawValue = rawValue }
    /// To choose frames of the stack that they come from; images that have a file each are not chosen so.
    public static let choosing = Remedies(rawValue: 1)
    /// To average them as they are.
    public static let averaging = Remedies(rawValue: 2)
  }

  /// Number of frames, and size of each in pixels.
  public let count, width, height: Int
  /// Short name for messages, usually the file's.
  public let name: String
  /// What a frame is called in messages, by its place in the series.
  let frameName: (Int) -> String
  /// What messages advise where frames cannot be registered.
  let remedies: Remedies
  private let read: (Int) throws -> Raster<Float>

  /// - Parameters:
  ///   - count: number of frames, 1 or more.
  ///   - width: of each frame, in pixels, 1 or more.
  ///   - height: of each frame, in pixels, 1 or more.
  ///   - name: short name for messages, usually the file's.
  ///   - frameName: what a frame is called in messages, by its place in the series from 0.
  ///   - remedies: what messages advise where frames cannot be registered.
  ///   - read: gives frame `0 ..< count`; may be called several times for each.
  public init(
    count: Int, width: Int, height: Int, name: String, frameName: @escaping (Int) -> String = { "frame \($0)" },
    remedies: Remedies = [.choosing, .averaging],
    read: @escaping (Int) throws -> Raster<Float>
  ) {
    precondition(count > 0 && width > 0 && height > 0, "a series needs a frame with a pixel")
    (self.count, self.width, self.height, self.name) = (count, width, height, name)
    (self.frameName, self.remedies, self.read) = (frameName, remedies, read)
  }

  /// Frames that are at hand. There must be one.
  public init(_ frames: [Raster<Float>], name: String) {
    precondition(!frames.isEmpty, "a series needs a frame")
    self.init(count: frames.count, width: frames[0].width, height: frames[0].height, name: name) { frames[$0] }
  }

  /// One frame; values that are not finite become its mean.
  /// - Throws: `DataError` if its size is not that of the series.
  package func frame(_ index: Int) throws -> Raster<Float> {
    var frame = try read(index)
    guard frame.width == width, frame.height == height else {
      throw DataError(
        "\(name): \(frameName(index)) has \(frame.width) x \(frame.height) pixels and \(frameName(0)) has \(width) x \(height); only "
          + "frames of equal size can be registered: crop the frames to one size"
          + (remedies.contains(.choosing) ? ", or choose frames of one size with \(setting("frames"))" : ""))
    }
    if !frame.values.allSatisfy(\.isFinite) {
      let mean = Float(Statistics.mean(frame.values.filter(\.isFinite)))
      for index in frame.values.indices where !frame.values[index].isFinite {
        frame.values[index] = mean.isFinite ? mean : 0
      }
    }
    return frame
  }
}

extension Raster where Pixel == Float {
  /// The image turned by quarter turns from +x towards +y: what was on the right is then below.
  func turned(quarters: Int) -> Raster {
    let (w, h) = (width, height)
    switch ((quarters % 4) + 4) % 4 {
    case 1: return rearranged(width: h, height: w) { x, y in (h - 1 - x) * w + y }
    case 2: return rearranged(width: w, height: h) { x, y in (h - 1 - y) * w + (w - 1 - x) }
    case 3: return rearranged(width: h, height: w) { x, y in x * w + (w - 1 - y) }
    default: return self
    }
  }

  private func rearranged(width: Int, height: Int, _ source: @Sendable (Int, Int) -> Int) -> Raster {
    concurrentRows(width: width, height: height, of: Float(0)) { y, row in
      let pixels = values.span
      for x in 0..<width { row[x] = pixels[source(x, y)] }
    }
  }
}
