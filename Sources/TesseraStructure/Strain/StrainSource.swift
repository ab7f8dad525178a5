/// What strain was measured from.
public enum StrainSource: String, Sendable, Codable, CaseIterable {
  /// The phases of two reflections: geometric phase analysis.
  case gpa
  /// The positions of the columns.
  case columns
}
