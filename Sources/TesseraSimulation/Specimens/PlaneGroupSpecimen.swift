import TesseraNumerics

/// A crystal of one of the plane groups.
public struct PlaneGroupSpecimen: Specimen, Equatable {
  /// The plane group, which the crystal has and no higher one.
  public var group = PlaneGroup.p31m
  /// Turns the crystal from +x towards +y, in radians.
  public var angle = 0.0
  /// Vacancies, antisites and dopants; none by default.
  public var defects = PointDefects()
  /// Root mean square random displacement in pixels; 0 or more.
  public var displacement = 0.0

  /// A crystal of plane group p31m without defects.
  public init() {}

  /// The crystal; the fact `operations_per_cell` counts the operations of the group but for lattice translations.
  /// - Throws: `ParameterError` where a setting is out of its range, or the image would hold too many columns.
  public func scene(for request: SceneRequest) throws(ParameterError) -> Scene {
    var scene = try CrystalSpecimen(group.crystal, angle: angle, defects: defects, displacement: displacement)
      .scene(for: request)
    scene.facts = ["operations_per_cell": Double(group.operations.count)]
    return scene
  }
}
