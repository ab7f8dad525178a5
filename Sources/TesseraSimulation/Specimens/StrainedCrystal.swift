import Foundation
import TesseraNumerics

/// A crystal under a known strain.
public struct StrainedCrystal: Specimen, Equatable {
  /// The crystal before it is strained.
  public var crystal = Crystal.mose2
  /// Turns the crystal, not the field, in radians.
  public var angle = 0.0
  /// The displacement of the atoms, fixed to the image rather than to the crystal.
  public var field = StrainField()
  /// Vacancies, antisites and dopants; none by default.
  public var defects = PointDefects()
  /// Root mean square random displacement in pixels.
  public var displacement = 0.0

  /// MoSe2 under a strain gradient up to 2 % at the edges of the image.
  public init() {}

  /// The strained columns; `strain` of the scene holds the planes at every pixel, NaN around the core of a dislocation.
  /// - Throws: `ParameterError` for a strain beyond 0.2 or another setting out of its range.
  public func scene(for request: SceneRequest) throws(ParameterError) -> Scene {
    try require(abs(field.magnitude) <= 0.2, setting("strain"), is: field.magnitude, mustBe: "between -0.2 and 0.2")
    try require(field.stepWidth > 0, "step width", is: field.stepWidth, mustBe: "positive, in pixels")
    let frame = request.frame
    let placed = try PlacedCrystal(
      crystal, angle: angle, origin: randomOrigin(seed: request.seed, frame: frame), request: request, defects: defects,
      displacement: displacement)
    let field = field.placed(on: frame, burgers: placed.a)
    let margin = request.reach + 4 * displacement
    // Atoms may come in from as far as the field moves them at the rim.
    let rim = [0.0, 0.25, 0.5, 0.75, 1.0].flatMap { t -> [Point] in
      let (w, h) = (Double(frame.width), Double(frame.height))
      return [Point(t * w, 0), Point(t * w, h), Point(0, t * h), Point(w, t * h)]
    }
    let farthest = rim.map { field.displacement(at: $0).length }.max() ?? 0
    var nodes = try placed.nodes(in: frame, margin: request.reach + 1.5 * farthest, seed: request.seed)
    for index in nodes.indices { nodes[index].displacement += field.displacement(at: nodes[index].ideal) }
    var scene = Scene()
    scene.add(nodes.filter { frame.contains($0.position, margin: margin) }, in: frame)
    scene.lattices = [placed.truth]
    scene.strain = field.planes(in: frame)
    return scene
  }
}
