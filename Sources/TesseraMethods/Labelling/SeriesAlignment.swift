import TesseraImaging
import TesseraNumerics

/// Where the images of a series show the specimen.
struct SeriesAlignment {
  /// One image.
  struct Placed {
    var motion: FrameMotion
    /// How far the specimen had moved on average, against any place common to all, and the standard error; in pixels.
    var shift, shiftError: Point
    /// Whether the image was registered together with others, not placed by its columns.
    var isRegistered = false
  }

  /// Nil for images of which it is not known.
  private(set) var images: [Placed?]
  /// The mean of those that were registered together, NaN where fewer than half show the specimen; nil: there is none.
  let mean: (pixels: Raster<Float>, motion: FrameMotion)?
  /// How they were registered; nil where they were not.
  let record: RegistrationRecord?
  /// Size of each image, in pixels.
  let width, height: Int
  /// What the user should know, one sentence each.
  let warnings: [String]

  /// The images that can be registered together.
  ///
  /// - Throws: `DataError` where none can; what reading one throws.
  init(_ frames: FrameSeries, by registration: Registration, progress: (Double) throws -> Void) throws {
    let registered = try registration.registered(frames, progress: progress)
    let first = registered.firstShift
    images = registered.record.frames.indices.map { index in
      let frame = registered.record.frames[index]
      guard frame.isUsed else { return nil }
      return Placed(
        motion: FrameMotion(registered.displacements[index]), shift: frame.shift + first, shiftError: frame.shiftError,
        isRegistered: true)
    }
    (mean, record) = ((registered.mean, FrameMotion(meanOf: registered)), registered.record)
    (width, height, warnings) = (frames.width, frames.height, registered.warnings)
  }

  /// One image alone: the others are still to be placed.
  init(reference: Int, of frames: FrameSeries) {
    images = [Placed?](repeating: nil, count: frames.count)
    images[reference] = Placed(motion: FrameMotion([.zero]), shift: .zero, shiftError: .zero)
    (mean, record, width, height, warnings) = (nil, nil, frames.width, frames.height, [])
  }

  /// Whether a place lies in an image, pixels reaching half a pixel beyond their centres.
  func shows(_ place: Point) -> Bool {
    (-0.5..<Double(width) - 0.5).contains(place.x) && (-0.5..<Double(height) - 0.5).contains(place.y)
  }

  /// Places images of which it is not known, each next to one that is placed, from where that and the one beyond it foretell.
  ///
  /// - Parameter place: the shift of an image near a foretold one; nil where it does not show the specimen.
  mutating func placeOthers(_ place: (_ index: Int, _ foretold: Point) throws -> Point?) rethrows {
    guard let start = images.firstIndex(where: { $0 != nil }) else { return }
    for order in [Array(start..<images.count), Array((0..<start).reversed())] {
      for index in order where images[index] == nil {
        guard let shift = try place(index, foretold(index)) else { continue }
        images[index] = Placed(motion: FrameMotion([shift]), shift: shift, shiftError: Point(.infinity, .infinity))
      }
    }
  }

  /// Between the shifts of the nearest images before and after; beyond the last one, as it moved on average from the one next to it.
  private func foretold(_ index: Int) -> Point {
    let known = images.indices.compactMap { number in images[number].map { (number, $0.shift) } }
    let (before, after) = (known.filter { $0.0 < index }, known.filter { $0.0 > index })
    guard let near = before.last ?? after.first else { return .zero }
    let others = before.isEmpty ? after.dropFirst() : after.isEmpty ? before.dropLast() : after[...]
    guard let far = before.isEmpty || !after.isEmpty ? others.first : others.last else { return near.1 }
    return near.1 + (far.1 - near.1) * (Double(index - near.0) / Double(far.0 - near.0))
  }
}
