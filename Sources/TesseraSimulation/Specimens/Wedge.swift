import Foundation
import TesseraNumerics

/// A crystal in the shape of a staircase: thicker by one atom a column from step to step, left to right.
public struct Wedge: Specimen, Equatable {
  /// The crystal of which a repeat along the beam counts as one atom.
  public var crystal = Crystal.fcc110
  /// Turns the crystal from +x towards +y, in radians.
  public var angle = 0.0
  /// Atoms a column on the last step; the first has one. 1 ... 200. (Cell repeats along the beam, for crystals of
  /// several atoms per column.)
  public var thickness = 15
  /// How the intensity falls behind the number of atoms because the probe loses its focus along the column:
  ///
  ///     w(n) = (1 - exp(-s n)) / s,    w(n) = n for s = 0;
  ///
  /// 0 ... 0.2. A stand-in for channelling, not a calculation of it.
  public var saturation = 0.0
  /// Root mean square random displacement in pixels.
  public var displacement = 0.0

  /// A staircase of gold along [110], one to fifteen atoms thick.
  public init() {}

  /// Intensity of a column of n atoms in units of one atom's.
  func intensity(of atoms: Int) -> Double {
    saturation > 0 ? -expm1(-saturation * Double(atoms)) / saturation : Double(atoms)
  }

  /// The staircase, with the number of atoms of each column in its row of the truth.
  /// - Throws: `ParameterError` where a setting is out of its range, or the image would hold too many columns.
  public func scene(for request: SceneRequest) throws(ParameterError) -> Scene {
    try require((1...200).contains(thickness), setting("thickness"), is: thickness, mustBe: "between 1 and 200 atoms")
    try require((0...0.2).contains(saturation), setting("saturation"), is: saturation, mustBe: "between 0 and 0.2")
    let frame = request.frame
    let placed = try PlacedCrystal(
      crystal, angle: angle, origin: randomOrigin(seed: request.seed, frame: frame), request: request,
      displacement: displacement)
    var nodes = try placed.nodes(in: frame, margin: request.reach, seed: request.seed)
    for index in nodes.indices {
      let step = Int((Double(thickness) * (nodes[index].ideal.x + 0.5) / Double(frame.width)).rounded(.down))
      let atoms = max(1, min(thickness, step + 1))
      nodes[index].occupant.weight *= intensity(of: atoms)
      nodes[index].atoms = atoms
      nodes[index].environment += "*\(atoms)"
      nodes[index].environmentOriented += "*\(atoms)"
    }
    var scene = Scene()
    scene.add(nodes, in: frame)
    scene.lattices = [placed.truth]
    return scene
  }
}
