import Foundation
import TesseraImaging
import TesseraNumerics

/// Images whose columns a person has labelled, to train a network on: what the labels mean is learnt from them.
///
/// A checkpoint holds their names and a checksum, not the images: a training goes on with the images that it began with, or not at all.
public struct LabelledImages: Sendable, Codable, Equatable {
  /// One image with its labels.
  public struct Entry: Sendable, Equatable {
    /// Of the image, for messages and reports.
    public var name: String
    /// Prepared as for a search: columns bright.
    public var pixels: Raster<Float>
    /// Labelled columns, in pixels, all inside the image.
    public var columns: [Point]
    /// Standard deviation of a column in pixels.
    public var sigma: Double

    /// An image with its labels; places and `sigma` in pixels.
    public init(name: String, pixels: Raster<Float>, columns: [Point], sigma: Double) {
      (self.name, self.pixels, self.columns, self.sigma) = (name, pixels, columns, sigma)
    }
  }

  /// The images; empty in what was read from a checkpoint.
  public let entries: [Entry]
  /// Names of the images.
  public let names: [String]
  /// Number of labels in all of them.
  public let labelCount: Int
  /// Of pixels and labels, as sixteen hexadecimal digits.
  public let checksum: String

  enum CodingKeys: String, CodingKey { case names, labelCount, checksum }

  /// Images with their labels, one or more.
  public init(_ entries: [Entry]) {
    self.entries = entries
    names = entries.map(\.name)
    labelCount = entries.reduce(0) { $0 + $1.columns.count }
    var sum = LabelChecksum()
    for entry in entries {
      for value in entry.pixels.values { sum.add(UInt64(value.bitPattern)) }
      for place in entry.columns {
        sum.add(place.x.bitPattern)
        sum.add(place.y.bitPattern)
      }
    }
    checksum = sum.text
  }

  /// Names and checksum alone.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    entries = []
    names = try container.decode([String].self, forKey: .names)
    labelCount = try container.decode(Int.self, forKey: .labelCount)
    checksum = try container.decode(String.self, forKey: .checksum)
  }

  /// Whether both are the same images with the same labels.
  public static func == (a: LabelledImages, b: LabelledImages) -> Bool {
    a.names == b.names && a.labelCount == b.labelCount && a.checksum == b.checksum
  }

  var parts: LabelledSplit { LabelledSplit(count: entries.count) }

  /// Numbers of the images that are trained on, and of those that are held back. Of fewer than four images all are trained on, and
  /// validation sees other parts of the same ones.
  public var split: (trained: [Int], held: [Int]) { (parts.trained, parts.held) }

  /// Part `index` of an image: turned, mirrored and magnified by chance.
  ///
  /// - Parameters:
  ///   - index: number of the part, for which draws of its own are made.
  ///   - side: of the part in pixels; every image is as large at least.
  ///   - seed: of the random draws: equal seeds give equal parts.
  ///   - held: whether the part is of an image that is held back.
  public func part(_ index: Int, side: Int, seed: UInt64, held: Bool) -> AtomImage {
    let drawn = parts.drawn(index, seed: seed, isHeld: held)
    let entry = entries[drawn.number]
    var random = drawn.random
    // Half of the parts keep their size, so that the noise of a pixel is that of the image.
    let magnification = random.uniform() < 0.5 ? 1 : exp2(-0.4 + 0.8 * random.uniform())
    let extent = Double(side) / magnification
    let (width, height) = (Double(entry.pixels.width), Double(entry.pixels.height))
    // Of an image that is too small for that, no part is made smaller.
    let scale = extent <= min(width, height) ? magnification : 1
    let reach = Double(side) / scale
    func corner(_ length: Double) -> Double {
      let room = max(0, length - reach)
      return scale == 1 ? (room * random.uniform()).rounded(.down) : room * random.uniform()
    }
    let origin = Point(corner(width), corner(height))
    let (turns, mirrored) = (random.index(below: 4), random.uniform() < 0.5)
    var pixels = Raster<Float>(width: side, height: side, filling: 0)
    for y in 0..<side {
      for x in 0..<side {
        let place = Self.turned(Point(Double(x), Double(y)), turns, mirrored, side)
        pixels[x, y] = entry.pixels.bilinear(at: origin + place * (1 / scale))
      }
    }
    let limit = Double(side) - 0.5
    let columns = entry.columns.compactMap { column -> Point? in
      let place = Self.turnedBack((column - origin) * scale, turns, mirrored, side)
      return place.x >= -0.5 && place.y >= -0.5 && place.x < limit && place.y < limit ? place : nil
    }
    return AtomImage(pixels: pixels, columns: columns, sigma: entry.sigma * scale)
  }

  /// A place in the image turned by quarters, and then mirrored.
  private static func turned(_ place: Point, _ turns: Int, _ mirrored: Bool, _ side: Int) -> Point {
    let last = Double(side - 1)
    var place = place
    for _ in 0..<turns { place = Point(last - place.y, place.x) }
    return mirrored ? Point(last - place.x, place.y) : place
  }

  /// Where a place comes from under `turned`.
  private static func turnedBack(_ place: Point, _ turns: Int, _ mirrored: Bool, _ side: Int) -> Point {
    let last = Double(side - 1)
    var place = mirrored ? Point(last - place.x, place.y) : place
    for _ in 0..<turns { place = Point(place.y, last - place.x) }
    return place
  }
}
