import TesseraImaging
import TesseraNumerics
import TesseraStructure

/// Strain of one micrograph: from the places of its columns, by geometric phase analysis, or both [A23, section 3.5].
public struct StrainAnalysis: Sendable, Codable, Equatable {
  public enum Method: String, Sendable, Codable, CaseIterable {
    /// From columns where they share a lattice, otherwise by geometric phase.
    case auto
    case gpa
    case columns
    /// Both with one reference and one resolution, for comparison.
    case both
  }
  public var method = Method.auto
  public var preparation = Preparation()
  public var finder = ColumnFinder()
  public var latticeFinder = LatticeFinder()
  public var columns = ColumnStrain()
  public var phase = GeometricPhase()
  public var reference = StrainReference.mean
  public var axis = StrainAxis.x
  public init() {}

  /// Measures the strain of one micrograph.
  ///
  /// - Parameters:
  ///   - known: columns that were found before; nil: they are found.
  ///   - progress: called with the stage's name and the share of the work done, 0 ... 1; may throw to stop.
  /// - Throws: `DataError` where the image shows no lattice, `ParameterError` for a setting outside its range.
  public func result(
    on micrograph: Micrograph, columns known: KnownColumns? = nil,
    progress: (_ stage: String, _ fraction: Double) throws -> Void = { _, _ in }
  ) throws -> StrainResult {
    var clock = StageClock()
    try progress("prepare", 0)
    let prepared = try clock.run("prepare") { try preparation.prepared(micrograph) }
    try progress("sites", 0.1)
    let crystal = try clock.run("sites") { try self.crystal(in: prepared, known: known, name: micrograph.name) }
    try progress("strain", 0.8)
    let measured = try clock.run("strain") {
      try self.measured(prepared, crystal, isGiven: known != nil, name: micrograph.name)
    }
    return StrainResult(
      micrograph: micrograph, prepared: prepared, columns: crystal.columns, lattice: crystal.lattice,
      phases: measured.phases, maps: measured.maps, columnStrains: measured.columnStrains, reference: reference,
      choices: choices(crystal, measured), timings: clock.timings,
      warnings: micrograph.warnings + prepared.warnings + crystal.warnings + measured.warnings)
  }
}

/// The direction along which exx is taken.
public enum StrainAxis: Sendable, Codable, Equatable {
  case x
  /// Along a vector of the reference lattice.
  case u, v
  /// From +x towards +y, in radians.
  case angle(Double)

  /// The direction in radians, from +x towards +y.
  public func direction(in reference: LatticeVectors) -> Double {
    switch self {
    case .x: 0
    case .u: reference.u.angle
    case .v: reference.v.angle
    case .angle(let angle): angle
    }
  }
}
