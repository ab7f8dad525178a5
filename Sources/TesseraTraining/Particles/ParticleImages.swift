import Foundation
import Synchronization
import TesseraNumerics

/// Simulated images for the particle network: parts of scenes, turned and mirrored. The same number always gives the same image.
///
/// Most scenes are lattice images of crystals on amorphous carbon (`ParticleSimulation`), of materials, films, microscopes and doses
/// drawn at random; others show thickness alone, dark as at low magnification or bright as in a scanning microscope, or bright atoms, or
/// clouds without particles.
/// `docs/training.md` lists all ranges.
public struct ParticleImages: Sendable, Codable, Equatable {
  /// Width and height of an image in pixels.
  public var side = 160
  /// Width and height in pixels of the scene that an image is a part of; `side` or more.
  public var sceneSide = 320
  /// Scenes before the first is used again.
  public var sceneCount = 640
  /// Of `ParticleMaterial.all`; silver, cadmium sulphide and zinc oxide are left for trials.
  public var materials = ["Au", "Pt", "Pd", "Cu", "CdSe", "CdSe", "CdSe"]
  /// Shares of the scenes that are no lattice images in transmission.
  public var shares = Shares()
  /// The seed of all random draws; scenes of two seeds have nothing in common.
  public var seed: UInt64 = 1

  /// Shares of kinds of scenes.
  public struct Shares: Sendable, Codable, Equatable {
    /// Thickness alone; bright atoms; clouds without particles.
    public var thickness = 0.2, scanned = 0.12, clouds = 0.08
    /// The default shares, which leave 60 % of the scenes for lattice images in transmission.
    public init() {}
  }

  /// Parts of 160 x 160 pixels of 640 scenes of 320 x 320 pixels.
  public init() {}

  /// Scenes that have been made, for all images: each takes about a second.
  private static let made = Mutex<[Key: ParticleScene]>([:])

  private struct Key: Hashable {
    var settings: String
    var number: Int
  }

  func scene(_ number: Int) -> ParticleScene {
    let key = Key(settings: "\(seed) \(sceneSide) \(shares) \(materials)", number: number)
    if let scene = Self.made.withLock({ $0[key] }) { return scene }
    let scene = ParticleScene(number, of: self)
    Self.made.withLock { $0[key] = scene }
    return scene
  }

  /// What the network sees of image `index`, and should say.
  func example(_ index: Int) -> TrainingBatch.Example {
    let scene = scene(index % sceneCount)
    var random = RandomSource(seed: seed ^ 0x43_726F_70, stream: UInt64(bitPattern: Int64(index)))
    let (x, y) = (random.index(below: sceneSide - side + 1), random.index(below: sceneSide - side + 1))
    let turn = random.index(below: 8)
    let pixels = scene.pixels.cropped(x: x, y: y, width: side, height: side).turned(turn)
    let particle = scene.mask.cropped(x: x, y: y, width: side, height: side).turned(turn).map { Float($0) }
    return .init(
      pixels: pixels, maps: [particle.map { 1 - $0 }, particle], weights: particle.map { _ in 1 }, spacing: nil)
  }
}

extension Raster {
  /// A square raster turned by a quarter `turn % 4` times, and mirrored before if `turn` is 4 or more.
  func turned(_ turn: Int) -> Raster {
    precondition(width == height)
    var result = self
    for y in 0..<height {
      for x in 0..<width {
        let across = turn >= 4 ? width - 1 - x : x
        let (u, v) =
          switch turn % 4 {
          case 0: (across, y)
          case 1: (y, width - 1 - across)
          case 2: (width - 1 - across, width - 1 - y)
          default: (width - 1 - y, across)
          }
        result[x, y] = self[u, v]
      }
    }
    return result
  }
}

extension ParticleImages {
  /// Image `index` as the network sees it, and its mask.
  package func trial(_ index: Int) -> (pixels: Raster<Float>, mask: Raster<Float>) {
    let example = example(index)
    return (example.pixels, example.maps[1])
  }
}
