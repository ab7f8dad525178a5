/// How strain was measured.
public enum StrainMethod: String, Sendable, Codable, CaseIterable {
  /// Geometric phase analysis.
  case gpa
  /// From the places of the columns.
  case columns
}
