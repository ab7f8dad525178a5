import TesseraImaging
import TesseraNumerics

/// A simulated image of nanoparticles with everything that is known about it.
public struct SimulatedParticles: Sendable {
  /// The settings that made the image; running them again gives the same image.
  public var simulation: ParticleSimulation
  /// The image in electrons per pixel, calibrated.
  public var micrograph: Micrograph
  /// The truth: the particle at each pixel, and the class of each particle.
  public var instances: Instances
  /// Particles of which at least one pixel lies in the frame.
  public var particleCount: Int { instances.places.count { $0.area > 0 } }

  /// Which pixels belong to which particle.
  public struct Instances: Sendable {
    /// 0: none; 1 upwards: `kinds[label - 1]`.
    public var labels: Raster<UInt16>
    /// Class of each particle, by rising label.
    public var kinds: [ParticleClass]

    /// - Parameters:
    ///   - labels: the particle at each pixel, 1 ... `kinds.count`; 0 for none.
    ///   - kinds: the class of each particle.
    public init(labels: Raster<UInt16>, kinds: [ParticleClass]) { (self.labels, self.kinds) = (labels, kinds) }

    /// Area in pixels and centroid of each particle.
    public var places: [(area: Int, centroid: Point)] {
      var sums = [(area: Int, x: Int, y: Int)](repeating: (0, 0, 0), count: kinds.count)
      for index in labels.values.indices where labels.values[index] > 0 {
        let particle = Int(labels.values[index]) - 1
        sums[particle].area += 1
        sums[particle].x += index % labels.width
        sums[particle].y += index / labels.width
      }
      return sums.map { sum in
        let area = Double(max(1, sum.area))
        return (sum.area, Point(Double(sum.x) / area, Double(sum.y) / area))
      }
    }
  }
}
