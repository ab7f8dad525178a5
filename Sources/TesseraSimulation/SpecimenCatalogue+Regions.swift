import Foundation
import TesseraNumerics

/// Specimens that are made of regions, and the plane groups.
extension Simulation {
  mutating func setGrains(_ options: SimulationOptions) throws(ParameterError) {
    try options.refuseAll(except: [.defects, .displacement, .angle, .crystal, .grains], for: name)
    var grains = Polycrystal()
    grains.crystal = try crystal(options.crystal) ?? grains.crystal
    grains.count = options.grains ?? grains.count
    grains.angle = options.angleInRadians ?? grains.angle
    grains.misorientation = options.misorientation.map { $0 * .pi / 180 } ?? grains.misorientation
    grains.defects = try options.defects(startingWith: grains.defects)
    grains.displacement = options.displacement ?? grains.displacement
    imaging.columnSigma = grains.crystal.columnSigma
    specimen = grains
  }

  mutating func setTwoLattices(_ options: SimulationOptions) throws(ParameterError) {
    specimen = try mosaic(.twoLattices, options)
  }

  /// Columns that rise by a quarter above their surroundings: one of them stands about seven standard deviations above the
  /// noise of its own area.
  mutating func setThreePhases(_ options: SimulationOptions) throws(ParameterError) {
    specimen = try mosaic(.threePhases, options)
    imaging.background = 4
  }

  private func mosaic(
    _ defaults: PhaseMosaic, _ options: SimulationOptions
  ) throws(ParameterError) -> PhaseMosaic {
    try options.refuseAll(except: [.vacancies, .displacement, .angle], for: name)
    var mosaic = defaults
    mosaic.angle = options.angleInRadians ?? mosaic.angle
    mosaic.defects = try options.defects(startingWith: mosaic.defects)
    mosaic.displacement = options.displacement ?? mosaic.displacement
    return mosaic
  }

  mutating func setFault(_ kind: PlanarFault.Kind, _ options: SimulationOptions) throws(ParameterError) {
    try options.refuseAll(except: [.vacancies, .displacement, .angle], for: name)
    var fault = PlanarFault(kind)
    fault.angle = options.angleInRadians ?? fault.angle
    fault.defects = try options.defects(startingWith: fault.defects)
    fault.displacement = options.displacement ?? fault.displacement
    specimen = fault
  }

  mutating func setDomains(
    _ boundary: HoneycombDomains.Boundary, _ options: SimulationOptions
  ) throws(ParameterError) {
    try options.refuseAll(except: [.defects, .displacement, .angle], for: name)
    var domains = HoneycombDomains(boundary)
    domains.angle = options.angleInRadians ?? domains.angle
    domains.defects = try options.defects(startingWith: domains.defects)
    domains.displacement = options.displacement ?? domains.displacement
    specimen = domains
  }

  mutating func setStackings(_ options: SimulationOptions) throws(ParameterError) {
    try options.refuseAll(except: [.displacement, .angle], for: name)
    var stackings = StackingBoundary()
    stackings.angle = options.angleInRadians ?? stackings.angle
    stackings.displacement = options.displacement ?? stackings.displacement
    specimen = stackings
  }

  mutating func setAmorphousCrystal(_ options: SimulationOptions) throws(ParameterError) {
    try options.refuseAll(except: [.defects, .displacement, .angle, .crystal], for: name)
    var beside = AmorphousCrystal()
    beside.crystal = try crystal(options.crystal) ?? beside.crystal
    beside.angle = options.angleInRadians ?? beside.angle
    beside.defects = try options.defects(startingWith: beside.defects)
    beside.displacement = options.displacement ?? beside.displacement
    imaging.columnSigma = beside.crystal.columnSigma
    specimen = beside
  }

  mutating func setPlaneGroup(_ options: SimulationOptions) throws(ParameterError) {
    try options.refuseAll(except: [.vacancies, .displacement, .angle, .group], for: name)
    var specimen = PlaneGroupSpecimen()
    if let name = options.group {
      guard let group = PlaneGroup(name: name) else {
        let known = PlaneGroup.allCases.map(\.rawValue).joined(separator: ", ")
        throw ParameterError("\(setting("group")) must be one of \(known), but is \(name)")
      }
      specimen.group = group
    }
    specimen.angle = options.angleInRadians ?? specimen.angle
    specimen.defects = try options.defects(startingWith: specimen.defects)
    specimen.displacement = options.displacement ?? specimen.displacement
    self.specimen = specimen
  }
}
