import Foundation
import TesseraImaging
import TesseraNumerics
import TesseraSimulation

/// Simulated images for the atom network, as many as are asked for. The same number always gives the same image.
///
/// Distances of neighbours are drawn evenly over their logarithm. A column is the sum of a narrow and a broad Gaussian; thickness,
/// contamination, a film and vacuum lie under it; noise is Poisson's or normal, with a signal-to-noise ratio drawn evenly over its
/// logarithm; probe and scan have faults; marks are burned in. `docs/networks.md` lists all ranges.
public struct AtomImages: Sendable, Codable, Equatable {
  /// Width and height in pixels.
  public var side = 128
  /// Distances of nearest neighbours, in pixels.
  public var spacings = 4.0...60.0
  /// The seed of all random draws; images of two seeds have nothing in common.
  public var seed: UInt64 = 1

  /// Images of 128 x 128 pixels with neighbours 4 to 60 pixels apart.
  public init() {}

  /// A column stands out if its peak, seen through a filter of its own shape, has this many standard deviations of the noise.
  static let visible = 5.0
  /// Below this many nobody sees it.
  static let invisible = 2.5
  /// A column must also have this many standard deviations of the film's texture.
  static let aboveTexture = 2.5

  /// Image `index` of this seed.
  public func image(_ index: Int) -> AtomImage {
    var random = RandomSource(seed: seed, stream: UInt64(bitPattern: Int64(index)))
    let span = log(spacings.upperBound / spacings.lowerBound)
    let spacing = spacings.lowerBound * exp(span * random.uniform())
    let scene = TrainingScene(spacing: spacing, side: side, random: &random)
    let sigma = scene.sigma
    let exposure = TrainingExposure(side: side, sigma: sigma, texture: scene.texture, random: &random)
    let clean = exposure.cleanImage(of: scene.columns, random: &random)
    let pixels = exposure.detected(clean, random: &random)

    let frame = Frame(width: side, height: side, nanometresPerPixel: 1)
    let near = PlanarIndex(scene.columns.map(\.position))
    var result = AtomImage(pixels: pixels, columns: [], doubtful: [], sigma: sigma)
    for (number, column) in scene.columns.enumerated() where frame.contains(column.position) {
      let place = Int(column.position.y.rounded()) * side + Int(column.position.x.rounded())
      // Two columns closer than their full width at half maximum are one spot: the stronger one stands for both.
      let partners = near.neighbours(of: column.position, within: 2.35 * sigma)
        .filter { $0 != number }.map { scene.columns[$0].weight }
      let height = column.weight * Double(exposure.thickness.values[place])
      let ratio = exposure.signalToNoise(height: height, intensity: Double(clean.values[place]))
      let overTexture = scene.texture > 0 ? height / scene.texture : .infinity
      if partners.contains(where: { $0 > 0.5 * column.weight }) {
        result.doubtful.append(column.position)
      } else if ratio >= Self.visible && overTexture >= Self.aboveTexture {
        result.columns.append(column.position)
      } else if ratio >= Self.invisible {
        result.doubtful.append(column.position)
      } else {
        result.unseen.append(column.position)
      }
    }
    return result
  }
}
