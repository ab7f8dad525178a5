import Foundation
import TesseraNumerics

/// One crystal that fills the field of view.
public struct CrystalSpecimen: Specimen, Equatable {
  /// The crystal, which reaches beyond every edge of the image.
  public var crystal: Crystal
  /// Turns the crystal from +x towards +y, in radians.
  public var angle = 0.0
  /// Vacancies, antisites and dopants; none by default.
  public var defects = PointDefects()
  /// Root mean square length of the columns' random displacements from the lattice, in pixels; 0 or more.
  public var displacement = 0.0

  /// - Parameters:
  ///   - crystal: reaches beyond every edge of the image.
  ///   - angle: turns the crystal from +x towards +y, in radians.
  ///   - defects: vacancies, antisites and dopants; none by default.
  ///   - displacement: root mean square length of the columns' random displacements, in pixels; 0 or more.
  public init(_ crystal: Crystal, angle: Double = 0, defects: PointDefects = PointDefects(), displacement: Double = 0) {
    self.crystal = crystal
    self.angle = angle
    self.defects = defects
    self.displacement = displacement
  }

  /// All columns with their defects. The seed decides where the lattice starts.
  /// - Throws: `ParameterError` where a setting is out of its range, or the image would hold too many columns.
  public func scene(for request: SceneRequest) throws(ParameterError) -> Scene {
    let crystal = try PlacedCrystal(
      crystal, angle: angle, origin: randomOrigin(seed: request.seed, frame: request.frame), request: request,
      defects: defects, displacement: displacement)
    let nodes = try crystal.nodes(in: request.frame, margin: request.reach, seed: request.seed)
    var scene = Scene()
    scene.add(nodes, in: request.frame)
    scene.lattices = [crystal.truth]
    return scene
  }
}

/// A place within a hundred pixels of the middle of the image, so that no lattice starts on a pixel's centre.
func randomOrigin(seed: UInt64, frame: Frame) -> Point {
  var random = RandomSource(seed: seed, stream: RandomStream.origin)
  return frame.centre + Point(random.uniform() - 0.5, random.uniform() - 0.5) * 200
}

extension Scene {
  /// Adds the columns of these nodes, and a row of truth for those inside the frame.
  mutating func add(_ nodes: [PlacedNode], in frame: Frame) {
    for node in nodes {
      if !node.occupant.isVacant {
        columns.append(ImagedColumn(position: node.position, weight: node.occupant.weight))
      }
      guard frame.contains(node.position) else { continue }
      sites.append(
        TrueSite(
          position: node.position, element: node.occupant.element, sublattice: node.sublattice,
          defect: node.occupant.defect, environment: node.environment, environmentOriented: node.environmentOriented,
          isVacant: node.occupant.isVacant, atoms: node.atoms))
    }
  }
}
