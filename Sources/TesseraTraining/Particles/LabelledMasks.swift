import Foundation
import TesseraImaging
import TesseraNumerics

/// Images whose particles a person has marked, to train a network on: what counts as a particle is learnt from them.
///
/// A checkpoint holds their names and a checksum, not the images: a training goes on with the images that it began with, or not at all.
public struct LabelledMasks: Sendable, Codable, Equatable {
  /// One image with its mask.
  public struct Entry: Sendable, Equatable {
    /// Of the image, for messages and reports.
    public var name: String
    /// As the network sees the image: pixels joined to about 0.06 nm, and the contrast against their surroundings.
    public var pixels: Raster<Float>
    /// 1 where a particle is, else 0; of the same size.
    public var mask: Raster<UInt8>

    /// - Parameters:
    ///   - name: of the image.
    ///   - image: in any unit.
    ///   - mask: where a particle is; of the same size.
    ///   - pixel: side of a pixel in nm; nil: unknown, and pixels are used as they are.
    /// - Throws: `DataError` for an image of equal pixels.
    public init(name: String, image: Raster<Float>, mask: Raster<Bool>, pixel: Double?) throws {
      precondition(image.width == mask.width && image.height == mask.height)
      let factor = min(
        max(1, min(image.width, image.height) / 16), pixel.map { ParticleTraining.binning(pixel: $0) } ?? 1)
      self.name = name
      pixels = try ParticleTraining.normalization.normalized(Binning.means(of: image, factor: factor))
      self.mask = Binning.means(of: mask.map { $0 ? 1 : 0 }, factor: factor).map { $0 > 0.5 ? 1 : 0 }
    }
  }

  /// The images; empty in what was read from a checkpoint.
  public let entries: [Entry]
  /// Names of the images.
  public let names: [String]
  /// Of pixels and masks, as sixteen hexadecimal digits.
  public let checksum: String

  enum CodingKeys: String, CodingKey { case names, checksum }

  /// Images with their masks, one or more.
  public init(_ entries: [Entry]) {
    self.entries = entries
    names = entries.map(\.name)
    var sum = LabelChecksum()
    for entry in entries {
      for value in entry.pixels.values { sum.add(UInt64(value.bitPattern)) }
      for value in entry.mask.values { sum.add(UInt64(value)) }
    }
    checksum = sum.text
  }

  /// Names and checksum alone.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    entries = []
    names = try container.decode([String].self, forKey: .names)
    checksum = try container.decode(String.self, forKey: .checksum)
  }

  /// Whether both are the same images with the same masks.
  public static func == (a: LabelledMasks, b: LabelledMasks) -> Bool {
    a.names == b.names && a.checksum == b.checksum
  }

  private var parts: LabelledSplit { LabelledSplit(count: entries.count) }

  /// Whether some of the images are held back from the training.
  public var holdsBack: Bool { parts.holdsBack }

  /// Numbers of the images that are trained on, and of those that are held back, as in `LabelledImages`.
  public var split: (trained: [Int], held: [Int]) { (parts.trained, parts.held) }

  /// Part `index` of an image, turned and mirrored by chance.
  ///
  /// - Parameters:
  ///   - side: of the part in pixels; every image is as large at least.
  ///   - seed: of the random draws.
  ///   - held: whether of the images that are held back.
  func example(_ index: Int, side: Int, seed: UInt64, held: Bool) -> TrainingBatch.Example {
    let drawn = parts.drawn(index, seed: seed, isHeld: held)
    let entry = entries[drawn.number]
    var random = drawn.random
    let x = random.index(below: entry.pixels.width - side + 1)
    let y = random.index(below: entry.pixels.height - side + 1)
    let turn = random.index(below: 8)
    let pixels = entry.pixels.cropped(x: x, y: y, width: side, height: side).turned(turn)
    let particle = entry.mask.cropped(x: x, y: y, width: side, height: side).turned(turn).map { Float($0) }
    return .init(
      pixels: pixels, maps: [particle.map { 1 - $0 }, particle], weights: particle.map { _ in 1 }, spacing: nil)
  }

  /// Part `index` of the images that are held back as the network sees it, and its mask.
  package func trial(_ index: Int, side: Int, seed: UInt64) -> (pixels: Raster<Float>, mask: Raster<Float>) {
    let example = example(index, side: side, seed: seed, held: true)
    return (example.pixels, example.maps[1])
  }
}
