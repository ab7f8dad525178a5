import TesseraImaging
import TesseraNumerics

/// Where the images of a series show the specimen.
struct SeriesAlignment {
  /// One image.
  struct Placed {
    var motion: FrameMotion
    /// How far the specimen had moved on average, against any place common to all, and the standard error; in pixels.
    var shift, shiftError: Point
    /// Whether the image was registered together with others, not aligned to one.
    var isRegistered = false
  }

  /// Nil for images that fit nowhere.
  var images: [Placed?]
  /// The mean of those that were registered together, NaN where fewer than half show the specimen; nil: there is none.
  let mean: (pixels: Raster<Float>, motion: FrameMotion)?
  /// How they were registered; nil where all are aligned to one image.
  let record: RegistrationRecord?
  /// Size of each image, in pixels.
  let width, height: Int
  /// What the user should know, one sentence each.
  var warnings: [String]

  /// All images registered together, and those that show too little for that aligned to their mean.
  ///
  /// - Throws: `DataError` where they cannot be registered; what reading one throws.
  init(_ frames: FrameSeries, by registration: Registration, progress: (Double) throws -> Void) throws {
    let registered = try registration.registered(frames) { try progress(0.9 * $0) }
    let record = registered.record
    let first = registered.firstShift
    let motion = FrameMotion(meanOf: registered)
    images = record.frames.indices.map { index in
      guard record.frames[index].isUsed else { return nil }
      return Placed(
        motion: FrameMotion(registered.displacements[index]), shift: record.frames[index].shift + first,
        shiftError: record.frames[index].shiftError, isRegistered: true)
    }
    let used = images
    for index in images.indices where used[index] == nil {
      let fit = FaintFrame(
        try frames.frame(index), near: Self.between(used, at: index), on: registered.mean, motion)
      images[index] = fit.map {
        Placed(motion: FrameMotion([$0.shift]), shift: $0.shift, shiftError: $0.shiftError)
      }
    }
    (mean, self.record) = ((registered.mean, motion), record)
    (width, height, warnings) = (frames.width, frames.height, registered.warnings)
  }

  /// Between the shifts of the nearest images before and after; that of the nearest where one side has none.
  private static func between(_ images: [Placed?], at index: Int) -> Point {
    let used = images.indices.filter { images[$0] != nil }
    let (before, after) = (used.last { $0 < index }, used.first { $0 > index })
    guard let before, let after, let one = images[before], let other = images[after] else {
      return (before ?? after).flatMap { images[$0]?.shift } ?? .zero
    }
    let part = Double(index - before) / Double(after - before)
    return one.shift * (1 - part) + other.shift * part
  }

  /// All images aligned to one of them, from that one outwards: a slower way, for series in which images that show something else mislead the
  /// registration.
  ///
  /// - Parameters:
  ///   - frames: the images, columns bright.
  ///   - reference: the number of that image.
  ///   - accepted: where an image that fits really lies, in view of its columns; nil: it is none of the series. Called with the image and
  ///     its shift.
  /// - Throws: what reading an image throws.
  init(
    _ frames: FrameSeries, onto reference: Int, accepted: (_ image: Raster<Float>, _ shift: Point) -> Point?
  ) throws {
    let still = FrameMotion([.zero])
    let image = try frames.frame(reference)
    var images = [Placed?](repeating: nil, count: frames.count)
    images[reference] = Placed(motion: still, shift: .zero, shiftError: .zero)
    for order in [Array(reference + 1..<frames.count), Array((0..<reference).reversed())] {
      // The last two that fit foretell the next.
      var known = [(reference, Point.zero)]
      for index in order {
        var expected = known[known.count - 1].1
        if known.count > 1 {
          let (one, other) = (known[known.count - 2], known[known.count - 1])
          expected += (other.1 - one.1) * (Double(index - other.0) / Double(other.0 - one.0))
        }
        let frame = try frames.frame(index)
        guard let fit = FaintFrame(frame, near: expected, on: image, still), let shift = accepted(frame, fit.shift)
        else { continue }
        images[index] = Placed(motion: FrameMotion([shift]), shift: shift, shiftError: fit.shiftError)
        known.append((index, shift))
      }
    }
    self.images = images
    (mean, record, width, height, warnings) = (nil, nil, frames.width, frames.height, [])
  }
}
