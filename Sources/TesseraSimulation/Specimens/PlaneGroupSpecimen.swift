import TesseraNumerics

/// A crystal of one of the plane groups.
public struct PlaneGroupSpecimen: Specimen, Equatable {
  public var group = PlaneGroup.p31m
  /// Turns the crystal from +x towards +y, in radians.
  public var angle = 0.0
  public var defects = PointDefects()
  /// Root mean square random displacement in pixels; 0 or more.
  public var displacement = 0.0

  public init() {}

  public func scene(for request: SceneRequest) throws(ParameterError) -> Scene {
    var scene = try CrystalSpecimen(group.crystal, angle: angle, defects: defects, displacement: displacement)
      .scene(for: request)
    scene.facts = ["operations_per_cell": Double(group.operations.count)]
    return scene
  }
}
